"""How a process that serves is doing: whether its loop comes in time, and how long its collector stops it."""

import asyncio
import gc
import time
from collections import deque
from typing import Final

from tui_mfa.ssh import metrics
from tui_mfa.ssh.metrics import Metrics

EVERY: Final = 1.0
"""Seconds between two looks."""

KEPT: Final = 60
"""Looks of which the latest was the latest: a minute."""


class Vitals:
    """Measures until it is stopped.

    Args:
        counts: Where to note it.
    """

    def __init__(self, counts: Metrics) -> None:
        self._counts = counts
        self._lags: deque[float] = deque(maxlen=KEPT)
        self._loop = asyncio.get_running_loop()
        self._pass_began = 0.0
        self._longest = 0.0
        self._due = self._loop.time() + EVERY
        self._timer = self._loop.call_at(self._due, self._look)
        gc.callbacks.append(self._collected)

    def stop(self) -> None:
        """Measure no more."""
        self._timer.cancel()
        gc.callbacks.remove(self._collected)

    def _look(self) -> None:
        now = self._loop.time()
        self._lags.append(max(0.0, now - self._due))
        self._counts.put(metrics.LAG, self._lags[-1])
        self._counts.put(metrics.LAG_MAX, max(self._lags))
        self._due = now + EVERY
        self._timer = self._loop.call_at(self._due, self._look)

    def _collected(self, phase: str, info: dict[str, int]) -> None:
        if phase == "start":
            self._pass_began = time.perf_counter()
            return
        took = time.perf_counter() - self._pass_began
        generation = str(info["generation"])
        self._counts.add(metrics.PASSES, generation)
        self._counts.add(metrics.PAUSES, generation, amount=took)
        self._longest = max(self._longest, took)
        self._counts.put(metrics.PAUSE_MAX, self._longest)
