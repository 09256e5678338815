"""Containers that draw a text themselves, between their children; a widget for each dot or title costs as any other."""

from itertools import pairwise

from textual.containers import Horizontal
from textual.content import Content

from tui_mfa.presentation import safe_text

GAP = 3
"""Cells between two neighbours, with the dot in the middle."""


class Dotted(Horizontal):
    """A row whose children stand ``GAP`` cells apart, with a dot between two of them."""

    def render(self) -> Content:
        """Return the dots."""
        row, left = [" "] * self.content_size.width, self.content_region.x
        for child, after in pairwise(child for child in self.children if child.display):
            place = child.region.right + 1 - left
            if child.region.y == after.region.y and after.region.x - child.region.right >= GAP and place < len(row):
                row[place] = "·"
        return Content("".join(row))


class Titled(Horizontal):
    """A row with its title in bold at the left, and its children at the right.

    Args:
        title: A text of the program.
    """

    DEFAULT_CSS = """
    Titled { height: 1; align-horizontal: right; text-style: bold; text-wrap: nowrap; text-overflow: ellipsis; }
    """

    def __init__(self, title: str) -> None:
        super().__init__()
        self._title = Content(safe_text(title))

    def render(self) -> Content:
        """Return the title."""
        return self._title
