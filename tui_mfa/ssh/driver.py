"""The one file of the SSH server that touches Textual's private parts: an app whose terminal is at a client.

Each private name is here because there is no public way, and is held in place by tests/ssh/test_driver.py:
``XTermParser`` (keys from bytes), ``App._capture_stdout`` and ``_capture_stderr`` (Textual swaps the process's streams
for each app), ``App._filters`` (``NO_COLOR`` is the client's and not the server's), ``StylesCache.get_inner_outer`` and
``XTermParser._parse_extended_key`` (caches for the whole process that keep ended sessions alive), ``strip.FIFOCache``
(seven caches for each line of a screen).
"""

import sys
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache, partial
from io import StringIO
from typing import Any, BinaryIO, Protocol, TextIO

from rich.cells import cached_cell_len
from rich.console import Console
from textual import _styles_cache, constants, events, strip
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.color import Color
from textual.driver import Driver
from textual.filter import Monochrome
from textual.geometry import Size
from textual.keys import Keys
from textual.message import Message
from textual.style import Style

from tui_mfa.ssh import colours
from tui_mfa.ssh.follow import Follower
from tui_mfa.ssh.inlet import Line

NARROWEST, WIDEST = 20, 500
"""Columns that are believed."""

LOWEST, HIGHEST = 5, 200
"""Rows that are believed."""

_START = "\x1b[?1049h\x1b[?1000h\x1b[?1002h\x1b[?1006h\x1b[?25l\x1b[?1004h\x1b[?2004h\x1b[?2026$p"
"""Alternate screen, mouse, hidden cursor, focus, bracketed paste, a question about synchronised output (xterm).

Of the mouse, buttons and moves with one held (1002), and not every motion (1003): each would be a packet.
"""

STOP = "\x1b[?2004l\x1b[?7h\x1b[?1000l\x1b[?1002l\x1b[?1006l\x1b[<u\x1b[?1049l\x1b[?25h\x1b[?1004l"
"""What undoes it; harmless when it comes twice."""


class _Nowhere(StringIO):
    """Takes what Rich would print on the server, and keeps nothing."""

    def write(self, text: str) -> int:
        """Drop a text."""
        return len(text)


_NOWHERE = _Nowhere()


class Wire(Protocol):
    """The way to the client."""

    @property
    def blocked(self) -> bool:
        """The client does not read; what is written now would pile up."""

    def send(self, data: bytes) -> None:
        """Write to the client."""

    def left_out(self) -> None:
        """Take note that something drawn was not sent."""


def clamp(width: int, height: int) -> tuple[int, int]:
    """Return a size that can be drawn; 0×0, which clients without a window send, is 80×24."""
    if width <= 0 or height <= 0:
        return 80, 24
    return min(max(width, NARROWEST), WIDEST), min(max(height, LOWEST), HIGHEST)


class ClientParser(XTermParser):
    """Textual's parser, without the cache that keeps parsers, and through them apps, of ended sessions.

    A key that no keyboard has, ``CSI 99999999 u`` say, ends Textual's own for good; here it is left out.
    """

    def _parse_extended_key(self, sequence: str) -> list[events.Key] | None:  # type: ignore[override]
        parse: Callable[..., list[events.Key] | None] = XTermParser._parse_extended_key.__wrapped__
        try:
            keys = parse(self, sequence)
        except (ValueError, OverflowError):
            return [events.Key(Keys.Ignore, None)]
        if any("\ud800" <= char <= "\udfff" for key in keys or () for char in key.character or ""):
            return [events.Key(Keys.Ignore, None)]  # half of a character, which nothing can encode
        return keys


