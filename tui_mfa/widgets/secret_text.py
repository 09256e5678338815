"""A secret on the screen, for as long as it must be there."""

from __future__ import annotations

from textual.content import Content
from textual.selection import Selection
from textual.widgets import Static

from tui_mfa.domain.secret import Secret
from tui_mfa.presentation import grouped


class SecretText(Static):
    """Shows a secret in groups, in the accent colour; a mouse can select it.

    What is copied comes without the gaps and line breaks between the groups. The text is gone after ``wipe`` and when
    the widget leaves the screen. Whoever shows it also calls ``terminal.forget_clipboard`` when the secret goes.

    Args:
        secret: The secret.
        size: Characters in a group.
        per_line: Groups in a line; 0 puts all in one line.
        id: The widget's id.
        classes: The widget's classes, divided by spaces.
    """

    ALLOW_SELECT = True

    DEFAULT_CSS = """
    SecretText {
        width: auto;
        height: auto;
        color: $text-accent;
        text-style: bold;
    }
    """

    def __init__(
        self,
        secret: Secret[str],
        *,
        size: int = 4,
        per_line: int = 0,
        id: str | None = None,  # noqa: A002 - Textual's name for it
        classes: str | None = None,
    ) -> None:
        super().__init__(Content(grouped(secret.reveal(), size, per_line)), id=id, classes=classes, markup=False)

    def wipe(self) -> None:
        """Forget the secret and show nothing."""
        self.update(Content.empty())

    def on_unmount(self) -> None:
        """Forget the secret when the widget goes."""
        self.wipe()

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """Return what is selected, without the gaps.

        Args:
            selection: Which part of the text.
        """
        selected = super().get_selection(selection)
        return None if selected is None else ("".join(selected[0].split()), selected[1])
