"""What an account's owner does about money: look, add credits, save cards, set auto-refill and warnings."""

from datetime import datetime, timedelta
from typing import Final

from tui_mfa.domain.account import Account
from tui_mfa.domain.billing import invoices, orders, settling
from tui_mfa.domain.billing.model import (
    CARDS_MAX,
    LIVE,
    MINIMUM_MAX,
    TOP_UP_MAX,
    TOP_UP_MIN,
    WARNING_DAYS_MAX,
    Billing,
    Card,
    Invoice,
    InvoiceKind,
    InvoiceStatus,
    Payment,
    PaymentKind,
    PaymentState,
)
from tui_mfa.domain.billing.money import dollars, within
from tui_mfa.domain.billing.views import Overview, PaymentView, overview_of, view_of
from tui_mfa.domain.errors import InvalidInput, NotAllowed
from tui_mfa.domain.events import Tag
from tui_mfa.domain.login import guard
from tui_mfa.domain.login.model import Session
from tui_mfa.domain.ports import Services

REUSED_FOR: Final = timedelta(hours=22)
"""How long an order that got no answer is asked again under its key; Stripe keeps keys for 24 hours."""


def overview(services: Services, session: Session) -> Overview:
    """Return everything about the account's money; raises ``SessionEnded`` when the session is over."""
    return overview_of(services, _snapshot(services, session))


def begin_top_up(services: Services, session: Session, cents: int) -> PaymentView:
    """Make an open invoice and the page on which it is paid.

    Asked for again after the provider did not answer, it is the same invoice and, to the provider, the same order.

    Args:
        services: Everything.
        session: Whose.
        cents: How much, from $10 to $1,000.

    Raises:
        InvalidInput: The amount is not within the limits.
        NotAllowed: Too many invoices are open.
        PaymentsUnavailable: The provider does not answer; ask again.
    """
    within(cents, "amount", least=TOP_UP_MIN, most=TOP_UP_MAX)
    _snapshot(services, session)
    orders.ensure_series(services, session.account_id)
    with guard.in_session(services, session) as (account, _record, now):
        payment = _unanswered(account.billing, PaymentKind.TOP_UP, cents, now)
        if payment is None:
            orders.check_open(account.billing)
            invoice = invoices.issue(account, InvoiceKind.TOP_UP, cents, f"Credits for {account.username}", now)
            payment = orders.start(services, account, PaymentKind.TOP_UP, invoice, now)
            account.record(now, Tag.TOP_UP_ASKED, session.origin.label, invoice=invoice.number, amount=dollars(cents))
    return orders.open_page(services, session.account_id, payment.id)


def pay_invoice(services: Services, session: Session, number: str) -> PaymentView:
    """Return the payment of an open invoice that is under way, or begin a new one."""
    with guard.in_session(services, session) as (account, _record, now):
        invoice = invoices.find(account, number)
        if invoice.status is not InvoiceStatus.OPEN:
            raise NotAllowed(f"{invoice.number} is {invoice.status}: there is nothing to pay.")
        payment = settling.live_for(account.billing, invoice.number)
        if payment is None or _is_stale(payment, now):
            payment = orders.start(services, account, PaymentKind.TOP_UP, invoice, now)
    if payment.state is PaymentState.PENDING:
        return look(services, session, payment.id)
    return orders.open_page(services, session.account_id, payment.id)


def begin_card(services: Services, session: Session) -> PaymentView:
    """Make the page on which a card is entered; its number is seen by the provider alone.

    Raises:
        NotAllowed: Cards are not taken here, or too many are saved.
        PaymentsUnavailable: The provider does not answer; ask again.
    """
    if not services.payments.takes_cards:
        raise NotAllowed("Cards are not taken here: top-ups are paid by invoice.")
    _snapshot(services, session)
    orders.ensure_series(services, session.account_id)
    with guard.in_session(services, session) as (account, _record, now):
        if len(account.billing.cards) >= CARDS_MAX:
            raise NotAllowed(f"{CARDS_MAX} cards are saved. Remove one first.")
        payment = _unanswered(account.billing, PaymentKind.CARD, 0, now)
        payment = payment or orders.start(services, account, PaymentKind.CARD, None, now)
    return orders.open_page(services, session.account_id, payment.id)


