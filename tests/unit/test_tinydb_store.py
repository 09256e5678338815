"""What is particular to accounts in TinyDB files: the layout, the modes, the URL."""

import json
import os
import shlex
import stat
import subprocess
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from tinydb import TinyDB

from tests.contract.factory import NOW, full_account, new_account
from tests.unit.tinydb_tools import account_file, change, fill, leftovers
from tui_mfa.domain.account import Account
from tui_mfa.domain.errors import InvalidInput, StoreUnavailable
from tui_mfa.domain.limits import count
from tui_mfa.store.memory import MemoryStore
from tui_mfa.store.open import open_store
from tui_mfa.store.tinydb import TinyDBStore


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def store(folder: Path) -> TinyDBStore:
    return TinyDBStore(folder)


def test_a_stock_tinydb_opens_an_account(store: TinyDBStore, folder: Path) -> None:
    account = full_account()
    store.create(account)
    with TinyDB(account_file(folder, account), access_mode="r") as db:
        assert db.tables() == {"account"}
        table = db.table("account")
        assert len(table) == 1
        document = table.get(doc_id=1)
    assert isinstance(document, dict)
    assert document["schema"] == 1
    assert document["username"] == account.username


def test_what_a_stock_tinydb_writes_is_read(store: TinyDBStore, folder: Path) -> None:
    """A repair by hand with TinyDB's own means works."""
    account = new_account()
    store.create(account)
    with TinyDB(account_file(folder, account)) as db:
        db.table("account").update({"failed_since_login": 7}, doc_ids=[1])
    assert store.get(account.id).failed_since_login == 7


def test_a_file_is_readable_by_people(store: TinyDBStore, folder: Path) -> None:
    store.create(full_account())
    text = account_file(folder, full_account()).read_text()
    assert '\n      "username": "Full.Account",\n' in text
    assert text.endswith("}\n")


def test_nothing_changed_writes_nothing(store: TinyDBStore, folder: Path) -> None:
    account = full_account()
    store.create(account)
    before = account_file(folder, account).stat().st_ino
    with store.account(account.id) as changing:
        changing.username = account.username
    assert account_file(folder, account).stat().st_ino == before


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o277])
def test_modes_do_not_depend_on_the_umask(folder: Path, umask: int) -> None:
    """S65."""
    before = os.umask(umask)
    try:
        fill(TinyDBStore(folder))
    finally:
        os.umask(before)
    found: dict[int, set[int]] = {}
    for path in [folder, *folder.rglob("*")]:
        mode = path.lstat().st_mode
        if not stat.S_ISLNK(mode) and path.parent.name != "locks":
            found.setdefault(stat.S_IFMT(mode), set()).add(stat.S_IMODE(mode))
    assert found == {stat.S_IFDIR: {0o700}, stat.S_IFREG: {0o600}}
    assert all(stat.S_IMODE(path.stat().st_mode) & 0o177 == 0 for path in (folder / "locks").iterdir())


def look_at_counter(store: TinyDBStore) -> None:
    with store.bucket("an address"):
        pass


USES: dict[str, Callable[[TinyDBStore, Account], object]] = {
    ".": lambda store, account: None,
    "accounts": lambda store, account: None,
    "claims/username": lambda store, account: None,
    "events": lambda store, account: None,
    "limits": lambda store, account: None,
    "locks": lambda store, account: None,
    "tmp": lambda store, account: None,
    "accounts/*/*.json": lambda store, account: store.get(account.id),
    "events/*/*.jsonl": lambda store, account: store.events(account.id),
    "limits/*.json": lambda store, account: look_at_counter(store),
    "accounts/??": change,
}


@pytest.mark.parametrize("pattern", USES)
@pytest.mark.parametrize("bit", [0o040, 0o004, 0o020, 0o001])
def test_a_lax_mode_is_refused_with_the_command_that_mends_it(folder: Path, pattern: str, bit: int) -> None:
    """S65: what the message says is run as it stands, and helps."""
    account = fill(TinyDBStore(folder))
    (path,) = [folder] if pattern == "." else folder.glob(pattern)
    path.chmod(stat.S_IMODE(path.stat().st_mode) | bit)
    with pytest.raises(StoreUnavailable) as caught:
        USES[pattern](TinyDBStore(folder), account)
    command = caught.value.user_message.partition("Mend it with: ")[2]
    assert str(path) in command
    subprocess.run(shlex.split(command), check=True)
    USES[pattern](TinyDBStore(folder), account)


def test_names_of_counters_are_not_readable(store: TinyDBStore, folder: Path) -> None:
    with store.bucket("address 192.0.2.1") as tries:
        count(tries, NOW)
    everything = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert b"192.0.2.1" not in everything
    assert "192.0.2.1" not in " ".join(str(path) for path in folder.rglob("*"))


def test_counters_that_saw_nothing_for_a_day_are_forgotten(
    store: TinyDBStore, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui_mfa.store.tinydb.stripe", lambda name: "abc")
    for name, age in (("old", timedelta(days=1)), ("young", timedelta(hours=23)), ("new", timedelta(0))):
        with store.bucket(name) as tries:
            count(tries, NOW - age)
    with store.bucket("old") as tries:
        assert tries.times == []
    with store.bucket("young") as tries:
        assert len(tries.times) == 1
        tries.times.clear()
    assert len(json.loads((folder / "limits" / "abc.json").read_text())["limits"]["1"]) == 2  # "new" and the layout


def test_old_drafts_are_swept_and_fresh_ones_stay(store: TinyDBStore, folder: Path) -> None:
    for name, age in (("old", 3600), ("fresh", 0)):
        draft = folder / "tmp" / name
        draft.touch(0o600)
        os.utime(draft, (time.time() - age,) * 2)
    (folder / "tmp" / "link").symlink_to("x" * 32)
    TinyDBStore(folder)
    assert sorted(path.name for path in leftovers(folder)) == ["fresh", "link"]


def test_files_that_are_no_accounts_are_not_listed(store: TinyDBStore, folder: Path) -> None:
    account = new_account()
    store.create(account)
    shard = account_file(folder, account).parent
    for name in ("notes.json", f"{account.id}.json~", f"{account.id}.bak", account.id):
        (shard / name).touch()
    (folder / "accounts" / "README").touch()
    assert list(store.ids()) == [account.id]


def test_an_id_that_could_leave_the_folder_is_refused(store: TinyDBStore, folder: Path) -> None:
    with pytest.raises(ValueError, match="32 hex"):
        store.create(new_account(account_id="../../../escaped"))
    assert store.is_empty()


def test_urls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert isinstance(open_store("memory:"), MemoryStore)
    open_store("tinydb:~/data").create(new_account())
    assert not open_store(f"tinydb:{tmp_path}/data").is_empty()


@pytest.mark.parametrize("url", ["", "tinydb:", "memory", "memory:x", "sqlite:x", "postgresql://jane:hunter2@db/x"])
def test_an_unknown_url_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(InvalidInput, match="tinydb:FOLDER or memory:") as caught:
        open_store(url)
    assert "hunter2" not in caught.value.user_message
    assert caught.value.field == "store"
