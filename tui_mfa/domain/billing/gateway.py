"""What billing needs from a payment provider, as a protocol; the adapters stand in ``tui_mfa/payments``."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from tui_mfa.domain.billing.model import PaymentKind, PaymentState
from tui_mfa.domain.errors import DomainError, Unavailable


class PaymentsUnavailable(Unavailable):
    """The payment provider does not answer, or not in a way that can be used; asking again is harmless."""

    code = "payments_unavailable"


class ForgedWebhook(DomainError):
    """A webhook whose signature does not fit; nothing in it was looked at."""

    code = "forged_webhook"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What the provider is asked for; the same order asked for twice is one order (its id is the idempotency key)."""

    payment_id: str
    account_id: str
    kind: PaymentKind
    amount: int
    """Cents; 0 for a card."""
    text: str
    """What the person reads on the provider's page."""
    email: str
    customer: str
    """The provider's name for the account; empty at the first order."""
    expires_at: datetime
    """When the page goes, where it goes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The provider knows the order."""

    reference: str
    url: str
    """Where a person pays; empty where there is no page."""
    expires_at: datetime | None
    """``None`` where it stays until it is paid."""
    customer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedCard:
    """What a provider tells about a card."""

    reference: str
    brand: str
    last4: str
    exp_month: int
    exp_year: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What the provider says about one order."""

    account_id: str
    payment_id: str
    state: PaymentState
    amount: int
    """Cents that were really paid; counts with ``PAID`` only."""
    reference: str = ""
    problem: str = ""
    """Why it failed, in words for the person."""
    card: SavedCard | None = None
    """The card that was saved."""


class Payments(Protocol):
    """A payment provider. Every call answers within ten seconds or raises ``PaymentsUnavailable``."""

    @property
    def name(self) -> str:
        """``offline`` or ``stripe``."""

    @property
    def takes_cards(self) -> bool:
        """Whether cards can be saved, and auto-refills charged to them."""

    def open_page(self, order: Order) -> Page:
        """Make the page on which an order is paid, or a card entered."""

    def charge(self, order: Order, card: str) -> Outcome:
        """Charge a saved card, its owner absent."""

    def look(self, kind: PaymentKind, reference: str) -> Outcome | None:
        """Return how an order stands, or ``None`` when the provider cannot tell."""

    def read_webhook(self, body: bytes, signature: str) -> Outcome | None:
        """Return what a webhook tells, ``None`` when it is about nothing of ours; raises ``ForgedWebhook``."""

    def close_page(self, reference: str) -> None:
        """Make a page useless; harmless when it is used or gone."""

    def forget_card(self, card: str) -> None:
        """Remove a saved card; harmless when it is gone."""
