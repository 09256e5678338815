"""What is shown once can be saved or copied; leaving without either asks first, and it is wiped when the box goes."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Generic, TypeVar

from textual import on
from textual.containers import Horizontal
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Button

from tui_mfa import terminal
from tui_mfa.domain.secret import Secret
from tui_mfa.screens.base import UseCaseModal
from tui_mfa.screens.context import Context
from tui_mfa.widgets.status_line import StatusLine

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Leaving:
    """The question to somebody who leaves without having kept it."""

    title: str
    text: str
    no: str
    """The button that goes back."""


class ShownOnceModal(UseCaseModal[bool], Generic[T]):
    """The common ground of such boxes; what they show, and the keys for it, are their own.

    Args:
        context: Services and terminal.
        shown: What is shown.
        username: Whose, for the file.
    """

    LEAVING: ClassVar[Leaving]
    BUTTONS: ClassVar[tuple[str, str]]
    """The first and the second button, ``save`` and ``copy`` in either order."""

    class Saved(Message):
        """It is in a file."""

        def __init__(self, path: str) -> None:
            super().__init__()
            self.path = path
            """Where."""

    def __init__(self, context: Context, shown: T, username: str) -> None:
        super().__init__(context)
        self._made: T | None = shown
        self._username = username
        self._kept = False

    def file_of(self, shown: T) -> tuple[str, Secret[str]]:
        """Return the name and the text of the file."""
        raise NotImplementedError

    def copy_of(self, shown: T) -> Secret[str]:
        """Return what the clipboard gets."""
        raise NotImplementedError

    def compose_end(self) -> Iterator[Widget]:
        """Yield the status line and the buttons."""
        labels = {"save": "Save to file (s)", "copy": "Copy (c)"}
        first, second = self.BUTTONS
        yield StatusLine()
        yield Horizontal(
            Button(labels[first], id=first, compact=True, variant="primary"),
            Button(labels[second], id=second, compact=True),
            Button("Done", id="done", compact=True),
            classes="buttons",
        )

    @on(Button.Pressed, "#save")
    def action_save(self) -> None:
        """Save it to a new file of the person's own."""
        if self._made is not None:
            name, text = self.file_of(self._made)
            self.start(lambda: self.Saved(self.context.services.files.save(name, text)), "Saving…")

    @on(Button.Pressed, "#copy")
    def action_copy(self) -> None:
        """Send it to the terminal, which may put it on its clipboard."""
        if self._made is not None:
            self.app.copy_to_clipboard(self.copy_of(self._made).reveal())
            self._kept = True
            self.status.fact("Sent to your terminal's clipboard, if it allows that.")

    @on(Saved)
    def tell_path(self, event: Saved) -> None:
        """Say where the file is."""
        self._kept = True
        self.status.fact(f"Saved to {event.path}")

    @on(Button.Pressed, "#done")
    def action_cancel(self) -> None:
        """Close; ask first when it was neither saved nor copied."""
        if self._kept:
            self.dismiss(True)
            return
        from tui_mfa.screens.modals import ConfirmChoiceModal  # noqa: PLC0415 - the modals' module imports this one

        def answered(written: bool | None) -> None:
            if written:
                self.dismiss(True)

        asked = self.LEAVING
        self.app.push_screen(ConfirmChoiceModal(asked.title, asked.text, "Yes, close", no=asked.no), answered)

    def on_unmount(self) -> None:
        """Forget it, also on the program's own clipboard."""
        self._made = None
        terminal.forget_clipboard(self.app)
