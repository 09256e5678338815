"""The older security events of an account: JSON lines, appended before the account lets go of them."""

import os
import stat
from contextlib import suppress
from pathlib import Path

import msgspec

from tui_mfa.domain.events import SecurityEvent
from tui_mfa.store.disk import (
    FILE_MODE,
    corrupt,
    guarded,
    private_folder,
    read_private,
    refuse_lax,
    sync_folder,
    unavailable,
    write_all,
)
from tui_mfa.store.records import Document


class EventLog:
    """The logs of one data folder; whoever appends or removes holds the account's lock.

    Lines are durable before the account file is replaced, so a crash can double an event and never lose one.

    Args:
        folder: Where they are; made when missing.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        private_folder(folder)

    def path(self, account_id: str) -> Path:
        """Return where the log of an account is."""
        return self._folder / account_id[:2] / f"{account_id}.jsonl"

    def append(self, account_id: str, events: list[Document]) -> None:
        """Add events at the end, durably; on an error the log is as it was."""
        path = self.path(account_id)
        private_folder(path.parent)
        with guarded(path):
            flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW
            handle = os.open(path, flags, FILE_MODE)
            try:
                refuse_lax(path, stat.S_IMODE(os.fstat(handle).st_mode), FILE_MODE)
                os.fchmod(handle, FILE_MODE)  # a umask may have taken rights from ourselves
                whole = _cut_torn_line(handle)
                try:
                    write_all(handle, b"".join(msgspec.json.encode(event) + b"\n" for event in events))
                except OSError as error:
                    with suppress(OSError):  # half a line does no harm: the next append cuts it off
                        os.ftruncate(handle, whole)
                    raise unavailable(error, path) from error
            finally:
                os.close(handle)
            sync_folder(path.parent)

    def read(self, account_id: str) -> list[SecurityEvent]:
        """Return the whole lines in file order; a last line without its end is left out.

        Raises:
            Corrupt: A whole line is no event.
        """
        path = self.path(account_id)
        lines = (read_private(path) or b"").split(b"\n")[:-1]
        try:
            return [msgspec.json.decode(line, type=SecurityEvent) for line in lines]
        except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
            raise corrupt(path, "a line in it is no event") from None

    def remove(self, account_id: str) -> None:
        """Remove the log of an account, if there is one."""
        path = self.path(account_id)
        with guarded(path):
            path.unlink(missing_ok=True)


def _cut_torn_line(handle: int) -> int:
    """Cut off what follows the last whole line, and return the size that is left.

    Such a rest comes from an append that was killed before its account was saved, so its events are still there.
    """
    size = os.fstat(handle).st_size
    if size == 0 or os.pread(handle, 1, size - 1) == b"\n":
        return size
    whole = os.pread(handle, size, 0).rfind(b"\n") + 1
    os.ftruncate(handle, whole)
    return whole
