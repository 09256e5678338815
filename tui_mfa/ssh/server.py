"""Listens, and ends: what all sessions of one process share, and how long they last.

Everybody gets in as far as the login page; a key of the account, whose signature was checked, stands for the password
(``auth``). The second factor is asked for by the portal in both cases.
"""

import asyncio
import contextlib
import gc
import logging
import signal
import socket
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

import asyncssh

from tui_mfa import __version__
from tui_mfa.domain.errors import DomainError
from tui_mfa.domain.login import key_login
from tui_mfa.domain.ports import Services
from tui_mfa.presentation import safe_text
from tui_mfa.settings import Settings
from tui_mfa.ssh import driver, metrics, sockets, threads
from tui_mfa.ssh.algorithms import CIPHERS, KEX, MACS
from tui_mfa.ssh.auth import PortalServer
from tui_mfa.ssh.counted import CountedPasswords
from tui_mfa.ssh.gate import Gate, Limits
from tui_mfa.ssh.metrics import Metrics
from tui_mfa.ssh.portal import Client
from tui_mfa.ssh.session import LEAVE_WITHIN, PortalSession
from tui_mfa.ssh.sweep import Sweeper

if TYPE_CHECKING:
    from tui_mfa.domain.login.model import CodeOwed, LoggedIn

LOG = logging.getLogger("tui_mfa.ssh")

LOGIN_TIMEOUT: Final = 20
"""Seconds from the connection to the end of the SSH authentication."""

KEEPALIVE: Final = 15
"""Seconds between two questions whether the client is there; three without an answer end the connection."""

WINDOW: Final = 64 * 1024
"""Bytes that a client may send ahead."""

DRAIN: Final = 10.0
"""Seconds that people have to finish when the server ends."""

COLLECTED_AFTER: Final = (1_000, 3, 100_000)
"""Thresholds of the collector: a full pass over all sessions' widgets stops everybody (10 s at 500, measured).

None comes by itself; ``sweep`` chooses the moment."""


@dataclass
class House:
    """What all sessions of a process share."""

    settings: Settings
    services: Services
    now: Callable[[], float]
    """Seconds of the loop's clock."""
    gate: Gate
    counts: Metrics = field(default_factory=Metrics)
    sessions: set[PortalSession] = field(default_factory=set)
    turned_away: set[int] = field(default_factory=set)
    """Handles of connections that were refused a moment ago."""
    closing: bool = False
    sweeper: Sweeper | None = None
    """Frees what ended sessions leave, where Python's collector does not."""

    def __post_init__(self) -> None:
        self.services = replace(self.services, passwords=CountedPasswords(self.services.passwords, self.counts))

    def typed(self) -> None:
        """Note that somebody typed."""
        if self.sweeper is not None:
            self.sweeper.key()

    def left(self, session: PortalSession) -> None:
        """Forget a session that is over, and its texts."""
        self.sessions.discard(session)
        driver.forget_texts()
        if self.sweeper is not None:
            self.sweeper.ended()

    async def enter(self, client: Client, proved: str | None) -> "CodeOwed | LoggedIn | None":
        """Return what a proved key leads to; None where there is none, or where it is none any more."""
        if proved is None:
            return None
        try:
            found = await asyncio.to_thread(key_login.log_in, self.services, client.username, proved, client.origin)
        except DomainError as error:
            self.counts.add(metrics.CHECKED, "key", "wrong")
            LOG.info("ssh key login refused user=%s why=%s", safe_text(client.username, 40), error.code)
            return None
        self.counts.add(metrics.CHECKED, "key", "right")
        return found


class Doors:
    """Where people come in: one listener for each socket.

    Args:
        acceptors: Of the same port.
    """

    def __init__(self, acceptors: Sequence[asyncssh.SSHAcceptor]) -> None:
        self._acceptors = acceptors

    def get_port(self) -> int:
        """Return the port."""
        return self._acceptors[0].get_port()

    def close(self) -> None:
        """Take nobody in any more; who is in stays."""
        for acceptor in self._acceptors:
            acceptor.close()

    async def wait_closed(self) -> None:
        """Wait until the listeners are closed; from Python 3.12 on, that includes who has come in by them."""
        for acceptor in self._acceptors:
            await acceptor.wait_closed()


async def listen(
    settings: Settings,
    services: Services,
    key: asyncssh.SSHKey,
    *,
    host: str,
    port: int,
    limits: Limits | None = None,
) -> tuple[Doors, House]:
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
    house = House(settings, services, time.monotonic, Gate(limits or Limits(), time.monotonic))
    return await open_doors(house, key, sockets.bind(host, port)), house


async def open_doors(
    house: House, key: asyncssh.SSHKey, socks: Sequence[socket.socket], *, shared: bool = False
) -> Doors:
    """Take people in by sockets that listen already.

    Args:
        house: What all sessions share.
        key: The server's own.
        socks: Closed when the doors are.
        shared: Whether other processes take connections from them, too. Then one is taken at a time: whoever is busy
            with it leaves the next one to others, which spreads the load by itself.
    """
    loop = asyncio.get_running_loop()
    driver.forget_ended_sessions()
    threads.prepare(loop)
    acceptors = [
        await asyncssh.listen(
            sock=sock,
            backlog=1 if shared else sockets.BACKLOG,
            server_factory=lambda: PortalServer(house),
            server_host_keys=[key],
            **_offered(),
        )
        for sock in socks
    ]
    for sock in socks:
        sock.listen(sockets.BACKLOG)  # asyncio takes one number for how many it takes at a time, and how many may wait
    return Doors(acceptors)


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


async def drain(doors: Doors, house: House, within: float = DRAIN) -> None:
    """Take nobody in any more, tell those who are here, wait for them, and send the rest away.

    Args:
        doors: From ``listen``.
        house: The same.
        within: Seconds to wait.
    """
    house.closing = True
    doors.close()
    for session in list(house.sessions):
        session.tell(f"The service ends in {within:.0f} seconds. Finish, and log in again later.")
    await _wait(house, within)
    for session in list(house.sessions):
        session.leave("the service ended")
    await _wait(house, LEAVE_WITHIN + 1)
    with contextlib.suppress(TimeoutError):  # a connection without a session has nothing to finish
        await asyncio.wait_for(doors.wait_closed(), 1)


async def _wait(house: House, seconds: float) -> None:
    tasks = {session.task for session in house.sessions if session.task is not None}
    if tasks:
        await asyncio.wait(tasks, timeout=seconds)


async def serve_until_told(
    house: House,
    key: asyncssh.SSHKey,
    socks: Sequence[socket.socket],
    ready: Callable[[int], None],
    *,
    told: asyncio.Event,
    ends: Callable[[], None] = lambda: None,
    shared: bool = False,
) -> None:
    """Serve until somebody says that it is enough, or SIGTERM or SIGINT come; then let people finish.

    Args:
        house: What all sessions share.
        key: The server's own.
        socks: They listen already.
        ready: Called with the port once connections are taken.
        told: Set when it is enough.
        ends: Called when nobody is taken in any more.
        shared: See ``open_doors``.
    """
    doors = await open_doors(house, key, socks, shared=shared)
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECTED_AFTER)
    gc.enable()
    house.sweeper = Sweeper(house.sessions, house.now)
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, told.set)
    ready(doors.get_port())
    await told.wait()
    ends()
    await drain(doors, house)
