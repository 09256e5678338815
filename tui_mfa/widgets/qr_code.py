"""A QR code, black on white whatever the theme. ``python -m tui_mfa.widgets.qr_code`` shows one alone."""

from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.app import App, ComposeResult
from textual.content import Content
from textual.filter import LineFilter
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from tui_mfa.domain.two_factor.uri import provisioning_uri
from tui_mfa.widgets.qr_matrix import (
    Arrangement,
    Drawing,
    Modules,
    Row,
    arrange,
    draw,
    modules_of,
    side_of,
    smallest,
)

BLACK = Color.from_rgb(0, 0, 0)
WHITE = Color.from_rgb(255, 255, 255)

STYLES = {
    (True, False): Style(color=BLACK, bgcolor=WHITE),
    (False, True): Style(color=WHITE, bgcolor=BLACK),
}
"""Style for (foreground is dark, background is dark). True colours, not palette numbers: a terminal's palette may
have any colour as its number 0, and terminals with 16 colours get the nearest ones from the driver."""

ADVICE = "Make the window larger, press f for the larger view, or type the secret instead."

NOTICE_WIDTH = 44
"""Columns that the notice wants when the width is automatic: two or three lines, and room for a column beside it."""


class _Drawn(NamedTuple):
    """What one state of the widget shows; ``key`` is that state."""

    key: tuple[Size, tuple[str, ...], Drawing]
    uri: str | None
    strips: Sequence[Strip]

    def __repr__(self) -> str:
        return "<drawn code>"


