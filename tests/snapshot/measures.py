"""What is measured on each screen while its picture is taken."""

from typing import Any

from textual.app import App
from textual.screen import ModalScreen

from tests.contrast import Run, invisible, ratio, text_runs
from tui_mfa import themes
from tui_mfa.screens.base import PageScreen
from tui_mfa.screens.help import keys_of

LEAST = {themes.DARK: 4.5, themes.LIGHT: 4.5, themes.HIGH_CONTRAST: 7.0}
"""Contrast ratio of all text (WCAG 2.2, 1.4.3 and 1.4.6)."""


def runs_in_force(app: App[Any]) -> list[Run]:
    """Return the text that counts: all of a page, and of a modal what is not the dimmed page below it."""
    runs, page = list(text_runs(app)), app.screen
    if not isinstance(page, ModalScreen):
        return runs
    # A modal's own parts, without the screen itself; the palette's container has no size of its own.
    drawn = [part for part in page.query("*") if part in page._compositor.visible_widgets]
    regions = [page.find_widget(part).visible_region for part in drawn]
    return [run for run in runs if any(region.contains(run.x, run.y) for region in regions)]


def hard_to_read(app: App[Any]) -> list[str]:
    """Return the text below the least contrast of the present theme."""
    runs = runs_in_force(app)
    assert runs, "there is no text on the screen"
    least = LEAST[app.theme]
    return [f"{found:.1f}:1 {run.label}" for run in runs if (found := ratio(run.ink, run.ground)) < least]


def lost_without_colours(app: App[Any]) -> list[str]:
    """Return the text in the colour of its ground."""
    return invisible(app)


def not_in_help(app: App[Any]) -> list[str]:
    """Return the keys of the footer that the page's help does not know."""
    if not isinstance(app.screen, PageScreen):
        return []  # a modal has no footer of its own
    told = {words for _keys, words in keys_of(app.screen)}
    return [
        f"help does not tell of {key}"
        for key, active in app.screen.active_bindings.items()
        if active.binding.show and active.enabled and (active.tooltip or active.binding.tooltip) not in told
    ]
