"""The key file: made once, private, rotated without loss (S22, S65)."""

import json
import os
import shlex
import stat
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tui_mfa.domain.errors import KeyUnavailable
from tui_mfa.security.keyfile import load_or_create, rotate
from tui_mfa.security.keyring import KeyRing
from tui_mfa.security.system import SystemClock, SystemEntropy


def load(path: Path, *, accounts_exist: bool = False, credentials: Path | None = None) -> KeyRing:
    environ = {"CREDENTIALS_DIRECTORY": str(credentials)} if credentials else {}
    return load_or_create(path, accounts_exist=accounts_exist, environ=environ)


def revealed(ring: KeyRing) -> tuple[str, dict[str, bytes], bytes]:
    return ring.active, {name: key.reveal() for name, key in ring.keys.items()}, ring.mac.reveal()


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config" / "tui-mfa" / "keys.json"


@pytest.fixture
def no_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def test_the_first_start_makes_keys_and_later_ones_find_them(path: Path) -> None:
    first = load(path)
    assert revealed(load(path, accounts_exist=True)) == revealed(first)
    assert len(first.keys[first.active].reveal()) == 32
    assert len(first.mac.reveal()) == 32
    assert first.mac.reveal() != first.keys[first.active].reveal()
    assert [entry.name for entry in path.parent.iterdir()] == ["keys.json"]


def test_two_installations_share_nothing(tmp_path: Path) -> None:
    one, other = (load(tmp_path / name / "keys.json") for name in ("one", "other"))
    assert one.active != other.active
    assert one.mac.reveal() != other.mac.reveal()


def test_modes_do_not_depend_on_the_umask(path: Path, no_umask: None) -> None:
    load(path)
    rotate(path)
    assert mode(path) == 0o600
    assert mode(path.parent) == 0o700
    assert mode(path.parent.parent) == 0o700


@pytest.mark.parametrize(("lax", "wrong"), [("file", 0o640), ("file", 0o604), ("folder", 0o750), ("folder", 0o701)])
def test_a_lax_mode_is_refused_with_the_command_that_mends_it(path: Path, lax: str, wrong: int) -> None:
    """S65: what the message says is run as it stands, and helps."""
    ring = load(path)
    target = path if lax == "file" else path.parent
    target.chmod(wrong)
    with pytest.raises(KeyUnavailable) as caught:
        load(path)
    command = caught.value.user_message.partition("Mend it with: ")[2]
    assert str(target) in command
    subprocess.run(shlex.split(command), check=True)
    assert revealed(load(path)) == revealed(ring)


def test_no_keys_are_made_in_a_lax_folder(path: Path) -> None:
    path.parent.mkdir(parents=True, mode=0o755)
    path.parent.chmod(0o755)
    with pytest.raises(KeyUnavailable, match="chmod 700"):
        load(path)
    assert not path.exists()


def test_no_new_keys_over_existing_accounts(path: Path) -> None:
    with pytest.raises(KeyUnavailable, match="is missing, but there are accounts") as caught:
        load(path, accounts_exist=True)
    assert str(path) in caught.value.user_message
    assert not path.exists()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"{}",
        b'{"schema": 1, "active": "k1", "keys": {}, "mac": ""}',
        b'{"schema": 1, "active": "k00000001", "keys": {"k00000001": "AAAA"}, "mac": "AAAA"}',
        b"\xff\xfe",
        b"[" * 100_000,
    ],
)
def test_a_damaged_file_is_named_and_never_replaced(path: Path, content: bytes) -> None:
    load(path)
    path.write_bytes(content)
    with pytest.raises(KeyUnavailable, match="damaged") as caught:
        load(path)
    assert str(path) in caught.value.user_message
    with pytest.raises(KeyUnavailable, match="damaged"):
        rotate(path)
    assert path.read_bytes() == content


