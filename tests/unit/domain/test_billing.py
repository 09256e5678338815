"""Invoices without gaps, the operator's side, auto-refill and warnings, where there is no payment provider."""

import csv
import io
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.fakes import clock_of, log_in, mails, make_account, make_services, tags
from tui_mfa.domain.billing import flows, invoices, ledger, operator, timer
from tui_mfa.domain.billing.model import OPEN_MAX, Billing, InvoiceKind, InvoiceStatus, PaymentState
from tui_mfa.domain.billing.views import lasts
from tui_mfa.domain.errors import InvalidInput, NotAllowed, SessionEnded
from tui_mfa.domain.events import Tag
from tui_mfa.domain.login import flows as login
from tui_mfa.domain.login.model import Session
from tui_mfa.domain.operator import flows as accounts
from tui_mfa.domain.ports import Policy, Services, Template


@pytest.fixture
def services() -> Services:
    made = make_services(policy=Policy(payment_instructions="Transfer to XX00 and name the number."))
    make_account(made)
    return made


@pytest.fixture
def session(services: Services) -> Session:
    return log_in(services)


def billing(services: Services) -> Billing:
    found = services.store.get(accounts.find(services, "jane").id).billing
    assert ledger.adds_up(found)
    return found


def test_a_top_up_is_an_open_invoice_that_the_operator_marks_as_paid(services: Services, session: Session) -> None:
    view = flows.begin_top_up(services, session, 2_500)
    assert (view.state, view.link) == (PaymentState.PENDING, "")
    assert view.instructions == "Transfer to XX00 and name the number."
    account, invoice = operator.paid(services, view.invoice.lower(), "bank transfer of 2026-11-24")
    assert (account.username, invoice.status, invoice.note) == (
        "jane",
        InvoiceStatus.PAID,
        "bank transfer of 2026-11-24",
    )
    assert ledger.balance(billing(services)) == 2_500
    assert flows.look(services, session, view.id).state is PaymentState.PAID
    with pytest.raises(NotAllowed, match="is paid"):
        operator.paid(services, view.invoice)
    assert ledger.balance(billing(services)) == 2_500


def test_marked_as_paid_by_many_at_once_it_is_credited_once(services: Services, session: Session) -> None:
    number = flows.begin_top_up(services, session, 2_500).invoice

    def pay() -> bool:
        try:
            operator.paid(services, number)
        except NotAllowed:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        done = [pool.submit(pay) for _ in range(16)]
        assert sum(one.result() for one in done) == 1
    assert ledger.balance(billing(services)) == 2_500


def test_numbers_have_no_gap_and_no_repetition_whoever_asks_at_once(services: Services, session: Session) -> None:
    def ask(number: int) -> None:
        view = flows.begin_top_up(services, session, 1_000 + number)
        operator.void(services, view.invoice, "")

    with ThreadPoolExecutor(8) as pool:
        for one in [pool.submit(ask, number) for number in range(40)]:
            one.result()
    found = billing(services)
    numbers = [invoice.number for invoice in found.invoices]
    assert numbers == [f"INV-{found.series}-{number:04d}" for number in range(1, 41)]


def test_a_refused_top_up_takes_no_number(services: Services, session: Session) -> None:
    for cents in (999, 100_001, 0, -1_000):
        with pytest.raises(InvalidInput):
            flows.begin_top_up(services, session, cents)
    assert billing(services).issued == 0
    login.log_out(services, session)
    with pytest.raises(SessionEnded):
        flows.begin_top_up(services, session, 1_000)
    assert billing(services).issued == 0


def test_two_accounts_have_two_series_even_when_chance_draws_the_same(services: Services) -> None:
    make_account(services, "june")
    first, second = log_in(services), log_in(services, "june")
    drawn = iter([7] * 6 + [1] * 12 + [7] * 6 + [9] * 6)

    class Chance:
        def below(self, limit: int) -> int:
            return next(drawn, 3) % limit

        def token(self, size: int) -> bytes:
            return services.entropy.token(size)

    rigged = replace(services, entropy=Chance())
    one = flows.begin_top_up(rigged, first, 1_000).invoice
    two = flows.begin_top_up(rigged, second, 1_000).invoice
    assert (one, two) == ("INV-777777-0001", "INV-999999-0001")
    assert operator.invoice_owner(services, two).username == "june"


