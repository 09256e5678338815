"""Listens, and decides who connects as whom.

Everybody gets in as far as the login page; a key of the account, whose signature was checked, stands for the password.
The second factor is asked for by the portal in both cases.
"""

import asyncio
import gc
import logging
import signal
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import asyncssh

from tui_mfa import __version__
from tui_mfa.domain.errors import DomainError, Unavailable
from tui_mfa.domain.login import key_login
from tui_mfa.domain.ports import Services
from tui_mfa.presentation import safe_text
from tui_mfa.settings import Settings
from tui_mfa.ssh import driver, threads
from tui_mfa.ssh.algorithms import CIPHERS, KEX, MACS
from tui_mfa.ssh.gate import Gate, Limits
from tui_mfa.ssh.portal import Client, limit_key
from tui_mfa.ssh.session import LEAVE_WITHIN, PortalSession

if TYPE_CHECKING:
    from tui_mfa.domain.login.model import CodeOwed, LoggedIn

LOG = logging.getLogger("tui_mfa.ssh")

LOGIN_TIMEOUT: Final = 20
"""Seconds from the connection to the end of the SSH authentication."""

KEEPALIVE: Final = 15
"""Seconds between two questions whether the client is there; three without an answer end the connection."""

AUTH_TRIES: Final = 20
"""Keys and answers of one connection; people have many keys, and every one is offered first."""

SHOWN_KEYS: Final = 8
"""Public keys of a client that are remembered, for its person to add one of them."""

WINDOW: Final = 64 * 1024
"""Bytes that a client may send ahead."""

DRAIN: Final = 10.0
"""Seconds that people have to finish when the server ends."""

COLLECTED_AFTER: Final = (10_000, 10, 100_000)
"""Thresholds of the collector: a full pass over all sessions' widgets stops everybody (10 s at 500, measured)."""


@dataclass
class House:
    """What all sessions of a process share."""

    settings: Settings
    services: Services
    now: Callable[[], float]
    """Seconds of the loop's clock."""
    gate: Gate
    sessions: set[PortalSession] = field(default_factory=set)
    closing: bool = False

    async def enter(self, client: Client, proved: str | None) -> "CodeOwed | LoggedIn | None":
        """Return what a proved key leads to; None where there is none, or where it is none any more."""
        if proved is None:
            return None
        try:
            return await asyncio.to_thread(key_login.log_in, self.services, client.username, proved, client.origin)
        except DomainError as error:
            LOG.info("ssh key login refused user=%s why=%s", safe_text(client.username, 40), error.code)
            return None


class PortalServer(asyncssh.SSHServer):
    """One connection.

    Args:
        house: What all sessions share.
    """

    def __init__(self, house: House) -> None:
        self._house = house
        self._address = "?"
        self._let_in = False
        self._username: str | None = None
        self._proved: str | None = None
        self._shown: list[str] = []
        self._tries = 0
        self._channels = 0

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        """Count the connection, or end it with the reason."""
        self._conn = conn
        peer = conn.get_extra_info("peername")
        self._address = str(peer[0]) if peer else "?"
        why = (
            "The service is about to end." if self._house.closing else self._house.gate.enter(limit_key(self._address))
        )
        if why:
            LOG.info("ssh connection refused from=%s why=%s", self._address, why)
            conn.disconnect(asyncssh.DISC_TOO_MANY_CONNECTIONS, why)
        else:
            self._let_in = True

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        del exc
        if self._let_in:
            self._let_in = False
            self._house.gate.leave(limit_key(self._address))

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
        found = await asyncio.to_thread(key_login.usable_keys, self._house.services, username)
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

    def get_kbdint_challenge(self, username: str, lang: str, submethods: str) -> bool:
        """Let everybody in as far as the login page."""
        del username, lang, submethods
        return self._may_try()

    def session_requested(self) -> PortalSession | bool:
        """Give one channel to a connection, and no second one."""
        self._channels += 1
        if self._channels > 1 or self._username is None or not self._let_in:
            LOG.info("ssh channel refused from=%s", self._address)
            return False
        return PortalSession(self._house, self._username, self._address, self._proved, tuple(self._shown))

    def _may_try(self) -> bool:
        self._tries += 1
        if self._tries > AUTH_TRIES:
            self._conn.disconnect(asyncssh.DISC_NO_MORE_AUTH_METHODS_AVAILABLE, "Too many authentication failures.")
        return self._tries <= AUTH_TRIES


