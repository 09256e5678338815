"""The default store: one TinyDB file per account, safe between threads, processes, kills and power cuts.

    accounts/ab/<id>.json        the account (table "account", document 1)
    claims/<kind>/ab/<hash>      links: who holds a username or an address
    events/ab/<id>.jsonl         older security events
    limits/abc.json              counters that belong to no account
    installation.json            what the operator set for every account (table "installation", document 1)
    locks/                       lock files, never deleted
    tmp/                         drafts while they are written

The commit point of every change is the replacement of one file. What must be true before it (claims, moved events) is
made durable before it; what may be cleaned up after it does no harm when it stays.
"""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import msgspec

from tui_mfa.domain.account import SCHEMA, Account
from tui_mfa.domain.errors import NoSuchAccount, StoreUnavailable
from tui_mfa.domain.events import SecurityEvent
from tui_mfa.domain.limits import Tries
from tui_mfa.domain.ports import Claim
from tui_mfa.domain.quota.model import Installation
from tui_mfa.store.claims import Claims
from tui_mfa.store.disk import corrupt, guarded, private_folder, private_root, sweep, sync_folder
from tui_mfa.store.documents import DocumentFile
from tui_mfa.store.event_log import EventLog
from tui_mfa.store.locks import Locks, stripe
from tui_mfa.store.order import Rank
from tui_mfa.store.places import ID, account_file
from tui_mfa.store.records import (
    Key,
    id_taken,
    installation_document,
    key,
    keys_of,
    pruned,
    split_events,
    taken,
    to_account,
    to_document,
    to_installation,
)

_LIMITS_SCHEMA: Final = 1
"""The layout of a file of counters."""

_INSTALLATION_SCHEMA: Final = 1
"""The layout of the file of the installation."""


