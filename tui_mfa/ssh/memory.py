"""Memory that several processes see: what limits count by, and what was counted."""

import fcntl
import mmap
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager


class Memory:
    """Some zeroed bytes, of one process or of several.

    Args:
        size: How many.
        handle: A file that other processes have as well; without one the memory is this process's alone.
    """

    def __init__(self, size: int, handle: int | None = None) -> None:
        self.handle = handle
        self.bytes = mmap.mmap(-1 if handle is None else handle, size)

    @classmethod
    def for_several(cls, size: int) -> "Memory":
        """Make memory that can be handed on by its ``handle``: a file without a name, gone with its last process."""
        if sys.platform == "linux":
            handle = os.memfd_create("tui-mfa")
        else:
            with tempfile.TemporaryFile() as file:
                handle = os.dup(file.fileno())
        os.pwrite(handle, bytes(size), 0)  # all of it there now: for a page that is not, and cannot be, there is SIGBUS
        return cls(size, handle)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep the other processes out; the system lets go of what a process holds that is killed.

        It holds between processes and not between threads. ``lockf`` and not ``flock``: the latter belongs to the open
        file, which is the same one for all who were handed it.
        """
        if self.handle is None:
            yield
            return
        fcntl.lockf(self.handle, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.lockf(self.handle, fcntl.LOCK_UN)
