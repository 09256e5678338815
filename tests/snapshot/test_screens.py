"""Pictures of every screen; ``make snapshots`` takes them again, and each change is to be looked at.

A failed comparison is shown side by side in ``snapshot_report.html``. While a screen is there, it is measured too.
The pictures of an entry come from one running portal (``pictures.py``), so xdist keeps their tests in one process.
"""

from collections.abc import Callable

import pytest

from tests.snapshot.catalogue import ENTRIES
from tests.snapshot.pictures import Look, Pictured, pictures
from tests.snapshot.stage import Entry
from tui_mfa import themes

Compare = Callable[..., bool]


def param(entry: Entry, *values: object, name: str = "") -> object:
    """Return the values of one test; those of an entry stay together."""
    return pytest.param(entry, *values, id=name or entry.name, marks=pytest.mark.xdist_group(entry.name))


SIZED = [param(entry, size, name=f"{entry.name}-{size[0]}x{size[1]}") for entry in ENTRIES for size in entry.sizes]
NAMED = [param(entry) for entry in ENTRIES]
MAIN = [param(entry) for entry in ENTRIES if entry.main]


def check(entry: Entry, look: Look, snap_compare: Compare) -> None:
    taken = pictures(entry.name)[look]
    same = snap_compare(Pictured(taken.svg))
    assert taken.faults == []
    assert same


@pytest.mark.parametrize(("entry", "size"), SIZED)
def test_dark(entry: Entry, size: tuple[int, int], snap_compare: Compare) -> None:
    check(entry, Look(size), snap_compare)


@pytest.mark.parametrize("entry", NAMED)
def test_no_color(entry: Entry, snap_compare: Compare) -> None:
    check(entry, Look(entry.sizes[0], colours=False), snap_compare)


@pytest.mark.parametrize("theme", [themes.LIGHT, themes.HIGH_CONTRAST])
@pytest.mark.parametrize("entry", MAIN)
def test_other_themes(entry: Entry, theme: str, snap_compare: Compare) -> None:
    check(entry, Look(entry.sizes[0], theme), snap_compare)


def test_every_name_stands_for_one_screen() -> None:
    names = [entry.name for entry in ENTRIES]
    assert len(set(names)) == len(names)
