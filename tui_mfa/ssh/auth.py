"""Who connects as whom: one connection, from its first byte to its one channel."""

import asyncio
import ipaddress
import logging
import os
import socket
from typing import TYPE_CHECKING, Final

import asyncssh

from tui_mfa.domain.login import key_login
from tui_mfa.ssh import metrics
from tui_mfa.ssh.beneath import read_on
from tui_mfa.ssh.counted import CountedSession
from tui_mfa.ssh.gate import Refusal
from tui_mfa.ssh.places import Place
from tui_mfa.ssh.portal import limit_key
from tui_mfa.ssh.threads import OWNER

if TYPE_CHECKING:
    from tui_mfa.ssh.server import House

LOG = logging.getLogger("tui_mfa.ssh")

AUTH_TRIES: Final = 20
"""Keys and answers of one connection; people have many keys, and every one is offered first."""

CHANNEL_WITHIN: Final = 20.0
"""Seconds from the end of the authentication to the start of the portal or of a command; SSH itself sets no limit."""

LOOK_EVERY: Final = 1.0
"""Seconds between two looks at whether somebody before the login was displaced by a newcomer."""

SHOWN_KEYS: Final = 8
"""Public keys of a client that are remembered, for its person to add one of them."""

TURNED_AWAY: Final = 64
"""Refused connections that are kept for a moment; more than these are hung up on at once."""

READ_WITHIN: Final = 1.0
"""Seconds for a client to read why."""