def test_so_many_invoices_may_be_open_and_no_more(services: Services, session: Session) -> None:
    for _ in range(OPEN_MAX):
        view = flows.begin_top_up(services, session, 1_000)
    with pytest.raises(NotAllowed, match="10 invoices are open"):
        flows.begin_top_up(services, session, 1_000)
    flows.cancel(services, session, view.invoice)
    flows.begin_top_up(services, session, 1_000)


def test_a_credit_note_takes_back_at_most_what_was_paid(services: Services, session: Session) -> None:
    number = flows.begin_top_up(services, session, 20_000).invoice
    with pytest.raises(NotAllowed):
        operator.credit_note(services, number, 5_000, "")
    operator.paid(services, number)
    _account, note = operator.credit_note(services, number, 5_000, "Outage of 2026-11-20")
    assert (note.kind, note.amount, note.number[-4:]) == (InvoiceKind.CREDIT_NOTE, -5_000, "0002")
    assert ledger.balance(billing(services)) == 15_000
    with pytest.raises(InvalidInput, match=r"\$150\.00"):
        operator.credit_note(services, number, 15_001, "")
    operator.credit_note(services, number, 15_000, "")
    with pytest.raises(InvalidInput):
        operator.credit_note(services, number, 1, "")
    with pytest.raises(NotAllowed):
        operator.credit_note(services, note.number, 1, "")
    assert ledger.balance(billing(services)) == 0


@pytest.mark.parametrize("number", ["", "INV-", "INV-ZZZZZZ-0001", "x\x1b[2J", "INV-777777-9999", "é"])
def test_a_number_that_is_nobodys_is_refused(services: Services, session: Session, number: str) -> None:
    flows.begin_top_up(services, session, 1_000)
    with pytest.raises(InvalidInput):
        operator.paid(services, number)


def test_usage_is_charged_once_for_the_same_time(services: Services) -> None:
    now = services.clock.now()
    operator.charge(services, "jane", 100, "", now - timedelta(hours=1))
    with pytest.raises(NotAllowed, match="charged before"):
        operator.charge(services, "jane", 100, "", now - timedelta(hours=1))
    operator.charge(services, "jane", 100, "", now)
    with pytest.raises(InvalidInput):
        operator.charge(services, "jane", 100, "", now + timedelta(minutes=1))
    assert ledger.balance(billing(services)) == -200


def test_an_auto_refill_without_a_provider_is_one_open_invoice_and_a_mail(services: Services, session: Session) -> None:
    flows.save_settings(services, session, refill=True, minimum=5_000, amount=20_000, warning_days=0)
    assert [one.what for one in timer.run(services)] == ["refill"]
    clock_of(services).advance(days=3)
    assert timer.run(services) == []
    (invoice,) = billing(services).invoices
    assert (invoice.kind, invoice.status) == (InvoiceKind.AUTO_REFILL, InvoiceStatus.OPEN)
    mail = mails(services)[-1]
    assert (mail.template, mail.params["number"]) == (Template.REFILL_DONE, invoice.number)
    operator.paid(services, invoice.number)
    assert ledger.balance(billing(services)) == 20_000
    assert timer.run(services) == []


def test_a_refill_is_due_below_the_minimum_and_not_at_it(services: Services, session: Session) -> None:
    operator.paid(services, flows.begin_top_up(services, session, 5_000).invoice)
    flows.save_settings(services, session, refill=True, minimum=5_000, amount=20_000, warning_days=0)
    assert timer.run(services) == []
    operator.charge(services, "jane", 1, "", None)
    assert [one.what for one in timer.run(services)] == ["refill"]


def test_a_closed_account_is_neither_refilled_nor_warned(services: Services, session: Session) -> None:
    flows.save_settings(services, session, refill=True, minimum=5_000, amount=20_000, warning_days=7)
    operator.charge(services, "jane", 500, "", None)
    accounts.disable(services, "jane")
    assert timer.run(services) == []


