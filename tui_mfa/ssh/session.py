"""One channel: the portal on a terminal, or a command; what surrounds it ends it, whatever happens inside."""

import asyncio
import contextvars
import logging
import secrets
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, Final

import asyncssh

from tui_mfa import terminal
from tui_mfa.presentation import safe_text
from tui_mfa.ssh import driver, threads
from tui_mfa.ssh.beneath import keep_few
from tui_mfa.ssh.inlet import COMMAND_INPUT, PAUSE_ABOVE
from tui_mfa.ssh.portal import Client, SshApp, believed
from tui_mfa.ssh.pump import Inside, Pump
from tui_mfa.ssh.sweep import let_go
from tui_mfa.ssh.watch import watched

if TYPE_CHECKING:
    from tui_mfa.ssh.server import House

LOG = logging.getLogger("tui_mfa.ssh")

HIGH_WATER: Final = 64 * 1024
"""Bytes that wait for a client that does not read; what is drawn beyond them is left out."""

LEAVE_WITHIN: Final = 2.0
"""Seconds that an app has to end by itself: its end queues behind the keys that it has not read."""

HANG_UP_AFTER: Final = 5.0
"""Seconds from the end of a session to that of its connection; OpenSSH hangs up at once, others must not stay."""

NO_TERMINAL: Final = (
    "The portal needs a terminal. Connect with one: ssh -t …\r\nFor scripts there are commands: ssh … help\r\n"
)


