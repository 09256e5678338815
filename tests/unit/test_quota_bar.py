"""The bar: never empty when something is used, never full when something is free, figures always in the same cells."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tui_mfa.domain.quota import rules
from tui_mfa.widgets import quota_bar
from tui_mfa.widgets.quota_bar import EMPTY, FIGURES, FULL, PART, bar, figures


@given(st.integers(0, 10_000), st.integers(1, 200))
def test_it_tells_used_from_unused_and_free_from_full(percent: int, width: int) -> None:
    drawn = bar(percent, width)
    assert cell_len(drawn) == len(drawn) == width
    assert (drawn == EMPTY * width) == (percent == 0)
    assert (drawn == FULL * width) == (percent >= 100)
    assert drawn.rstrip(EMPTY).rstrip(PART) == FULL * drawn.count(FULL)


@pytest.mark.parametrize(
    ("percent", "drawn"),
    [(0, "░░░░"), (1, "▌░░░"), (25, "█░░░"), (40, "█▌░░"), (75, "███░"), (99, "███▌"), (100, "████"), (130, "████")],
)
def test_halves_of_cells_count(percent: int, drawn: str) -> None:
    assert bar(percent, 4) == drawn


@pytest.mark.parametrize("width", [0, -1, -6])
def test_without_room_there_is_no_bar(width: int) -> None:
    assert bar(50, width) == ""


@given(st.integers(0, 10**15))
def test_the_figures_take_the_same_room(percent: int) -> None:
    assert len(figures(percent)) == FIGURES
    assert str(min(percent, 999)) in figures(percent)


def test_the_colours_change_where_the_words_do() -> None:
    assert (quota_bar.NEAR, quota_bar.ALMOST_FULL) == (rules.NEAR, rules.ALMOST_FULL)
