"""What the screens and commands show about money."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from tui_mfa.domain.account import Account
from tui_mfa.domain.billing import ledger
from tui_mfa.domain.billing.model import Billing, Payment, PaymentKind, PaymentState
from tui_mfa.domain.ports import Services

PATH: Final = "/c/"
"""Where ``tui-mfa api`` redirects to a provider's page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentView:
    """How one payment stands."""

    id: str
    kind: PaymentKind
    state: PaymentState
    amount: int
    invoice: str
    link: str
    """The URL to open, short where there is a short one; empty where nothing is to be opened."""
    expires_at: datetime | None
    problem: str
    instructions: str
    """How to pay where there is no page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """Everything about money of one account."""

    billing: Billing
    """A snapshot of its own."""
    balance: int
    """Cents."""
    burn: int
    """Cents per day."""
    days_left: int | None
    """``None`` when nothing is used."""
    takes_cards: bool
    instructions: str


def overview_of(services: Services, account: Account) -> Overview:
    """Return what is shown about an account's money."""
    now = services.clock.now()
    return Overview(
        billing=account.billing,
        balance=ledger.balance(account.billing),
        burn=ledger.burn(account.billing, now),
        days_left=ledger.days_left(account.billing, now),
        takes_cards=services.payments.takes_cards,
        instructions=instructions_of(services),
    )


def instructions_of(services: Services) -> str:
    """Return how an open invoice is paid without a page; empty where there are pages."""
    if services.payments.takes_cards:
        return ""
    support = services.policy.support_address
    ask = f"ask {support}" if support else "ask whoever runs this service"
    return services.policy.payment_instructions or f"How to pay this invoice: {ask}, and name its number."


def view_of(services: Services, billing: Billing, payment: Payment) -> PaymentView:
    """Return how a payment stands."""
    live = payment.state is PaymentState.PENDING
    return PaymentView(
        id=payment.id,
        kind=payment.kind,
        state=payment.state,
        amount=payment.amount,
        invoice=payment.invoice,
        link=_link(services, billing, payment) if live else "",
        expires_at=payment.expires_at,
        problem=payment.problem,
        instructions="" if payment.url else instructions_of(services),
    )


def lasts(balance: int, days: int | None) -> str:
    """Return how long a balance lasts, in words."""
    if balance <= 0:
        return "nothing is left"
    if days is None:
        return "nothing is used at present"
    return "less than a day" if days == 0 else f"about {days} day{'' if days == 1 else 's'}"


def _link(services: Services, billing: Billing, payment: Payment) -> str:
    base = services.policy.public_url.rstrip("/")
    return f"{base}{PATH}{billing.series}-{payment.code}" if base and payment.url else payment.url
