"""Orders: what is written down before a provider is asked, and the page that comes of it."""

from datetime import datetime
from typing import Final

from tui_mfa.domain.account import Account
from tui_mfa.domain.billing import invoices, settling
from tui_mfa.domain.billing.gateway import Order
from tui_mfa.domain.billing.model import (
    CHECKOUT_LIFE,
    LIVE,
    OPEN_MAX,
    Billing,
    Invoice,
    InvoiceStatus,
    Payment,
    PaymentKind,
    PaymentState,
)
from tui_mfa.domain.billing.views import PaymentView, view_of
from tui_mfa.domain.errors import InvalidInput, NameTaken, NotAllowed
from tui_mfa.domain.events import Tag
from tui_mfa.domain.ports import Services
from tui_mfa.domain.tokens import CROCKFORD, new_id

CODE_LENGTH: Final = 12
"""Characters of 5 bits in a short URL: 60 bits, which nobody guesses within the day that it lives."""

_SERIES_TRIES: Final = 8
"""Draws of a series before it counts as impossible; one in a thousand million is taken at a thousand accounts."""


def ensure_series(services: Services, account_id: str) -> None:
    """Give an account the series of its invoices, once; the store says which are free."""
    if services.store.get(account_id).billing.series:
        return
    for _ in range(_SERIES_TRIES):
        try:
            with services.store.account(account_id) as account:
                account.billing.series = account.billing.series or invoices.new_series(services.entropy)
        except NameTaken:
            continue
        return
    raise NameTaken("No free series of invoice numbers was found. Try again.")


def check_open(billing: Billing) -> None:
    """Raise ``NotAllowed`` when too many invoices are open."""
    if sum(invoice.status is InvoiceStatus.OPEN for invoice in billing.invoices) >= OPEN_MAX:
        raise NotAllowed(f"{OPEN_MAX} invoices are open. Pay or cancel one first: see Invoices.")


def start(services: Services, account: Account, kind: PaymentKind, invoice: Invoice | None, now: datetime) -> Payment:
    """Write a payment down before anybody is asked for money, inside the account's transaction."""
    payment = Payment(
        id=new_id(services.entropy, 8),
        kind=kind,
        state=PaymentState.STARTED,
        amount=invoice.amount if invoice is not None else 0,
        invoice=invoice.number if invoice is not None else "",
        code="".join(CROCKFORD[services.entropy.below(len(CROCKFORD))] for _ in range(CODE_LENGTH)),
        started_at=now,
        changed_at=now,
    )
    account.billing.payments.append(payment)
    return payment


def order_of(account: Account, payment: Payment) -> Order:
    """Return what the provider is asked for; the same whenever it is asked."""
    what = "Save a card" if payment.kind is PaymentKind.CARD else f"Credits, invoice {payment.invoice}"
    return Order(
        payment_id=payment.id,
        account_id=account.id,
        kind=payment.kind,
        amount=payment.amount,
        text=what,
        email=account.email.address,
        customer=account.billing.customer,
        expires_at=payment.started_at + CHECKOUT_LIFE,
    )


def open_page(services: Services, account_id: str, payment_id: str) -> PaymentView:
    """Have the provider make the page of a payment that is written down, and keep where it is."""
    snapshot = services.store.get(account_id)
    page = services.payments.open_page(order_of(snapshot, payment_of(snapshot.billing, payment_id)))
    with services.store.account(account_id) as account:
        billing = account.billing
        payment = payment_of(billing, payment_id)
        billing.customer = billing.customer or page.customer
        payment.reference, payment.url, payment.expires_at = page.reference, page.url, page.expires_at
        if payment.state is PaymentState.STARTED:  # a webhook may have been faster
            settling.set_state(payment, PaymentState.PENDING, services.clock.now())
        return view_of(services, billing, payment)


def void(account: Account, number: str, now: datetime, origin: str, why: str) -> Invoice:
    """Void an open invoice and end its payments, inside the account's transaction; raises ``NotAllowed``."""
    invoice = invoices.find(account, number)
    if invoice.status is not InvoiceStatus.OPEN:
        raise NotAllowed(f"{invoice.number} is {invoice.status}: only an open invoice can be voided.")
    for payment in account.billing.payments:
        if payment.invoice == invoice.number and payment.state in LIVE:
            settling.set_state(payment, PaymentState.EXPIRED, now, why)
    invoices.settle(invoice, InvoiceStatus.VOID, now, why)
    account.record(now, Tag.INVOICE_VOIDED, origin, invoice=invoice.number)
    return invoice


def payment_of(billing: Billing, payment_id: str) -> Payment:
    """Return a payment by its id, or raise ``InvalidInput``."""
    payment = settling.find(billing, payment_id)
    if payment is None:
        raise InvalidInput("There is no such payment.", field="payment")
    return payment