class PortalServer(asyncssh.SSHServer):
    """One connection.

    Args:
        house: What all sessions share.
    """

    def __init__(self, house: "House") -> None:
        self._house = house
        self._address = "?"
        self._place: Place | None = None
        self._username: str | None = None
        self._proved: str | None = None
        self._shown: list[str] = []
        self._tries = 0
        self._channels = 0
        self._closed = False
        self._owner = object()
        self._session: CountedSession | None = None
        self._end: asyncio.TimerHandle | None = None
        self._looks: asyncio.TimerHandle | None = None

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        """Count the connection, or end it with the reason."""
        self._conn = conn
        # asyncssh does nothing with what asyncio tells it here, so that it would keep everything for a client that
        # reads nothing: what is drawn on a large window, and an answer to each of its requests.
        conn.pause_writing = self._pause_wire  # type: ignore[method-assign]
        conn.resume_writing = self._resume_wire  # type: ignore[method-assign]
        peer = conn.get_extra_info("peername")
        self._address = _plain(str(peer[0])) if peer else "?"
        found = Refusal.CLOSING if self._house.closing else self._house.gate.enter(limit_key(self._address))
        if isinstance(found, Refusal):
            # Behind the server's version, which goes out right after this: before it, clients understand nothing.
            asyncio.get_running_loop().call_soon(self._refuse, found)
            return
        self._place = found
        self._house.counts.add(metrics.ACCEPTED)
        self._house.counts.add(metrics.CONNECTIONS)
        self._look_later()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        del exc, self._conn.pause_writing, self._conn.resume_writing
        for timer in (self._end, self._looks):
            if timer is not None:
                timer.cancel()  # it would keep an ended session
        if self._place is not None:
            self._house.gate.leave(self._place)
            self._house.counts.add(metrics.CONNECTIONS, amount=-1)
            self._place = None

    def _pause_wire(self) -> None:
        self._wire(full=True)

    def _resume_wire(self) -> None:
        self._wire(full=False)

    def _wire(self, *, full: bool) -> None:
        """Read nothing more of a client that does not read the answers, and draw nothing for it."""
        read_on(self._conn, go=not full)
        if self._session is not None:
            self._session.wire(full=full)

    def _look_later(self) -> None:
        self._looks = asyncio.get_running_loop().call_later(LOOK_EVERY, self._look)

    def _look(self) -> None:
        """End the connection if its place was needed by a newcomer; after a login, it is kept."""
        session = self._session
        if self._place is None:
            return
        if session is not None and session.logged_in:
            if not self._house.gate.logged_in(self._place):
                self._displaced()
        elif self._house.gate.holds(self._place):
            self._look_later()
        else:
            self._displaced()

    def _displaced(self) -> None:
        if self._session is None or self._session.task is None:
            self._refuse(Refusal.CROWDED)
            return
        self._note(Refusal.CROWDED)
        self._session.give_way(Refusal.CROWDED.value)

    def _refuse(self, why: Refusal) -> None:
        self._note(why)
        self._turn_away(why.value)

    def _note(self, why: Refusal) -> None:
        LOG.info("ssh connection refused from=%s why=%s", self._address, why.value)
        self._house.counts.add(metrics.REFUSED, why.name.lower())

    def _turn_away(self, words: str) -> None:
        """Tell somebody why, and hang up once that can have been read.

        What a client has sent meanwhile is never read; a socket that is closed over it says so at once (RST), and the
        client would often see that in place of the words.
        """
        sock: socket.socket | None = self._conn.get_extra_info("socket")
        if sock is not None and sock.fileno() >= 0 and len(self._house.turned_away) < TURNED_AWAY:
            held = os.dup(sock.fileno())
            self._house.turned_away.add(held)
            asyncio.get_running_loop().call_later(READ_WITHIN, self._hang_up, held)
        self._conn.disconnect(asyncssh.DISC_TOO_MANY_CONNECTIONS, words)

    def _hang_up(self, held: int) -> None:
        self._house.turned_away.discard(held)
        os.close(held)

    def begin_auth(self, username: str) -> bool:
        """Take the name, once: a key that was proved for one name says nothing about another."""
        if self._username is not None and username != self._username:
            self._conn.disconnect(asyncssh.DISC_PROTOCOL_ERROR, "The name must stay the same.")
        self._username = username
        return True

    def public_key_auth_supported(self) -> bool:
        """Offer it to everybody, whether there is such an account or not."""
        return True

    def kbdint_auth_supported(self) -> bool:
        """Offer it to everybody: it asks for nothing and leads to the login page."""
        return True

    async def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        """Say whether a key may sign. It has not yet: only a signature that was checked makes it the first factor."""
        if not self._may_try():
            return False
        line = " ".join(key.export_public_key("openssh").decode("ascii").split()[:2])
        if line not in self._shown and len(self._shown) < SHOWN_KEYS:
            self._shown.append(line)
        token = OWNER.set(self._owner)
        try:
            found = await asyncio.to_thread(key_login.usable_keys, self._house.services, username)
        finally:
            OWNER.reset(token)
        if line not in found:
            return False
        check = key.verify

        def verify(data: bytes, signature: bytes) -> bool:
            right = check(data, signature)
            if right and username == self._username:
                self._proved = line
            return right

        key.verify = verify  # type: ignore[method-assign, assignment]
        return True

    async def get_kbdint_challenge(self, username: str, lang: str, submethods: str) -> bool:
        """Let everybody in as far as the login page."""
        del username, lang, submethods
        # asyncssh notes that it asks once its task for that waits; an eager one (``threads.prepare``) would be through.
        await asyncio.sleep(0)
        return self._may_try()

    def session_requested(self) -> CountedSession | bool:
        """Give one channel to a connection, and no second one."""
        self._channels += 1
        if self._channels > 1 or self._username is None or self._place is None or self._closed:
            LOG.info("ssh channel refused from=%s", self._address)
            return False
        shown = tuple(self._shown)
        self._session = CountedSession(self._house, self._username, self._address, self._proved, shown)
        return self._session

    def auth_completed(self) -> None:
        """Wait for the one channel: without it, a connection would hold its place for as long as it likes."""
        if self._place is None:
            return
        known = self._proved is not None
        why = self._house.gate.authenticated(self._place, known=known)
        if why is not None:
            self._closed = True
            self._refuse(why)
            return
        if known and self._looks is not None:
            self._looks.cancel()
        self._end = asyncio.get_running_loop().call_later(CHANNEL_WITHIN, self._end_idle)

    def _end_idle(self) -> None:
        if self._session is None or self._session.task is None:
            LOG.info("ssh connection ended from=%s why=nothing was started", self._address)
            self._conn.close()

    def _may_try(self) -> bool:
        self._tries += 1
        if self._tries > AUTH_TRIES:
            self._conn.disconnect(asyncssh.DISC_NO_MORE_AUTH_METHODS_AVAILABLE, "Too many authentication failures.")
        return self._tries <= AUTH_TRIES


def _plain(address: str) -> str:
    """Return an IPv4 address as such, also where it came in by a socket for both (``::ffff:192.0.2.1``)."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return address if mapped is None else str(mapped)
