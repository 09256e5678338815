"""The pictures of an entry, all of them from one running portal, and what was wrong while each was taken.

Bringing a portal to a screen costs many times what a picture of it costs. So it is brought there once, and then given
each size and theme in turn, as a person enlarges a window or chooses another theme. The main screens are started with
``NO_COLOR`` anew; on the others the filter is put in afterwards, and a picture has to be the stored one either way.
"""

import functools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from textual.app import App
from textual.filter import Monochrome
from textual.pilot import Pilot

from tests.snapshot import measures
from tests.snapshot.catalogue import entry
from tests.snapshot.stage import Entry, Stage
from tui_mfa import themes
from tui_mfa.app import MfaApp

Measure = Callable[[App[Any]], list[str]]


@dataclass(frozen=True)
class Look:
    """How a screen is pictured."""

    size: tuple[int, int]
    theme: str = themes.DARK
    colours: bool = True


@dataclass(frozen=True)
class Picture:
    """An SVG, and what was wrong on the screen."""

    svg: str
    faults: list[str] = field(default_factory=list)


class Pictured(App[str]):
    """Stands for an app that has run; the comparison asks it to run and gets the picture.

    Args:
        svg: The picture.
    """

    def __init__(self, svg: str) -> None:
        super().__init__()
        self._svg = svg

    def run(self, **_options: Any) -> str:
        return self._svg


def looks_of(chosen: Entry) -> tuple[list[Look], ...]:
    """Return how an entry is pictured, in groups that each need one running portal."""
    size = chosen.sizes[0]
    sized = [Look(size) for size in chosen.sizes]
    plain = [Look(size, colours=False)]
    themed = [Look(size, theme) for theme in (themes.LIGHT, themes.HIGH_CONTRAST)] if chosen.main else []
    if chosen.alone or chosen.demo:  # what the demo's panel says depends on the room that it had
        return *([look] for look in (*sized, *themed)), plain
    return ([*themed, *sized], plain) if chosen.main else ([*sized[:1], *plain, *sized[1:]],)


def measures_of(chosen: Entry, look: Look) -> list[Measure]:
    """Return what is measured while a picture is taken."""
    if not look.colours:
        return [measures.lost_without_colours]
    return [measures.hard_to_read, *([measures.not_in_help] if look.theme == themes.DARK else [])]


@functools.cache
def pictures(name: str) -> dict[Look, Picture]:
    """Return all pictures of an entry.

    Args:
        name: The entry's.

    Raises:
        AssertionError: A screen was not reached.
    """
    taken: dict[Look, Picture] = {}
    for looks in looks_of(entry(name)):
        taken |= _taken(entry(name), looks)
    return taken


def _taken(chosen: Entry, looks: list[Look]) -> dict[Look, Picture]:
    """Start the portal, and take pictures of it."""
    taken: dict[Look, Picture] = {}
    faults: list[str] = []

    async def work(pilot: Pilot[Any]) -> None:
        try:
            await chosen.bring(pilot)
            for look in looks:
                taken[look] = await _picture(chosen, look, pilot)
        except Exception as error:  # noqa: BLE001 - told by the test itself, since the app would swallow it
            faults.append(f"{type(error).__name__}: {error}")
        pilot.app.exit()

    first = looks[0]
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("NO_COLOR", raising=False)
        if not first.colours:
            patch.setenv("NO_COLOR", "1")
        app = chosen.make_app(first.theme)
        app.run(headless=True, auto_pilot=work, size=first.size)
    assert not faults, faults[0]
    assert list(taken) == looks, "the portal ended before its pictures were taken"
    return taken


async def _picture(chosen: Entry, look: Look, pilot: Pilot[Any]) -> Picture:
    app = pilot.app
    assert isinstance(app, MfaApp)
    app.theme = look.theme
    if app.no_color is look.colours:
        _put_colours(app, look.colours)
    if app.size != look.size:
        await pilot.resize_terminal(*look.size)
    await Stage(pilot, app.context.services).settle()
    await pilot.wait_for_scheduled_animations()
    faults = [fault for measure in measures_of(chosen, look) for fault in measure(app)]
    return Picture(app.export_screenshot(title=app.title, simplify=True), faults)


def _put_colours(app: MfaApp, colours: bool) -> None:
    """Do what Textual does when it starts without or with ``NO_COLOR``."""
    app.no_color = not colours
    app._filters = [found for found in app._filters if not isinstance(found, Monochrome)]
    if app.no_color:
        app._filters.append(Monochrome())
    app.refresh_css(animate=False)
    for page in app.screen_stack:  # the one below a modal is drawn from what it keeps
        for part in page.walk_children(with_self=True):
            part.refresh()