class PortalSession(asyncssh.SSHServerSession[bytes]):
    """Serves one channel.

    Args:
        house: What all sessions share.
        username: As the client named it.
        address: Where the client is.
        proved: The public key whose signature was checked, or nothing.
        shown: The public keys that the client has offered, proved or not.
    """

    def __init__(
        self, house: "House", username: str, address: str, proved: str | None, shown: tuple[str, ...] = ()
    ) -> None:
        self.house = house
        self._shown = shown
        self._username, self._address, self._proved = username, address, proved
        self._term: str | None = None
        self._command: str | None = None
        self.task: asyncio.Task[None] | None = None
        # What a session sets must never be seen by another one; so each callback runs in its context, too.
        self._inside = Inside(self._failed)
        threads.owned(self._inside.context)
        self._pump = Pump(self._inside, house.now, self._driver, lambda: self.app is not None and self.app.takes_keys)
        self.app: SshApp | None = None
        self._last_words: str | None = None
        self._farewell = ""
        self.started = self.last_input = house.now()
        self._why = "left"
        self._taken = 0
        self._channel_full = self._wire_full = False
        self._cancel: asyncio.TimerHandle | None = None
        self.input = asyncio.StreamReader(limit=PAUSE_ABOVE)

    # What asyncssh calls, before there is anything to run.

    def connection_made(self, chan: asyncssh.SSHServerChannel[bytes]) -> None:
        """Keep the channel, and hear of what waits for the client on it."""
        self._chan = chan
        chan.set_write_buffer_limits(high=HIGH_WATER)
        keep_few(chan)
        self._conn = chan.get_connection()

    def pty_requested(self, term_type: str, term_size: tuple[int, int, int, int], term_modes: object) -> bool:
        """Note the client's terminal."""
        del term_modes
        self._term, self._pump.size = term_type, driver.clamp(term_size[0], term_size[1])
        return True

    def shell_requested(self) -> bool:
        """Take the request for the portal."""
        return True

    def exec_requested(self, command: str) -> bool:
        """Take the request for a command."""
        self._command = command
        return True

    def subsystem_requested(self, subsystem: str) -> bool:
        """Refuse SFTP and whatever else there is."""
        LOG.info("ssh subsystem refused user=%s subsystem=%s", self._who, safe_text(subsystem, 32))
        return False

    def session_started(self) -> None:
        """Run in an empty context; the task is this session's only one at the top."""
        self.house.sessions.add(self)
        work = self._serve_command() if self._command is not None else self._serve_portal()
        self.task = asyncio.get_running_loop().create_task(self._guarded(work), context=self._inside.context)

    # Input and the window.

    def data_received(self, data: bytes, datatype: int | None) -> None:
        """Let keys through at their pace; a command gets its standard input as it comes."""
        del datatype
        self.last_input = self.house.now()
        self.house.typed()
        if self._command is not None:
            self._taken += len(data)
            self.input.feed_data(data)
            if self._taken > COMMAND_INPUT:
                self._chan.pause_reading()  # a code is all that is read; what else comes must not pile up
            return
        self._pump.feed(data, self._chan)

    def eof_received(self) -> bool:
        """Leave the channel open for the answer of a command; a portal without input ends."""
        self.input.feed_eof()
        if self._command is None:
            self.leave("the client sent no more")
        return True

    def terminal_size_changed(self, width: int, height: int, pixwidth: int, pixheight: int) -> None:
        """Draw for the new window."""
        del pixwidth, pixheight
        self._pump.resize(width, height)

    def pause_writing(self) -> None:
        """Leave out what is drawn from now on."""
        self._channel_full = True

    def resume_writing(self) -> None:
        """Draw again."""
        self._channel_full = False
        self._inside.soon(self._redraw)

    @property
    def blocked(self) -> bool:
        """Whether the client does not read; see ``driver.Wire``."""
        return self._channel_full or self._wire_full

    def wire(self, *, full: bool) -> None:
        """Hear of what waits for the client on the connection below the channel.

        Args:
            full: Whether it is too much.
        """
        self._wire_full = full
        if not full:
            self._inside.soon(self._redraw)

    def _redraw(self) -> None:
        found = self._driver()
        if found is not None and not self.blocked:
            found.resumed()

    def send(self, data: bytes) -> None:
        """Write to the client; see ``driver.Wire``."""
        if not self._chan.is_closing():
            self._chan.write(data)

    def left_out(self) -> None:
        """Take note that something drawn was not sent; see ``driver.Wire``."""

    def complain(self, text: str, end: str = "\n") -> None:
        """Write a line to the client's standard error."""
        if not self._chan.is_closing():
            self._chan.write_stderr(f"{text}{end}".encode())

    def connection_lost(self, exc: Exception | None) -> None:
        """End the app of a client that is gone."""
        self.input.feed_eof()
        if exc is not None:
            self._why = "connection lost"
        self.leave(self._why)

    # The end.

    def leave(self, why: str) -> None:
        """End the session: by itself if it can, by cancelling otherwise.

        Args:
            why: For the log.
        """
        if self.task is None or self.task.done():
            return
        self._why = why
        loop = asyncio.get_running_loop()
        app = self.app
        if app is not None:
            self._inside.soon(lambda: app.exit(0) if app.is_running else None)
            if self._cancel is None:
                self._cancel = loop.call_later(LEAVE_WITHIN, self.task.cancel, context=contextvars.Context())
        else:
            self.task.cancel()

    def give_way(self, words: str) -> None:
        """End the session because a newcomer needs its place.

        Args:
            words: What the person reads when the terminal is given back.
        """
        self._farewell = words
        self.leave("gave way to others")

    @property
    def logged_in(self) -> bool:
        """Whether an account is open in the portal."""
        return self.app is not None and self.app.session is not None

    def tell(self, words: str) -> None:
        """Show a notice on the screen of a portal."""
        app = self.app
        if app is not None:
            self._inside.soon(
                lambda: app.notify(words, severity="warning", timeout=30, markup=False) if app.is_running else None
            )

    @property
    def _who(self) -> str:
        return safe_text(self._username, 40)

    async def _guarded(self, work: Coroutine[Any, Any, int]) -> None:
        """Run it with what surrounds it: a log line at start and end, a reference in place of a traceback."""
        how = "command" if self._command is not None else "portal"
        LOG.info("ssh %s begins user=%s from=%s key=%s", how, self._who, self._address, bool(self._proved))
        status = terminal.EXIT_UNEXPECTED
        try:
            status = await work
        except asyncio.CancelledError:
            self.send(driver.STOP.encode() if self._term and self._command is None else b"")
        except Exception as error:  # noqa: BLE001 - one session's mistake must not be the others'
            self._failed(error)
        finally:
            if self.app is not None:
                self._last_words = self._last_words or self.app.last_words
                let_go(self.app, self._inside)
            self.app, self._pump.open = None, False
            if self._cancel is not None:
                self._cancel.cancel()
            if self._last_words is not None:
                self._why, status = "unexpected error", terminal.EXIT_UNEXPECTED
                if self._command is None:
                    self.send(f"{self._last_words}\r\n".encode())
                else:
                    self.complain(self._last_words)
            if self._farewell:
                self.complain(self._farewell, "\r\n")
            self.house.left(self)
            words = (how, self._who, self._address, self.house.now() - self.started, self._why)
            LOG.info("ssh %s ends user=%s from=%s after=%.0fs why=%s", *words)
            if not self._chan.is_closing():
                self._chan.exit(status)
            asyncio.get_running_loop().call_later(HANG_UP_AFTER, self._conn.close, context=contextvars.Context())

    def _failed(self, error: Exception) -> None:
        """Log what nobody expected, and end the session with its reference in place of a traceback."""
        reference = secrets.token_hex(4)
        terminal.log_error(reference, terminal.describe(error))
        if self._last_words is None:
            self._last_words = terminal.error_line(reference)
            self.leave("unexpected error")

    async def _serve_command(self) -> int:
        from tui_mfa.ssh.exec import serve  # noqa: PLC0415 - most sessions are portals

        return await serve(self.house, self._client(), self._proved, self._command or "", self)

    async def _serve_portal(self) -> int:
        if self._term is None:
            self._chan.write_stderr(NO_TERMINAL.encode())
            return 2
        client = self._client()
        entered = await self.house.enter(client, self._proved)
        app = self.app = SshApp(self.house.settings, self.house.services, client, self, entered)
        watch = asyncio.get_running_loop().create_task(watched(self))  # in a copy: eager ones enter no context twice
        try:
            await app.run_async(size=self._pump.size)
        finally:
            watch.cancel()
        return app.return_code or 0

    def _client(self) -> Client:
        sent = {str(name): str(value) for name, value in self._chan.get_environment().items()}
        look = believed(self._term or "", sent)
        return Client(username=self._username, address=self._address, environ=look, keys=self._shown)

    def _driver(self) -> driver.ChannelDriver | None:
        """Return the driver of an app that runs."""
        app = self.app
        return driver.driver_of(app) if app is not None and app.is_running else None
