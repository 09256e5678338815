"""How much a caller may ask: requests per token, wrong tokens per address, bytes of a body, seconds of sending."""

import asyncio
import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from starlette.requests import ClientDisconnect, Request

from tui_mfa.domain import limits
from tui_mfa.domain.limits import Tries, Window

BODY_MAX: Final = 32 * 1024
"""Bytes of a request's body: twice the largest SSH key that is looked at."""

BODY_SECONDS: Final = 10.0
"""How long a body may take to arrive."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Requests in a window of time."""

    per_token: Window = field(default_factory=lambda: Window(240, timedelta(minutes=1)))
    """A program that asks more often than four times a second has a mistake in it."""
    wrong_tokens: Window = field(default_factory=lambda: Window(30, timedelta(minutes=5)))
    """Requests from one address that show no live token. Guessing is hopeless anyway (178 bits), so a live token is let
    in whatever else comes from its address."""


class TooMuch(Exception):
    """The body is too large, or takes too long."""


class Counter:
    """Counts events by name within a window, in memory: a limit for politeness, and none that guards a secret.

    Args:
        window: How many within what time.
    """

    MOST: Final = 10_000
    """Names that are kept; more push out those that were counted longest ago."""

    def __init__(self, window: Window) -> None:
        self._window = window
        self._tries: OrderedDict[str, Tries] = OrderedDict()
        self._lock = threading.Lock()

    def count(self, name: str, now: datetime) -> int:
        """Count one event; return 0, or the seconds to wait when there were too many, and then it is not counted."""
        with self._lock:
            tries = self._tries.setdefault(name, Tries())
            self._tries.move_to_end(name)
            wait = limits.wait_for(tries, (self._window,), now)
            if not wait:
                tries.times = [time for time in tries.times if time > now - self._window.span]
                limits.count(tries, now)
            while len(self._tries) > self.MOST:
                self._tries.popitem(last=False)
            return wait


async def body_of(request: Request, most: int = BODY_MAX) -> bytes:
    """Return a request's body of so many bytes at most; raises ``TooMuch`` or ``ClientDisconnect``."""
    declared = request.headers.get("content-length", "0")
    if not declared.isdecimal() or int(declared) > most:
        raise TooMuch
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for chunk in request.stream():
                body += chunk
                if len(body) > most:
                    raise TooMuch
    except TimeoutError:
        raise TooMuch from None
    return bytes(body)


__all__ = ["ClientDisconnect", "Counter", "Limits", "TooMuch", "body_of"]
