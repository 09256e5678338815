"""Damaged files, foreign files, and a disk that refuses."""

import errno
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.contract.factory import NOW, full_account, new_account
from tests.unit.tinydb_tools import account_file, change, fill, leftovers, log_of, record
from tui_mfa.domain.errors import Corrupt, NameTaken, NewerSchema, StoreUnavailable
from tui_mfa.domain.limits import count
from tui_mfa.domain.ports import Claim
from tui_mfa.store import disk
from tui_mfa.store.tinydb import TinyDBStore


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def store(folder: Path) -> TinyDBStore:
    return TinyDBStore(folder)


def damaged(text: str) -> Iterator[tuple[str, bytes]]:
    """Yield what a file of an account may have become."""
    whole = json.loads(text)
    document = whole["account"]["1"]
    yield "empty", b""
    yield "torn", text.encode()[: len(text) // 2]
    yield "with the rest of an older one", text.encode() + b"}"
    yield "zeros", bytes(len(text))
    yield "no text", b"\xff\xfe\x00"
    yield "nested without end", b"[" * 200_000
    foreign: dict[str, Any] = {
        "a list": [],
        "null": None,
        "nothing": {},
        "another table": {"other": {"1": document}},
        "a table more": {**whole, "_default": {"1": {}}},
        "no document": {"account": {}},
        "another document": {"account": {"2": document}},
        "a document more": {"account": {"1": document, "x": document}},
        "an empty document": {"account": {"1": {}}},
        "no layout": {"account": {"1": {**document, "schema": None}}},
        "a strange layout": {"account": {"1": {**document, "schema": True}}},
        "no username": {"account": {"1": {k: v for k, v in document.items() if k != "username"}}},
        "a wrong type": {"account": {"1": {**document, "username": 5}}},
        "a wrong word": {"account": {"1": {**document, "method": "secretmethod"}}},
        "another id": {"account": {"1": {**document, "id": "f" * 32}}},
    }
    for name, value in foreign.items():
        yield name, json.dumps(value).encode()


def test_a_damaged_account_is_named_and_never_taken_for_an_empty_one(store: TinyDBStore, folder: Path) -> None:
    account = full_account()
    store.create(account)
    path = account_file(folder, account)
    for name, content in damaged(path.read_text()):
        path.write_bytes(content)
        for use in (
            lambda: store.get(account.id),
            lambda: store.find(Claim.USERNAME, account.username),
            lambda: store.events(account.id),
            lambda: change(store, account),
            lambda: store.delete(account.id),
            lambda: store.create(new_account(account.username, "other@example.com")),
        ):
            with pytest.raises(Corrupt) as caught:
                use()
            assert str(path) in caught.value.user_message, name
            assert "secretmethod" not in caught.value.user_message
        with pytest.raises((Corrupt, NameTaken)):
            store.create(account)
        assert path.read_bytes() == content, name
        assert not store.is_empty()


def test_what_is_no_file_is_no_account(store: TinyDBStore, folder: Path) -> None:
    account = new_account()
    path = account_file(folder, account)
    path.parent.mkdir(mode=0o700)
    path.mkdir()
    with pytest.raises(StoreUnavailable, match=r"\.json"):
        store.get(account.id)
    path.rmdir()
    os.mkfifo(path, 0o600)
    with pytest.raises(Corrupt, match="not a plain file"):
        store.get(account.id)
    path.unlink()
    path.symlink_to("/etc/passwd")
    with pytest.raises(StoreUnavailable, match="symbolic link"):
        store.get(account.id)


def test_a_newer_layout_is_refused_and_kept(store: TinyDBStore, folder: Path) -> None:
    account = new_account()
    store.create(account)
    path = account_file(folder, account)
    newer = path.read_text().replace('"schema": 1', '"schema": 2').replace('"username"', '"renamed"')
    path.write_text(newer)
    with pytest.raises(NewerSchema, match=r"newer tui-mfa \(layout 2, this one knows 1\)"):
        store.get(account.id)
    with pytest.raises(NewerSchema):
        change(store, account)
    assert path.read_text() == newer


@pytest.mark.parametrize(
    "content", ["", "{", "{}", '{"limits": {"1": {"schema": 1, "a": 5}}}', '{"limits": {"1": {}}}']
)
def test_a_damaged_counter_counts_as_an_error_and_never_as_zero(store: TinyDBStore, folder: Path, content: str) -> None:
    """S13."""
    with store.bucket("an address") as tries:
        count(tries, NOW)
    (path,) = (folder / "limits").iterdir()
    path.write_text(content)
    with pytest.raises(Corrupt) as caught, store.bucket("an address"):
        pytest.fail("the block ran")
    assert str(path) in caught.value.user_message


@pytest.mark.parametrize("cut", [1, 100])
def test_a_torn_line_whose_event_is_nowhere_else_is_damage(store: TinyDBStore, folder: Path, cut: int) -> None:
    account = fill(store)
    path = log_of(folder)
    os.truncate(path, path.stat().st_size - cut)
    with pytest.raises(Corrupt, match="missing") as caught:
        store.events(account.id)
    assert str(path) in caught.value.user_message
    record(store, account, 100)
    with pytest.raises(Corrupt, match="missing"):
        store.events(account.id)


@pytest.mark.parametrize("line", [b"\n", b"{}\n", b"\xff\n", b"[" * 100_000 + b"\n"])
def test_a_foreign_line_in_the_log_is_damage(store: TinyDBStore, folder: Path, line: bytes) -> None:
    account = fill(store)
    with log_of(folder).open("ab") as file:
        file.write(line)
    with pytest.raises(Corrupt, match="no event"):
        store.events(account.id)


def test_a_lost_log_is_damage(store: TinyDBStore, folder: Path) -> None:
    account = fill(store)
    log_of(folder).unlink()
    with pytest.raises(Corrupt, match="missing"):
        store.events(account.id)


def test_a_foreign_entry_among_the_claims_is_damage(store: TinyDBStore, folder: Path) -> None:
    store.create(new_account("jane"))
    for link in [path for path in (folder / "claims").rglob("*") if path.is_symlink()]:
        link.unlink()
        link.touch()
    with pytest.raises(Corrupt, match="not the link"):
        store.find(Claim.USERNAME, "jane")


@pytest.mark.parametrize("target", ["../../../../etc/passwd", "x", "f" * 32])
def test_a_claim_that_names_no_account_is_void(store: TinyDBStore, folder: Path, target: str) -> None:
    account = new_account("jane")
    store.create(account)
    store.delete(account.id)
    store.create(account)
    for link in [path for path in (folder / "claims").rglob("*") if path.is_symlink()]:
        link.unlink()
        link.symlink_to(target)
    assert store.find(Claim.USERNAME, "jane") is None


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO])
@pytest.mark.parametrize("call", ["write", "fsync"])
def test_a_disk_that_refuses_is_a_clear_error_and_leaves_nothing(
    store: TinyDBStore, folder: Path, monkeypatch: pytest.MonkeyPatch, code: int, call: str
) -> None:
    account = new_account()
    store.create(account)

    def refuse(*args: object) -> int:
        raise OSError(code, os.strerror(code))

    with monkeypatch.context() as patch:
        patch.setattr(disk.os, call, refuse)  # type: ignore[attr-defined]
        with pytest.raises(StoreUnavailable, match=r"The store cannot be used: .*disk"):
            change(store, account)
    assert store.get(account.id) == account
    assert leftovers(folder) == []
    change(store, account)


