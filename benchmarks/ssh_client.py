"""People who connect over SSH: each from an address of its own, with a terminal that only looks for texts."""

import asyncio
import re
import time
from typing import Any, Final, Self

import asyncssh

from benchmarks.screens import FORM
from benchmarks.ssh_house import PASSWORD
from benchmarks.terminal import DEADLINE

PROFILE: Final = ("User Profile", "Change e-mail")
"""Texts from the top and the bottom of the profile, which is drawn when the account was read."""

SIZE: Final = (80, 24)

KEY: Final = "z"
"""A letter that ends no control sequence that is sent."""

FIELD: Final = 30
"""Keys that fit into a field."""

SEQUENCES: Final = re.compile(rb"\x1b\[[0-?]*[ -/]*[@-~]|\x1b[^\[]")

CONNECTING: Final = 8
"""Logins at the same time: more than the server has cores for, fewer than its login time-out could stand."""


class Person(asyncssh.SSHClient):
    """Answers the server's question without a prompt, as OpenSSH does."""

    def kbdint_auth_requested(self) -> str:
        return ""

    def kbdint_challenge_received(self, name: str, instructions: str, lang: str, prompts: object) -> list[str]:
        del name, instructions, lang, prompts
        return []


class Visitor(asyncssh.SSHClientSession[bytes]):
    """One connection with its terminal.

    Args:
        number: Of the person, who is ``user<number>`` and comes from the address of that number.
    """

    chan: asyncssh.SSHClientChannel[bytes]
    conn: asyncssh.SSHClientConnection

    def __init__(self, number: int) -> None:
        self.number = number
        self.seen = bytearray()
        self.fresh = 0
        """Where in ``seen`` that begins which ``until`` looks at."""
        self.ended = False
        self.started = time.perf_counter()
        self.drawn = 0.0
        """When the last thing came that was waited for."""
        self._news: asyncio.Future[None] | None = None

    @property
    def name(self) -> str:
        """The username."""
        return f"user{self.number}"

    def connection_made(self, chan: asyncssh.SSHClientChannel[bytes]) -> None:
        self.chan = chan

    def data_received(self, data: bytes, datatype: int | None) -> None:
        del datatype
        self.seen += data
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        del exc
        self.ended = True
        self._wake()

    def _wake(self) -> None:
        if self._news is not None and not self._news.done():
            self._news.set_result(None)

    async def connect(self, port: int, username: str | None = None, **options: Any) -> Self:
        """Connect and open a terminal.

        Args:
            port: Of this machine.
            username: Who logs in at the SSH server; ``name`` when not given.
            options: For asyncssh.
        """
        given = {"client_keys": None, "agent_path": None, "config": None, "known_hosts": None} | options
        self.started = time.perf_counter()
        self.conn = await asyncssh.connect(
            "127.0.0.1",
            port,
            username=username or self.name,
            local_addr=(address(self.number), 0),
            client_factory=Person,
            login_timeout=DEADLINE,
            **given,
        )
        await self.conn.create_session(lambda: self, term_type="xterm-256color", term_size=SIZE, encoding=None)
        return self

    def type(self, keys: str) -> None:
        """Send keys; what ``until`` finds comes after them."""
        self.fresh = len(self.seen)
        self.chan.write(keys.encode())

    async def until(self, *texts: str) -> float:
        """Wait until all texts were drawn since the last keys; return when that was.

        Raises:
            RuntimeError: The server ends the session or stays silent before.
        """
        wanted = [text.encode() for text in texts]
        while not all(text in SEQUENCES.sub(b"", self.seen[self.fresh :]) for text in wanted):
            self._news = asyncio.get_running_loop().create_future()
            try:
                await asyncio.wait_for(self._news, DEADLINE)
            except TimeoutError:
                raise RuntimeError(f"{self.name} waits for {texts}; last: {bytes(self.seen[-300:])!r}") from None
            if self.ended:
                raise RuntimeError(f"{self.name} was sent away: {bytes(self.seen[-300:])!r}")
        self.drawn = time.perf_counter()
        return self.drawn

    async def key(self) -> float:
        """Type a letter; return the seconds until it is drawn."""
        typed = time.perf_counter()
        self.type(KEY)
        return await self.until(KEY) - typed

    async def empty(self) -> None:
        """Empty the field up to the caret, and wait until nothing more comes."""
        self.type("\x15")
        await self.quiet(0.05)

    async def quiet(self, seconds: float) -> None:
        """Wait until nothing came for some seconds."""
        before = -1
        while before != len(self.seen):
            before = len(self.seen)
            await asyncio.sleep(seconds)

    async def log_in(self) -> float:
        """Type name and password into the login page; return the seconds from Enter to the profile."""
        await self.until(*FORM)
        self.type(f"{self.name}\r")
        await self.quiet(0.05)
        self.type(PASSWORD)
        await self.quiet(0.05)
        entered = time.perf_counter()
        self.type("\r")
        return await self.until(*PROFILE) - entered

    def cut(self) -> None:
        """Go without goodbye."""
        self.conn.abort()


def address(number: int) -> str:
    """Return the loopback address of a person, so that the limits of an address apply to each alone."""
    return f"127.{1 + number // 64516}.{number // 254 % 254}.{1 + number % 254}"


async def arrive(port: int, numbers: range, *, logged_in: bool) -> list[Visitor]:
    """Connect people, a few at a time.

    Args:
        port: Of the server.
        numbers: Who.
        logged_in: On to the profile; otherwise as far as the login page.
    """
    turns = asyncio.Semaphore(CONNECTING)

    async def one(number: int) -> Visitor:
        async with turns:
            visitor = await Visitor(number).connect(port)
            if logged_in:
                await visitor.log_in()
            else:
                await visitor.until(*FORM)
            return visitor

    return list(await asyncio.gather(*(one(number) for number in numbers)))