class TinyDBStore:
    """Keeps accounts in a folder; implements ``ports.Store``.

    Args:
        folder: The data folder; made when missing, refused when others can get at it (S65).

    Raises:
        StoreUnavailable: The folder cannot be used.
    """

    def __init__(self, folder: Path) -> None:
        folder = folder.absolute()
        self._accounts = folder / "accounts"
        self._limits = folder / "limits"
        self._installation = folder / "installation.json"
        self._temporary = folder / "tmp"
        private_root(folder)
        for path in (self._accounts, self._limits, self._temporary, folder / "locks"):
            private_folder(path)
        self._locks = Locks(folder / "locks")
        self._claims = Claims(folder / "claims", self._temporary)
        self._log = EventLog(folder / "events")
        sweep(self._temporary)

    def create(self, account: Account) -> None:
        """Save a new account and claim its names; see ``ports.Store``."""
        if not ID.fullmatch(account.id):
            raise ValueError("an account's id is 32 hex digits")
        document, moved = split_events(to_document(account))
        keys = keys_of(account)
        with self._locks.hold(Rank.ACCOUNT, [account.id]), self._locks.hold(Rank.CLAIMS, _names(keys)):
            file = self._file(account.id)
            if file.read() is not None:
                raise id_taken()
            self._claim(keys, account.id)
            if moved:
                self._log.append(account.id, moved)
            file.save(document)

    def get(self, account_id: str) -> Account:
        """Return a snapshot; see ``ports.Store``. Takes no lock: a file is replaced as a whole."""
        return self._load(account_id)[1]

    def find(self, claim: Claim, value: str) -> str | None:
        """Return who holds a name; see ``ports.Store``. One link and one file are read."""
        return self._owner(key(claim, value))

    @contextmanager
    def account(self, account_id: str) -> Iterator[Account]:
        """Lock, load, and save what changed; see ``ports.Store``."""
        with self._locks.hold(Rank.ACCOUNT, [account_id]):
            file, account = self._load(account_id)
            before, old_keys = to_document(account), keys_of(account)
            yield account
            after = to_document(account)
            if account.id != account_id:
                raise ValueError("an account's id never changes")
            if after == before:
                return
            document, moved = split_events(after)
            new_keys = keys_of(account)
            with self._locks.hold(Rank.CLAIMS, _names(old_keys ^ new_keys)):
                self._claim(new_keys - old_keys, account_id)
                if moved:
                    self._log.append(account_id, moved)
                file.save(document)
                self._drop(old_keys - new_keys, account_id)

    def delete(self, account_id: str) -> None:
        """Remove an account and everything of it; see ``ports.Store``."""
        with self._locks.hold(Rank.ACCOUNT, [account_id]):
            try:
                file, account = self._load(account_id)
            except NoSuchAccount:
                if ID.fullmatch(account_id):
                    self._log.remove(account_id)  # an earlier try was cut short after its commit point
                raise
            keys = keys_of(account)
            with self._locks.hold(Rank.CLAIMS, _names(keys)):
                with guarded(file.path):
                    file.path.unlink()
                    sync_folder(file.path.parent)
                self._drop(keys, account_id)
            self._log.remove(account_id)

    def ids(self) -> Iterator[str]:
        """Yield every account's id; see ``ports.Store``."""
        with guarded(self._accounts):
            shards = [entry.path for entry in os.scandir(self._accounts) if entry.is_dir()]
        for shard in shards:
            with guarded(Path(shard)), os.scandir(shard) as entries:
                for entry in entries:
                    account_id, _, kind = entry.name.partition(".")
                    if kind == "json" and ID.fullmatch(account_id):
                        yield account_id

    def is_empty(self) -> bool:
        """Say whether there is no account; see ``ports.Store``."""
        return next(self.ids(), None) is None

    def events(self, account_id: str) -> list[SecurityEvent]:
        """Return the whole audit log of an account; see ``ports.Store``.

        Raises:
            Corrupt: An event that the account counted is neither in it nor in its log.
        """
        account = self.get(account_id)
        known = {event.seq: event for event in self._log.read(account_id) if event.seq <= account.event_count}
        known.update((event.seq, event) for event in account.events)
        if any(seq not in known for seq in range(1, account.event_count + 1)):
            self.get(account_id)  # a deletion meanwhile explains it
            raise corrupt(self._log.path(account_id), "security events are missing")
        return [known[seq] for seq in sorted(known)]

    @contextmanager
    def bucket(self, name: str) -> Iterator[Tries]:
        """Lock, load, and save a counter; see ``ports.Store``. A damaged file is an error, never zero (S13)."""
        hashed = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()
        with self._locks.hold(Rank.BUCKET, [name]):
            file = DocumentFile(self._limits / f"{stripe(name)}.json", "limits", _LIMITS_SCHEMA, self._temporary)
            document = file.read() or {}
            try:
                counters = msgspec.convert(document, type=dict[str, Tries])
            except msgspec.ValidationError:
                raise corrupt(file.path, "it does not hold counters") from None
            before = msgspec.to_builtins(counters)
            tries = counters.setdefault(hashed, Tries())
            yield tries
            if msgspec.to_builtins(tries) != before.get(hashed, msgspec.to_builtins(Tries())):
                file.save(msgspec.to_builtins(pruned(counters, tries)))

    def installation(self) -> Installation:
        """Return what belongs to no account; see ``ports.Store``. Takes no lock: the file is replaced as a whole."""
        return self._load_installation()[1]

    @contextmanager
    def change_installation(self) -> Iterator[Installation]:
        """Lock, load, and save what belongs to no account; see ``ports.Store``."""
        with self._locks.hold(Rank.INSTALLATION, [""]):
            file, changing = self._load_installation()
            before = installation_document(changing)
            yield changing
            after = installation_document(changing)
            if after != before:
                file.save(after)

    def _load_installation(self) -> tuple[DocumentFile, Installation]:
        file = DocumentFile(self._installation, "installation", _INSTALLATION_SCHEMA, self._temporary)
        try:
            return file, to_installation(file.read() or {})
        except msgspec.ValidationError:
            raise corrupt(file.path, "it does not hold an installation") from None

    def _file(self, account_id: str) -> DocumentFile:
        return DocumentFile(account_file(self._accounts.parent, account_id), "account", SCHEMA, self._temporary)

    def _load(self, account_id: str) -> tuple[DocumentFile, Account]:
        """Return an account with its file, which remembers what was read for the save that may follow."""
        if not ID.fullmatch(account_id):
            raise NoSuchAccount("There is no such account.")
        file = self._file(account_id)
        document = file.read()
        if document is None:
            if not self._accounts.is_dir():
                raise StoreUnavailable(f"The store cannot be used: the folder {self._accounts} is gone.")
            raise NoSuchAccount("There is no such account.")
        try:
            account = to_account(document)
        except msgspec.ValidationError:
            raise corrupt(file.path, "it does not hold an account") from None
        if account.id != account_id:
            raise corrupt(file.path, "it holds another account")
        return file, account

    def _owner(self, wanted: Key) -> str | None:
        """Return the account that holds a key: the one its link names, if that account still has it."""
        account_id = self._claims.named(wanted)
        if account_id is None:
            return None
        try:
            return account_id if wanted in keys_of(self.get(account_id)) else None
        except NoSuchAccount:
            return None

    def _claim(self, keys: set[Key], account_id: str) -> None:
        """Claim keys under their locks: all of them are free, or nothing is placed."""
        for wanted in sorted(keys):
            if self._owner(wanted) not in {None, account_id}:
                raise taken(wanted.claim)
        for wanted in sorted(keys):
            self._claims.place(wanted, account_id)

    def _drop(self, keys: set[Key], account_id: str) -> None:
        for old in keys:
            self._claims.drop(old, account_id)


def _names(keys: set[Key]) -> list[str]:
    """Return the names under which keys are locked."""
    return [f"{item.claim.value} {item.value}" for item in keys]
