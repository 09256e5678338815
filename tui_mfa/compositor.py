"""Puts the widgets of a page together: where each one is, and what of it is seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual._compositor import Compositor
from textual.geometry import Region, Size

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual._compositor import CompositorMap, ReflowResult
    from textual.strip import Strip
    from textual.widget import Widget

Arranged = tuple["CompositorMap", set["Widget"]]
"""Where the widgets of a page are, and which there are."""


class TidyCompositor(Compositor):
    """Draws what was asked for alone, and keeps nothing of what it arranged before."""

    def __init__(self) -> None:
        super().__init__()
        self._arranged: list[Arranged] = []

    def reflow(self, parent: Widget, size: Size) -> ReflowResult:
        """Arrange a page whole; Textual does it once more when something asks where a widget is.

        Args:
            parent: The page.
            size: Columns and rows.
        """
        result = super().reflow(parent, size)
        self._full_map_invalidated = False
        return result

    def _arrange_root(self, root: Widget, size: Size, visible_only: bool = True) -> Arranged:
        """Arrange a page, and empty what was arranged before: what holds that is a function that holds itself.

        Args:
            root: The page.
            size: Columns and rows.
            visible_only: Leave out what cannot be seen.
        """
        kept = []
        for places, widgets in self._arranged:
            if places is self._full_map or places is self._visible_map or widgets is self.widgets:
                kept.append((places, widgets))
            else:
                places.clear()
                widgets.clear()
        arranged = super()._arrange_root(root, size, visible_only)
        self._arranged = [*kept, arranged]
        return arranged

    def _get_renders(self, crop: Region | None = None) -> Iterator[tuple[Region, Region, list[Strip]]]:
        """Render what is seen in a part of the page, and nothing of what is beside it or behind.

        Textual renders every widget of the page for each key: all that it filters by ``crop`` are their clips.

        Args:
            crop: The part; everything when not given.

        Yields:
            Where a widget is, what of it is seen there, and its lines.
        """
        for widget, (region, clip) in self.visible_widgets.items():  # the front ones come first
            seen = region.intersection(clip)
            lines = seen if crop is None else seen.intersection(Region(seen.x, crop.y, seen.width, crop.height))
            if lines and (crop is None or crop.overlaps(lines)):
                yield region, lines, widget.render_lines(lines.translate(-region.offset))
                if crop is not None and lines.contains_region(crop):
                    return

    def clear(self) -> None:
        """Let go of all widgets; see ``Compositor``."""
        super().clear()
        self.root = None
        for places, widgets in self._arranged:
            places.clear()
            widgets.clear()
        self._arranged.clear()
