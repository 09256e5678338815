"""A field for a public key, which no private key and no control character gets into."""

from __future__ import annotations

from textual import events
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import TextArea

from tui_mfa.domain.ssh_keys import parse
from tui_mfa.presentation import REPLACEMENT


def harmless(text: str) -> str:
    """Return a pasted text with plain line ends and without a byte order mark; what cannot be shown becomes U+FFFD.

    Args:
        text: What came from a clipboard.
    """
    text = text.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}").replace("\r\n", "\n").replace("\r", "\n")
    return "".join(
        char if char.isprintable() or char == "\n" else " " if char == "\t" else REPLACEMENT for char in text
    )


class KeyArea(TextArea):
    """Several lines of text for one public key, wrapped by the window's edge or not.

    A private key never gets in: a pasted one is not inserted, and one that is typed is wiped with its last character.
    A paste beyond the limit of the rules is not inserted either.

    Args:
        id: The widget's id.
    """

    DEFAULT_CSS = """
    KeyArea { height: 6; }
    """

    cursor_blink = reactive(False, init=False)
    """Off: an idle screen sends nothing."""

    class PrivateKeySeen(Message):
        """A private key was on its way in; the field is empty now."""

    class TooLong(Message):
        """A paste was longer than any public key."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(id=id, soft_wrap=True, tab_behavior="focus", show_line_numbers=False)

    def wipe(self) -> None:
        """Empty the field, and forget what undoing would bring back."""
        self.load_text("")

    def paste_text(self, text: str) -> None:
        """Put a text in the place of the selection, unless it must not get in.

        Args:
            text: What came from a clipboard.
        """
        if parse.is_private(text):
            self.wipe()
            self.post_message(self.PrivateKeySeen())
        elif len(text) > parse.SIZE_MAX:
            self.post_message(self.TooLong())
        else:
            result = self.replace(harmless(text), *self.selection)
            self.move_cursor(result.end_location)

    def on_paste(self, event: events.Paste) -> None:
        """Take a paste from the terminal."""
        event.prevent_default()
        event.stop()
        self.paste_text(event.text)

    def action_paste(self) -> None:
        """Take a paste from the program's own clipboard."""
        self.paste_text(self.app.clipboard)

    def on_unmount(self) -> None:
        """Forget what was pasted."""
        self.wipe()

    def on_text_area_changed(self) -> None:
        """Look at what was typed."""
        if parse.is_private(self.text):
            self.wipe()
            self.post_message(self.PrivateKeySeen())
