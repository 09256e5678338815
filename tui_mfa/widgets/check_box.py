"""A box to tick that tells its state by shape: ``[x]`` or ``[ ]``."""

from typing import ClassVar

from textual.content import Content
from textual.widgets import Checkbox

ON, OFF = "[x] ", "[ ] "


class CheckBox(Checkbox, inherit_css=False):
    """Textual's Checkbox draws the same X in both states and tells them apart by colour alone; this one does not.

    Its look comes without the borders of the original: one row, as wide as its text.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"toggle--button", "toggle--label"}
    DEFAULT_CSS = """
    CheckBox {
        width: auto;
        height: 1;
        background: transparent;
        pointer: pointer;
        &:focus { text-style: bold reverse; }
        &.-on { text-style: bold; }
        &.-on:focus { text-style: bold reverse; }
    }
    """

    def render(self) -> Content:
        """Draw the box and its label."""
        return Content(ON if self.value else OFF) + self.label
