"""What an account keeps about money. All amounts are whole cents of US dollars; no card number is ever in here."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

TOP_UP_MIN: Final = 1_000
"""Cents: $10, the least that can be added at once (Elestio, “Add Credits”)."""

TOP_UP_MAX: Final = 100_000
"""Cents: $1,000, the most per transaction (the same page)."""

MINIMUM_MAX: Final = 100_000
"""Cents: the highest minimum balance that starts an auto-refill; more than one refill could never reach it."""

WARNING_DAYS: Final = 7
"""Days of credit left below which a warning goes out once a day (Elestio, FAQ)."""

WARNING_DAYS_MAX: Final = 90
"""The highest warning limit, in days."""

OPEN_MAX: Final = 10
"""Invoices of one account that may be open at once; whoever wants more pays or has one voided first."""

CARDS_MAX: Final = 10
"""Saved cards of one account."""

CHECKOUT_LIFE: Final = timedelta(hours=23)
"""Life of a hosted page: Stripe takes 24 hours at most (``expires_at``) by its own clock, so ours may be off by one."""

REFILL_PAUSE: Final = timedelta(hours=24)
"""Between two tries of an auto-refill that failed."""

REFILL_TRIES: Final = 3
"""Auto-refills that may fail in a row; then the switch is turned off and the owner told."""

PAYMENTS_KEPT: Final = timedelta(days=90)
"""How long a finished payment is remembered beside its invoice; Stripe repeats a webhook for three days."""

LEDGER_ROWS: Final = 400
"""Rows beyond which the oldest usage is put together, month by month."""


class InvoiceStatus(StrEnum):
    """Where an invoice stands."""

    OPEN = "open"
    PAID = "paid"
    VOID = "void"
    """Never paid and never to be paid; its number stays taken, so the series has no gap."""


class InvoiceKind(StrEnum):
    """Why an invoice was made."""

    TOP_UP = "top_up"
    AUTO_REFILL = "auto_refill"
    CREDIT_NOTE = "credit_note"
    """Takes back a part of a paid invoice; its amount is below zero."""


class EntryKind(StrEnum):
    """Why the balance changed."""

    TOP_UP = "top_up"
    USAGE = "usage"
    CREDIT_NOTE = "credit_note"


class PaymentKind(StrEnum):
    """What a hosted page or a charge is for."""

    TOP_UP = "top_up"
    AUTO_REFILL = "auto_refill"
    CARD = "card"
    """Saves a card; costs nothing."""


class PaymentState(StrEnum):
    """What is known about a payment."""

    STARTED = "started"
    """Written down before the provider was asked; it may or may not know it."""
    PENDING = "pending"
    """The provider knows it; nothing is paid yet."""
    PAID = "paid"
    FAILED = "failed"
    EXPIRED = "expired"
    """Its page was not used in time, or the invoice was voided."""


LIVE: Final = frozenset({PaymentState.STARTED, PaymentState.PENDING})
"""States from which a payment goes on by itself."""


@dataclass(slots=True, kw_only=True)
class Entry:
    """One row of the ledger."""

    at: datetime
    kind: EntryKind
    amount: int
    """Cents; above zero is credit, below zero is spent."""
    balance: int
    """Cents after this row: the balance of the row before and this amount."""
    text: str
    """What for, in words."""
    ref: str
    """What it stands for (a payment, an invoice number, a day of usage); no other row of its kind has the same."""


@dataclass(slots=True, kw_only=True)
class Invoice:
    """One invoice, or a credit note. Issued once, never changed but in its status."""

    number: str
    """``INV-K7QM2X-0001``: the account's series and a number without gaps in it."""
    kind: InvoiceKind
    status: InvoiceStatus
    issued_at: datetime
    amount: int
    """Cents."""
    text: str
    """What for, in words."""
    bill_to: list[str] = field(default_factory=list)
    """Whom it is made out to, line by line, as the profile was on that day."""
    settled_at: datetime | None = None
    """When it was paid or voided."""
    note: str = ""
    """A further line: why it is void, how it was paid, which invoice a credit note is about."""


@dataclass(slots=True, kw_only=True)
class Payment:
    """One try to get money or a card from somebody, by whatever way."""

    id: str
    """16 hex digits; also the key that makes a repeated call to the provider harmless."""
    kind: PaymentKind
    state: PaymentState
    amount: int
    """Cents; 0 for a card."""
    invoice: str
    """Number of the invoice that it pays; empty for a card."""
    code: str
    """Twelve characters: the secret part of the short URL."""
    started_at: datetime
    changed_at: datetime
    expires_at: datetime | None = None
    """When its page goes; ``None`` where there is no page, or one that stays."""
    reference: str = ""
    """The provider's name for it; empty until the provider answered."""
    url: str = ""
    """The provider's page; empty where there is none."""
    problem: str = ""
    """Why it failed, in words for the person."""


@dataclass(slots=True, kw_only=True)
class Card:
    """A saved card, as far as it may be shown."""

    reference: str
    """The provider's name for it; worth nothing without the provider's key."""
    brand: str
    """``visa``, ``mastercard``, …"""
    last4: str
    """The last four digits, for its owner to tell it by."""
    exp_month: int
    exp_year: int
    added_at: datetime


@dataclass(slots=True, kw_only=True)
class AutoRefill:
    """When and how much is added without asking."""

    on: bool = False
    minimum: int = 10_000
    """Cents: a balance below it starts a refill."""
    amount: int = 20_000
    """Cents to add."""
    tried_at: datetime | None = None
    """When the last one that failed was tried; the next waits ``REFILL_PAUSE``."""
    failures: int = 0
    """Failed ones in a row."""


@dataclass(slots=True, kw_only=True)
class Billing:
    """Everything about money of one account."""

    series: str = ""
    """Six characters that no other account has, set with the first invoice or card; all its numbers begin with it."""
    issued: int = 0
    """Invoices of the series so far: the next one's number is one higher."""
    ledger: list[Entry] = field(default_factory=list)
    """Oldest first."""
    invoices: list[Invoice] = field(default_factory=list)
    """Oldest first; none is ever removed."""
    payments: list[Payment] = field(default_factory=list)
    cards: list[Card] = field(default_factory=list)
    default_card: str = ""
    """Reference of the card that auto-refills use."""
    customer: str = ""
    """The provider's name for the account."""
    refill: AutoRefill = field(default_factory=AutoRefill)
    warning_days: int = WARNING_DAYS
    """Credit for fewer days than this is warned about; 0 never."""
    warned_at: datetime | None = None
    """When the last warning was queued."""
    charged_until: datetime | None = None
    """Up to when usage was charged: the same time is never charged twice."""
