"""A button that looks like a link: one row, no border."""

from __future__ import annotations

from textual import events
from textual.binding import Binding
from textual.message import Message
from textual.widgets import Static

from tui_mfa.presentation import as_content


class LinkButton(Static, can_focus=True, inherit_bindings=False):
    """One row of text that is pressed by Enter, Space or a click.

    Focus is told by reversed and underlined text, so it is seen without colour.

    Args:
        label: The text; never read as markup.
        id: The widget's id.
        classes: The widget's classes, divided by spaces.
        disabled: Whether it cannot be pressed.
        tooltip: Shown to a mouse that rests on it.
    """

    ALLOW_SELECT = False

    DEFAULT_CSS = """
    LinkButton {
        width: auto;
        height: 1;
        color: $link-color;
        pointer: pointer;
        text-wrap: nowrap;
        text-overflow: ellipsis;
        &:hover { text-style: underline; }
        &:focus { text-style: bold reverse underline; }
        &:disabled { color: $text-muted; text-style: none; pointer: not-allowed; }
    }
    """

    BINDINGS = [
        Binding(
            "enter,space",
            "press",
            "Press",
            show=False,
            id="link.press",
            tooltip="Do what the focused link says",
        ),
    ]

    class Pressed(Message):
        """The link was pressed.

        Args:
            button: The widget.
        """

        def __init__(self, button: LinkButton) -> None:
            self.button = button
            super().__init__()

        @property
        def control(self) -> LinkButton:
            """The widget, for ``@on`` selectors."""
            return self.button

    def __init__(
        self,
        label: str,
        *,
        id: str | None = None,  # noqa: A002 - Textual's name for it
        classes: str | None = None,
        disabled: bool = False,
        tooltip: str | None = None,
    ) -> None:
        super().__init__(as_content(label), id=id, classes=classes, disabled=disabled, markup=False)
        if tooltip is not None:
            self.tooltip = as_content(tooltip)

    def on_click(self, event: events.Click) -> None:
        """Press by mouse."""
        event.stop()
        self.action_press()

    def action_press(self) -> None:
        """Say that the link was pressed."""
        if not self.disabled:
            self.post_message(self.Pressed(self))
