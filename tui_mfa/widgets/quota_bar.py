"""A bar that says how full something is, with the percentage in figures beside it.

``python -m tui_mfa.widgets.quota_bar`` shows some.
"""

from __future__ import annotations

from typing import Final

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

FULL, PART, EMPTY = "█", "▌", "░"
"""A whole cell, half a cell, and what is free; told apart without colour."""

FIGURES: Final = 6
"""Cells of the percentage: ``  9 %``, `` 40 %``, ``120 %``; above 999 it says so."""

NEAR: Final = 70
"""Per cent from which the bar is drawn as a warning."""

ALMOST_FULL: Final = 90
"""Per cent from which it is drawn as an error."""


class QuotaBar(Widget):
    """One row: a bar as wide as there is room for, and the percentage.

    Args:
        percent: How full; above 100 the bar is full. ``None`` draws nothing.
        id: The widget's id.
    """

    DEFAULT_CSS = """
    QuotaBar { height: 1; width: 1fr; color: $text-success; }
    QuotaBar.-near { color: $text-warning; }
    QuotaBar.-almost-full { color: $text-error; }
    """

    percent: reactive[int | None] = reactive[int | None](None)
    """How full it is."""

    def __init__(self, percent: int | None = None, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.set_reactive(QuotaBar.percent, percent)

    def on_mount(self) -> None:
        """Take the looks of the percentage it was made with."""
        self.watch_percent(self.percent)

    def watch_percent(self, percent: int | None) -> None:
        """Let the stylesheet decide how each level looks."""
        self.set_class(percent is not None and NEAR <= percent < ALMOST_FULL, "-near")
        self.set_class(percent is not None and percent >= ALMOST_FULL, "-almost-full")

    def render(self) -> Content:
        """Draw the bar and the figures."""
        if self.percent is None:
            return Content("")
        return Content(bar(self.percent, self.size.width - FIGURES) + figures(self.percent))


def bar(percent: int, width: int) -> str:
    """Return the bar; something used is never drawn as nothing, and something free never as full.

    Args:
        percent: How full, from 0 on.
        width: Cells; none below 1.
    """
    if width < 1:
        return ""
    halves = 2 * width * min(percent, 100) // 100
    if percent > 0:
        halves = max(1, halves)
    if percent < 100:  # noqa: PLR2004 - per cent
        halves = min(2 * width - 1, halves)
    whole, part = divmod(halves, 2)
    return (FULL * whole + PART * part).ljust(width, EMPTY)


def figures(percent: int) -> str:
    """Return the percentage in as many cells as every other."""
    return f"{percent:>4} %" if percent < 1000 else ">999 %"  # noqa: PLR2004 - what fits


if __name__ == "__main__":
    from textual.app import App, ComposeResult

    class _Show(App[None]):
        """Some bars, from empty to more than full."""

        def compose(self) -> ComposeResult:
            """One below the other."""
            for percent in (0, 1, 40, 69, 70, 92, 99, 100, 120, 1200):
                yield QuotaBar(percent)

    _Show().run()
