"""A year of money for the demo's account: top-ups, usage that grows, refills, and what goes wrong now and then."""

from datetime import datetime, timedelta
from typing import Final

from tui_mfa.domain.account import Account
from tui_mfa.domain.billing import invoices, ledger
from tui_mfa.domain.billing.model import (
    AutoRefill,
    Card,
    EntryKind,
    Invoice,
    InvoiceKind,
    InvoiceStatus,
)

DAYS: Final = 365

BALANCE: Final = 13_742
"""Cents that are left today: about eleven days at ``BURN``."""

BURN: Final = 1_180
"""Cents per day at present."""

BURN_BEFORE: Final = 696
"""Cents per day until the large top-up."""

LARGE_AT: Final = 291
"""Day of the large top-up: from then on ``BURN`` leads to ``BALANCE`` today."""

MINIMUM: Final = 10_000
REFILL: Final = 20_000
REFILLS: Final = 10

MANUAL: Final = {0: 1_000, 1: 2_500, 4: 5_000, LARGE_AT: 100_000}
"""Cents added by hand, by day; the smallest and the largest that can be."""

CREDIT_AT: Final = 320
CREDIT: Final = 5_000
"""Day and cents of the credit note."""

VOID_AT: Final = 200
OPEN_AT: Final = 362
"""Days of an invoice that was cancelled, and of one whose payment failed."""

KEPT: Final = 14
"""Days of usage that stand alone; what is older stands by the month."""


def fill(account: Account, now: datetime, series: str) -> None:
    """Give an account a year of money, ending now.

    Args:
        account: One without any.
        now: The end.
        series: Of its invoices.
    """
    billing = account.billing
    billing.series = series
    begin = now - timedelta(days=DAYS)
    for day in range(DAYS + 1):
        at = begin + timedelta(days=day) - timedelta(hours=2)
        _invoices_of(account, day, at)
        _use(account, day, at + timedelta(minutes=30))
    old = [row for row in billing.ledger if row.at < now - timedelta(days=KEPT)]
    billing.ledger = ledger.by_month(old) + billing.ledger[len(old) :]
    billing.cards = _cards(begin, now)
    billing.default_card = billing.cards[0].reference
    billing.refill = AutoRefill(on=True, minimum=MINIMUM, amount=REFILL)


def _invoices_of(account: Account, day: int, at: datetime) -> None:
    billing = account.billing
    if cents := MANUAL.get(day):
        _pay(account, _top_up(account, cents, at), at)
    refills = sum(one.kind is InvoiceKind.AUTO_REFILL for one in billing.invoices)
    if day > max(MANUAL.keys() - {LARGE_AT}) and refills < REFILLS and ledger.balance(billing) < MINIMUM:
        text = "Auto-refill below $100.00"
        _pay(account, invoices.issue(account, InvoiceKind.AUTO_REFILL, REFILL, text, at), at)
    if day == VOID_AT:
        why = "The payment page was not used in time."
        invoices.settle(_top_up(account, 2_500, at), InvoiceStatus.VOID, at + timedelta(hours=23), why)
    if day == OPEN_AT:
        _top_up(account, 5_000, at)
    if day == CREDIT_AT:
        about = next(one for one in reversed(billing.invoices) if one.amount == MANUAL[LARGE_AT])
        text = f"Credit for {about.number}"
        note = invoices.issue(account, InvoiceKind.CREDIT_NOTE, -CREDIT, text, at)
        invoices.settle(note, InvoiceStatus.PAID, at, "Outage of the night before")
        ledger.post(billing, EntryKind.CREDIT_NOTE, -CREDIT, note.number, text, at)


def _use(account: Account, day: int, at: datetime) -> None:
    """Use up what the day costs; the first days of the new rate make up for the rest."""
    billing = account.billing
    if day == LARGE_AT:
        ahead = (DAYS - LARGE_AT) * BURN + CREDIT + BALANCE
        ledger.spend(billing, ledger.balance(billing) - ahead, "Usage", at)
    elif day > 1:
        ledger.spend(billing, BURN if day > LARGE_AT else BURN_BEFORE, "Usage", at)


def _top_up(account: Account, cents: int, at: datetime) -> Invoice:
    return invoices.issue(account, InvoiceKind.TOP_UP, cents, f"Credits for {account.username}", at)


def _pay(account: Account, invoice: Invoice, at: datetime) -> None:
    invoices.settle(invoice, InvoiceStatus.PAID, at + timedelta(minutes=2), "")
    text = f"Top-up {invoice.number}"
    ledger.post(account.billing, EntryKind.TOP_UP, invoice.amount, invoice.number, text, at + timedelta(minutes=2))


def _cards(begin: datetime, now: datetime) -> list[Card]:
    """Return a good card, one that goes this month, one that is gone, and a debit that has no end."""
    facts = (
        ("visa", "4242", 12, 2030),
        ("mastercard", "4444", now.month, now.year),
        ("amex", "0005", 6, now.year - 1),
        ("sepa_debit", "3000", 0, 0),
    )
    return [
        Card(reference=f"card_{number}", brand=brand, last4=last4, exp_month=month, exp_year=year, added_at=begin)
        for number, (brand, last4, month, year) in enumerate(facts, start=1)
    ]