def look(services: Services, session: Session, payment_id: str) -> PaymentView:
    """Ask the provider how a payment stands, write it down, and return it.

    Raises:
        InvalidInput: There is no such payment.
        PaymentsUnavailable: The provider does not answer; ask again.
    """
    payment = orders.payment_of(_snapshot(services, session).billing, payment_id)
    if payment.state in LIVE and payment.reference:
        outcome = services.payments.look(payment.kind, payment.reference)
        if outcome is not None and (outcome.account_id, outcome.payment_id) == (session.account_id, payment.id):
            settling.apply(services, outcome)
    billing = _snapshot(services, session).billing
    return view_of(services, billing, orders.payment_of(billing, payment_id))


def cancel(services: Services, session: Session, number: str) -> Invoice:
    """Void an open invoice that is not to be paid, and close its page.

    Raises:
        NotAllowed: It is paid or void, or was paid at this very moment.
    """
    payment = settling.live_for(_snapshot(services, session).billing, number)
    if payment is not None and payment.reference:
        if look(services, session, payment.id).state is PaymentState.PAID:
            raise NotAllowed(f"{number} was paid just now. The credits are yours.")
        services.payments.close_page(payment.reference)
    with guard.in_session(services, session) as (account, _record, now):
        return orders.void(account, number, now, session.origin.label, "Cancelled by the account's owner.")


def remove_card(services: Services, session: Session, reference: str) -> None:
    """Remove a saved card, here and at the provider."""
    _card(_snapshot(services, session).billing, reference)
    services.payments.forget_card(reference)
    with guard.in_session(services, session) as (account, _record, now):
        billing = account.billing
        card = next((card for card in billing.cards if card.reference == reference), None)
        if card is None:
            return
        billing.cards.remove(card)
        if billing.default_card == reference:
            billing.default_card = billing.cards[-1].reference if billing.cards else ""
        if not billing.cards and services.payments.takes_cards:
            billing.refill.on = False
        account.record(now, Tag.CARD_REMOVED, session.origin.label, card=f"{card.brand} {card.last4}")


def choose_card(services: Services, session: Session, reference: str) -> None:
    """Make a card the one that auto-refills use."""
    with guard.in_session(services, session) as (account, _record, now):
        card = _card(account.billing, reference)
        if account.billing.default_card != reference:
            account.billing.default_card = reference
            shown = f"{card.brand} {card.last4}"
            account.record(now, Tag.BILLING_SETTINGS, session.origin.label, default_card=shown)


def save_settings(
    services: Services, session: Session, *, refill: bool, minimum: int, amount: int, warning_days: int
) -> None:
    """Set auto-refill and the limit of the credit warning.

    Args:
        services: Everything.
        session: Whose.
        refill: Whether credits are added without asking.
        minimum: Cents; a balance below it starts a refill.
        amount: Cents to add.
        warning_days: Credit for fewer days is warned about; 0 never.

    Raises:
        InvalidInput: With the field that is not acceptable.
    """
    within(minimum, "minimum", least=0, most=MINIMUM_MAX)
    within(amount, "refill_amount", least=TOP_UP_MIN, most=TOP_UP_MAX)
    if not 0 <= warning_days <= WARNING_DAYS_MAX:
        raise InvalidInput(f"0 to {WARNING_DAYS_MAX} days, please; 0 switches the warning off.", field="warning_days")
    with guard.in_session(services, session) as (account, _record, now):
        billing = account.billing
        if refill and services.payments.takes_cards and not billing.default_card:
            raise InvalidInput("Auto-refill needs a saved card: add one first.", field="refill")
        mine = billing.refill
        before = (mine.on, mine.minimum, mine.amount, billing.warning_days)
        if before == (refill, minimum, amount, warning_days):
            return
        if refill and not mine.on:
            mine.failures, mine.tried_at = 0, None
        mine.on, mine.minimum, mine.amount, billing.warning_days = refill, minimum, amount, warning_days
        account.record(now, Tag.BILLING_SETTINGS, session.origin.label, auto_refill="on" if refill else "off")


def _snapshot(services: Services, session: Session) -> Account:
    account = guard.load(services.store, session.account_id)
    guard.find_session(account, session, services.policy, services.clock.now())
    return account


def _card(billing: Billing, reference: str) -> Card:
    for card in billing.cards:
        if card.reference == reference:
            return card
    raise InvalidInput("There is no such card.", field="card")


def _unanswered(billing: Billing, kind: PaymentKind, cents: int, now: datetime) -> Payment | None:
    """Return the payment of the same kind and amount whose page was asked for and never came."""
    for payment in billing.payments:
        asked_for = payment.kind is kind and payment.amount == cents and payment.state is PaymentState.STARTED
        if asked_for and not _is_stale(payment, now):
            return payment
    return None


def _is_stale(payment: Payment, now: datetime) -> bool:
    return payment.state is PaymentState.STARTED and now - payment.started_at > REUSED_FOR
