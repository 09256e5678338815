"""The order in which one thread may take the store's locks, so that no two threads ever wait for each other."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum


class Rank(IntEnum):
    """What is locked; a thread takes locks only in rising order."""

    INSTALLATION = 1
    BUCKET = 2
    ACCOUNT = 3
    CLAIMS = 4


class LockOrder:
    """Remembers what each thread holds, and refuses what could become a deadlock.

    Locks are shared by hash, so even two different accounts inside one another could wait for themselves.
    """

    def __init__(self) -> None:
        self._held = threading.local()

    @contextmanager
    def taking(self, rank: Rank) -> Iterator[None]:
        """Mark a rank as held by this thread for the block.

        Raises:
            RuntimeError: The thread already holds that rank or a higher one: a mistake in the program.
        """
        before: int = getattr(self._held, "rank", 0)
        if rank <= before:
            held = Rank(before).name.lower()
            raise RuntimeError(f"a {rank.name.lower()} is locked while this thread holds a lock on {held}")
        self._held.rank = int(rank)
        try:
            yield
        finally:
            self._held.rank = before
