"""``strip.FIFOCache``: what a line of a screen keeps."""

from collections.abc import Callable

import pytest
from rich.segment import Segment
from rich.style import Style
from textual import strip
from textual.cache import FIFOCache
from textual.strip import Strip

from tui_mfa.ssh.driver import forget_ended_sessions

DERIVED: list[Callable[[Strip], object]] = [
    lambda line: line.crop(1, 3),
    lambda line: line.divide([2, 6]),
    lambda line: line.apply_style(Style(bold=True)),
    lambda line: line.adjust_cell_length(9),
    lambda line: line.crop_extend(0, 9, None),
]


@pytest.fixture(autouse=True)
def _as_in_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(strip, "FIFOCache", FIFOCache)
    forget_ended_sessions()


@pytest.mark.parametrize("derive", DERIVED)
def test_what_is_cut_out_of_a_line_is_right_and_not_kept(derive: Callable[[Strip], object]) -> None:
    line = Strip([Segment("secret")])
    first = derive(line)
    assert derive(line) == first
    assert derive(line) is not first


@pytest.mark.parametrize("derive", DERIVED)
def test_it_is_the_same_as_textuals_own(derive: Callable[[Strip], object], monkeypatch: pytest.MonkeyPatch) -> None:
    ours = derive(Strip([Segment("secret")]))
    monkeypatch.setattr(strip, "FIFOCache", FIFOCache)
    assert derive(Strip([Segment("secret")])) == ours
