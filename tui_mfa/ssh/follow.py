# ruff: noqa: SLF001 - Textual has no public way to either; tests/ssh/test_follow.py holds the names
"""Follows a key through the queues of an app, until all that came of it is done."""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import partial
from typing import Any, Final

from textual.app import App
from textual.dom import DOMNode
from textual.errors import NoWidget
from textual.events import MouseEvent
from textual.message import Message

_Act = Callable[[], object]
_Step = Callable[[bool], None]

TURNS: Final = 8
"""Turns of the loop in which it is looked whether a widget is done. They cost less than a message in its queue, which
tells it for sure; few widgets need as many."""


class Ready(partial[None]):
    """A call with all that it needs; what another callback takes, Textual asks ``inspect`` each time, at 60 µs."""

    _param_count = 0


class Follower:
    """Puts something into an app's queue, a key say, and follows it until it is done, with what came of it.

    Textual hands a key to the widget that has the focus, and from there up to the app, through a queue at each; a key
    behind it overtakes it on that way: of ``jane``, Backspace and Enter in one packet, Enter would come first. So it is
    followed through these, and once more, as what a widget then says goes the same way. Whoever is done with a message
    has put what came of it into the next queue by then. A page must have its focus first.

    Args:
        app: It runs.
        message: A key, a paste or a mouse event.
        post: Puts it there.
        step: Called with each step of the way, at the end with True; never while this is made.
    """

    def __init__(self, app: App[Any], message: Message, post: _Act, step: _Step) -> None:
        self._app, self._message, self._post, self._step = app, message, post, step
        self._next: asyncio.Handle | None = None
        self._is_over = False
        if app.screen_stack and app.screen.focused is None:
            self._soon(self._go, iter(self._focus.ancestors_with_self), self._hand)
        else:
            self._hand()

    def cancel(self) -> None:
        """Follow it no more; where it gets to, it does nothing."""
        self._is_over = True
        if self._next is not None:
            self._next.cancel()
        self._message.stop().prevent_default()

    def _hand(self) -> None:
        nodes = [node for found in (self._focus, *_hit(self._app, self._message)) for node in found.ancestors_with_self]
        self._post()
        self._soon(self._go, self._way(nodes), lambda: self._step(True))

    def _way(self, nodes: Iterable[DOMNode]) -> Iterator[DOMNode]:
        yield self._app
        yield from nodes
        yield from nodes
        yield from self._focus.ancestors_with_self  # it may have moved

    def _go(self, way: Iterator[DOMNode], then: _Act) -> None:
        """Go along a way, to nobody before the one before is done; at its end, do something."""
        node = next(way, None)
        while node is not None and not _is_busy(node):
            node = next(way, None)
        if node is None:
            then()
        else:
            self._step(False)
            self._soon(self._look, node, 1, partial(self._go, way, then))

    def _look(self, node: DOMNode, turns: int, go_on: _Act) -> None:
        if not _is_busy(node):
            go_on()
        elif turns < TURNS:
            self._soon(self._look, node, turns + 1, go_on)
        elif not node.call_later(Ready(self._told, go_on)) and node is not self._app:
            go_on()  # the widget is gone

    def _soon(self, act: Callable[..., None], *args: object) -> None:
        self._next = asyncio.get_running_loop().call_soon(self._now, act, *args)

    def _now(self, act: Callable[..., None], *args: object) -> None:
        self._next = None  # a call that was made still holds this, and a key of a password with it
        act(*args)

    def _told(self, go_on: _Act) -> None:
        if not self._is_over:
            go_on()

    @property
    def _focus(self) -> DOMNode:
        app = self._app
        return (app.screen.focused or app.screen) if app.screen_stack else app


def _hit(app: App[Any], message: Message) -> Iterator[DOMNode]:
    """Yield the widget that a mouse event goes to."""
    if isinstance(message, MouseEvent) and app.screen_stack:
        with suppress(NoWidget):
            yield app.screen.get_widget_at(int(message.x), int(message.y))[0]


def _is_busy(node: DOMNode) -> bool:
    """Return whether a widget does something, or will: something is in its queue, or it does not wait there."""
    return node.message_queue_size > 0 or not node._message_queue.ready_event._waiters
