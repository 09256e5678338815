"""Pictures of every screen; ``make snapshots`` takes them again, and each change is to be looked at.

A failed comparison is shown side by side in ``snapshot_report.html``. While a screen is there, it is measured too.
"""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from textual.app import App
from textual.pilot import Pilot

from tests.snapshot import measures
from tests.snapshot.catalogue import ENTRIES
from tests.snapshot.stage import Entry
from tui_mfa import themes

Compare = Callable[..., bool]
Measure = Callable[[App[Any]], list[str]]

SIZED = [pytest.param(entry, size, id=f"{entry.name}-{size[0]}x{size[1]}") for entry in ENTRIES for size in entry.sizes]
NAMED = [pytest.param(entry, id=entry.name) for entry in ENTRIES]
MAIN = [pytest.param(entry, id=entry.name) for entry in ENTRIES if entry.main]


@pytest.fixture(autouse=True)
def _colours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)


def bring_and_measure(entry: Entry, faults: list[str], *wanted: Measure) -> Callable[[Pilot[Any]], Awaitable[None]]:
    """Return what runs before a picture is taken; it notes what went wrong, since the comparison would swallow it."""

    async def run(pilot: Pilot[Any]) -> None:
        try:
            await entry.bring(pilot)
            for measure in wanted:
                faults.extend(measure(pilot.app))
        except Exception as error:  # noqa: BLE001 - told by the test itself
            faults.append(f"{type(error).__name__}: {error}")

    return run


@pytest.mark.parametrize(("entry", "size"), SIZED)
def test_dark(entry: Entry, size: tuple[int, int], snap_compare: Compare) -> None:
    faults: list[str] = []
    before = bring_and_measure(entry, faults, measures.hard_to_read, measures.not_in_help)
    same = snap_compare(entry.make_app(), terminal_size=size, run_before=before)
    assert faults == []
    assert same


@pytest.mark.parametrize("entry", NAMED)
def test_no_color(entry: Entry, snap_compare: Compare, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    faults: list[str] = []
    before = bring_and_measure(entry, faults, measures.lost_without_colours)
    same = snap_compare(entry.make_app(), terminal_size=entry.sizes[0], run_before=before)
    assert faults == []
    assert same


@pytest.mark.parametrize("theme", [themes.LIGHT, themes.HIGH_CONTRAST])
@pytest.mark.parametrize("entry", MAIN)
def test_other_themes(entry: Entry, theme: str, snap_compare: Compare) -> None:
    faults: list[str] = []
    before = bring_and_measure(entry, faults, measures.hard_to_read)
    same = snap_compare(entry.make_app(theme), terminal_size=entry.sizes[0], run_before=before)
    assert faults == []
    assert same


def test_every_name_stands_for_one_screen() -> None:
    names = [entry.name for entry in ENTRIES]
    assert len(set(names)) == len(names)