def test_a_newer_layout_is_refused(path: Path) -> None:
    load(path)
    path.write_text(json.dumps({**json.loads(path.read_text()), "schema": 2}))
    with pytest.raises(KeyUnavailable, match="newer"):
        load(path)


def test_a_link_is_not_followed(path: Path, tmp_path: Path) -> None:
    load(path)
    path.rename(tmp_path / "elsewhere.json")
    path.symlink_to(tmp_path / "elsewhere.json")
    with pytest.raises(KeyUnavailable, match="symbolic link"):
        load(path)


def test_an_unusable_place_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(KeyUnavailable, match="cannot be used"):
        load(tmp_path / "file" / "keys.json")


def test_a_rotation_adds_a_key_and_keeps_the_others(path: Path) -> None:
    first = load(path)
    second = rotate(path)
    third = rotate(path)
    assert len({first.active, second.active, third.active}) == 3
    assert set(third.keys) == {first.active, second.active, third.active}
    assert revealed(load(path)) == revealed(third)
    assert third.keys[first.active].reveal() == first.keys[first.active].reveal()
    assert third.mac.reveal() == first.mac.reveal()
    assert [entry.name for entry in path.parent.iterdir()] == ["keys.json"]


def test_rotating_nothing_makes_nothing(path: Path) -> None:
    path.parent.mkdir(parents=True, mode=0o700)
    with pytest.raises(KeyUnavailable, match="not there"):
        rotate(path)
    assert not path.exists()


PROGRAM = """
import sys
from pathlib import Path
from tui_mfa.security.keyfile import load_or_create, rotate
path = Path(sys.argv[2])
sys.stdin.readline()  # all start at once
if sys.argv[1] == "load":
    print(load_or_create(path, accounts_exist=False, environ={}).mac.reveal().hex())
else:
    print(*(rotate(path).active for _ in range(20)))
"""


def at_once(what: str, path: Path) -> list[str]:
    """Run the program four times at once and return what each printed."""
    pipes = subprocess.PIPE
    command = [sys.executable, "-c", PROGRAM, what, str(path)]
    running = [subprocess.Popen(command, stdin=pipes, stdout=pipes, text=True) for _ in range(4)]
    for process in running:
        assert process.stdin
        process.stdin.write("\n")
        process.stdin.flush()
    printed = [process.communicate()[0] for process in running]
    assert [process.returncode for process in running] == [0] * 4
    return printed


def test_processes_that_start_at_once_agree_on_the_keys(path: Path) -> None:
    assert len(set(at_once("load", path))) == 1


def test_processes_that_rotate_at_once_lose_no_key(path: Path) -> None:
    first = load(path)
    made = {key_id for line in at_once("rotate", path) for key_id in line.split()}
    assert len(made) == 80
    assert set(load(path).keys) == {first.active, *made}


def test_the_service_managers_credential_comes_first(path: Path, tmp_path: Path) -> None:
    own = load(path)
    given = load(tmp_path / "given" / "keys.json")
    credentials = tmp_path / "credentials"
    credentials.mkdir()
    (credentials / "tui-mfa-keys").write_bytes((tmp_path / "given" / "keys.json").read_bytes())
    (credentials / "tui-mfa-keys").chmod(0o440)  # systemd grants by an access list, which shows as the group's right
    assert revealed(load(path, credentials=credentials)) == revealed(given)
    (credentials / "tui-mfa-keys").unlink()
    assert revealed(load(path, credentials=credentials)) == revealed(own)


def test_no_key_shows_in_a_repr(path: Path) -> None:
    ring = load(path)
    assert ring.mac.reveal().hex() not in repr(ring)
    assert "<secret>" in repr(ring)


def test_the_systems_time_and_chance() -> None:
    now = SystemClock().now()
    assert now.tzinfo is not None
    assert now.utcoffset() == timedelta(0)
    entropy = SystemEntropy()
    assert len({entropy.token(32) for _ in range(50)}) == 50
    assert {entropy.below(3) for _ in range(200)} == {0, 1, 2}
