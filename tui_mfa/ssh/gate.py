"""Who may connect: limits per address and in all, known before anything is read from a connection."""

from collections import Counter, OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

_ADDRESSES_KEPT: Final = 10_000
"""Addresses whose rate is remembered; the one not seen for the longest goes first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What the gate allows."""

    total: int = 200
    """Connections at a time: some 3 MB each (measured)."""
    per_address: int = 10
    """Connections of one address at a time."""
    per_minute: int = 30
    """New connections of one address in a minute; as many may come at once."""


class Gate:
    """Counts the connections of one process.

    Args:
        limits: What is allowed.
        now: Seconds of a clock that never goes back.
    """

    def __init__(self, limits: Limits, now: Callable[[], float]) -> None:
        self._limits = limits
        self._now = now
        self._live: Counter[str] = Counter()
        self._rates: OrderedDict[str, tuple[float, float]] = OrderedDict()

    @property
    def live(self) -> int:
        """Connections that were let in and have not left."""
        return self._live.total()

    def enter(self, address: str) -> str:
        """Let a connection in, or return why not; only who was let in leaves again.

        Args:
            address: Of the other side.
        """
        if not self._in_rate(address):
            return "Too many connections in a minute. Wait, then connect again."
        if self._live[address] >= self._limits.per_address:
            return "Too many connections from your address. End one of them, then connect again."
        if self.live >= self._limits.total:
            return "The service is full. Connect again later."
        self._live[address] += 1
        return ""

    def leave(self, address: str) -> None:
        """Forget a connection that was let in."""
        self._live[address] -= 1
        if self._live[address] <= 0:
            del self._live[address]

    def _in_rate(self, address: str) -> bool:
        """Take one from the bucket of an address, which fills again by ``per_minute`` in 60 seconds."""
        now, most = self._now(), float(self._limits.per_minute)
        left, seen = self._rates.pop(address, (most, now))
        left = min(most, left + (now - seen) * most / 60)
        granted = left >= 1
        self._rates[address] = (left - 1 if granted else left, now)
        if len(self._rates) > _ADDRESSES_KEPT:
            self._rates.popitem(last=False)
        return granted
