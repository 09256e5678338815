"""The file of what belongs to no account: private, refused when it is damaged, never taken for an empty one."""

import stat
from pathlib import Path

import pytest

from tui_mfa.domain.errors import Corrupt, NewerSchema
from tui_mfa.domain.quota.model import QuotaKind
from tui_mfa.store.tinydb import TinyDBStore


@pytest.fixture
def store(tmp_path: Path) -> TinyDBStore:
    store = TinyDBStore(tmp_path / "data")
    with store.change_installation() as changing:
        changing.quotas["cpu"] = QuotaKind(label="CPU cores", limit=8)
    return store


def test_others_cannot_read_it(store: TinyDBStore, tmp_path: Path) -> None:
    """S65: the file is the user's alone."""
    assert stat.S_IMODE((tmp_path / "data/installation.json").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: "",
        lambda text: text[: len(text) // 2],
        lambda text: text.replace('"installation"', '"account"'),
        lambda text: text.replace("8", '"eight"'),
        lambda text: text.replace('"schema"', '"scheme"'),
    ],
    ids=["empty", "torn", "foreign", "no number", "no layout"],
)
def test_a_damaged_one_is_an_error_and_stays(store: TinyDBStore, tmp_path: Path, damage: object) -> None:
    assert callable(damage)
    file = tmp_path / "data/installation.json"
    spoiled = damage(file.read_text())
    file.write_text(spoiled)
    with pytest.raises(Corrupt, match=r"installation\.json"):
        store.installation()
    with pytest.raises(Corrupt, match=r"installation\.json"), store.change_installation():
        pass
    assert file.read_text() == spoiled


def test_one_of_a_newer_program_is_refused(store: TinyDBStore, tmp_path: Path) -> None:
    file = tmp_path / "data/installation.json"
    newer = file.read_text().replace('"schema": 1', '"schema": 2').replace('"schema":1', '"schema":2')
    file.write_text(newer)
    with pytest.raises(NewerSchema):
        store.installation()


def test_a_change_of_nothing_writes_nothing(store: TinyDBStore, tmp_path: Path) -> None:
    before = (tmp_path / "data/installation.json").stat()
    with store.change_installation() as changing:
        assert changing.quotas
    after = (tmp_path / "data/installation.json").stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)