class ChannelDriver(Driver):
    """Draws on a client's terminal and reads its keys.

    Args:
        app: The app.
        debug: Ignored: it would write keys to a file.
        mouse: Ignored.
        size: Columns and rows at the start.
        wire: The way to the client.
        ability: The client's colours, see ``colours.fit``.
    """

    def __init__(
        self,
        app: App[Any],
        *,
        debug: bool = False,
        mouse: bool = True,
        size: tuple[int, int] | None = None,
        wire: Wire,
        ability: str,
    ) -> None:
        super().__init__(app, debug=False, mouse=mouse, size=size)
        del debug
        self._wire = wire
        self._ability = ability
        self._parser = ClientParser()
        self._waiting: list[str] = []
        self._scheduled = False
        self._dropped = False
        self._open = True
        self._line: Line[Message] = Line(self._hand, app.call_later)

    def write(self, data: str) -> None:
        """Collect; what is written in one turn of the loop goes out as one packet."""
        self._waiting.append(data)
        if not self._scheduled:
            self._scheduled = True
            self._loop.call_soon(self._send)

    def _send(self) -> None:
        self._scheduled = False
        text = "".join(self._waiting)
        self._waiting.clear()
        if self._wire.blocked:
            self._wire.left_out()
            self._dropped = True  # whole frames: the next one that goes out is drawn anew
        elif text:
            self._wire.send(colours.fit(text, self._ability).encode("utf-8", "replace"))

    def resumed(self) -> None:
        """Draw everything anew if something was left out while the client did not read."""
        if self._dropped and self._open:
            self._dropped = False
            self._app.screen.refresh()

    def feed(self, text: str) -> None:
        """Hand one key to the app."""
        self._post(self._parser.feed(text))
        if text.startswith("\x1b"):
            self._loop.call_later(constants.ESCAPE_DELAY * 1.5, self._tick)

    def paste(self, text: str) -> None:
        """Hand a paste to the app."""
        self._post([events.Paste(text)])

    def when_handled(self, done: Callable[[], None], lost: Callable[[], None] = lambda: None) -> None:
        """Call back once the app has done what was fed so far, and what came of it.

        Args:
            done: Called in the app, if it still runs.
            lost: Called in its place if some widget never gets done with it.
        """
        self._line.when_done(done, lost)

    def _hand(self, message: Message, step: Callable[[bool], None]) -> Callable[[], None]:
        return Follower(self._app, message, lambda: self.process_message(message), step).cancel

    def resize(self, width: int, height: int) -> None:
        """Tell the app how large the client's window is."""
        size = Size(*clamp(width, height))
        self.process_message(events.Resize(size, size))

    def send_message(self, message: Message) -> None:
        """Post in the app's own loop; Textual's way takes a task for each key."""
        self._app.post_message(message)

    def start_application_mode(self) -> None:
        """Take over the client's terminal."""
        self.write(_START)
        self.resize(*(self._size or (80, 24)))

    def disable_input(self) -> None:
        """Take no more keys."""
        if self._open:
            self._open = False
            self._line.close()
            for _ in self._parser.feed(""):  # ends the generator, which holds the parser
                pass

    def stop_application_mode(self) -> None:
        """Give the client's terminal back, also of a client that reads nothing for now: it may later."""
        self.disable_input()
        self._send()
        self._wire.send(STOP.encode())

    def open_url(self, url: str, new_tab: bool = True) -> None:
        """Open nothing: a browser would start on the server. Links are OSC 8, for the client to open."""

    def deliver_binary(self, binary: BinaryIO | TextIO, **_options: Any) -> None:
        """Write nothing: it would be a file on the server."""
        binary.close()

    def _tick(self) -> None:
        if self._open:
            self._post(self._parser.tick())

    def _post(self, found: Iterable[Message]) -> None:
        if not self._open:
            return
        for message in found:
            # The size comes with the channel's window-change, clamped; a report among the keys could name any.
            if not isinstance(message, events.Resize):
                self._line.put(message)


def connect(app: App[Any], wire: Wire, ability: str, environ: Mapping[str, str]) -> None:
    """Give an app, right after it was made, the client's terminal in place of the server's.

    Args:
        app: The app.
        wire: The way to the client.
        ability: The client's colours.
        environ: What the client told about its terminal.
    """
    app.driver_class = partial(ChannelDriver, wire=wire, ability=ability)  # type: ignore[assignment]
    app.console = Console(
        color_system="truecolor",
        file=_NOWHERE,
        markup=False,
        highlight=False,
        emoji=False,
        legacy_windows=False,
        _environ={"TERM": environ.get("TERM", "xterm")},
        force_terminal=True,
        safe_box=False,
        soft_wrap=False,
    )
    app.error_console = Console(file=_NOWHERE)
    app._filters = [found for found in app._filters if not isinstance(found, Monochrome)]
    app.no_color = ability == "none"
    if app.no_color:
        app._filters.append(Monochrome())
    # To put the present stream in its own place changes nothing, in whatever order sessions begin and end.
    app._capture_stdout = sys.stdout  # type: ignore[assignment]
    app._capture_stderr = sys.stderr  # type: ignore[assignment]


def driver_of(app: App[Any]) -> ChannelDriver | None:
    """Return the driver of a running app."""
    driver = app._driver
    return driver if isinstance(driver, ChannelDriver) else None


@lru_cache(1024)
def _inner_outer(base_background: Color, background: Color) -> tuple[Style, Style]:
    return Style(background=base_background + background), Style(background=base_background)


def _inner_outer_of_any(_cache: object, base_background: Color, background: Color) -> tuple[Style, Style]:
    return _inner_outer(base_background, background)


def forget_texts() -> None:
    """Empty Rich's memory of how wide texts are: it keeps the last 4,096, secrets of ended sessions among them."""
    cached_cell_len.cache_clear()


class _NoCache:
    """Stands for each of the seven caches of a line, which are a fourth of a session's memory and are seldom asked."""

    def get(self, _key: object, default: object = None) -> object:
        """Find nothing."""
        return default

    def __setitem__(self, _key: object, _value: object) -> None:
        """Keep nothing."""


_NO_CACHE = _NoCache()


def forget_ended_sessions() -> None:
    """Replace Textual's cache that keeps the text of 1,000 widgets, whoever's it was, and those of lines; done once."""
    strip.FIFOCache = lambda _size: _NO_CACHE  # type: ignore[attr-defined, assignment, return-value]
    _styles_cache.StylesCache.get_inner_outer = _inner_outer_of_any  # type: ignore[method-assign, assignment]