async def listen(
    settings: Settings,
    services: Services,
    key: asyncssh.SSHKey,
    *,
    host: str,
    port: int,
    limits: Limits | None = None,
) -> tuple[asyncssh.SSHAcceptor, House]:
    """Listen for people.

    Args:
        settings: The operator's decisions.
        services: What the use cases need.
        key: The server's own.
        host: An address; empty for all.
        port: 0 takes a free one.
        limits: For connections.

    Raises:
        Unavailable: The port cannot be used.
    """
    loop = asyncio.get_running_loop()
    driver.forget_ended_sessions()
    threads.prepare(loop)
    house = House(settings, services, loop.time, Gate(limits or Limits(), loop.time))
    try:
        acceptor = await asyncssh.listen(
            host, port, server_factory=lambda: PortalServer(house), server_host_keys=[key], **_offered()
        )
    except OSError as error:
        raise Unavailable(f"Nothing can listen on port {port}: {error.strerror or error}.") from None
    return acceptor, house


def _offered() -> dict[str, Any]:
    """Return what every connection is offered; forwarding of whatever kind stays off, as it is by default."""
    known = {name.decode() for name in asyncssh.kex.get_kex_algs()}
    return {
        "kex_algs": [name for name in KEX if name in known],
        "encryption_algs": list(CIPHERS),
        "mac_algs": list(MACS),
        "compression_algs": None,
        "encoding": None,
        "line_editor": False,
        "agent_forwarding": False,
        "x11_forwarding": False,
        "allow_scp": False,
        "gss_host": None,
        "password_auth": False,
        "host_based_auth": False,
        "login_timeout": LOGIN_TIMEOUT,
        "keepalive_interval": KEEPALIVE,
        "keepalive_count_max": 3,
        "window": WINDOW,
        "server_version": f"tui-mfa_{__version__}",
    }


async def drain(acceptor: asyncssh.SSHAcceptor, house: House, within: float = DRAIN) -> None:
    """Take nobody in any more, tell those who are here, wait for them, and send the rest away.

    Args:
        acceptor: From ``listen``.
        house: The same.
        within: Seconds to wait.
    """
    house.closing = True
    acceptor.close()
    for session in list(house.sessions):
        session.tell(f"The service ends in {within:.0f} seconds. Finish, and log in again later.")
    await _wait(house, within)
    for session in list(house.sessions):
        session.leave("the service ended")
    await _wait(house, LEAVE_WITHIN + 1)
    await acceptor.wait_closed()


async def _wait(house: House, seconds: float) -> None:
    tasks = {session.task for session in house.sessions if session.task is not None}
    if tasks:
        await asyncio.wait(tasks, timeout=seconds)


async def serve_until_told(
    settings: Settings,
    services: Services,
    key: asyncssh.SSHKey,
    ready: Callable[[int], None],
    *,
    host: str,
    port: int,
    limits: Limits,
) -> None:
    """Serve until SIGTERM or SIGINT; raises as ``listen``.

    Args:
        settings: The operator's decisions.
        services: What the use cases need.
        key: The server's own.
        ready: Called with the port once connections are taken.
        host: An address; empty for all.
        port: 0 takes a free one.
        limits: For connections.
    """
    acceptor, house = await listen(settings, services, key, host=host, port=port, limits=limits)
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECTED_AFTER)
    gc.enable()
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, told.set)
    ready(acceptor.get_port())
    await told.wait()
    await drain(acceptor, house)
