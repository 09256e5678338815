"""A crash at each point of a change keeps the old state or the new one (S66)."""

import os
from pathlib import Path
from typing import Any

import pytest

from tests.contract.factory import NOW, new_account
from tests.unit.tinydb_tools import Crash, crash_at, fill, log_of, record
from tui_mfa.domain.account import Account
from tui_mfa.domain.errors import NameTaken, NoSuchAccount
from tui_mfa.domain.events import Tag
from tui_mfa.domain.ports import Claim
from tui_mfa.store import claims, documents
from tui_mfa.store.tinydb import TinyDBStore


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def store(folder: Path) -> TinyDBStore:
    return TinyDBStore(folder)


def test_a_crash_between_claim_and_account_leaves_the_name_free(
    store: TinyDBStore, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S66."""
    with monkeypatch.context() as patch:
        crash_at(patch, documents, "replace_private")
        with pytest.raises(Crash):
            store.create(new_account("jane"))
    assert len([path for path in (folder / "claims").rglob("*") if path.is_symlink()]) == 2
    assert store.find(Claim.USERNAME, "jane") is None
    assert store.is_empty()
    again = new_account("jane")
    store.create(again)
    assert store.find(Claim.USERNAME, "jane") == again.id


def test_a_crash_between_the_two_claims_leaves_both_free(store: TinyDBStore, monkeypatch: pytest.MonkeyPatch) -> None:
    placed: list[str] = []
    real = claims.Claims.place

    def once(self: claims.Claims, key: Any, account_id: str) -> None:
        if placed:
            raise Crash
        placed.append(account_id)
        real(self, key, account_id)

    with monkeypatch.context() as patch:
        patch.setattr(claims.Claims, "place", once)
        with pytest.raises(Crash):
            store.create(new_account("jane"))
    store.create(new_account("jane", "first@example.com"))
    store.create(new_account("second", "jane@example.com"))


@pytest.mark.parametrize("point", ["replace_private", "move_into_place", "private_folder"])
def test_a_crash_in_a_change_of_name_keeps_the_old_state(
    store: TinyDBStore, monkeypatch: pytest.MonkeyPatch, point: str
) -> None:
    account = new_account("jane")
    store.create(account)

    def rename() -> None:
        with store.account(account.id) as changing:
            changing.username = "joan"

    with monkeypatch.context() as patch:
        crash_at(patch, documents if point == "replace_private" else claims, point)
        with pytest.raises(Crash):
            rename()
    assert store.get(account.id) == account
    assert store.find(Claim.USERNAME, "jane") == account.id
    assert store.find(Claim.USERNAME, "joan") is None
    other = new_account("joan", "joan@example.com")
    store.create(other)
    with pytest.raises(NameTaken):
        rename()
    assert store.find(Claim.USERNAME, "joan") == other.id


def test_a_crash_after_the_commit_leaves_the_old_name_free(store: TinyDBStore, monkeypatch: pytest.MonkeyPatch) -> None:
    account = new_account("jane")
    store.create(account)
    with monkeypatch.context() as patch:
        crash_at(patch, claims.Claims, "drop")
        with pytest.raises(Crash), store.account(account.id) as changing:
            changing.username = "joan"
    assert store.find(Claim.USERNAME, "joan") == account.id
    assert store.find(Claim.USERNAME, "jane") is None
    store.create(new_account("jane", "else@example.com"))


def test_a_deletion_cut_short_is_finished_by_the_next(
    store: TinyDBStore, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = fill(store)
    with monkeypatch.context() as patch:
        crash_at(patch, claims.Claims, "drop")
        with pytest.raises(Crash):
            store.delete(account.id)
    with pytest.raises(NoSuchAccount):
        store.delete(account.id)
    assert list((folder / "events").rglob("*.jsonl")) == []
    store.create(new_account(account.username, account.email.address))


@pytest.fixture
def spilt(store: TinyDBStore, monkeypatch: pytest.MonkeyPatch) -> Account:
    """Return an account of 60 events whose next change died after it had moved 34 of 66 into the log."""
    account = new_account()
    store.create(account)
    record(store, account, 60)
    with monkeypatch.context() as patch:
        crash_at(patch, documents, "replace_private")
        with pytest.raises(Crash):
            record(store, account, 6)
    return account


def test_a_crash_after_moving_events_doubles_none(store: TinyDBStore, folder: Path, spilt: Account) -> None:
    assert log_of(folder).read_bytes().count(b"\n") == 34
    assert [event.seq for event in store.events(spilt.id)] == list(range(1, 61))
    record(store, spilt, 6)
    assert log_of(folder).read_bytes().count(b"\n") == 68
    assert [event.seq for event in store.events(spilt.id)] == list(range(1, 67))


@pytest.mark.parametrize("cut", [1, 20, 100, 500])
def test_a_torn_last_line_whose_event_is_still_there_is_tolerated(
    store: TinyDBStore, folder: Path, spilt: Account, cut: int
) -> None:
    os.truncate(log_of(folder), log_of(folder).stat().st_size - cut)
    assert [event.seq for event in store.events(spilt.id)] == list(range(1, 61))
    record(store, spilt, 10)
    assert [event.seq for event in store.events(spilt.id)] == list(range(1, 71))


def test_an_event_that_was_never_committed_is_not_shown(
    store: TinyDBStore, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A change of so many events that uncommitted ones reach the log, and other events take their numbers later."""
    account = new_account()
    store.create(account)
    with monkeypatch.context() as patch:
        crash_at(patch, documents, "replace_private")
        with pytest.raises(Crash):
            record(store, account, 100)
    assert store.events(account.id) == []
    for number in range(70):
        with store.account(account.id) as changing:
            changing.record(NOW, Tag.LOGOUT, "there", second=str(number))
    events = store.events(account.id)
    assert [(event.seq, event.tag) for event in events] == [(seq, Tag.LOGOUT) for seq in range(1, 71)]
