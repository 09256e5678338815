"""A store that lives and dies with its process: for the demo and for tests."""

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import msgspec

from tui_mfa.domain.account import Account
from tui_mfa.domain.errors import NoSuchAccount
from tui_mfa.domain.events import SecurityEvent
from tui_mfa.domain.limits import Tries
from tui_mfa.domain.ports import Claim
from tui_mfa.domain.quota.model import Installation
from tui_mfa.store.order import LockOrder, Rank
from tui_mfa.store.records import (
    Document,
    Key,
    id_taken,
    installation_document,
    key,
    keys_of,
    pruned,
    split_events,
    taken,
    to_account,
    to_installation,
)
from tui_mfa.store.records import to_document as document_of

_STRIPES: Final = 64
"""Locks per kind; accounts that share one wait for each other, which changes nothing else."""


class MemoryStore:
    """Keeps accounts in memory and behaves like the stores on disk; implements ``ports.Store``."""

    def __init__(self) -> None:
        self._documents: dict[str, Document] = {}
        self._owners: dict[Key, str] = {}
        self._moved: dict[str, dict[int, SecurityEvent]] = {}
        self._counters: dict[str, Tries] = {}
        self._installation: Document = {}
        self._order = LockOrder()
        self._account_locks = [threading.Lock() for _ in range(_STRIPES)]
        self._bucket_lock = threading.Lock()
        self._installation_lock = threading.Lock()
        self._data_lock = threading.Lock()
        """Held only for the moments in which the dictionaries are read or changed."""

    def create(self, account: Account) -> None:
        """Save a new account and claim its names; see ``ports.Store``."""
        document = document_of(account)
        with self._order.taking(Rank.ACCOUNT), self._lock_of(account.id), self._data_lock:
            if account.id in self._documents:
                raise id_taken()
            self._put(account, document, set())

    def get(self, account_id: str) -> Account:
        """Return a snapshot; see ``ports.Store``."""
        with self._data_lock:
            return to_account(self._document(account_id))

    def find(self, claim: Claim, value: str) -> str | None:
        """Return who holds a name; see ``ports.Store``."""
        with self._data_lock:
            return self._owners.get(key(claim, value))

    @contextmanager
    def account(self, account_id: str) -> Iterator[Account]:
        """Lock, load, and save what changed; see ``ports.Store``."""
        with self._order.taking(Rank.ACCOUNT), self._lock_of(account_id):
            account = self.get(account_id)
            before, old_keys = document_of(account), keys_of(account)
            yield account
            after = document_of(account)
            if account.id != account_id:
                raise ValueError("an account's id never changes")
            if after != before:
                with self._data_lock:
                    self._put(account, after, old_keys)

    def delete(self, account_id: str) -> None:
        """Remove an account and everything of it; see ``ports.Store``."""
        with self._order.taking(Rank.ACCOUNT), self._lock_of(account_id), self._data_lock:
            for old in keys_of(to_account(self._document(account_id))):
                del self._owners[old]
            del self._documents[account_id]
            self._moved.pop(account_id, None)

    def ids(self) -> Iterator[str]:
        """Yield every account's id; see ``ports.Store``."""
        with self._data_lock:
            known = list(self._documents)
        yield from known

    def is_empty(self) -> bool:
        """Say whether there is no account; see ``ports.Store``."""
        return not self._documents

    def events(self, account_id: str) -> list[SecurityEvent]:
        """Return the whole audit log of an account; see ``ports.Store``."""
        with self._data_lock:
            kept = to_account(self._document(account_id)).events
            moved = msgspec.convert(msgspec.to_builtins(self._moved.get(account_id, {})), type=dict[int, SecurityEvent])
        known = {**moved, **{event.seq: event for event in kept}}
        return [known[seq] for seq in sorted(known)]

    @contextmanager
    def bucket(self, name: str) -> Iterator[Tries]:
        """Lock, load, and save a counter; see ``ports.Store``."""
        hashed = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()
        with self._order.taking(Rank.BUCKET), self._bucket_lock:
            tries = _copy(self._counters.get(hashed, Tries()))
            yield tries
            self._counters = pruned({**self._counters, hashed: _copy(tries)}, tries)

    def installation(self) -> Installation:
        """Return what belongs to no account; see ``ports.Store``."""
        return to_installation(self._installation)

    @contextmanager
    def change_installation(self) -> Iterator[Installation]:
        """Lock, load, and save what belongs to no account; see ``ports.Store``."""
        with self._order.taking(Rank.INSTALLATION), self._installation_lock:
            changing = self.installation()
            yield changing
            self._installation = installation_document(changing)

    def _lock_of(self, account_id: str) -> threading.Lock:
        return self._account_locks[hash(account_id) % _STRIPES]

    def _document(self, account_id: str) -> Document:
        if account_id not in self._documents:
            raise NoSuchAccount("There is no such account.")
        return self._documents[account_id]

    def _put(self, account: Account, document: Document, old_keys: set[Key]) -> None:
        """Save an account under its lock and the data lock: all names are free, or nothing changes."""
        new_keys = keys_of(account)
        for wanted in sorted(new_keys):
            if self._owners.get(wanted, account.id) != account.id:
                raise taken(wanted.claim)
        for old in old_keys - new_keys:
            del self._owners[old]
        self._owners.update(dict.fromkeys(new_keys, account.id))
        self._documents[account.id], moved = split_events(document)
        if moved:
            events = msgspec.convert(moved, type=list[SecurityEvent])
            self._moved.setdefault(account.id, {}).update((event.seq, event) for event in events)


def _copy(tries: Tries) -> Tries:
    return Tries(times=list(tries.times), in_a_row=tries.in_a_row)
