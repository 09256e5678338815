"""The host key is made once, kept private, and never replaced."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tui_mfa.domain.errors import Unavailable
from tui_mfa.ssh.host_key import fingerprint, load_or_create


def test_it_is_made_once_and_private(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "key"
    made = load_or_create(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert fingerprint(load_or_create(path)) == fingerprint(made)


def test_its_fingerprint_is_that_of_openssh(tmp_path: Path, tool: Callable[[str], Path]) -> None:
    path = tmp_path / "key"
    made = load_or_create(path)
    said = subprocess.run([tool("ssh-keygen"), "-lf", path], capture_output=True, text=True, check=True).stdout
    assert said.split()[1] == fingerprint(made)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o644, 0o666])
def test_a_key_file_with_lax_mode_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "key"
    load_or_create(path)
    path.chmod(mode)
    with pytest.raises(Unavailable, match="chmod 600"):
        load_or_create(path)


@pytest.mark.parametrize("content", [b"", b"-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n", b"\x00\xff"])
def test_a_damaged_file_is_refused_and_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "key"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(Unavailable, match="no private key"):
        load_or_create(path)
    assert path.read_bytes() == content


def test_another_kind_of_key_is_refused(tmp_path: Path, tool: Callable[[str], Path]) -> None:
    path = tmp_path / "key"
    subprocess.run([tool("ssh-keygen"), "-q", "-t", "ecdsa", "-N", "", "-f", path], check=True)
    with pytest.raises(Unavailable, match="Ed25519"):
        load_or_create(path)


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    load_or_create(tmp_path / "other")
    (tmp_path / "key").symlink_to(tmp_path / "other")
    with pytest.raises(Unavailable, match="cannot be read"):
        load_or_create(tmp_path / "key")
