"""What a page does, and its keys, above the page."""

from dataclasses import replace
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.screen import ModalScreen, Screen
from textual.widgets import Static

from tui_mfa.presentation import as_content
from tui_mfa.screens.context import Context

LONG = 2000
"""Widest text of a modal, in cells; the program's own words, so the limit is only a bound."""


class HelpModal(ModalScreen[None]):
    """What a page does, and the keys that work there now.

    Args:
        context: Services and terminal.
        text: The page's own words.
        page: The page; its bindings are read when the modal is made.
    """

    CSS_PATH = "help.tcss"
    AUTO_FOCUS = "#help-body"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,q,question_mark,f1", "close", "Close", id="help.close", tooltip="Back to the page"),
        Binding("j", "down", "Down", show=False, id="help.down", tooltip="Scroll down"),
        Binding("k", "up", "Up", show=False, id="help.up", tooltip="Scroll up"),
    ]

    def __init__(self, context: Context, text: str, page: Screen[Any]) -> None:
        super().__init__()
        self.context = context
        self._text = text
        self._keys = keys_of(page)

    def compose(self) -> ComposeResult:
        """Put the words above the keys."""
        with Vertical(classes="modal") as box:
            box.border_title = as_content("Help")
            with VerticalScroll(id="help-body"):
                for paragraph in self._text.split("\n\n"):
                    yield Static(as_content(paragraph, LONG), classes="help-text", markup=False)
                for keys, words in self._keys:
                    with Horizontal(classes="key-row"):
                        yield Static(as_content(keys), classes="key", markup=False)
                        yield Static(as_content(words), classes="key-words", markup=False)
            yield Static("esc closes", classes="hint", markup=False)

    def action_close(self) -> None:
        """Go back to the page."""
        self.dismiss(None)

    def action_down(self) -> None:
        """Scroll down."""
        self.query_one("#help-body").scroll_relative(y=1)

    def action_up(self) -> None:
        """Scroll up."""
        self.query_one("#help-body").scroll_relative(y=-1)


def keys_of(page: Screen[Any]) -> list[tuple[str, str]]:
    """Return the keys that work on a page now, with what they do; keys for the same thing stand together.

    Args:
        page: The page, with the focus as it is.
    """
    found: dict[str, list[str]] = {}
    for active in page.active_bindings.values():
        words = active.tooltip or active.binding.tooltip
        if words and active.enabled:
            keys = found.setdefault(words, [])
            # Each key by its own name, not by the group's label in the footer.
            shown = page.app.get_key_display(replace(active.binding, key_display=None))
            if shown not in keys:
                keys.append(shown)
    return [(" ".join(keys), words) for words, keys in found.items()]
