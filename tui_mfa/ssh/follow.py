"""Follows a key through the queues of an app, until all that came of it is done."""

from collections.abc import Callable
from functools import partial
from typing import Any

from textual.app import App
from textual.dom import DOMNode

_Act = Callable[[], None]
_Step = Callable[[bool], None]


class Ready(partial[None]):
    """A call with all that it needs; what another callback takes, Textual asks ``inspect`` each time, at 60 µs."""

    _param_count = 0


def follow(app: App[Any], post: _Act, stopped: Callable[[], bool], step: _Step) -> None:
    """Put something into an app's queue, a key say, and follow it until it is done, with what came of it.

    Textual hands a key to the widget that has the focus, and from there up to the app, through a queue at each; a key
    behind it overtakes it on that way: of ``jane``, Backspace and Enter in one packet, Enter would come first. So it is
    followed through these, and once more, as what a widget then says goes the same way. A page must have its focus.

    Args:
        app: It runs.
        post: Puts it there.
        stopped: Whether it goes no further up. What stays in its field, as letters do, is followed once.
        step: Called with each step of the way, at the end with True.
    """

    def here() -> DOMNode:
        return (app.screen.focused or app.screen) if app.screen_stack else app

    def behind(node: DOMNode, act: _Act) -> None:
        step(False)
        if not node.call_later(act) and node is not app:
            act()  # the widget is gone

    def climb(node: DOMNode | None, then: _Act) -> None:
        if node is None or node is app:
            behind(app, then)
        else:
            behind(node, Ready(climb, node.parent, then))

    def begin() -> None:
        begun = here()
        again = Ready(climb, begun, Ready(step, True))
        behind(begun, Ready(lambda: again() if stopped() else climb(begun.parent, again)))

    def hand() -> None:
        if not stopped():  # it may have been taken back
            post()
            app.call_later(Ready(begin))

    climb(here(), Ready(hand)) if app.screen_stack and app.screen.focused is None else hand()
