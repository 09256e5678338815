"""A server in the test's own loop, and people who connect to it with asyncssh's client and a terminal by pyte."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncssh
import pyte

from tests.beside import LOOK_AGAIN, PATIENCE
from tests.fakes import PASSWORD
from tui_mfa.domain.ports import Services
from tui_mfa.domain.ssh_keys.model import SshKey
from tui_mfa.settings import Settings, load_settings
from tui_mfa.ssh.gate import Limits
from tui_mfa.ssh.portal import SshApp
from tui_mfa.ssh.server import Doors, House, drain, listen


class Person(asyncssh.SSHClient):
    """Answers the server's question without a prompt, as OpenSSH does."""

    def kbdint_auth_requested(self) -> str:
        return ""

    def kbdint_challenge_received(self, name: str, instructions: str, lang: str, prompts: object) -> list[str]:
        return []


class Screen(asyncssh.SSHClientSession[bytes]):
    """One person's terminal.

    Args:
        columns: Of the window.
        rows: Of the window.
    """

    def __init__(self, columns: int = 80, rows: int = 24) -> None:
        self.seen = bytearray()
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self._read_at, self._text = -1, ""
        self.status: int | None = None
        self.closed = asyncio.Event()

    def connection_made(self, chan: asyncssh.SSHClientChannel[bytes]) -> None:
        self.chan = chan

    def data_received(self, data: bytes, datatype: int | None) -> None:
        self.seen += data
        if datatype is None:
            # pyte takes the sign of the kitty protocol's end for text.
            self._stream.feed(data.replace(b"\x1b[<u", b"").replace(b"\x1b[?2026$p", b""))

    def exit_status_received(self, status: int) -> None:
        self.status = status

    def connection_lost(self, exc: Exception | None) -> None:
        self.closed.set()

    def text(self) -> str:
        """Return the screen as one line with single spaces."""
        if self._read_at != len(self.seen):  # looked at often, and slow
            self._read_at, self._text = len(self.seen), " ".join(" ".join(self._screen.display).split())
        return self._text

    @property
    def everything(self) -> str:
        """All text that was ever sent, without sequences."""
        return re.sub(r"\x1b(\[[0-?]*[ -/]*[@-~]|\][^\x07]*\x07)", "", self.seen.decode("utf-8", "replace"))

    def type(self, text: str) -> None:
        """Send keys."""
        self.chan.write(text.encode())

    def resize(self, columns: int, rows: int) -> None:
        """Make the window larger or smaller."""
        self._screen.resize(rows, columns)
        self._read_at = -1
        self.chan.change_terminal_size(columns, rows)

    async def until(self, text: str) -> None:
        """Wait until a text is on the screen."""
        await eventually(lambda: text in self.text(), lambda: f"no {text!r} on {self.text()}")

    async def ended(self) -> None:
        """Wait until the server has closed the channel."""
        await asyncio.wait_for(self.closed.wait(), PATIENCE)


async def eventually(look: Callable[[], object], what: Callable[[], str] = str) -> None:
    """Look, between the turns of the loop, until something is there."""
    loop = asyncio.get_running_loop()
    end = loop.time() + PATIENCE
    while not look():
        assert loop.time() < end, f"it never came; there is: {what()}"
        await asyncio.sleep(LOOK_AGAIN)  # lets the server, in the same loop, work


@dataclass
class Street:
    """A server, and the way to it."""

    house: House
    port: int
    acceptor: Doors
    host_key: asyncssh.SSHKey

    async def connect(self, username: str = "jane", **options: Any) -> asyncssh.SSHClientConnection:
        """Connect; without ``client_keys`` nothing is offered."""
        known = asyncssh.import_known_hosts(f"* {self.host_key.export_public_key().decode()}")
        given: dict[str, Any] = {"client_keys": None, "agent_path": None, "config": None} | options
        return await asyncssh.connect(
            "127.0.0.1", self.port, username=username, known_hosts=known, client_factory=Person, **given
        )

    @asynccontextmanager
    async def visitor(
        self, username: str = "jane", *, size: tuple[int, int] = (80, 24), term: str = "xterm-256color", **options: Any
    ) -> AsyncIterator[Screen]:
        """Open the portal as a person does."""
        env = options.pop("env", {})
        async with await self.connect(username, **options) as conn:
            screen = Screen(*size)
            await conn.create_session(lambda: screen, term_type=term, term_size=size, encoding=None, env=env)
            yield screen


def app_of(here: Street) -> SshApp:
    """Return the app of the only session."""
    (session,) = here.house.sessions
    assert session.app is not None
    return session.app


async def log_in(screen: Screen, name: str = "jane") -> None:
    """Log in with the password, where no second factor is asked for."""
    await screen.until("Username or e-mail")
    screen.type(f"{name}\r{PASSWORD}\r")
    await screen.until("User Profile")


def settings_in(folder: Path, **more: object) -> Settings:
    """Return settings whose files are in a folder."""
    return load_settings({"data_dir": str(folder / "data"), "key_file": str(folder / "keys"), **more}, {}, None)


@asynccontextmanager
async def street(folder: Path, services: Services, limits: Limits | None = None) -> AsyncIterator[Street]:
    """Run a server until the block ends."""
    key = asyncssh.generate_private_key("ssh-ed25519")
    acceptor, house = await listen(
        settings_in(folder), services, key, host="127.0.0.1", port=0, limits=limits or Limits(per_minute=1000)
    )
    try:
        yield Street(house, acceptor.get_port(), acceptor, key)
    finally:
        await drain(acceptor, house, within=0.0)


def public_line(key: asyncssh.SSHKey) -> str:
    """Return a key as ``type base64``."""
    return " ".join(key.export_public_key("openssh").decode().split()[:2])


def give_key(services: Services, account_id: str, key: asyncssh.SSHKey, key_id: str = "k1") -> None:
    """Put a key into an account."""
    with services.store.account(account_id) as account:
        blob, now = public_line(key).split()[1], services.clock.now()
        account.ssh_keys.append(SshKey(id=key_id, title=f"laptop {key_id}", blob=blob, added_at=now, added_from="here"))
