"""The balance: rows that always add up."""

from datetime import UTC, datetime, timedelta
from typing import Final

from tui_mfa.domain.billing.model import LEDGER_ROWS, Billing, Entry, EntryKind

BURN_WINDOW: Final = timedelta(days=7)
"""How far back usage is averaged: a whole week, so that quiet weekends count."""


def balance(billing: Billing) -> int:
    """Return the cents that are left."""
    return billing.ledger[-1].balance if billing.ledger else 0


def post(billing: Billing, kind: EntryKind, amount: int, ref: str, text: str, now: datetime) -> bool:
    """Add a row, unless the same thing was booked before.

    Args:
        billing: The open account's.
        kind: Why.
        amount: Cents; above zero is credit.
        ref: What it stands for.
        text: The same in words.
        now: When; a clock that went back never puts a row before another.

    Returns whether there is a new row: nothing is ever credited or taken twice.
    """
    if any(entry.ref == ref and entry.kind is kind for entry in billing.ledger):
        return False
    at = max(now, billing.ledger[-1].at) if billing.ledger else now
    billing.ledger.append(Entry(at=at, kind=kind, amount=amount, balance=balance(billing) + amount, text=text, ref=ref))
    fold(billing)
    return True


def spend(billing: Billing, amount: int, text: str, now: datetime) -> None:
    """Take cents for usage; what is used on one day (UTC) without a top-up in between is one row."""
    last = billing.ledger[-1] if billing.ledger else None
    if last is not None and last.kind is EntryKind.USAGE and last.text == text and last.at.date() == now.date():
        last.amount -= amount
        last.balance -= amount
        last.at = max(last.at, now)
        return
    post(billing, EntryKind.USAGE, -amount, f"{now:%Y-%m-%dT%H:%M:%S.%f}-{len(billing.ledger)}", text, now)


def burn(billing: Billing, now: datetime) -> int:
    """Return the cents used per day, averaged over the last seven days or the account's own age, rounded up."""
    since = now - BURN_WINDOW
    rows = [entry for entry in billing.ledger if entry.kind is EntryKind.USAGE and entry.at > since]
    if not rows:
        return 0
    # Whoever began three days ago has used three days' worth, not a week's.
    first = min(entry.at for entry in billing.ledger)
    days = max(1, min(BURN_WINDOW.days, (now - first).days))
    return -(sum(entry.amount for entry in rows) // days)


def days_left(billing: Billing, now: datetime) -> int | None:
    """Return the whole days that the balance lasts at the present burn; ``None`` when nothing is used."""
    rate = burn(billing, now)
    return max(0, balance(billing)) // rate if rate > 0 else None


def fold(billing: Billing) -> None:
    """Put the oldest usage of one month into one row when there are too many rows; every balance stays as it was."""
    if len(billing.ledger) <= LEDGER_ROWS:
        return
    old, new = billing.ledger[: LEDGER_ROWS // 2], billing.ledger[LEDGER_ROWS // 2 :]
    billing.ledger = by_month(old) + new


def by_month(old: list[Entry]) -> list[Entry]:
    """Return rows with neighbouring usage of one month put together; the balance after each stays as it was."""
    kept: list[Entry] = []
    for entry in old:
        before = kept[-1] if kept else None
        if before is not None and _same_month(before, entry):
            before.amount += entry.amount
            before.balance = entry.balance
            before.at = entry.at
        else:
            kept.append(entry)
    return kept


def adds_up(billing: Billing) -> bool:
    """Say whether every row's balance is that of the row before and its amount."""
    left = 0
    for entry in billing.ledger:
        left += entry.amount
        if entry.balance != left:
            return False
    return True


def _same_month(before: Entry, entry: Entry) -> bool:
    months = {row.at.astimezone(UTC).strftime("%Y-%m") for row in (before, entry)}
    return before.kind is entry.kind is EntryKind.USAGE and before.text == entry.text and len(months) == 1
