"""A password: hidden, never copied, handed over once."""

from __future__ import annotations

from textual.actions import SkipAction
from textual.binding import Binding
from textual.widgets import Input

from tui_mfa.domain.secret import Secret
from tui_mfa.widgets.text_input import TextInput


class PasswordInput(TextInput):
    """An input for a password.

    Nothing in it can be copied, cut or selected by the screen (S68); ``take`` hands the password over and empties the
    field, so that none stays behind in a screen that is no longer shown.

    Args:
        placeholder: Shown while the field is empty.
        max_length: Most characters taken.
        id: The widget's id.
        classes: The widget's classes, divided by spaces.
        disabled: Whether the widget takes no keys.
        tooltip: Shown to a mouse that rests on it.
        compact: One row without a border.
    """

    ALLOW_SELECT = False

    BINDINGS = [
        Binding(
            "ctrl+r,f2",
            "toggle_reveal",
            "Show/hide",
            key_display="^r",
            id="password.reveal",
            tooltip="Show or hide what you typed in the password field",
        ),
    ]

    def __init__(
        self,
        placeholder: str = "",
        *,
        max_length: int = 1024,
        id: str | None = None,  # noqa: A002 - Textual's name for it
        classes: str | None = None,
        disabled: bool = False,
        tooltip: str | None = None,
        compact: bool = False,
    ) -> None:
        super().__init__(
            placeholder=placeholder,
            password=True,
            max_length=max_length,
            select_on_focus=False,
            id=id,
            classes=classes,
            disabled=disabled,
            tooltip=tooltip,
            compact=compact,
        )

    def take(self) -> Secret[str]:
        """Return the password and leave the field empty and hidden."""
        password = Secret(self.value)
        self.clear()
        self.password = True
        return password

    def on_unmount(self) -> None:
        """Forget the password when the widget goes; a screen that goes no longer reaches its widgets."""
        with self.prevent(Input.Changed):
            self.clear()

    def action_toggle_reveal(self) -> None:
        """Show the password, or hide it again."""
        self.password = not self.password

    def action_copy(self) -> None:
        """Copy nothing; without a selection the key goes on to whoever else wants it."""
        if self.selection.is_empty:
            raise SkipAction

    def action_cut(self) -> None:
        """Cut nothing."""
