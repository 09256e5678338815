"""Where accounts live: one TinyDB file per account, or memory; ``open.open_store`` picks one by its URL."""
