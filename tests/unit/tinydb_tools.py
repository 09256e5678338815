"""What the tests of the TinyDB store share."""

from pathlib import Path

import pytest

from tests.contract.factory import NOW, full_account
from tui_mfa.domain.account import Account
from tui_mfa.domain.events import Tag
from tui_mfa.domain.limits import count
from tui_mfa.store.tinydb import TinyDBStore


class Crash(BaseException):
    """Stands for the end of the process: nothing of ours handles it."""


def account_file(folder: Path, account: Account) -> Path:
    return folder / "accounts" / account.id[:2] / f"{account.id}.json"


def leftovers(folder: Path) -> list[Path]:
    return list((folder / "tmp").iterdir())


def change(store: TinyDBStore, account: Account) -> None:
    with store.account(account.id) as changing:
        changing.profile.name += "."


def fill(store: TinyDBStore) -> Account:
    """Make at least one file of each kind, and return the account."""
    account = full_account()
    for number in range(100):
        account.record(NOW, Tag.LOGIN_OK, "here", number=str(number))
    store.create(account)
    with store.bucket("an address") as tries:
        count(tries, NOW)
    return account


def crash_at(monkeypatch: pytest.MonkeyPatch, module: object, name: str) -> None:
    """Let the process "die" instead of calling a function."""

    def die(*args: object, **kwargs: object) -> None:
        raise Crash

    monkeypatch.setattr(module, name, die)


def log_of(folder: Path) -> Path:
    (path,) = (folder / "events").rglob("*.jsonl")
    return path


def record(store: TinyDBStore, account: Account, many: int) -> None:
    with store.account(account.id) as changing:
        for _ in range(many):
            changing.record(NOW, Tag.LOGIN_OK, "here", number=str(changing.event_count))
