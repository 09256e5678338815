"""Frees what ended sessions leave, at moments when nobody waits for a key.

Widgets are freed as they are removed (``tui_mfa.freeing``), which is nearly all. What is left of an app and its
connection holds itself, and only a full pass of Python's collector frees it; one that comes by itself stops everybody
in the middle of a word (see ``server.COLLECTED_AFTER``). So a pass is made when enough has ended to be worth it and the
keys pause, and at last whether they pause or not.
"""

import asyncio
import gc
from collections import deque
from collections.abc import Callable, Sized
from typing import Final

SETTLED: Final = 10.0
"""Seconds until the loop has let go of the last timer of an ended session; before that a pass would not free it."""

LOOKED_AGAIN: Final = 0.25
"""Seconds between two looks while somebody types."""

QUIET: Final = 1.0
"""Seconds without a key, of anybody, in which a pass disturbs nobody."""

BREATH: Final = 0.25
"""The same once far more sessions have ended than are there."""

FEW: Final = 50
"""Ended sessions, some 0.2 MB each (measured; one that is there has 1.4 MB), that are not worth a pass."""

TOO_MANY: Final = 300
"""Ended sessions, beside four times those that are there, whose memory is worth more than a pause."""


class Sweeper:
    """Decides when to sweep; a pass costs as much as there are sessions, so it waits for half of them, and a few.

    Args:
        live: The sessions that are there.
        now: Seconds of a clock that never goes back.
        sweep: One full pass.
    """

    def __init__(self, live: Sized, now: Callable[[], float], sweep: Callable[[], object] = gc.collect) -> None:
        self._live, self._now, self._sweep = live, now, sweep
        self._ended: deque[float] = deque()
        self._last_key = now()
        self._looking: asyncio.TimerHandle | None = None

    def key(self) -> None:
        """Note that somebody typed."""
        self._last_key = self._now()

    def ended(self) -> None:
        """Note that a session is over, and look when it can be freed."""
        self._ended.append(self._now())
        self._look_in(SETTLED)

    def _look_in(self, seconds: float) -> None:
        if self._looking is None:
            self._looking = asyncio.get_running_loop().call_later(seconds, self._look)

    def _look(self) -> None:
        self._looking = None
        live, now = len(self._live), self._now()
        settled = sum(now - moment >= SETTLED for moment in self._ended)
        enough = max(live // 2, FEW)
        if settled > enough:
            wanted = 0.0 if settled > 4 * live + TOO_MANY else BREATH if settled > 2 * live + TOO_MANY else QUIET
            if live and now - self._last_key < wanted:
                self._look_in(LOOKED_AGAIN)
                return
            self._sweep()
            for _ in range(settled):
                self._ended.popleft()
        if len(self._ended) > enough:
            self._look_in(SETTLED - (now - self._ended[enough]) + LOOKED_AGAIN)
