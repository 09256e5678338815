"""One place under a form for what happened: an error, or a fact."""

from textual.reactive import reactive
from textual.widgets import Static

from tui_mfa.presentation import as_content

ERROR, FACT, BUSY = "! ", "✓ ", "… "
"""What stands before a text, so that its kind is not told by colour alone."""


class StatusLine(Static):
    """Shows the last error or fact of a form; empty at first, as high as its text.

    Args:
        id: The widget's id.
    """

    DEFAULT_CSS = """
    StatusLine { height: auto; min-height: 1; }
    StatusLine.-error { color: $text-error; text-style: bold; }
    StatusLine.-fact { color: $text-success; }
    """

    kind: reactive[str] = reactive("")
    """``error``, ``fact``, ``busy`` or nothing."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name for it
        super().__init__("", id=id, markup=False)

    def error(self, text: str) -> None:
        """Show what went wrong and what to do."""
        self._show(ERROR, text, "error")

    def fact(self, text: str) -> None:
        """Show what is done."""
        self._show(FACT, text, "fact")

    def busy(self, text: str) -> None:
        """Show what is under way."""
        self._show(BUSY, text, "busy")

    def clear(self) -> None:
        """Show nothing."""
        self._show("", "", "")

    def watch_kind(self, kind: str) -> None:
        """Let the stylesheet decide how each kind looks."""
        self.set_class(kind == "error", "-error")
        self.set_class(kind == "fact", "-fact")

    def _show(self, mark: str, text: str, kind: str) -> None:
        self.kind = kind
        self.update(as_content(mark + text, limit=600))
