"""What the store is compared with: one SQLite database, a JSON document for each account, the same change."""

import sqlite3
from pathlib import Path

import msgspec

from tui_mfa.domain.account import Account
from tui_mfa.store.tinydb import TinyDBStore


class SQLiteStore:
    """Accounts as JSON documents in a table: WAL, ``synchronous=FULL``, one transaction for each change.

    Args:
        path: The database; made when it is missing.
    """

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, timeout=60, isolation_level=None)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=FULL")
        self._db.execute("CREATE TABLE IF NOT EXISTS account (id TEXT PRIMARY KEY, document TEXT NOT NULL)")

    def copy(self, store: TinyDBStore) -> None:
        """Take over all accounts of a store."""
        self._db.execute("BEGIN IMMEDIATE")
        for account_id in store.ids():
            text = msgspec.json.encode(store.get(account_id)).decode()
            self._db.execute("INSERT INTO account VALUES (?, ?)", (account_id, text))
        self._db.execute("COMMIT")

    def update(self, account_id: str) -> None:
        """Count one failure on an account: read, change, write, durably."""
        self._db.execute("BEGIN IMMEDIATE")
        (text,) = self._db.execute("SELECT document FROM account WHERE id = ?", (account_id,)).fetchone()
        account = msgspec.json.decode(text, type=Account)
        account.failed_since_login += 1
        changed = msgspec.json.encode(account).decode()
        self._db.execute("UPDATE account SET document = ? WHERE id = ?", (changed, account_id))
        self._db.execute("COMMIT")


def update(store: TinyDBStore, account_id: str) -> None:
    """Do the same change on our store."""
    with store.account(account_id) as account:
        account.failed_since_login += 1
