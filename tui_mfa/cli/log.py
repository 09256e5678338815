"""The program's log: a private file in the data folder, so that nothing is ever printed over the screen."""

import fcntl
import logging
import os
import secrets
import time
import traceback
from pathlib import Path
from typing import Final

from tui_mfa.presentation import safe_text

FILE_NAME: Final = "tui-mfa.log"

SIZE_MAX: Final = 1_000_000
"""Bytes; a larger file is put aside under the name ``tui-mfa.log.1``, over the one before."""

_FRAMES: Final = 50
"""Innermost calls of a traceback that are kept."""

_LINE_MAX: Final = 500
"""Cells of one line."""


class PrivateFileHandler(logging.Handler):
    """Appends each record to a file with mode 0600; a record that cannot be written is lost, silently.

    Args:
        path: The file.
    """

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        formatter = logging.Formatter("%(asctime)s %(levelname)s %(message)s", "%Y-%m-%dT%H:%M:%SZ")
        formatter.converter = time.gmtime
        self.setFormatter(formatter)

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record; the disk's errors must not reach the screen."""
        try:
            append(self._path, f"{self.format(record)}\n")
        except OSError:
            return


def to_file(folder: Path) -> None:
    """Send the program's log records to the file in a folder, and nowhere else.

    Args:
        folder: The data folder.
    """
    logger = logging.getLogger("tui_mfa")
    for handler in logger.handlers[:]:
        logger.removeHandler(handler)
    logger.addHandler(PrivateFileHandler(folder / FILE_NAME))
    logger.propagate = False


def note(folder: Path, error: BaseException) -> str:
    """Write an unexpected error to the log and return its reference, eight hexadecimal digits.

    Args:
        folder: The data folder; made when it is missing.
        error: What nobody expected.

    Raises:
        OSError: The log cannot be written.
    """
    reference = secrets.token_hex(4)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    append(folder / FILE_NAME, f"{stamp} ERROR unexpected error, reference {reference}\n{described(error)}\n")
    return reference


def described(error: BaseException) -> str:
    """Return an error with its traceback, without the values of variables and without control characters."""
    lines = "".join(traceback.format_exception(error, limit=-_FRAMES)).splitlines()
    return "\n".join(safe_text(line, _LINE_MAX) for line in lines)


def append(path: Path, text: str) -> None:
    """Add text to a private file, which is made when it is missing and put aside when it is large.

    Raises:
        OSError: It cannot be written, or is a link.
    """
    handle = _opened(path)
    if os.fstat(handle).st_size > SIZE_MAX:
        _put_aside(path, handle)
        handle = _opened(path)
    with os.fdopen(handle, "wb") as file:
        file.write(text.encode("utf-8", "replace"))


def _put_aside(path: Path, handle: int) -> None:
    """Put a large file aside, once: whoever comes second finds another file in its place, and leaves that alone."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        if os.path.samestat(os.fstat(handle), path.stat(follow_symlinks=False)):
            path.replace(path.with_name(f"{path.name}.1"))
    except FileNotFoundError:
        return
    finally:
        os.close(handle)


def _opened(path: Path) -> int:
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        os.fchmod(handle, 0o600)
    except BaseException:
        os.close(handle)
        raise
    return handle
