"""What is pushed on the stack: pages and modals. No rule lives here; each key leads to one use case of ``domain``."""
