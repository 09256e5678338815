"""The server's own key: made once, kept private, never made again behind anybody's back."""

import os
import shlex
import stat
from pathlib import Path
from typing import Final

import asyncssh

from tui_mfa.domain.errors import Unavailable

ALGORITHM: Final = "ssh-ed25519"

_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


def load_or_create(path: Path) -> asyncssh.SSHKey:
    """Return the host key; at the first start it is made with mode 0600.

    Args:
        path: The file, in OpenSSH's format and without a passphrase.

    Raises:
        Unavailable: The file can be read by others, is no Ed25519 key, or cannot be read or written.
    """
    try:
        return _load(path)
    except FileNotFoundError:
        return _create(path)
    except OSError as error:
        raise Unavailable(f"The host key {path} cannot be read: {error.strerror}.") from error


def fingerprint(key: asyncssh.SSHKey) -> str:
    """Return what ``ssh`` shows at the first connection: ``SHA256:`` and 43 characters."""
    return key.get_fingerprint("sha256")


def _load(path: Path) -> asyncssh.SSHKey:
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    with os.fdopen(handle, "rb") as file:
        if os.fstat(handle).st_mode & _OTHERS:
            raise Unavailable(
                f"Other users of this machine can reach the host key. Mend it with: chmod 600 {shlex.quote(str(path))}"
            )
        data = file.read()
    try:
        key = asyncssh.import_private_key(data)
    except (asyncssh.KeyImportError, asyncssh.KeyEncryptionError) as error:
        raise Unavailable(f"{path} holds no private key that can be used: {error}.") from error
    if key.get_algorithm() != ALGORITHM:
        raise Unavailable(f"{path} is no Ed25519 key. Make one with: ssh-keygen -t ed25519 -N '' -f FILE")
    return key


def _create(path: Path) -> asyncssh.SSHKey:
    key = asyncssh.generate_private_key(ALGORITHM)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(key.export_private_key())
            file.flush()
            os.fsync(handle)
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except FileExistsError:  # another process was first
        return _load(path)
    except OSError as error:
        raise Unavailable(f"The host key {path} cannot be written: {error.strerror}.") from error
    return key
