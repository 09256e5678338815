"""The ledger: whatever happens in whatever order, its running balance adds up, and nothing is booked twice."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_mfa.domain.billing import ledger
from tui_mfa.domain.billing.model import LEDGER_ROWS, Billing, EntryKind
from tui_mfa.domain.billing.money import amount, dollars, plain
from tui_mfa.domain.errors import InvalidInput

START = datetime(2026, 1, 1, tzinfo=UTC)

steps = st.lists(
    st.tuples(
        st.sampled_from([EntryKind.TOP_UP, EntryKind.CREDIT_NOTE, EntryKind.USAGE]),
        st.integers(min_value=1, max_value=100_000),
        st.integers(min_value=-3_600, max_value=3 * 86_400),
        st.integers(min_value=0, max_value=9),
        st.sampled_from(["Usage", "Storage"]),
    ),
    max_size=60,
)
"""Kind, cents, seconds since the step before (clocks go back), reference, what was used."""


@given(steps)
def test_the_running_balance_always_adds_up(
    what: list[tuple[EntryKind, int, int, int, str]],
) -> None:
    billing, now, total = Billing(), START, 0
    booked: set[tuple[EntryKind, int]] = set()
    for kind, cents, seconds, ref, text in what:
        now += timedelta(seconds=seconds)
        if kind is EntryKind.USAGE:
            ledger.spend(billing, cents, text, now)
            total -= cents
        else:
            signed = cents if kind is EntryKind.TOP_UP else -cents
            new = ledger.post(billing, kind, signed, str(ref), "x", now)
            assert new == ((kind, ref) not in booked)
            booked.add((kind, ref))
            total += signed if new else 0
        assert ledger.adds_up(billing)
        assert ledger.balance(billing) == total
        assert [entry.at for entry in billing.ledger] == sorted(entry.at for entry in billing.ledger)


@given(steps)
def test_a_row_that_was_changed_is_found(what: list[tuple[EntryKind, int, int, int, str]]) -> None:
    billing = Billing()
    for number, (kind, cents, _seconds, _ref, _text) in enumerate(what):
        ledger.post(billing, kind, cents, str(number), "x", START)
    for entry in billing.ledger:
        entry.amount += 1
        assert not ledger.adds_up(billing)
        entry.amount -= 1
    assert ledger.adds_up(billing)


def test_old_usage_is_put_together_by_month_and_every_balance_stays() -> None:
    billing = Billing()
    ledger.post(billing, EntryKind.TOP_UP, 100_000_00, "first", "Top-up", START)
    for day in range(3 * 365):
        now = START + timedelta(days=day)
        if day % 100 == 50:
            ledger.post(billing, EntryKind.TOP_UP, 20_000, str(day), "Top-up", now)
        ledger.spend(billing, 1_180, "Usage", now)
    assert ledger.adds_up(billing)
    assert len(billing.ledger) <= LEDGER_ROWS
    assert ledger.balance(billing) == 100_000_00 + 11 * 20_000 - 3 * 365 * 1_180
    assert sum(entry.kind is EntryKind.TOP_UP for entry in billing.ledger) == 12
    assert ledger.burn(billing, now) == 1_180


def test_usage_of_a_day_is_one_row_until_a_top_up_comes_between() -> None:
    billing = Billing()
    for hour in range(5):
        ledger.spend(billing, 10, "Usage", START + timedelta(hours=hour))
    assert [entry.amount for entry in billing.ledger] == [-50]
    ledger.post(billing, EntryKind.TOP_UP, 1_000, "a", "Top-up", START + timedelta(hours=6))
    ledger.spend(billing, 10, "Usage", START + timedelta(hours=7))
    ledger.spend(billing, 10, "Usage", START + timedelta(days=1))
    assert [entry.balance for entry in billing.ledger] == [-50, 950, 940, 930]


def test_days_left_are_whole_days_at_the_average_of_a_week() -> None:
    billing = Billing()
    ledger.post(billing, EntryKind.TOP_UP, 22_000, "a", "Top-up", START - timedelta(days=30))
    assert ledger.days_left(billing, START) is None
    for day in range(7):
        ledger.spend(billing, 1_180, "Usage", START - timedelta(days=6 - day))
    assert ledger.burn(billing, START) == 1_180
    assert ledger.balance(billing) == 13_740
    assert ledger.days_left(billing, START) == 11
    ledger.spend(billing, 20_000, "Usage", START)
    assert ledger.days_left(billing, START) == 0


def test_a_young_account_is_not_averaged_over_days_before_it_began() -> None:
    billing = Billing()
    ledger.post(billing, EntryKind.TOP_UP, 10_000, "a", "Top-up", START)
    ledger.spend(billing, 1_000, "Usage", START + timedelta(hours=5))
    assert ledger.burn(billing, START + timedelta(hours=6)) == 1_000
    ledger.spend(billing, 1_000, "Usage", START + timedelta(days=1))
    assert ledger.burn(billing, START + timedelta(days=2)) == 1_000


@given(st.integers(min_value=-(10**9), max_value=10**9))
def test_amounts_read_as_they_are_written(cents: int) -> None:
    shown = dollars(cents)
    assert shown.startswith("-$" if cents < 0 else "$")
    assert int(shown.replace("$", "").replace(",", "").replace(".", "")) == cents
    if 0 <= cents < 10**9:
        for text in (shown, plain(cents), f" {plain(cents)} "):
            assert amount(text, "amount", least=0, most=10**9) == cents


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "1.5",
        "1.555",
        "-5",
        "+5",
        "1e3",
        "0x10",
        "1,00",
        "1,0000",
        "12,34.00",
        "١٢",
        "½",
        "1 000",
        "nan",
        "$",
        "25€",
    ],
)
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        amount(text, "amount", least=0, most=10**9)
    assert refused.value.field == "amount"


def test_limits_are_inclusive_and_named() -> None:
    assert amount("10", "amount", least=1_000, most=100_000) == 1_000
    assert amount("$1,000.00", "amount", least=1_000, most=100_000) == 100_000
    for text in ("9.99", "1000.01"):
        with pytest.raises(InvalidInput, match=r"Between \$10\.00 and \$1,000\.00"):
            amount(text, "amount", least=1_000, most=100_000)
