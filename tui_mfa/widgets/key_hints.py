"""The last line of a page: the keys that do something here.

Textual's Footer makes a widget for each key, and all of them anew whenever the focus moves: four times on the way to
the profile, each time some 25 ms with their styles, the layout and the drawing (measured). This is one widget, drawn
when what it says is another thing.
"""

from dataclasses import dataclass
from typing import ClassVar, Final

from textual import events
from textual.content import Content
from textual.screen import Screen
from textual.style import Style
from textual.widget import Widget

EDGE: Final = "▏"
"""Stands before the key of the palette, at the right."""


@dataclass(frozen=True, slots=True)
class Hint:
    """One key and what it does."""

    key: str
    """Textual's name for it."""
    shown: str
    """How it is written."""
    text: str
    tooltip: str
    is_enabled: bool

    @property
    def width(self) -> int:
        """Return its cells; keys and texts are the program's own."""
        return Content(self.shown).cell_length + Content(self.text).cell_length + 3


class KeyHints(Widget, can_focus=False):
    """Shows the keys of the page and of what has the focus; a click on one is as good as the key."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    KeyHints {
        dock: bottom;
        height: 1;
        color: $footer-foreground;
        background: $footer-background;
        & > .key-hints--key { color: $footer-key-foreground; background: $footer-key-background; text-style: bold; }
        & > .key-hints--text { color: $footer-description-foreground; background: $footer-description-background; }
        & > .key-hints--edge { color: $foreground 20%; }
        & > .key-hints--under { background: $surface; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "key-hints--key",
        "key-hints--text",
        "key-hints--edge",
        "key-hints--under",
    }

    def __init__(self) -> None:
        super().__init__()
        self.hints: tuple[Hint, ...] = ()
        """What is offered, from the left."""
        self.palette: Hint | None = None
        """What opens the palette of commands; it keeps its place at the right."""
        self._under: Hint | None = None

    def on_mount(self) -> None:
        """Hear of other keys."""
        self.screen.bindings_updated_signal.subscribe(self, self.look)

    def look(self, screen: Screen[object]) -> None:
        """See which keys there are now.

        Args:
            screen: Whose.
        """
        if not self.app.app_focus or screen is not self.screen:
            return
        hints: dict[str, Hint] = {}
        palette = None
        for key, (_node, binding, is_enabled, tooltip) in screen.active_bindings.items():
            is_palette = key == self.app.COMMAND_PALETTE_BINDING
            if not is_palette and (not binding.show or binding.action in hints):
                continue
            shown, text = self.app.get_key_display(binding), binding.description
            hint = Hint(binding.key, shown, text, tooltip or (text if is_palette else ""), is_enabled)
            if is_palette:
                palette = hint
            else:
                hints[binding.action] = hint
        found = tuple(hints.values()), palette
        if found != (self.hints, self.palette):
            self.hints, self.palette = found
            self._under = None
            self.refresh()

    def render(self) -> Content:
        """Draw one line; where it is short of room, the keys at the end are cut."""
        end = Content("")
        if self.palette is not None:
            end = Content.assemble((EDGE, self._style("edge")), self._drawn(self.palette, close=True), " ")
        room = max(0, self.size.width - end.cell_length)
        keys = Content("").join([self._drawn(hint) for hint in self.hints])
        return Content.assemble(keys.truncate(room, pad=True), end)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Mark what is under the pointer, and let its tooltip be the line's."""
        self._point_at(self._at(event.x))

    def on_leave(self) -> None:
        """Mark nothing."""
        self._point_at(None)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Do what the key does."""
        hint = self._at(event.x)
        if hint is None:
            return
        if hint.is_enabled:
            self.app.simulate_key(hint.key)
        else:
            self.app.bell()

    def _point_at(self, hint: Hint | None) -> None:
        if hint is self._under:
            return
        self._under = hint
        self.tooltip = hint.tooltip or None if hint is not None else None
        self.styles.pointer = "default" if hint is None else "pointer"
        self.refresh()

    def _at(self, x: int) -> Hint | None:
        width = self.size.width
        if self.palette is not None and x > width - self.palette.width:
            return self.palette
        start = 0
        for hint in self.hints:
            start += hint.width
            if x < start:
                return hint
        return None

    def _drawn(self, hint: Hint, *, close: bool = False) -> Content:
        key, text = self._style("key"), self._style("text")
        if hint is self._under:
            under = Style(background=self._style("under").background)
            key, text = key + under, text + under
        if close:
            return Content.assemble((hint.shown, key), (f" {hint.text}", text))
        return Content.assemble((f" {hint.shown} ", key), (f"{hint.text} ", text))

    def _style(self, part: str) -> Style:
        return self.get_visual_style(f"key-hints--{part}")
