"""Who may connect, and who gives way: limits per address and in all, known before anything is read from a connection.

Everybody is let in as far as the login page, so a connection proves nothing, and costs who opens it little. What keeps
places for people is therefore not a refusal, which would hit them as it hits others, but a rule who gives way. The
stages of a connection have limits of their own:

- *Half-open* ones have places beside those of people who are in, as with sshd's ``MaxStartups``. Where sshd refuses
  newcomers by chance as these fill up, here the newcomer gets in and an old one goes: an honest client needs its place
  for a second, and one that holds it for as long as it may is likely no honest one.
- *Strangers*, at the login page, have three quarters of the places of those who are in. If these, or all, are taken, a
  newcomer gets the place of a stranger.
- Those who are *known*, by a key of an account or a login, keep their place whatever comes.

Who gives way is the oldest of the network that has the most (``places.oldest_of_most``). This is what sshd's
``PerSourceMaxStartups`` is for, without a number that is too low for a large office and too high for an attacker.

Workers share one table, so that all of this holds over all of them. Who was displaced from another worker's place is
found there by looking (``Gate.holds``).
"""

import enum
import hashlib
import ipaddress
import os
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from tui_mfa.ssh import places
from tui_mfa.ssh.memory import Memory
from tui_mfa.ssh.places import MARK, Place, Places, Stage, oldest_of_most

_SETS: Final = 2048
_WAYS: Final = 8
"""Addresses whose rate is remembered: in each of so many sets so many; the one not seen for the longest goes first."""

_RATE: Final = struct.Struct(f"={MARK}sdd")
"""An address, what is left in its bucket, and when it was last seen."""

_FEWEST_HALF_OPEN: Final = 10
"""Half-open connections that are let in however small the service is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What the gate allows."""

    total: int = 200
    """People who are in at a time: some 3 MB each (measured)."""
    per_address: int = 10
    """Of one address at a time."""
    per_minute: int = 30
    """New connections of one address in a minute; as many may come at once."""

    @property
    def half_open(self) -> int:
        """Connections before the end of SSH's authentication, beside the total; more displace each other."""
        return max(_FEWEST_HALF_OPEN, self.total // 4)

    @property
    def strangers(self) -> int:
        """Of the total, those who may be before the login; more displace each other."""
        return self.total - self.total // 4


class Refusal(enum.Enum):
    """Why a connection is not let in, or not left in, as the client is told."""

    RATE = "Too many connections in a minute. Wait, then connect again."
    ADDRESS = "Too many connections from your address. End one of them, then connect again."
    FULL = "The service is full. Connect again later."
    CROWDED = "More people want to log in than there is room for, and you have been at it for long. Connect again."
    CLOSING = "The service is about to end."


def network_of(address: str) -> str:
    """Return to which network an address counts where some must give way: its IPv4 /24, or its IPv6 /48 (RFC 6177).

    Args:
        address: Or the IPv6 /64 by which limits count (``portal.limit_key``); anything else counts as it is.
    """
    try:
        found = ipaddress.ip_interface(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((found.ip, 24 if found.version == 4 else 48), strict=False))  # noqa: PLR2004 - IPv4


def memory_size(limits: Limits) -> int:
    """Return how many bytes the table of a gate takes."""
    return MARK + _SETS * _WAYS * _RATE.size + places.size(limits.total + limits.half_open)


def memory_for(limits: Limits, *, several: bool = False) -> Memory:
    """Return memory for the table of a gate.

    Args:
        limits: What the gate allows.
        several: Whether more than one process shall have it.
    """
    size = memory_size(limits)
    memory = Memory.for_several(size) if several else Memory(size)
    memory.bytes[:MARK] = os.urandom(MARK)
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
        self._key = self._bytes[:MARK]
        # First the rates, then who has each place.
        self._places = Places(self._memory, MARK + _SETS * _WAYS * _RATE.size, limits.total + limits.half_open)

    @property
    def live(self) -> int:
        """Connections that have a place, at all workers."""
        with self._memory.alone():
            return len(self._places.taken())

    def enter(self, address: str) -> Place | Refusal:
        """Let a connection in, half-open, or return why not; whoever was in too long may lose their place to it.

        Args:
            address: Of the other side.
        """
        mark, network = self._mark(address), self._mark(network_of(address))
        with self._memory.alone():
            if not self._in_rate(mark):
                return Refusal.RATE
            taken = self._places.taken()
            inside = [place for place in taken if place.stage != Stage.HALF_OPEN]
            why = self._no_room(inside, mark)
            if why is not None:
                return why
            half_open = [place for place in taken if place.stage == Stage.HALF_OPEN]
            free = self._places.first_free() if len(half_open) < self._limits.half_open else None
            at = oldest_of_most(half_open, network).at if free is None else free
            return self._places.take(at, self._owner, Stage.HALF_OPEN, mark, network)

    def authenticated(self, mine: Place, *, known: bool) -> Refusal | None:
        """Count a connection among those who are in, or return why not; a stranger may lose their place to it.

        Args:
            mine: Its place.
            known: It has proved a key of an account.
        """
        with self._memory.alone():
            if not self._places.holds(mine):
                return Refusal.CROWDED
            inside = [place for place in self._places.taken() if place.stage != Stage.HALF_OPEN]
            why = self._no_room(inside, mine.address)
            if why is not None:
                return why
            strangers = [place for place in inside if place.stage == Stage.STRANGER]
            if len(inside) >= self._limits.total or (not known and len(strangers) >= self._limits.strangers):
                self._places.free(oldest_of_most(strangers, None if known else mine.network))
            self._places.advance(mine, Stage.KNOWN if known else Stage.STRANGER)
        return None

    def logged_in(self, mine: Place) -> bool:
        """Let a connection keep its place whatever comes; return whether it still has it.

        Args:
            mine: Its place.
        """
        with self._memory.alone():
            held = self._places.holds(mine)
            if held:
                self._places.advance(mine, Stage.KNOWN)
        return held

    def holds(self, mine: Place) -> bool:
        """Say whether a connection has not been displaced."""
        return self._places.holds(mine)

    def leave(self, mine: Place) -> None:
        """Forget a connection that was let in."""
        with self._memory.alone():
            self._places.free(mine)

    def forget(self, owner: int) -> None:
        """Free the places of a worker that is gone, and what a process left half written that was killed.

        Args:
            owner: Its number.
        """
        with self._memory.alone():
            self._places.free_all(owner)

    def _no_room(self, inside: list[Place], mark: bytes) -> Refusal | None:
        """Return why nobody gives way to somebody of this address who would be in."""
        if sum(place.address == mark for place in inside) >= self._limits.per_address:
            return Refusal.ADDRESS
        if sum(place.stage == Stage.KNOWN for place in inside) >= self._limits.total:
            return Refusal.FULL
        return None

    def _mark(self, address: str) -> bytes:
        return hashlib.blake2b(address.encode(), digest_size=MARK, key=self._key).digest()

    def _in_rate(self, mark: bytes) -> bool:
        """Take one from the bucket of an address, which fills again by ``per_minute`` in 60 seconds."""
        now, most = self._now(), float(self._limits.per_minute)
        start = MARK + int.from_bytes(mark[:2], "big") % _SETS * _WAYS * _RATE.size
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