def test_a_commit_that_the_disk_did_not_confirm_is_said_to_be_in_doubt(
    store: TinyDBStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = new_account()
    store.create(account)

    def refuse(path: Path) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(disk, "sync_folder", refuse)
    with pytest.raises(StoreUnavailable, match="did not confirm"):
        change(store, account)


def test_a_folder_that_is_gone_is_no_empty_store(store: TinyDBStore, folder: Path) -> None:
    account = new_account()
    store.create(account)
    folder.rename(folder.with_name("moved"))
    for use in (lambda: store.get(account.id), store.is_empty, lambda: store.create(new_account("other"))):
        with pytest.raises(StoreUnavailable, match="is gone"):
            use()
    folder.with_name("moved").rename(folder)
    assert store.get(account.id) == account


def test_a_data_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data").touch()
    with pytest.raises(StoreUnavailable, match="not a folder"):
        TinyDBStore(tmp_path / "data")


def test_a_document_that_cannot_be_written_changes_nothing(store: TinyDBStore, folder: Path) -> None:
    account = new_account()
    store.create(account)
    with pytest.raises((ValueError, msgspec.MsgspecError)), store.account(account.id) as changing:
        changing.profile.name = "\ud800"
    assert store.get(account.id) == account
    assert leftovers(folder) == []
