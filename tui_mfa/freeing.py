# ruff: noqa: SLF001 - Textual has no public way to any of this; tests/unit/test_freeing.py holds the names
"""Frees widgets when they are removed, and not only when Python's collector comes by.

A widget and its styles hold each other, so that what a person has left behind, page after page, stays in memory until
the collector has looked at everything, which makes everybody wait who shares the process. Without those ties the last
reference to a widget frees it, and all below it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from weakref import WeakSet

from textual._compositor import Compositor
from textual.cache import LRUCache
from textual.screen import Screen
from textual.signal import Signal
from textual.timer import Timer

if TYPE_CHECKING:
    from textual._compositor import CompositorMap, ReflowResult
    from textual.app import App
    from textual.dom import DOMNode
    from textual.geometry import Size
    from textual.widget import Widget

Arranged = tuple["CompositorMap", set["Widget"]]
"""Where the widgets of a page are, and which there are."""


def untie(node: DOMNode) -> None:
    """Undo what holds a widget from within: styles, timers, who listens to it, and what it found among its children.

    Args:
        node: It was removed, and is styled and drawn no more.
    """
    for part in node._component_styles.values():
        if part.node is not None:
            untie(part.node)
    node._css_styles.node = node._inline_styles.node = None
    children = node._nodes
    children._displayed_nodes = children._displayed_visible_nodes = (-1, [])
    for held in vars(node).values():
        if isinstance(held, Timer):
            held._callback = None
        elif isinstance(held, Signal):
            held._subscriptions.clear()
        elif isinstance(held, TidyCache):
            held.clear()


class Registry(WeakSet["DOMNode"]):
    """The widgets of an app: one that is taken out is gone for good, since Textual mounts none twice."""

    def add(self, item: DOMNode) -> None:
        """Take a widget in.

        Args:
            item: The widget; it has drawn and found nothing yet.
        """
        super().add(item)
        if not isinstance(item._query_one_cache, TidyCache):
            item._query_one_cache = TidyCache(item._query_one_cache.maxsize)
        if isinstance(item, Screen) and not isinstance(item._compositor, TidyCompositor):
            item._compositor = TidyCompositor()

    def discard(self, item: DOMNode) -> None:
        """Forget a widget.

        Args:
            item: The widget; its task is about to end.
        """
        super().discard(item)
        untie(item)


class TidyCache(LRUCache[Any, Any]):
    """A cache that can be emptied: its entries are linked in a ring, which nothing but the collector would free."""

    def clear(self) -> None:
        """Take the ring apart."""
        for entry in self._cache.values():
            entry.clear()
        super().clear()


class TidyCompositor(Compositor):
    """A compositor that empties what it arranged before; what held it was a function that holds itself."""

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
        """Arrange a page; see ``Compositor``.

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

    def clear(self) -> None:
        """Let go of all widgets; see ``Compositor``."""
        super().clear()
        self.root = None
        for places, widgets in self._arranged:
            places.clear()
            widgets.clear()
        self._arranged.clear()


def free_when_removed(app: App[Any]) -> None:
    """Have an app free its widgets as they are removed.

    Args:
        app: The app, in its ``__init__``.
    """
    app._registry = Registry(app._registry)
