"""Locks between threads and processes: ``flock`` on small files that are never deleted.

The kernel frees a lock when its holder dies, so a killed process leaves nothing to clean up. ``flock`` belongs to the
open file description: each acquisition opens the file anew, and so threads of one process wait for each other too.
"""

import fcntl
import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from tui_mfa.store.disk import FILE_MODE, guarded
from tui_mfa.store.order import LockOrder, Rank

_STRIPE_DIGITS: Final = 3
"""Hex digits of a stripe: 4,096 lock files of each kind, however many accounts there are."""


def stripe(name: str) -> str:
    """Return which of the 4,096 stripes a name falls on."""
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:_STRIPE_DIGITS]


class Locks:
    """The lock files of one data folder.

    Args:
        folder: Where they are; it exists.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._order = LockOrder()

    @contextmanager
    def hold(self, rank: Rank, names: Iterable[str]) -> Iterator[None]:
        """Lock some names of one kind for the block, waiting for whoever holds them.

        Raises:
            StoreUnavailable: A lock file cannot be made or opened.
            RuntimeError: This thread holds a lock of this rank or a higher one already.
        """
        with self._order.taking(rank), ExitStack() as stack:
            for number in sorted({stripe(name) for name in names}):
                stack.enter_context(self._one(self._folder / f"{rank.name.lower()}-{number}"))
            yield

    @contextmanager
    def _one(self, path: Path) -> Iterator[None]:
        with guarded(path):
            handle = os.open(path, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, FILE_MODE)
        try:
            with guarded(path):
                fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)
