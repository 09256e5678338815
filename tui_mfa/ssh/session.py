"""One channel: the portal on a terminal, or a command; what surrounds it ends it, whatever happens inside."""

import asyncio
import contextvars
import logging
import secrets
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, Final

import asyncssh

from tui_mfa import terminal
from tui_mfa.presentation import safe_text
from tui_mfa.ssh import driver
from tui_mfa.ssh.inlet import COMMAND_INPUT, PAUSE_ABOVE, Inlet, Pasted
from tui_mfa.ssh.portal import Client, SshApp, believed

if TYPE_CHECKING:
    from tui_mfa.ssh.server import House

LOG = logging.getLogger("tui_mfa.ssh")

HIGH_WATER: Final = 64 * 1024
"""Bytes that wait for a client that does not read; what is drawn beyond them is left out."""

WATCH_EVERY: Final = 5.0
"""Seconds between two looks at how long a session has been idle, and open."""

LOGIN_IDLE: Final = 600.0
"""Seconds without a key on the pages before a login; after it the portal's own lock applies."""

LEAVE_WITHIN: Final = 2.0
"""Seconds that an app has to end by itself: its end queues behind the keys that it has not read."""

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
        self._house = house
        self._shown = shown
        self._username, self._address, self._proved = username, address, proved
        self._term: str | None = None
        self._size = (80, 24)
        self._command: str | None = None
        self.task: asyncio.Task[None] | None = None
        # Empty: what a session sets must never be seen by another one. Each callback runs in it, too.
        self._context = contextvars.Context()
        self.app: SshApp | None = None
        self._inlet = Inlet(house.now)
        self._pumping = self._paused = False
        self._started = self._last_input = house.now()
        self._why = "left"
        self._taken = 0
        self.blocked = False
        self.input = asyncio.StreamReader(limit=PAUSE_ABOVE)

    # What asyncssh calls, before there is anything to run.

    def connection_made(self, chan: asyncssh.SSHServerChannel[bytes]) -> None:
        """Keep the channel."""
        self._chan = chan
        chan.set_write_buffer_limits(high=HIGH_WATER)

    def pty_requested(self, term_type: str, term_size: tuple[int, int, int, int], term_modes: object) -> bool:
        """Note the client's terminal."""
        del term_modes
        self._term, self._size = term_type, driver.clamp(term_size[0], term_size[1])
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
        self._house.sessions.add(self)
        work = self._serve_command() if self._command is not None else self._serve_portal()
        self.task = asyncio.get_running_loop().create_task(self._guarded(work), context=self._context)

    # Input and the window.

    def data_received(self, data: bytes, datatype: int | None) -> None:
        """Let keys through at their pace; a command gets its standard input as it comes."""
        del datatype
        self._last_input = self._house.now()
        if self._command is not None:
            self._taken += len(data)
            self.input.feed_data(data)
            if self._taken > COMMAND_INPUT:
                self._chan.pause_reading()  # a code is all that is read; what else comes must not pile up
            return
        self._inlet.feed(data)
        if self._inlet.backlog > PAUSE_ABOVE and not self._paused:
            self._paused = True
            self._chan.pause_reading()
        self._pump_soon(0.0)

    def eof_received(self) -> bool:
        """Leave the channel open for the answer of a command; a portal without input ends."""
        self.input.feed_eof()
        if self._command is None:
            self.leave("the client sent no more")
        return True

    def terminal_size_changed(self, width: int, height: int, pixwidth: int, pixheight: int) -> None:
        """Draw for the new window."""
        del pixwidth, pixheight
        self._size = driver.clamp(width, height)
        self._inside(lambda found: found.resize(*self._size))

    def break_received(self, msec: int) -> bool:
        """Ignore a break."""
        del msec
        return True

    def pause_writing(self) -> None:
        """Leave out what is drawn from now on."""
        self.blocked = True

    def resume_writing(self) -> None:
        """Draw again."""
        self.blocked = False
        self._inside(lambda found: found.resumed())

    def send(self, data: bytes) -> None:
        """Write to the client; see ``driver.Wire``."""
        if not self._chan.is_closing():
            self._chan.write(data)

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
        if self.app is not None:
            loop.call_soon(self._exit_app, context=self._context)
            loop.call_later(LEAVE_WITHIN, self.task.cancel)
        else:
            self.task.cancel()

    def tell(self, words: str) -> None:
        """Show a notice on the screen of a portal."""
        app = self.app
        if app is not None:
            asyncio.get_running_loop().call_soon(
                lambda: app.notify(words, severity="warning", timeout=30, markup=False) if app.is_running else None,
                context=self._context,
            )

    def _exit_app(self) -> None:
        if self.app is not None and self.app.is_running:
            self.app.exit(0)

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
            self._why = "unexpected error"
            reference = secrets.token_hex(4)
            terminal.log_error(reference, terminal.describe(error))
            self.send(terminal.error_line(reference).encode() + b"\r\n")
        finally:
            self.app = None
            self._house.sessions.discard(self)
            seconds = self._house.now() - self._started
            LOG.info(
                "ssh %s ends user=%s from=%s after=%.0fs why=%s", how, self._who, self._address, seconds, self._why
            )
            if not self._chan.is_closing():
                self._chan.exit(status)

    async def _serve_command(self) -> int:
        from tui_mfa.ssh.exec import serve  # noqa: PLC0415 - most sessions are portals

        return await serve(self._house, self._client(), self._proved, self._command or "", self)

    async def _serve_portal(self) -> int:
        if self._term is None:
            self._chan.write_stderr(NO_TERMINAL.encode())
            return 2
        client = self._client()
        entered = await self._house.enter(client, self._proved)
        app = self.app = SshApp(self._house.settings, self._house.services, client, self, entered)
        watch = asyncio.get_running_loop().create_task(self._watch(), context=self._context)
        try:
            await app.run_async(size=self._size)
        finally:
            watch.cancel()
        if app.last_words is not None:
            self._why = "unexpected error"
            self.send(app.last_words.encode() + b"\r\n")
        return app.return_code or 0

    async def _watch(self) -> None:
        """End what has been idle before a login, or open, for too long."""
        total = self._house.settings.session_lifetime.total_seconds()
        while True:
            await asyncio.sleep(WATCH_EVERY)
            now = self._house.now()
            before_login = self.app is not None and self.app.session is None
            if before_login and now - self._last_input > LOGIN_IDLE:
                self.leave("idle before the login")
            elif now - self._started > total:
                self.leave("open for too long")

    def _client(self) -> Client:
        sent = {str(name): str(value) for name, value in self._chan.get_environment().items()}
        environ = believed(self._term or "", sent)
        return Client(username=self._username, address=self._address, environ=environ, keys=self._shown)

    def _inside(self, act: Callable[[driver.ChannelDriver], None]) -> None:
        """Do something with the driver, in this session's context."""
        app = self.app
        if app is None:
            return

        def act_if_there() -> None:
            found = driver.driver_of(app)
            if found is not None and app.is_running:
                act(found)

        asyncio.get_running_loop().call_soon(act_if_there, context=self._context)

    def _pump_soon(self, delay: float) -> None:
        if not self._pumping:
            self._pumping = True
            loop = asyncio.get_running_loop()
            if delay:
                loop.call_later(delay, self._pump, context=self._context)
            else:
                loop.call_soon(self._pump, context=self._context)

    def _pump(self) -> None:
        """Hand over the keys of one turn, and come again for the rest."""
        self._pumping = False
        found = driver.driver_of(self.app) if self.app is not None else None
        if found is None or self.app is None or not self.app.is_running:
            if self.task is not None and not self.task.done():
                self._pump_soon(0.05)  # typed ahead of the first frame
            return
        for piece in self._inlet.take():
            if isinstance(piece, Pasted):
                found.paste(piece.text)
            else:
                found.feed(piece)
        if self._paused and self._inlet.backlog <= PAUSE_ABOVE // 2:
            self._paused = False
            self._chan.resume_reading()
        if self._inlet.ready:
            self._pump_soon(max(self._inlet.pause, 0.001))
