"""The demo's year of money, and its payment provider that lives in memory."""

from collections import Counter

from tests.fakes import START, FakeClock, SeededEntropy, clock_of
from tests.profile_host import enter
from tui_mfa.demo import seed as demo
from tui_mfa.demo.payments import PAID_AFTER
from tui_mfa.demo.seed import seed
from tui_mfa.domain.billing import flows, ledger, timer
from tui_mfa.domain.billing.model import Billing, InvoiceKind, InvoiceStatus, PaymentState


def seeded() -> demo.Seeded:
    return seed(clock=FakeClock(), entropy=SeededEntropy(20261124))


def billing_of(made: demo.Seeded) -> Billing:
    return made.services.store.get(made.account_id).billing


def test_a_year_adds_up_to_a_balance_that_lasts_eleven_days() -> None:
    billing = billing_of(seeded())
    assert ledger.adds_up(billing)
    assert ledger.balance(billing) == 13_742
    assert (ledger.burn(billing, START), ledger.days_left(billing, START)) == (1_180, 11)
    assert 30 <= len(billing.ledger) <= 60
    assert (START - billing.ledger[0].at).days == 365
    assert min(entry.balance for entry in billing.ledger) > 0


def test_every_kind_of_invoice_is_there_numbered_without_a_gap() -> None:
    billing = billing_of(seeded())
    kinds = Counter((invoice.kind, invoice.status) for invoice in billing.invoices)
    assert kinds == {
        (InvoiceKind.AUTO_REFILL, InvoiceStatus.PAID): 10,
        (InvoiceKind.TOP_UP, InvoiceStatus.PAID): 4,
        (InvoiceKind.TOP_UP, InvoiceStatus.VOID): 1,
        (InvoiceKind.TOP_UP, InvoiceStatus.OPEN): 1,
        (InvoiceKind.CREDIT_NOTE, InvoiceStatus.PAID): 1,
    }
    assert [int(invoice.number[-4:]) for invoice in billing.invoices] == list(range(1, 18))
    assert [invoice.issued_at for invoice in billing.invoices] == sorted(one.issued_at for one in billing.invoices)
    paid = sum(one.amount for one in billing.invoices if one.status is InvoiceStatus.PAID)
    assert paid == sum(entry.amount for entry in billing.ledger if entry.kind != "usage")
    assert all(one.bill_to[:2] == ["Lighthouse Bakery", "Jane Doe"] for one in billing.invoices)


def test_no_whole_card_number_is_anywhere() -> None:
    cards = billing_of(seeded()).cards
    assert [card.last4 for card in cards] == ["4242", "4444", "0005", "3000"]
    assert all(len(card.last4) == 4 for card in cards)


def test_a_demo_payment_comes_after_a_few_seconds_and_once() -> None:
    made = seeded()
    services = made.services
    session = enter(services, password=demo.PASSWORD).session
    view = flows.begin_top_up(services, session, 2_500)
    assert view.link.startswith("https://account.example.com/c/")
    assert flows.look(services, session, view.id).state is PaymentState.PENDING
    clock_of(services).advance(seconds=PAID_AFTER.total_seconds())
    for _ in range(2):
        assert flows.look(services, session, view.id).state is PaymentState.PAID
    assert ledger.balance(billing_of(made)) == 13_742 + 2_500


def test_a_demo_card_and_the_demo_refill() -> None:
    made = seeded()
    services = made.services
    session = enter(services, password=demo.PASSWORD).session
    view = flows.begin_card(services, session)
    clock_of(services).advance(seconds=PAID_AFTER.total_seconds())
    assert flows.look(services, session, view.id).state is PaymentState.PAID
    assert len(billing_of(made).cards) == 5
    flows.save_settings(services, session, refill=True, minimum=20_000, amount=10_000, warning_days=7)
    assert [one.what for one in timer.run(services)] == ["refill"]
    assert ledger.balance(billing_of(made)) == 23_742
