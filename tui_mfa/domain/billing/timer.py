"""What a timer does about money: ask about payments, refill, warn. Harmless as often as it is run."""

from dataclasses import dataclass
from datetime import datetime

from tui_mfa.domain import notices
from tui_mfa.domain.account import Account
from tui_mfa.domain.billing import flows, invoices, ledger, orders, settling
from tui_mfa.domain.billing.gateway import Outcome, PaymentsUnavailable
from tui_mfa.domain.billing.model import (
    LIVE,
    REFILL_PAUSE,
    InvoiceKind,
    InvoiceStatus,
    Payment,
    PaymentKind,
    PaymentState,
)
from tui_mfa.domain.billing.money import dollars
from tui_mfa.domain.billing.views import lasts
from tui_mfa.domain.errors import DomainError, NoSuchAccount, NotAllowed
from tui_mfa.domain.ports import Services, Template

ORIGIN = "timer"
"""From where it acts, as the audit log and the mails say it."""


@dataclass(frozen=True, slots=True)
class Done:
    """One thing that was done for one account, or could not be."""

    username: str
    what: str
    """``paid``, ``failed``, ``expired``, ``refill``, ``warning`` or ``error``."""
    detail: str


def run(services: Services) -> list[Done]:
    """Do for every account what is due; trouble with one account, or with the provider, stops no other.

    Returns what was done, in no order.
    """
    done: list[Done] = []
    provider_down = False
    for account_id in services.store.ids():
        try:
            snapshot = services.store.get(account_id)
            if snapshot.disabled_at is not None or snapshot.pending:
                continue
            if not provider_down:
                try:
                    done += _ask(services, snapshot)
                    done += _refill(services, snapshot)
                except PaymentsUnavailable as error:
                    provider_down = True
                    done.append(Done(snapshot.username, "error", error.user_message))
            done += _warn(services, snapshot)
            notices.deliver(services, account_id)
        except NoSuchAccount:  # removed meanwhile
            continue
        except DomainError as error:
            done.append(Done(account_id, "error", error.user_message))
    return done


def _ask(services: Services, snapshot: Account) -> list[Done]:
    """Ask about every payment under way; end those that nobody can pay any more."""
    done = []
    for payment in snapshot.billing.payments:
        if payment.state not in LIVE:
            continue
        before = payment.state
        state = _stand(services, snapshot, payment)
        if state is not None and state is not before and state not in LIVE:
            done.append(Done(snapshot.username, state.value, payment.invoice or "card"))
    return done


def _stand(services: Services, snapshot: Account, payment: Payment) -> PaymentState | None:
    if payment.reference:
        outcome = services.payments.look(payment.kind, payment.reference)
        return settling.apply(services, outcome) if outcome is not None else None
    if payment.kind is PaymentKind.AUTO_REFILL:
        # The answer got lost, the charge perhaps not: asked again under its key it happens once.
        return _charge(services, snapshot.id, payment.id)
    if services.clock.now() - payment.started_at > flows.REUSED_FOR:
        gone = Outcome(account_id=snapshot.id, payment_id=payment.id, state=PaymentState.EXPIRED, amount=0)
        return settling.apply(services, gone)
    return None


def _refill(services: Services, snapshot: Account) -> list[Done]:
    """Add credits where the balance is below what its owner has set."""
    if not _is_due(snapshot, services.clock.now()):
        return []
    orders.ensure_series(services, snapshot.id)
    now = services.clock.now()
    with services.store.account(snapshot.id) as account:
        if not _is_due(account, now):
            return []
        refill = account.billing.refill
        kind = InvoiceKind.AUTO_REFILL
        # One that failed left its invoice open: that one is paid, and no second is made.
        mine = [one for one in account.billing.invoices if one.kind is kind and one.status is InvoiceStatus.OPEN]
        text = f"Auto-refill below {dollars(refill.minimum)}"
        invoice = mine[-1] if mine else invoices.issue(account, kind, refill.amount, text, now)
        payment = orders.start(services, account, PaymentKind.AUTO_REFILL, invoice, now)
    state = _charge(services, snapshot.id, payment.id)
    return [Done(snapshot.username, "refill", f"{invoice.number} {dollars(invoice.amount)} {state}")]


def _is_due(account: Account, now: datetime) -> bool:
    billing = account.billing
    refill = billing.refill
    waits = refill.tried_at is not None and now - refill.tried_at < REFILL_PAUSE
    auto = (payment for payment in billing.payments if payment.kind is PaymentKind.AUTO_REFILL)
    under_way = any(payment.state in LIVE for payment in auto)
    return refill.on and not waits and not under_way and ledger.balance(billing) < refill.minimum


def _charge(services: Services, account_id: str, payment_id: str) -> PaymentState:
    """Charge the default card, or tell the owner how to pay where there are no cards."""
    account = services.store.get(account_id)
    payment = settling.find(account.billing, payment_id)
    if payment is None:
        raise NotAllowed("The payment is gone.")
    order = orders.order_of(account, payment)
    if services.payments.takes_cards:
        outcome = services.payments.charge(order, account.billing.default_card)
        return settling.apply(services, outcome) or PaymentState.FAILED
    orders.open_page(services, account_id, payment_id)
    with services.store.account(account_id) as account:
        more = {"amount": dollars(payment.amount), "number": payment.invoice, "state": "open, to be paid by you"}
        notices.queue(account, Template.REFILL_DONE, ORIGIN, services.clock.now(), **more)
    return PaymentState.PENDING


def _warn(services: Services, snapshot: Account) -> list[Done]:
    """Queue the warning about low credit, once a day (UTC)."""
    now = services.clock.now()
    if not _is_low(services.store.get(snapshot.id), now):
        return []
    with services.store.account(snapshot.id) as account:
        if not _is_low(account, now):
            return []
        billing = account.billing
        balance, days = ledger.balance(billing), ledger.days_left(billing, now)
        billing.warned_at = now
        words = lasts(balance, days)
        notices.queue(account, Template.CREDIT_LOW, ORIGIN, now, balance=dollars(balance), lasts=words)
    return [Done(snapshot.username, "warning", f"{dollars(balance)}, {words}")]


def _is_low(account: Account, now: datetime) -> bool:
    """Say whether a warning is due: credit for fewer days than the limit, and none today yet."""
    billing = account.billing
    days = ledger.days_left(billing, now)
    low = ledger.balance(billing) < 0 or (days is not None and days < billing.warning_days)
    warned_today = billing.warned_at is not None and billing.warned_at.date() == now.date()
    return low and billing.warning_days > 0 and not warned_today