def test_low_credit_is_warned_about_once_a_day(services: Services, session: Session) -> None:
    operator.paid(services, flows.begin_top_up(services, session, 10_000).invoice)
    assert timer.run(services) == []  # nothing is used
    operator.charge(services, "jane", 1_500, "", None)
    told = []
    for _ in range(4):
        told.append([one.what for one in timer.run(services)])
        clock_of(services).advance(hours=9)
    assert told == [["warning"], [], ["warning"], []]
    mail = next(mail for mail in mails(services) if mail.template is Template.CREDIT_LOW)
    assert (mail.params["balance"], mail.params["lasts"]) == ("$85.00", "about 5 days")


def test_the_warning_limit_is_the_owners_and_zero_means_never(services: Services, session: Session) -> None:
    operator.charge(services, "jane", 1_500, "", None)
    flows.save_settings(services, session, refill=False, minimum=0, amount=1_000, warning_days=0)
    assert timer.run(services) == []
    flows.save_settings(services, session, refill=False, minimum=0, amount=1_000, warning_days=1)
    assert [one.what for one in timer.run(services)] == ["warning"]


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("minimum", {"minimum": -1}),
        ("minimum", {"minimum": 100_001}),
        ("refill_amount", {"amount": 999}),
        ("refill_amount", {"amount": 100_001}),
        ("warning_days", {"warning_days": -1}),
        ("warning_days", {"warning_days": 91}),
    ],
)
def test_settings_out_of_range_change_nothing(
    services: Services, session: Session, field: str, change: dict[str, int]
) -> None:
    before = billing(services)
    right = {"minimum": 5_000, "amount": 20_000, "warning_days": 7}
    with pytest.raises(InvalidInput) as refused:
        flows.save_settings(services, session, refill=True, **(right | change))
    assert refused.value.field == field
    assert billing(services) == before


def test_saving_the_same_settings_again_is_no_event(services: Services, session: Session) -> None:
    for _ in range(2):
        flows.save_settings(services, session, refill=True, minimum=5_000, amount=20_000, warning_days=7)
    assert tags(services, session.account_id).count(Tag.BILLING_SETTINGS) == 1


def test_cards_are_not_taken_here(services: Services, session: Session) -> None:
    with pytest.raises(NotAllowed, match="Cards are not taken here"):
        flows.begin_card(services, session)


def test_an_invoice_reads_as_text_with_whom_it_is_for(services: Services, session: Session) -> None:
    number = flows.begin_top_up(services, session, 2_500).invoice
    paper = invoices.document(billing(services).invoices[0], "Elestio", "help@example.com", "Transfer to XX00.")
    text = invoices.as_text(paper)
    for part in (f"Invoice {number}", "Elestio", "2026-11-24", "! Open", "jane@example.com", "$25.00", "XX00", "help@"):
        assert part in text
    assert max(map(len, text.splitlines())) <= 78


def test_the_list_as_csv_computes_nothing_in_a_spreadsheet(services: Services, session: Session) -> None:
    operator.paid(services, flows.begin_top_up(services, session, 123_00).invoice)
    with services.store.account(session.account_id) as account:
        account.billing.invoices[0].text = '=HYPERLINK("http://x")'
    operator.credit_note(services, billing(services).invoices[0].number, 50_00, "")
    rows = list(csv.DictReader(io.StringIO(invoices.as_csv(billing(services).invoices))))
    assert [row["amount_usd"] for row in rows] == ["123.00", "-50.00"]
    assert rows[0]["description"] == '\'=HYPERLINK("http://x")'
    assert [row["number"][-4:] for row in rows] == ["0001", "0002"]


def test_how_long_it_lasts_in_words() -> None:
    assert lasts(0, 3) == lasts(-310, None) == "nothing is left"
    assert lasts(100, None) == "nothing is used at present"
    assert (lasts(100, 0), lasts(100, 1), lasts(100, 11)) == ("less than a day", "about 1 day", "about 11 days")
