"""What a person saves from the screen lies in a file of their own, for them alone."""

import os
import stat
from pathlib import Path

import pytest

from tui_mfa.domain.errors import StoreUnavailable
from tui_mfa.domain.secret import Secret
from tui_mfa.store.files import HomeFiles

TEXT = Secret("AAAA-BBBB ünï\n")


def test_a_file_is_saved_whole_and_private(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        path = Path(HomeFiles(tmp_path).save("recovery-codes.txt", TEXT))
    finally:
        os.umask(before)
    assert path == tmp_path / "recovery-codes.txt"
    assert path.read_text(encoding="utf-8") == TEXT.reveal()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_nothing_is_ever_overwritten(tmp_path: Path) -> None:
    files = HomeFiles(tmp_path)
    names = [Path(files.save("codes.txt", Secret(str(number)))).name for number in range(3)]
    assert names == ["codes.txt", "codes-2.txt", "codes-3.txt"]
    assert [(tmp_path / name).read_text() for name in names] == ["0", "1", "2"]


def test_a_link_that_waits_there_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "codes.txt").symlink_to(tmp_path / "target")
    assert Path(HomeFiles(tmp_path).save("codes.txt", TEXT)).name == "codes-2.txt"
    assert not (tmp_path / "target").exists()


@pytest.mark.parametrize(
    ("wish", "name"),
    [
        ("../../etc/passwd", "etc-passwd"),
        ("/absolute", "absolute"),
        (".bashrc", "bashrc"),
        ("", "saved.txt"),
        ("...", "saved.txt"),
        ("a\0b\n\x1b[31mc d.txt", "a-b-31mc-d.txt"),
        ("jané's codes.txt", "jan-s-codes.txt"),
        ("x" * 300 + ".txt", "x" * 96 + ".txt"),
    ],
)
def test_a_name_is_made_safe(tmp_path: Path, wish: str, name: str) -> None:
    path = Path(HomeFiles(tmp_path).save(wish, TEXT))
    assert path == tmp_path / name


def test_a_missing_folder_is_made_private(tmp_path: Path) -> None:
    path = Path(HomeFiles(tmp_path / "a" / "b").save("x.txt", TEXT))
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_folder_that_cannot_be_used_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreUnavailable, match="not a folder") as caught:
        HomeFiles(tmp_path / "file").save("x.txt", TEXT)
    assert "AAAA" not in str(caught.value)


def test_an_error_leaves_no_part_of_the_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(handle: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", refuse)
        with pytest.raises(StoreUnavailable, match="no room left"):
            HomeFiles(tmp_path).save("x.txt", TEXT)
    assert list(tmp_path.iterdir()) == []
