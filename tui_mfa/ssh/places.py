"""Who has which place: a table that all workers share, and that outlives each of them.

A place belongs to a worker, whose supervisor frees it when that worker is gone. Addresses and networks stand in it as
keyed hashes.
"""

import enum
import re
import struct
from typing import Final, NamedTuple

from tui_mfa.ssh.memory import Memory

MARK: Final = 16
"""Bytes of a hash."""

_PLACE: Final = struct.Struct(f"=BB{MARK}s{MARK}sQ")
"""Whose it is, how far the connection has come, its address, its network, its number."""

_COUNTER: Final = struct.Struct("=Q")

_TAKEN: Final = re.compile(rb"[^\0]")
"""Finds a place that has an owner among the first bytes of all."""


class Stage(enum.IntEnum):
    """How far a connection has come."""

    HALF_OPEN = 1
    """It has not finished SSH's authentication."""
    STRANGER = 2
    """It has, which anybody can, and is before the login."""
    KNOWN = 3
    """It belongs to an account: by a key, or by a login in the portal."""


class Place(NamedTuple):
    """One place that is taken."""

    at: int
    """Where in the table."""
    owner: int
    """The number of the worker, from 1."""
    stage: Stage
    address: bytes
    network: bytes
    number: int
    """The count of places that were taken until then: no two are the same, and older ones are lower."""


def size(count: int) -> int:
    """Return how many bytes a table of so many places takes."""
    return _COUNTER.size + count * _PLACE.size


class Places:
    """The table; whoever reads more than one place, or writes, keeps the others out (``Memory.alone``).

    Args:
        memory: With room for it.
        start: Where in the memory it begins.
        count: Of places.
    """

    def __init__(self, memory: Memory, start: int, count: int) -> None:
        self._bytes = memory.bytes
        self._start = start + _COUNTER.size
        self._end = start + size(count)
        self._counter = start

    def taken(self) -> list[Place]:
        """Return all places that are taken, in their order in the table."""
        found = []
        for match in _TAKEN.finditer(self._owners()):
            at = match.start()
            found.append(Place(at, *_PLACE.unpack_from(self._bytes, self._start + at * _PLACE.size)))
        return found

    def first_free(self) -> int | None:
        """Return where the first free place is."""
        at = self._owners().find(0)
        return None if at < 0 else at

    def take(self, at: int, owner: int, stage: Stage, address: bytes, network: bytes) -> Place:
        """Write who has a place, over whoever had it before.

        Args:
            at: Where in the table.
            owner: The number of the worker.
            stage: Of the connection.
            address: Its mark.
            network: Its mark.
        """
        (number,) = _COUNTER.unpack_from(self._bytes, self._counter)
        _COUNTER.pack_into(self._bytes, self._counter, number + 1)
        place = Place(at, owner, stage, address, network, number + 1)
        self._write(place)
        return place

    def advance(self, place: Place, stage: Stage) -> None:
        """Write that a connection has come further."""
        self._write(place._replace(stage=stage))

    def holds(self, place: Place) -> bool:
        """Say whether nobody else was given a place since; one look, for which nobody has to be kept out."""
        row = _PLACE.unpack_from(self._bytes, self._start + place.at * _PLACE.size)
        return bool(row[0] == place.owner and row[-1] == place.number)

    def free(self, place: Place) -> None:
        """Give a place back, unless somebody else has it by now."""
        if self.holds(place):
            self._clear(place.at)

    def free_all(self, owner: int) -> None:
        """Free the places of a worker that is gone, and clear what a killed process has left half written."""
        for at, whose in enumerate(self._owners()):
            if whose in {0, owner}:
                self._clear(at)

    def _owners(self) -> bytes:
        """Return the first byte of each place: tables are long, and mostly empty."""
        return bytes(self._bytes[self._start : self._end : _PLACE.size])

    def _write(self, place: Place) -> None:
        _PLACE.pack_into(self._bytes, self._start + place.at * _PLACE.size, *place[1:])

    def _clear(self, at: int) -> None:
        start = self._start + at * _PLACE.size
        self._bytes[start : start + _PLACE.size] = bytes(_PLACE.size)


def oldest_of_most(places: list[Place], network: bytes | None = None) -> Place:
    """Return who gives way: of the network that has the most of these places, the one that came first.

    So whoever holds many places displaces themselves, and a newcomer from elsewhere is the last to go. Of networks with
    as many, the oldest of all goes: to keep somebody out, one would have to come in as often as all others together,
    from as many networks as there are places.

    Args:
        places: At least one.
        network: Of a newcomer, who counts for it.
    """
    counts: dict[bytes, int] = {} if network is None else {network: 1}
    for place in places:
        counts[place.network] = counts.get(place.network, 0) + 1
    most = max(counts[place.network] for place in places)
    return min((place for place in places if counts[place.network] == most), key=lambda place: place.number)
