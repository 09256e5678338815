# ruff: noqa: SLF001 - Textual has no public way to any of this; tests/unit/test_freeing.py holds the names
"""Frees widgets when they are removed, and not only when Python's collector comes by.

A widget and its styles hold each other, so that what a person has left behind, page after page, stays in memory until
the collector has looked at everything, which makes everybody wait who shares the process. Without those ties the last
reference to a widget frees it, and all below it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from weakref import WeakSet

from textual.cache import LRUCache
from textual.screen import Screen
from textual.signal import Signal
from textual.timer import Timer
from textual.widget import Widget
from textual.worker_manager import WorkerManager

from tui_mfa.compositor import TidyCompositor

if TYPE_CHECKING:
    from textual.app import App
    from textual.dom import DOMNode
    from textual.worker import Worker


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
    if isinstance(node, Screen):
        node._result_callbacks.clear()


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
        if isinstance(item, Widget) and not isinstance(item._box_model_cache, TidyCache):
            item._box_model_cache = TidyCache(item._box_model_cache.maxsize)
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


class TidyWorkers(WorkerManager):
    """Lets go of the task of a worker that is done, whose context holds the worker, and of what it was to do."""

    def _remove_worker(self, worker: Worker[Any]) -> None:
        super()._remove_worker(worker)
        if worker.is_finished:
            worker._task = worker._work = None  # type: ignore[assignment]


def free_when_removed(app: App[Any]) -> None:
    """Have an app free its widgets as they are removed, and its workers once they are done.

    Args:
        app: The app, in its ``__init__``.
    """
    app._registry = Registry(app._registry)
    app._workers = TidyWorkers(app)


def free_ended(app: App[Any]) -> None:
    """Let go of the page that an app began with, and of who listens to it; its other pages are gone with their widgets.

    Args:
        app: It has ended.
    """
    app._compose_screen = None
    untie(app)


def take_apart(app: App[Any]) -> None:
    """Undo all that holds an app from within: animator, driver, log, workers.

    Args:
        app: It has ended, and nothing that it began is under way any more; it can do nothing after this.
    """
    vars(app).clear()
