"""The key file: made once, private, apart from the data, and never made anew over existing accounts."""

import base64
import binascii
import contextlib
import errno
import fcntl
import json
import os
import re
import secrets
import shlex
import stat
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from tui_mfa.domain.errors import KeyUnavailable
from tui_mfa.domain.secret import Secret
from tui_mfa.security.keyring import KeyRing

CREDENTIAL: Final = "tui-mfa-keys"
"""The name under which the service manager may hand the file over (systemd ``LoadCredentialEncrypted=``)."""

_SCHEMA: Final = 1
_KEY: Final = 32
"""Bytes: AES-256."""
_KEY_ID: Final = re.compile(r"k[0-9a-f]{8}")
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


def load_or_create(
    path: Path, *, accounts_exist: bool | Callable[[], bool], environ: Mapping[str, str] | None = None
) -> KeyRing:
    """Return the keys: the service manager's, or those of the file, which is made at the very first start.

    Args:
        path: The key file; its folder is made (0700) when missing.
        accounts_exist: Whether there is anything that an older key has sealed; asked only when there is no file.
        environ: Where ``CREDENTIALS_DIRECTORY`` is looked up; the process environment when not given.

    Raises:
        KeyUnavailable: The file is missing beside existing accounts, damaged, open to others, or cannot be used.
    """
    folder = (os.environ if environ is None else environ).get("CREDENTIALS_DIRECTORY")
    if folder and (Path(folder) / CREDENTIAL).exists():
        return _parsed(Path(folder) / CREDENTIAL, private=False)
    path = path.absolute()
    with _guarded(path):
        missing = not os.path.lexists(path)
        if missing and (accounts_exist() if callable(accounts_exist) else accounts_exist):
            raise KeyUnavailable(
                f"The key file {path} is missing, but there are accounts whose secrets need it. Put it back from a "
                "backup; a new one would not open them."
            )
        if missing:
            _make_folder(path.parent)
        _refuse_lax(path.parent, path.parent.stat().st_mode, 0o700)
        if missing:
            _make(path)
        return _parsed(path, private=True)


def rotate(path: Path) -> KeyRing:
    """Add a new key and make it the active one; the older keys stay and open what they sealed.

    Running programs seal with the old key until they start again.

    Raises:
        KeyUnavailable: As for ``load_or_create``; also when there is no file yet.
    """
    path = path.absolute()
    with _guarded(path), _locked(path.parent):
        ring = _parsed(path, private=True)
        new = _new_id()
        changed = KeyRing(active=new, keys={**ring.keys, new: _new_key()}, mac=ring.mac, source=ring.source)
        draft = _draft(path, changed)
        try:
            draft.replace(path)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
        _sync(path.parent)
    return changed


def _make(path: Path) -> None:
    """Make the first key file in one step; of several processes that start at once, one wins and all read its keys."""
    first = _new_id()
    draft = _draft(path, KeyRing(active=first, keys={first: _new_key()}, mac=_new_key(), source=str(path)))
    try:
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(draft)
    finally:
        draft.unlink(missing_ok=True)
    _sync(path.parent)


def _draft(path: Path, ring: KeyRing) -> Path:
    """Write a ring to a new private file beside its place, durably."""
    content = {
        "schema": _SCHEMA,
        "active": ring.active,
        "keys": {key_id: _text(key) for key_id, key in ring.keys.items()},
        "mac": _text(ring.mac),
    }
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            os.fchmod(handle, 0o600)
            file.write(json.dumps(content, indent=2).encode() + b"\n")
            file.flush()
            os.fsync(handle)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    return draft


def _parsed(path: Path, *, private: bool) -> KeyRing:
    """Read a key file; ``private`` is false where the service manager answers for the modes."""
    with _guarded(path):
        follow = os.O_NOFOLLOW if private else 0
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | follow), "rb") as file:
            if private:
                _refuse_lax(path, os.fstat(file.fileno()).st_mode, 0o600)
            data = file.read()
    try:
        return _ring(json.loads(data), str(path))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, binascii.Error):
        raise KeyUnavailable(f"The key file {path} is damaged. Put it back from a backup.") from None


def _ring(content: dict[str, Any], source: str) -> KeyRing:
    if content["schema"] != _SCHEMA:
        raise KeyUnavailable(f"The key file {source} was written by a newer tui-mfa. Update tui-mfa on this machine.")
    keys = {str(key_id): _key(text) for key_id, text in content["keys"].items()}
    if content["active"] not in keys or not all(_KEY_ID.fullmatch(key_id) for key_id in keys):
        raise ValueError
    return KeyRing(active=content["active"], keys=keys, mac=_key(content["mac"]), source=source)


def _key(text: str) -> Secret[bytes]:
    data = base64.b64decode(text, validate=True)
    if len(data) != _KEY:
        raise ValueError
    return Secret(data)


def _text(key: Secret[bytes]) -> str:
    return base64.b64encode(key.reveal()).decode()


def _new_key() -> Secret[bytes]:
    return Secret(secrets.token_bytes(_KEY))


def _new_id() -> str:
    """Return an id made by chance, so that keys of two installations are never taken for each other."""
    return f"k{secrets.token_hex(4)}"


def _make_folder(folder: Path) -> None:
    if folder.is_dir():
        return
    if folder.exists():
        raise NotADirectoryError(errno.ENOTDIR, "its folder is a file")
    _make_folder(folder.parent)
    with contextlib.suppress(FileExistsError):
        folder.mkdir(0o700)
        folder.chmod(0o700)
        _sync(folder.parent)


def _refuse_lax(path: Path, mode: int, wanted: int) -> None:
    if mode & _OTHERS:
        raise KeyUnavailable(
            f"Other users of this machine can get at {path}. Mend it with: chmod {wanted:o} {shlex.quote(str(path))}"
        )


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Let one process at a time rotate: the second would otherwise drop the first one's key."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


@contextlib.contextmanager
def _guarded(path: Path) -> Iterator[None]:
    """Turn every ``OSError`` of the block into ``KeyUnavailable`` that names the file."""
    try:
        yield
    except OSError as error:
        if error.errno == errno.ENOENT:
            why = "it is not there"
        elif error.errno == errno.ELOOP:
            why = "it is a symbolic link"
        else:
            why = (error.strerror or "the system refuses").lower()
        raise KeyUnavailable(f"The key file {path} cannot be used: {why}.") from error
