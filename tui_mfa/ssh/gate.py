"""Who may connect: limits per address and in all, known before anything is read from a connection.

Workers share one table, so that the limits hold over all of them. A place in it belongs to a worker, whose supervisor
frees it when that worker is gone. Addresses stand there as keyed hashes.
"""

import enum
import hashlib
import os
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from tui_mfa.ssh.memory import Memory

_MARK: Final = 16
"""Bytes of a hashed address, and of the key."""

_SETS: Final = 2048
_WAYS: Final = 8
"""Addresses whose rate is remembered: in each of so many sets so many; the one not seen for the longest goes first."""

_RATE: Final = struct.Struct(f"={_MARK}sdd")
"""An address, what is left in its bucket, and when it was last seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What the gate allows."""

    total: int = 200
    """Connections at a time: some 3 MB each (measured)."""
    per_address: int = 10
    """Connections of one address at a time."""
    per_minute: int = 30
    """New connections of one address in a minute; as many may come at once."""


class Refusal(enum.Enum):
    """Why a connection is not let in, as the client is told."""

    RATE = "Too many connections in a minute. Wait, then connect again."
    ADDRESS = "Too many connections from your address. End one of them, then connect again."
    FULL = "The service is full. Connect again later."
    CLOSING = "The service is about to end."


def memory_size(limits: Limits) -> int:
    """Return how many bytes the table of a gate takes."""
    return _MARK + limits.total * (1 + _MARK) + _SETS * _WAYS * _RATE.size


def memory_for(limits: Limits, *, several: bool = False) -> Memory:
    """Return memory for the table of a gate.

    Args:
        limits: What the gate allows.
        several: Whether more than one process shall have it.
    """
    size = memory_size(limits)
    memory = Memory.for_several(size) if several else Memory(size)
    memory.bytes[:_MARK] = os.urandom(_MARK)
    return memory


class Gate:
    """Counts connections, those of the other workers included.

    Args:
        limits: What is allowed; the same for all workers.
        now: Seconds of a clock that never goes back, and is the same in all processes.
        memory: From ``memory_for``; this process's own when not given.
        owner: The number of this worker, from 1 to 255.
    """

    def __init__(self, limits: Limits, now: Callable[[], float], memory: Memory | None = None, owner: int = 1) -> None:
        self._limits, self._now, self._owner = limits, now, owner
        self._memory = memory or memory_for(limits)
        self._bytes = self._memory.bytes
        self._key = self._bytes[:_MARK]
        # First who has each place, 0 for nobody; then whose connection is there; then the rates.
        self._marks = _MARK + limits.total
        self._rates = self._marks + limits.total * _MARK
        self._places: dict[bytes, list[int]] = {}

    @property
    def live(self) -> int:
        """Connections that were let in and have not left, at all workers."""
        return self._limits.total - self._owners().count(0)

    def enter(self, address: str) -> Refusal | None:
        """Let a connection in, or return why not; only who was let in leaves again.

        Args:
            address: Of the other side.
        """
        mark = self._mark(address)
        with self._memory.alone():
            if not self._in_rate(mark):
                return Refusal.RATE
            # Marks are as good as random, so that none is found across the border of two others.
            if self._bytes[self._marks : self._rates].count(mark) >= self._limits.per_address:
                return Refusal.ADDRESS
            place = self._owners().find(0)
            if place < 0:
                return Refusal.FULL
            self._put(place, self._owner, mark)
        self._places.setdefault(mark, []).append(place)
        return None

    def leave(self, address: str) -> None:
        """Forget a connection that was let in."""
        mark = self._mark(address)
        mine = self._places[mark]
        with self._memory.alone():
            self._put(mine.pop(), 0, bytes(_MARK))
        if not mine:
            del self._places[mark]

    def forget(self, owner: int) -> None:
        """Free the places of a worker that is gone, and what a process left half written that was killed.

        Args:
            owner: Its number.
        """
        with self._memory.alone():
            for place, found in enumerate(self._owners()):
                if found in {0, owner}:
                    self._put(place, 0, bytes(_MARK))

    def _owners(self) -> bytes:
        return self._bytes[_MARK : self._marks]

    def _put(self, place: int, owner: int, mark: bytes) -> None:
        start = self._marks + place * _MARK
        self._bytes[start : start + _MARK] = mark
        self._bytes[_MARK + place] = owner

    def _mark(self, address: str) -> bytes:
        return hashlib.blake2b(address.encode(), digest_size=_MARK, key=self._key).digest()

    def _in_rate(self, mark: bytes) -> bool:
        """Take one from the bucket of an address, which fills again by ``per_minute`` in 60 seconds."""
        now, most = self._now(), float(self._limits.per_minute)
        start = self._rates + int.from_bytes(mark[:2], "big") % _SETS * _WAYS * _RATE.size
        places = range(start, start + _WAYS * _RATE.size, _RATE.size)
        known = {place: _RATE.unpack_from(self._bytes, place) for place in places}
        place = next((place for place in places if known[place][0] == mark), None)
        if place is None:
            place = min(places, key=lambda place: (any(known[place][0]), known[place][2]))
            known[place] = mark, most, now
        _, left, seen = known[place]
        left = min(most, left + (now - seen) * most / 60)
        granted: bool = left >= 1
        _RATE.pack_into(self._bytes, place, mark, left - 1 if granted else left, now)
        return granted
