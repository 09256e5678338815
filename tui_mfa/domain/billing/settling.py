"""What becomes of a payment: credited exactly once, whoever says so first, and however often it is said."""

from datetime import datetime

from tui_mfa.domain import notices
from tui_mfa.domain.account import Account
from tui_mfa.domain.billing import invoices, ledger
from tui_mfa.domain.billing.gateway import Outcome, SavedCard
from tui_mfa.domain.billing.model import (
    CARDS_MAX,
    LIVE,
    PAYMENTS_KEPT,
    REFILL_PAUSE,
    REFILL_TRIES,
    Billing,
    Card,
    EntryKind,
    InvoiceStatus,
    Payment,
    PaymentKind,
    PaymentState,
)
from tui_mfa.domain.billing.money import dollars
from tui_mfa.domain.errors import NoSuchAccount
from tui_mfa.domain.events import Tag
from tui_mfa.domain.ports import Claim, Services, Template
from tui_mfa.domain.tokens import same

PROVIDER = "payment provider"
"""From where a payment changes, as the audit log says it."""


def apply(services: Services, outcome: Outcome) -> PaymentState | None:
    """Write down what the provider says about a payment; return how it stands, ``None`` for one that is not ours.

    The account's lock and the payment's own state make it safe: a webhook that comes twice, before the poll, or beside
    it, credits nothing a second time.
    """
    now = services.clock.now()
    try:
        with services.store.account(outcome.account_id) as account:
            payment = find(account.billing, outcome.payment_id)
            if payment is None:
                return None
            if payment.state is not PaymentState.PAID:
                _move(account, payment, outcome, now)
            _forget_old(account.billing, now)
            return payment.state
    except NoSuchAccount:
        return None


def handle_webhook(services: Services, body: bytes, signature: str) -> PaymentState | None:
    """Take a provider's webhook: check the signature, settle the payment, tell the owner.

    Args:
        services: Everything.
        body: The request's body, byte for byte.
        signature: The header with the signature (``Stripe-Signature``).

    Returns how the payment stands now, ``None`` when it is about nothing of ours; both are a success to the provider.

    Raises:
        ForgedWebhook: The signature does not fit: answer 400.
        PaymentsUnavailable: Try again later: answer 503, and the provider repeats it.
    """
    outcome = services.payments.read_webhook(body, signature)
    if outcome is None:
        return None
    state = apply(services, outcome)
    if state is not None:
        notices.deliver(services, outcome.account_id)
    return state


def page_url(services: Services, short_id: str) -> str | None:
    """Return where ``/c/<short_id>`` leads, or ``None`` when there is no such page (any more)."""
    series, _, code = short_id.strip().upper().partition("-")
    account_id = services.store.find(Claim.SERIES, series) if invoices.series_of(series) else None
    if account_id is None:
        return None
    try:
        payments = services.store.get(account_id).billing.payments
    except NoSuchAccount:
        return None
    now = services.clock.now()
    for payment in payments:
        if same(payment.code, code) and payment.state is PaymentState.PENDING and payment.url:
            return payment.url if payment.expires_at is None or now < payment.expires_at else None
    return None


def find(billing: Billing, payment_id: str) -> Payment | None:
    """Return a payment by its id."""
    return next((payment for payment in billing.payments if payment.id == payment_id), None)


def live_for(billing: Billing, number: str) -> Payment | None:
    """Return the payment of an invoice that is under way."""
    mine = (payment for payment in billing.payments if payment.invoice == number and payment.state in LIVE)
    return next(mine, None)


def credit(account: Account, payment: Payment, now: datetime, origin: str, note: str) -> None:
    """Book a payment: invoice paid, ledger up, owner told. Inside the account's transaction.

    An invoice that is void or paid meanwhile stays what it is: the money came nevertheless, so it gets a new one.
    """
    invoice = invoices.find(account, payment.invoice)
    if invoice.status is not InvoiceStatus.OPEN:
        text = f"{invoice.text} (came after {invoice.number} was {invoice.status})"
        invoice = invoices.issue(account, invoice.kind, payment.amount, text, now)
        payment.invoice = invoice.number
    invoices.settle(invoice, InvoiceStatus.PAID, now, note)
    set_state(payment, PaymentState.PAID, now)
    ledger.post(account.billing, EntryKind.TOP_UP, payment.amount, payment.id, f"Top-up {invoice.number}", now)
    refill = account.billing.refill
    if payment.kind is PaymentKind.AUTO_REFILL:
        refill.failures, refill.tried_at = 0, None
    account.record(now, Tag.PAYMENT_PAID, origin, invoice=invoice.number, amount=dollars(payment.amount))
    more = {"amount": dollars(payment.amount), "number": invoice.number}
    if payment.kind is PaymentKind.AUTO_REFILL:
        notices.queue(account, Template.REFILL_DONE, origin, now, **more, state="paid")
    else:
        left = dollars(ledger.balance(account.billing))
        notices.queue(account, Template.PAYMENT_RECEIVED, origin, now, **more, balance=left)


