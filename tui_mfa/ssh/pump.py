"""What a client does, handed to its app: in the session's own context, at a person's pace, mistakes included."""

import asyncio
import contextvars
import logging
from collections.abc import Callable
from typing import Final, Protocol

from tui_mfa.ssh import driver
from tui_mfa.ssh.inlet import PAUSE_ABOVE, Inlet, Pasted

LOG = logging.getLogger("tui_mfa.ssh")

RESIZE_EVERY: Final = 0.2
"""Seconds between two sizes of the window that are drawn for; of those between, the last counts. A whole page is laid
out for each, so that a client that sends thousands would stop everybody."""

LOOK_AGAIN: Final = 0.05
"""Seconds between two looks whether the app takes keys; what is typed before its first frame waits."""

QUIET: Final = 1.0
"""Seconds without a key after which a person counts as having seen that the keys before were lost."""


class Inside:
    """The context of one session: empty at first, and nobody else's.

    Args:
        failed: Told about an error of what runs there.
    """

    def __init__(self, failed: Callable[[Exception], None]) -> None:
        self.context = contextvars.Context()
        self._failed = failed

    def soon(self, act: Callable[[], None], delay: float = 0.0) -> asyncio.Handle:
        """Run something between the turns of the loop.

        Args:
            act: What to run.
            delay: Seconds to wait.
        """
        loop = asyncio.get_running_loop()
        if delay > 0:
            return loop.call_later(delay, self._run, act, context=self.context)
        return loop.call_soon(self._run, act, context=self.context)

    def forget(self) -> None:
        """Let go of the context, and of the app that is in it; the session is over."""
        self.context = contextvars.Context()

    def _run(self, act: Callable[[], None]) -> None:
        try:
            act()
        except Exception as error:  # noqa: BLE001 - one session's mistake must not be the others'
            self._failed(error)


class Source(Protocol):
    """Where keys come from."""

    def pause_reading(self) -> None:
        """Take no more."""

    def resume_reading(self) -> None:
        """Go on."""


class Pump:
    """Hands keys, pastes and the window's size to the app of a session.

    Args:
        inside: The session's context.
        now: Seconds of a clock that never goes back.
        find: Returns the driver of the app once it runs, and None before and after.
        ready: Says whether the app takes keys.
    """

    def __init__(
        self,
        inside: Inside,
        now: Callable[[], float],
        find: Callable[[], driver.ChannelDriver | None],
        ready: Callable[[], bool],
    ) -> None:
        self._inside, self._now, self._find, self._ready = inside, now, find, ready
        self._inlet = Inlet(now)
        self._source: Source | None = None
        self._paused = self._resizing = False
        self._timer: asyncio.Handle | None = None
        self._under_way = False  # a key that the app is not yet done with
        self._lost_at: float | None = None
        self._resized = now() - RESIZE_EVERY
        self.size = (80, 24)
        """The window, as far as it is believed."""
        self.open = True
        """Whether there may be an app; once there is none any more, nothing waits for it."""

    @property
    def held_back(self) -> int:
        """Keys that came faster than a person types, and had to wait."""
        return self._inlet.held_back

    def feed(self, data: bytes, source: Source) -> None:
        """Take what a client sent.

        Args:
            data: Keys.
            source: Where they come from; it pauses while too many wait.
        """
        self._source = source
        self._inlet.feed(data)
        if self._lost_at is not None:
            lost_at, self._lost_at = self._lost_at, None
            if self._now() - lost_at < QUIET:
                self._drop()
        if self._inlet.backlog > PAUSE_ABOVE and not self._paused:
            self._paused = True
            source.pause_reading()
        self._next()

    def resize(self, width: int, height: int) -> None:
        """Take the size of the client's window.

        Args:
            width: Columns that the client claims.
            height: Rows that it claims.
        """
        self.size = driver.clamp(width, height)
        if not self._resizing:
            self._resizing = True
            self._inside.soon(self._resize, self._resized + RESIZE_EVERY - self._now())

    def _resize(self) -> None:
        self._resizing = False
        found = self._find()
        if found is not None:
            self._resized = self._now()
            found.resize(*self.size)
        elif self.open:
            self._resizing = True
            self._inside.soon(self._resize, LOOK_AGAIN)

    def _next(self) -> None:
        """Come again for what waits: at its moment, once the app is done with the key before it."""
        if self._inlet.ready and not self._under_way:
            self._soon(self._inlet.pause)

    def _soon(self, delay: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._inside.soon(self._pump, delay)

    def _pump(self) -> None:
        """Hand over one key."""
        self._timer = None
        found = self._find()
        if found is None or not self._ready():
            if self.open:
                self._soon(LOOK_AGAIN)
            return
        if not self._under_way:
            piece = next(self._inlet.take(), None)
            if piece is not None:
                self._under_way = True
                found.paste(piece.text) if isinstance(piece, Pasted) else found.feed(piece)
                found.when_handled(self._handled, self._lost)
        self._resume()
        self._next()

    def _resume(self) -> None:
        if self._paused and self._source is not None and self._inlet.backlog <= PAUSE_ABOVE // 2:
            self._paused = False
            self._source.resume_reading()

    def _handled(self) -> None:
        self._under_way = False
        self._next()

    def _lost(self) -> None:
        """Throw away what was typed behind a key that came to nothing: it was meant for what that key leads to."""
        LOG.warning("ssh portal lost a key: no widget was done with it")
        self._drop()
        self._handled()

    def _drop(self) -> None:
        self._lost_at = self._now()
        self._inlet.drop()
        self._resume()