class QRCode(Widget):
    """Draws the first of several URIs whose code fits, or says which size the code needs.

    With ``width: auto`` and ``height: auto`` (the default) the widget takes what the code with the widest border that
    fits needs, out of all the room that its container has; ``max-width`` limits it, and siblings get the rest. In any
    other size the code stands at the top left.

    Args:
        uris: Candidates, best first; for instance with the full label, then with a shorter one.
        drawing: How modules become cells; ``drawing_for`` decides that for a terminal.
        advice: What the notice tells to do when nothing fits.
        name: The widget's name.
        id: The widget's id.
        classes: The widget's CSS classes.
    """

    ALLOW_SELECT = False
    DEFAULT_CSS = "QRCode { width: auto; height: auto; }"

    uris: reactive[tuple[str, ...]] = reactive((), layout=True)
    """Candidates, best first."""

    drawing: reactive[Drawing] = reactive(Drawing.HALF_BLOCKS, layout=True)
    """How modules become cells."""

    class Drawn(Message):
        """Another URI is drawn now, or none any more. Before the first of these messages none is drawn."""

        def __init__(self, qr_code: "QRCode", uri: str | None) -> None:
            super().__init__()
            self.qr_code = qr_code
            """The widget that draws."""
            self.uri = uri
            """The URI whose code is on screen; None while nothing fits."""

        @property
        def control(self) -> "QRCode":
            """The widget that draws."""
            return self.qr_code

    def __init__(
        self,
        uris: tuple[str, ...] = (),
        *,
        drawing: Drawing = Drawing.HALF_BLOCKS,
        advice: str = ADVICE,
        name: str | None = None,
        id: str | None = None,  # noqa: A002 - Textual's own name for it
        classes: str | None = None,
    ) -> None:
        super().__init__(name=name, id=id, classes=classes)
        self._advice = advice
        self._codes: dict[str, Modules] = {}
        self._cached: _Drawn | None = None
        self._announced: str | None = None
        self._room: Size | None = None
        self.set_reactive(QRCode.uris, uris)
        self.set_reactive(QRCode.drawing, drawing)

    @property
    def drawn_uri(self) -> str | None:
        """The URI whose code is on screen; None while nothing fits."""
        return self._current().uri

    @property
    def needed(self) -> tuple[int, int]:
        """Columns and rows of the smallest drawing of any candidate; (0, 0) where none can be drawn at all."""
        if not self.uris:
            return 0, 0
        return smallest(min(map(side_of, self.uris)), self.drawing)

    def render(self) -> Content:
        """Return the notice for a room without a code, or nothing."""
        if not self.uris or self.drawn_uri is not None:
            return Content()
        if self.drawing is Drawing.NONE:
            return Content("This terminal cannot draw the code. Type the secret instead.")
        columns, rows = self.needed
        width, height = self._available()
        return Content(f"The code needs {columns}×{rows} characters; there are {width}×{height}. {self._advice}")

    def render_line(self, y: int) -> Strip:
        """Return one line of the code, or of the notice."""
        drawn = self._current()
        if drawn.uri is None:
            return super().render_line(y)
        return drawn.strips[y] if y < len(drawn.strips) else Strip.blank(self.size.width, self.rich_style)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Keep filters off the code: at ``NO_COLOR`` with an ``ansi-*`` theme they take both colours away."""
        return [] if self._current().uri is not None else super().get_line_filters()

    def get_content_width(self, container: Size, viewport: Size) -> int:  # noqa: ARG002 - Textual's signature
        """Return the columns of the best drawing in the container, or of the notice."""
        self._enter(container)
        place = self._choose(container)[1]
        return place.columns if place else min(container.width, NOTICE_WIDTH)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return the rows of the best drawing at a width, or of the notice."""
        self._enter(container)
        place = self._choose(Size(width, container.height))[1]
        return place.rows if place else super().get_content_height(container, viewport, width)

    def watch_uris(self) -> None:
        """Forget the codes of URIs that are no candidates any more, and tell what is drawn after the next layout."""
        self._codes = {uri: code for uri, code in self._codes.items() if uri in self.uris}
        self.call_after_refresh(self._announce)

    def watch_drawing(self) -> None:
        """Tell what is drawn after the next layout."""
        self.call_after_refresh(self._announce)

    def on_resize(self, _event: events.Resize) -> None:
        """Tell what is drawn in the new room; Textual has the lines drawn anew by itself."""
        self._announce()

    def on_unmount(self) -> None:
        """Let go of the secrets: the URIs and their codes."""
        self.set_reactive(QRCode.uris, ())
        self._codes.clear()
        self._cached = None
        self._announced = None

    def _enter(self, room: Size) -> None:
        """Keep the room that the container offers; the notice names it, even where its own size stays the same."""
        if room != self._room:
            self._room = room
            self.refresh()

    def _available(self) -> Size:
        """Return the room that the code could have had: the container's where the styles leave the size to us."""
        room = self._room or self.size
        return Size(
            room.width if self.styles.is_auto_width else self.size.width,
            room.height if self.styles.is_auto_height else self.size.height,
        )

    def _choose(self, room: Size) -> tuple[str | None, Arrangement | None]:
        """Return the first candidate that fits into a room, and its place there."""
        for uri in self.uris:
            if place := arrange(side_of(uri), room.width, room.height, self.drawing):
                return uri, place
        return None, None

    def _current(self) -> _Drawn:
        """Return what the present size, candidates and drawing show; drawn once per such state."""
        key = (self.size, self.uris, self.drawing)
        if self._cached is None or self._cached.key != key:
            uri, place = self._choose(self.size)
            strips: Sequence[Strip] = ()
            if uri is not None and place is not None:
                if uri not in self._codes:
                    self._codes[uri] = modules_of(uri)
                strips = [_strip(row) for row in draw(self._codes[uri], place)]
            self._cached = _Drawn(key, uri, strips)
        return self._cached

    def _announce(self) -> None:
        """Post ``Drawn`` if the URI on screen is another one than the last message said."""
        uri = self.drawn_uri
        if self.is_mounted and uri != self._announced:
            self._announced = uri
            self.post_message(self.Drawn(self, uri))


def _strip(row: Row) -> Strip:
    """Turn cells into a strip with one segment per run of equal colours."""
    colours = itemgetter(1, 2)
    segments = [Segment("".join(cell.char for cell in run), STYLES[key]) for key, run in groupby(row, key=colours)]
    return Strip(segments, len(row))


class _Alone(App[None]):
    """Shows one code with a made-up secret; resize the terminal to see it adapt."""

    CSS = "Screen { layout: horizontal; }"
    BINDINGS = [("q", "quit", "Quit")]

    def compose(self) -> ComposeResult:
        """Place the code."""
        secret = "MRJG26KDOQ4VMPDJJE2HWN2VPJYVIW2CPN3E6SLGMY2GC5KUOJGA"
        labels = ("jane.margaret.doe@department.example.com", "jane")
        yield QRCode(tuple(provisioning_uri(secret, "Elestio", label) for label in labels))


if __name__ == "__main__":
    _Alone().run()
