"""Private files and folders, written so that a crash leaves the old state or the new one, never half."""

import contextlib
import errno
import os
import secrets
import shlex
import stat
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tui_mfa.domain.errors import Corrupt, NewerSchema, StoreUnavailable

FOLDER_MODE: Final = 0o700
"""Nobody else may list or enter a folder (S65)."""

FILE_MODE: Final = 0o600
"""Nobody else may read a file (S65)."""

_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO

_STALE: Final = 600
"""Seconds after which a temporary file cannot belong to a write that is still under way."""

_SAFE_OPEN: Final = os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
"""Never through a link, never waiting for the other end of a pipe."""

_WORDS: Final = {
    errno.ENOSPC: "there is no room left on the disk",
    errno.EDQUOT: "the disk quota is used up",
    errno.EFBIG: "the file may not grow any further",
    errno.EACCES: "this user has no right to do that",
    errno.EPERM: "this user has no right to do that",
    errno.EROFS: "the disk is mounted read-only",
    errno.ENOENT: "the folder is gone",
    errno.ENOTDIR: "a part of the path is not a folder",
    errno.ELOOP: "it is a symbolic link where a plain file is expected",
    errno.EMFILE: "too many files are open",
    errno.ENFILE: "too many files are open",
    errno.EIO: "the disk reports an error",
}


def unavailable(error: OSError, path: Path) -> StoreUnavailable:
    """Return the error for the person that stands for an ``OSError``."""
    why = _WORDS.get(error.errno or 0) or (error.strerror or "the system refuses").lower()
    return StoreUnavailable(f"The store cannot be used: {why} ({path}).")


def corrupt(path: Path, why: str) -> Corrupt:
    """Return the error that names a damaged file and says what to do; never what the file holds."""
    return Corrupt(f"{path} is damaged: {why}. Restore it from a backup.")


def check_schema(path: Path, number: object, known: int) -> None:
    """Raise ``NewerSchema`` or ``Corrupt`` for a file whose layout this program does not know.

    Args:
        path: The file.
        number: What the file says its layout is.
        known: The newest layout that this program knows.
    """
    if type(number) is not int or number < 1:
        raise corrupt(path, "it does not say its layout")
    if number > known:
        raise NewerSchema(
            f"{path} was written by a newer tui-mfa (layout {number}, this one knows {known}). "
            "Update tui-mfa on this machine."
        )


@contextlib.contextmanager
def guarded(path: Path) -> Iterator[None]:
    """Turn every ``OSError`` of the block into ``StoreUnavailable`` that names the path."""
    try:
        yield
    except OSError as error:
        raise unavailable(error, path) from error


def refuse_lax(path: Path, mode: int, wanted: int) -> None:
    """Raise ``StoreUnavailable`` with the mending command when others may use the file or folder (S65)."""
    if mode & _OTHERS:
        raise StoreUnavailable(
            f"Other users of this machine can get at {path}. Mend it with: chmod {wanted:o} {shlex.quote(str(path))}"
        )


def sync_folder(path: Path) -> None:
    """Make the entries of a folder durable."""
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def private_folder(path: Path) -> None:
    """Make a folder for this user alone, or check that the one that is there is so.

    Raises:
        StoreUnavailable: It cannot be made, is no folder, or is open to others.
    """
    with guarded(path):
        try:
            path.mkdir(FOLDER_MODE)
        except FileExistsError:
            state = path.stat()
            if not stat.S_ISDIR(state.st_mode):
                raise NotADirectoryError(errno.ENOTDIR, "not a folder") from None
            refuse_lax(path, state.st_mode, FOLDER_MODE)
        else:
            path.chmod(FOLDER_MODE)  # a umask may have taken rights from ourselves
            sync_folder(path.parent)


def private_root(path: Path) -> None:
    """Make a private folder and whatever is missing above it."""
    missing = [path]
    with guarded(path):
        while not missing[-1].parent.exists():
            missing.append(missing[-1].parent)
    for folder in reversed(missing):
        private_folder(folder)


def read_private(path: Path) -> bytes | None:
    """Return a file's bytes, or ``None`` when there is none.

    Raises:
        Corrupt: It is not a plain file.
        StoreUnavailable: It cannot be read, or others can read it too.
    """
    with guarded(path):
        try:
            handle = os.open(path, os.O_RDONLY | _SAFE_OPEN)
        except FileNotFoundError:
            return None
        with os.fdopen(handle, "rb") as file:
            mode = os.fstat(handle).st_mode
            if not stat.S_ISREG(mode):
                raise Corrupt(f"{path} is not a plain file.")
            refuse_lax(path, mode, FILE_MODE)
            return file.read()


def write_all(handle: int, data: bytes) -> None:
    """Write all bytes to a descriptor and make them durable."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(handle, rest) :]
    os.fsync(handle)


def write_new(path: Path, data: bytes) -> None:
    """Write a private file that must not exist yet, durably; on an error nothing of it remains.

    Raises:
        OSError: ``FileExistsError`` when there is one, or whatever the disk says.
    """
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _SAFE_OPEN, FILE_MODE)
    try:
        try:
            os.fchmod(handle, FILE_MODE)
            write_all(handle, data)
        finally:
            os.close(handle)
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def replace_private(path: Path, data: bytes, temporary: Path) -> None:
    """Put a whole file in place of another in one durable step.

    Args:
        path: The file; its folder exists.
        data: Its new content.
        temporary: A folder on the same file system for the file while it is written. One folder for all, so that
            what a killed process left behind is found without walking the accounts.
    """
    with guarded(path):
        draft = temporary / secrets.token_hex(8)
        write_new(draft, data)
        move_into_place(draft, path)


def move_into_place(draft: Path, path: Path) -> None:
    """Rename a finished draft (a file or a link) over a path, durably.

    Raises:
        OSError: The rename failed; the draft is gone and the old state stands.
        StoreUnavailable: It was renamed, but the disk did not confirm it.
    """
    try:
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    try:
        sync_folder(path.parent)
    except OSError as error:
        raise StoreUnavailable(f"The disk did not confirm the last change of {path}; look before you try again.") from (
            error
        )


def sweep(temporary: Path) -> None:
    """Remove the drafts that killed processes left behind; fresh ones may still be written and stay."""
    oldest = time.time() - _STALE
    with guarded(temporary), os.scandir(temporary) as entries:
        for entry in entries:
            with contextlib.suppress(FileNotFoundError):  # another process sweeps too
                if entry.stat(follow_symlinks=False).st_mtime < oldest:
                    Path(entry.path).unlink()
