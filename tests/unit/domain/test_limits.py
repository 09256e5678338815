"""The counters under every limit."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_mfa.domain import limits
from tui_mfa.domain.limits import Tries, Window

NOW = datetime(2026, 11, 24, 14, 2, 5, tzinfo=UTC)


def counted(*seconds: float) -> Tries:
    tries = Tries()
    for second in seconds:
        limits.count(tries, NOW + timedelta(seconds=second))
    return tries


@pytest.mark.parametrize(("after", "wait"), [(4, 296), (299, 1), (299.5, 1), (300, 0), (301, 0)], ids=str)
def test_fifth_failure_closes_for_five_minutes_from_the_first(after: float, wait: int) -> None:
    """S09: 5 per 5 minutes, a sliding window whose boundary is exact."""
    tries = counted(0, 1, 2, 3, 4)
    assert limits.wait_for(tries, limits.GUESSES, NOW + timedelta(seconds=after)) == wait


def test_four_failures_close_nothing() -> None:
    """S09: the fifth try is still judged."""
    assert limits.wait_for(counted(0, 0, 0, 0), limits.GUESSES, NOW) == 0


def test_windows_of_design_rules() -> None:
    """S08, S09: the numbers are those of the published table."""
    minutes = [(window.count, window.span.total_seconds() / 60) for window in limits.GUESSES]
    assert minutes == [(5, 5), (20, 60), (50, 24 * 60)]
    assert [(window.count, window.span.total_seconds() / 60) for window in limits.ADDRESS_GUESSES] == [(10, 5)]
    assert limits.MAX_IN_A_ROW == 100


@pytest.mark.parametrize(("window", "count"), [(60 * 60, 20), (24 * 60 * 60, 50)])
def test_longer_windows(window: int, count: int) -> None:
    """S09: 20 per hour and 50 per day hold beside the short window."""
    spread = [number * window / count for number in range(count)]
    tries = counted(*spread)
    last = NOW + timedelta(seconds=spread[-1])
    assert limits.wait_for(tries, limits.GUESSES, last) == window - spread[-1]
    assert limits.wait_for(tries, limits.GUESSES, NOW + timedelta(seconds=window)) == 0


def test_clock_going_back_neither_opens_nor_closes_for_ever() -> None:
    """S20: after a step back the limit stands, for its own length and no longer."""
    tries = counted(0, 0, 0, 0, 0)
    before = NOW - timedelta(days=400)
    assert limits.wait_for(tries, limits.GUESSES, before) == 300
    limits.count(tries, before)
    assert limits.wait_for(tries, limits.GUESSES, before + timedelta(seconds=301)) == 0


def test_clear_and_take_back() -> None:
    """S11: a success empties its counter; a limit shared by many loses only the one try."""
    tries = counted(0, 1, 2)
    limits.take_back(tries, NOW + timedelta(seconds=1))
    assert (len(tries.times), tries.in_a_row) == (2, 2)
    limits.take_back(tries, NOW + timedelta(hours=1))
    assert len(tries.times) == 2
    limits.clear(tries)
    assert (tries.times, tries.in_a_row) == ([], 0)


def test_a_counter_stays_small() -> None:
    """S09: what is older than the longest window is dropped; the run of failures is not."""
    tries = counted(*(number * 3600 for number in range(60)))
    assert len(tries.times) == 24
    assert tries.in_a_row == 60


@given(
    st.lists(st.integers(0, 4000), max_size=60),
    st.integers(1, 6),
    st.integers(1, 2000),
)
def test_never_more_than_the_count_within_the_span(seconds: list[int], count: int, span: int) -> None:
    """S09: whoever waits as told and tries again is let in; nobody gets more than the window allows."""
    window = (Window(count, timedelta(seconds=span)),)
    tries, accepted = Tries(), []
    for second in sorted(seconds):
        now = NOW + timedelta(seconds=second)
        wait = limits.wait_for(tries, window, now)
        if wait == 0:
            limits.count(tries, now)
            accepted.append(second)
        else:
            assert limits.wait_for(tries, window, now + timedelta(seconds=wait)) == 0
            assert limits.wait_for(tries, window, now + timedelta(seconds=wait - 1)) > 0
    for start in accepted:
        assert sum(start <= second < start + span for second in accepted) <= count