def expire(account: Account, payment: Payment, now: datetime, why: str) -> None:
    """End a payment that nobody made, and void its invoice; its number stays taken."""
    set_state(payment, PaymentState.EXPIRED, now, why)
    if payment.kind is PaymentKind.CARD:
        return
    invoice = invoices.find(account, payment.invoice)
    if invoice.status is InvoiceStatus.OPEN:
        invoices.settle(invoice, InvoiceStatus.VOID, now, why)
        account.record(now, Tag.PAYMENT_EXPIRED, PROVIDER, invoice=invoice.number)


def fail(account: Account, payment: Payment, now: datetime, problem: str) -> None:
    """Note that a payment failed; the invoice stays open and can be paid anew."""
    set_state(payment, PaymentState.FAILED, now, problem or "The payment provider gave no reason.")
    account.record(now, Tag.PAYMENT_FAILED, PROVIDER, invoice=payment.invoice)
    if payment.kind is not PaymentKind.AUTO_REFILL:
        return
    refill = account.billing.refill
    refill.failures += 1
    refill.tried_at = now
    hours = int(REFILL_PAUSE.total_seconds() // 3600)
    after = f"another try in {hours} hours"
    if refill.failures >= REFILL_TRIES:
        refill.on = False
        after = f"none, auto-refill is switched off after {REFILL_TRIES} failures"
        account.record(now, Tag.REFILL_SWITCHED_OFF, PROVIDER)
    notices.queue(
        account,
        Template.REFILL_FAILED,
        PROVIDER,
        now,
        amount=dollars(payment.amount),
        number=payment.invoice,
        problem=payment.problem,
        next=after,
    )


def set_state(payment: Payment, state: PaymentState, now: datetime, problem: str = "") -> None:
    """Move a payment to a state."""
    payment.state, payment.changed_at, payment.problem = state, now, problem


def _move(account: Account, payment: Payment, outcome: Outcome, now: datetime) -> None:
    payment.reference = payment.reference or outcome.reference
    if outcome.state is PaymentState.PAID:
        if payment.kind is PaymentKind.CARD:
            _save_card(account, payment, outcome.card, now)
        elif outcome.amount == payment.amount:
            credit(account, payment, now, PROVIDER, "")
        elif payment.state in LIVE:
            fail(account, payment, now, f"The provider reports {dollars(outcome.amount)}. Write to support.")
    elif payment.state not in LIVE:
        return  # what has ended goes on only by money that came
    elif outcome.state is PaymentState.PENDING:
        if payment.state is PaymentState.STARTED:
            set_state(payment, PaymentState.PENDING, now)
    elif outcome.state is PaymentState.FAILED:
        fail(account, payment, now, outcome.problem)
    elif outcome.state is PaymentState.EXPIRED:
        expire(account, payment, now, "The payment page was not used in time.")


def _save_card(account: Account, payment: Payment, saved: SavedCard | None, now: datetime) -> None:
    billing = account.billing
    if saved is None:
        fail(account, payment, now, "The payment provider told nothing about the card.")
        return
    others = [card for card in billing.cards if card.reference != saved.reference]
    card = Card(
        reference=saved.reference,
        brand=saved.brand,
        last4=saved.last4[-4:],
        exp_month=saved.exp_month,
        exp_year=saved.exp_year,
        added_at=now,
    )
    billing.cards = [*others, card][-CARDS_MAX:]
    if not any(other.reference == billing.default_card for other in billing.cards):
        billing.default_card = card.reference
    set_state(payment, PaymentState.PAID, now)
    account.record(now, Tag.CARD_SAVED, PROVIDER, card=f"{card.brand} {card.last4}")


def _forget_old(billing: Billing, now: datetime) -> None:
    """Drop payments that ended long ago; an invoice keeps what matters."""
    billing.payments = [
        payment for payment in billing.payments if payment.state in LIVE or now - payment.changed_at < PAYMENTS_KEPT
    ]
