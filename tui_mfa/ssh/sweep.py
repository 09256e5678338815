"""Frees what ended sessions leave, at moments when nobody waits for a key.

Widgets are freed as they are removed (``tui_mfa.freeing``), and an app is taken apart some time after its end, which is
nearly all. What is left of a connection holds itself, and only a full pass of Python's collector frees it; one that
comes by itself stops everybody in the middle of a word (see ``server.COLLECTED_AFTER``). So a pass is made when enough
has ended to be worth it and the keys pause, and at last whether they pause or not.
"""

import asyncio
import contextvars
import gc
from collections import deque
from collections.abc import Callable, Sized
from typing import Any, Final

from textual.app import App

from tui_mfa import freeing
from tui_mfa.ssh.pump import Inside

SETTLED: Final = 10.0
"""Seconds until the loop has let go of the last timer of an ended session; before that a pass would not free it."""

LOOKED_AGAIN: Final = 0.25
"""Seconds between two looks while somebody types."""

QUIET: Final = 1.0
"""Seconds without a key, of anybody, in which a pass disturbs nobody."""

BREATH: Final = 0.25
"""The same once far more sessions have ended than are there."""

FEW: Final = 400
"""Ended sessions, some 0.05 MB each (measured; one that is there has 1.1 MB), that are not worth a pass."""

TOO_MANY: Final = 1_000
"""Ended sessions, beside eight times those that are there, whose memory is worth more than a pause."""


class Sweeper:
    """Decides when to sweep; a pass costs as much as there are sessions, so it waits for twice as many.

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
        enough = max(2 * live, FEW)
        if settled > enough:
            wanted = 0.0 if settled > 8 * live + TOO_MANY else BREATH if settled > 4 * live + TOO_MANY else QUIET
            if live and now - self._last_key < wanted:
                self._look_in(LOOKED_AGAIN)
                return
            self._sweep()
            for _ in range(settled):
                self._ended.popleft()
        if len(self._ended) > enough:
            self._look_in(SETTLED - (now - self._ended[enough]) + LOOKED_AGAIN)


def let_go(app: App[Any], inside: Inside) -> None:
    """Free what an app holds, as far as nothing of it may be under way any more, and the rest once it has settled.

    Args:
        app: It has ended.
        inside: The context of its session, in which it is.
    """

    def rest() -> None:
        freeing.take_apart(app)
        inside.forget()

    freeing.free_ended(app)
    asyncio.get_running_loop().call_later(SETTLED, rest, context=contextvars.Context())
