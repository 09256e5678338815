"""What the operator does about other people's money: mark as paid, void, credit, charge."""

from datetime import datetime

from tui_mfa.domain.account import Account
from tui_mfa.domain.billing import invoices, ledger, orders, settling
from tui_mfa.domain.billing.model import EntryKind, Invoice, InvoiceKind, InvoiceStatus, PaymentKind, PaymentState
from tui_mfa.domain.billing.money import dollars, within
from tui_mfa.domain.errors import InvalidInput, NotAllowed
from tui_mfa.domain.events import Tag
from tui_mfa.domain.names import free_text
from tui_mfa.domain.operator.flows import ORIGIN, find
from tui_mfa.domain.ports import Claim, Services

CHARGE_MAX = 100_000_000
"""Cents: $1,000,000 of usage at once is a mistake of the program that reports it."""


def invoice_owner(services: Services, number: str) -> Account:
    """Return a snapshot of the account that an invoice belongs to, or raise ``InvalidInput``."""
    series = invoices.series_of(number)
    account_id = services.store.find(Claim.SERIES, series) if series else None
    if account_id is None:
        raise InvalidInput("There is no invoice of that number.", field="number")
    account = services.store.get(account_id)
    invoices.find(account, number)
    return account


def paid(services: Services, number: str, note: str = "") -> tuple[Account, Invoice]:
    """Mark an open invoice as paid and credit it; refused when it is not open, so it is credited exactly once.

    Args:
        services: Everything.
        number: The invoice.
        note: How it was paid; stands on the invoice.

    Raises:
        InvalidInput: There is no such invoice.
        NotAllowed: It is paid already, void, or a credit note.
    """
    note = free_text(note, "note")
    owner = invoice_owner(services, number)
    now = services.clock.now()
    with services.store.account(owner.id) as account:
        invoice = invoices.find(account, number)
        if invoice.status is not InvoiceStatus.OPEN:
            raise NotAllowed(f"{invoice.number} is {invoice.status}. Nothing was credited.")
        under_way = settling.live_for(account.billing, invoice.number)
        auto = invoice.kind is InvoiceKind.AUTO_REFILL
        kind = PaymentKind.AUTO_REFILL if auto else PaymentKind.TOP_UP
        if under_way is not None and services.payments.takes_cards:
            # Whoever pays on its page nevertheless gets the credits, with an invoice of their own.
            settling.set_state(under_way, PaymentState.EXPIRED, now, "The invoice was paid in another way.")
            under_way = None
        payment = under_way or orders.start(services, account, kind, invoice, now)
        settling.credit(account, payment, now, ORIGIN, note)
        return account, invoice


def void(services: Services, number: str, reason: str) -> tuple[Account, Invoice]:
    """Void an open invoice; its number stays taken."""
    reason = free_text(reason, "reason")
    owner = invoice_owner(services, number)
    under_way = settling.live_for(owner.billing, invoices.find(owner, number).number)
    if under_way is not None and under_way.reference:
        services.payments.close_page(under_way.reference)
    with services.store.account(owner.id) as account:
        return account, orders.void(account, number, services.clock.now(), ORIGIN, reason or "Voided by the operator.")


def credit_note(services: Services, number: str, cents: int, reason: str) -> tuple[Account, Invoice]:
    """Take back a part of a paid invoice: a credit note, and the credits leave the balance.

    The money itself goes back by the way it came, which is done at the provider or the bank.

    Raises:
        InvalidInput: There is no such invoice, or the amount is more than is left of it.
        NotAllowed: The invoice is not paid, or is a credit note itself.
    """
    reason = free_text(reason, "reason")
    owner = invoice_owner(services, number)
    now = services.clock.now()
    with services.store.account(owner.id) as account:
        invoice = invoices.find(account, number)
        if invoice.status is not InvoiceStatus.PAID or invoice.kind is InvoiceKind.CREDIT_NOTE:
            raise NotAllowed(f"{invoice.number} is no paid invoice: there is nothing to give back.")
        about = f"Credit for {invoice.number}"
        given = sum(-note.amount for note in account.billing.invoices if note.text == about)
        within(cents, "amount", least=1, most=max(1, invoice.amount - given))
        if given + cents > invoice.amount:
            raise InvalidInput(f"All of {invoice.number} was given back already.", field="amount")
        note = invoices.issue(account, InvoiceKind.CREDIT_NOTE, -cents, about, now, note=reason)
        invoices.settle(note, InvoiceStatus.PAID, now, reason)
        ledger.post(account.billing, EntryKind.CREDIT_NOTE, -cents, note.number, about, now)
        account.record(now, Tag.CREDIT_NOTE_MADE, ORIGIN, invoice=note.number, amount=dollars(cents))
        return account, note


def charge(services: Services, name: str, cents: int, text: str, until: datetime | None) -> Account:
    """Take credits for what was used.

    Args:
        services: Everything.
        name: Username or address.
        cents: How much.
        text: What was used; empty is “Usage”.
        until: Up to when it was used. Named, the same time is never charged twice, so a report can be sent again.

    Raises:
        NotAllowed: Up to that time it was charged before.
    """
    within(cents, "amount", least=1, most=CHARGE_MAX)
    text = free_text(text, "text") or "Usage"
    now = services.clock.now()
    with services.store.account(find(services, name).id) as account:
        billing = account.billing
        if until is not None:
            if billing.charged_until is not None and until <= billing.charged_until:
                raise NotAllowed(f"Usage until {billing.charged_until:%Y-%m-%d %H:%M} UTC was charged before.")
            if until > now:
                raise InvalidInput("That time has not come yet.", field="until")
            billing.charged_until = until
        ledger.spend(billing, cents, text, now)
        return account
