"""One line of text that no control character gets into."""

from __future__ import annotations

import unicodedata
from typing import ClassVar, Self

from rich.cells import cell_len
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Offset, Region, Size
from textual.reactive import reactive
from textual.widgets import Input


def first_line(text: str) -> str:
    """Return the first line that holds something, without control, format and other unprintable characters.

    Args:
        text: What was pasted or set.
    """
    for line in text.splitlines():
        kept = "".join(char for char in line if char.isprintable() or unicodedata.category(char) == "Zs")
        if kept:
            return kept
    return ""


class TextInput(Input):
    """An input whose value is always one printable line, whether typed, pasted or set by the program.

    It refuses nothing itself: what the text must look like is the business of the rules. Its caret does not blink, so
    an idle screen sends nothing and a screen reader's cursor stays quiet. A paste longer than ``max_length`` is
    refused whole, as cutting it would pass a text that nobody wrote.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        # With priority, so that keys that come right behind Enter in one piece reach the next field: a password typed
        # by a program, or over a slow line, must not land in a field that shows it.
        Binding("enter", "move_on", show=False, priority=True, id="text.next", tooltip="To the next field"),
        Binding("enter", "submit", show=False, id="text.submit", tooltip="Hand over what was typed"),
    ]

    cursor_blink = reactive(False, init=False)
    """Off: see the class."""

    moves_on: bool = False
    """Whether Enter goes to the next field, at once and without a word; set by the page."""

    _line_only = False
    """The text is being changed: what is drawn anew for that is its line."""

    def looked_at_when_sent(self) -> Self:
        """Say nothing of a change, on a page that asks for the text when it is sent off and not before.

        Textual has each change go through the queues of all that is around the field, for each key.
        """
        self.disable_messages(self.Changed)
        return self

    @property
    def cursor_screen_offset(self) -> Offset:
        """Where the caret is drawn; Textual's own answer is one cell too far at the end of the text."""
        before = self.value[: self.cursor_position]
        cells = len(before) if self.password else cell_len(before)
        return self.content_region.offset + Offset(cells - self.scroll_offset.x, 0)

    @property
    def content_width(self) -> int:
        """At least the field's own width.

        Textual takes this for the area to scroll, and lays the whole page out anew when it changes: so with a longer
        text than the field has room for, but not with each key.
        """
        return max(super().content_width, self.scrollable_content_region.width)

    def on_resize(self) -> None:
        """Take note of the area to scroll when the field gets its size; with the first key the page was laid out."""
        if not self.virtual_size:
            self.set_reactive(Input.virtual_size, Size(self.content_width, 1))

    def get_content_width(self, container: Size, viewport: Size) -> int:  # noqa: ARG002 - Textual's signature
        """Return the text's own width, for fields as wide as their text."""
        return super().content_width

    def replace(self, text: str, start: int, end: int) -> None:
        """Put a text in the place of another one, and draw the line anew, but not what surrounds it.

        Args:
            text: What is put there.
            start: Where the other one begins.
            end: Where it ends.
        """
        classes, self._line_only = self.classes, True
        try:
            super().replace(text, start, end)
        finally:
            self._line_only = False
        if self.classes != classes:  # the border says whether the text is valid
            self.refresh()

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:
        """Draw anew: the line alone while the text changes, which is a fourth of the bytes over a slow connection.

        Args:
            regions: As for Textual.
            repaint: As for Textual.
            layout: As for Textual.
            recompose: As for Textual.
        """
        if self._line_only and not regions and not layout and not recompose:
            regions = (self.content_size.region,)
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def validate_value(self, value: str) -> str:
        """Keep control characters out, also those of a stored text that the program puts in.

        Args:
            value: The value about to be set.
        """
        return value if value.isprintable() else first_line(value)

    def check_consume_key(self, key: str, character: str | None = None) -> bool:
        """Say that a slash is text here too, so that no footer offers it as a shortcut; Textual misses it by its name.

        Args:
            key: The key's name.
            character: What it types, if anything.
        """
        return super().check_consume_key(key, "/" if key == "slash" else character)

    def paste_text(self, text: str) -> None:
        """Put a text in the place of the selection, or at the caret.

        Args:
            text: What came from a clipboard; the first line that holds something is taken.
        """
        self.replace(first_line(text), *self.selection)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave Enter to what it means otherwise where it does not move on.

        Args:
            action: The action's name.
            parameters: Its parameters.
        """
        return self.moves_on if action == "move_on" else super().check_action(action, parameters)

    def action_move_on(self) -> None:
        """Move the focus to the next field."""
        self.screen.focus_next(Input)

    def on_paste(self, event: events.Paste) -> None:
        """Take a paste from the terminal."""
        event.prevent_default()
        event.stop()
        self.paste_text(event.text)

    def action_paste(self) -> None:
        """Take a paste from the program's own clipboard."""
        self.paste_text(self.app.clipboard)
