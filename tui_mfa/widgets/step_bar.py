"""The seconds that a code still lives."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from textual.content import Content
from textual.widget import Widget

from tui_mfa.presentation import wait_words

PERIOD = 30
"""Seconds of a step (RFC 6238 §5.2, the recommended default)."""

WIDEST = 30
"""Cells of the whole bar: one for each second."""

WORDS = 5
"""Cells for the time in words and the space before it."""


def seconds_left(moment: datetime, period: int = PERIOD) -> int:
    """Return the seconds until the next step begins, from 1 to the period.

    Args:
        moment: A datetime with a zone.
        period: Seconds of a step.
    """
    return period - int(moment.timestamp()) % period


def bar_text(left: int, period: int, width: int) -> str:
    """Return the bar and the time in words: ``██████░░░░ 17 s``.

    Args:
        left: Seconds left.
        period: Seconds of a step.
        width: Cells for all of it; below 8 only the words are shown.
    """
    words = wait_words(left)
    cells = min(WIDEST, width - WORDS)
    if cells < WORDS:
        return words
    full = max(1, round(cells * left / period))
    return f"{'█' * full}{'░' * (cells - full)} {words:>4}"


class StepBar(Widget):
    """A bar with the seconds left of the current step, in words too.

    It is a pure function of the time it is given and is drawn once per second; nothing moves in between.

    Args:
        now: Gives the present moment, with a zone.
        period: Seconds of a step.
        id: The widget's id.
        classes: The widget's classes, divided by spaces.
    """

    ALLOW_SELECT = False

    DEFAULT_CSS = """
    StepBar {
        width: 35;
        max-width: 100%;
        height: 1;
        color: $text-accent;
    }
    """

    def __init__(
        self,
        now: Callable[[], datetime],
        *,
        period: int = PERIOD,
        id: str | None = None,  # noqa: A002 - Textual's name for it
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._now = now
        self._period = period

    def on_mount(self) -> None:
        """Draw once per second from now on."""
        self.set_interval(1, self.refresh)

    def render(self) -> Content:
        """Draw the bar for this second."""
        return Content(bar_text(seconds_left(self._now(), self._period), self._period, self.size.width))
