"""Paying by Stripe: the unmodified SDK against a Stripe on loopback. Whatever happens, it is credited exactly once."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from tests.fake_stripe import PUBLIC_URL, FakeStripe
from tests.fakes import clock_of, mails, tags
from tests.stripe_home import balance, billing, clock, fake, services, session
from tui_mfa.domain.billing import flows, operator, settling
from tui_mfa.domain.billing.gateway import ForgedWebhook, PaymentsUnavailable
from tui_mfa.domain.billing.model import InvoiceStatus, PaymentState
from tui_mfa.domain.errors import NotAllowed
from tui_mfa.domain.events import Tag
from tui_mfa.domain.login.model import Session
from tui_mfa.domain.ports import Services, Template
from tui_mfa.domain.secret import Secret
from tui_mfa.payments.stripe import StripePayments

__all__ = ["clock", "fake", "services", "session"]
"""Fixtures that pytest finds here."""

LOST_TWICE = ["request", "request"]
"""What the SDK's one retry does not get over."""


def completed(fake: FakeStripe, session_id: str = "cs_test_1") -> tuple[bytes, str]:
    return fake.webhook("checkout.session.completed", fake.sessions[session_id])


def test_a_top_up_is_credited_when_it_is_paid(fake: FakeStripe, services: Services, session: Session) -> None:
    view = flows.begin_top_up(services, session, 2_500)
    assert view.state is PaymentState.PENDING
    assert view.link.startswith(f"{PUBLIC_URL}/c/")
    assert len(view.link) < 60
    assert flows.look(services, session, view.id).state is PaymentState.PENDING
    assert balance(services) == 0
    fake.pay("cs_test_1")
    assert flows.look(services, session, view.id).state is PaymentState.PAID
    assert balance(services) == 2_500
    (invoice,) = billing(services).invoices
    assert (invoice.status, invoice.number[-5:]) == (InvoiceStatus.PAID, "-0001")
    # Nothing about the order but its id and its amount went to Stripe.
    assert fake.sessions["cs_test_1"]["metadata"].keys() == {
        "tui_mfa_account",
        "tui_mfa_payment",
        "tui_mfa_kind",
    }


def test_the_short_url_leads_to_the_page_while_it_can_be_paid(
    fake: FakeStripe, services: Services, session: Session
) -> None:
    view = flows.begin_top_up(services, session, 2_500)
    short = view.link.removeprefix(f"{PUBLIC_URL}/c/")
    assert settling.page_url(services, short) == fake.sessions["cs_test_1"]["url"]
    assert settling.page_url(services, short.lower()) == fake.sessions["cs_test_1"]["url"]
    wrong = short[:-1] + ("2" if short[-1] != "2" else "3")
    for other in (wrong, short[:6], "", "done", "K7QM2X-", "é" * 40):
        assert settling.page_url(services, other) is None
    fake.pay("cs_test_1")
    flows.look(services, session, view.id)
    assert settling.page_url(services, short) is None


def test_a_page_that_nobody_used_is_expired_and_its_invoice_void(
    fake: FakeStripe, services: Services, session: Session
) -> None:
    view = flows.begin_top_up(services, session, 2_500)
    fake.expire("cs_test_1")
    assert flows.look(services, session, view.id).state is PaymentState.EXPIRED
    assert balance(services) == 0
    assert billing(services).invoices[0].status is InvoiceStatus.VOID
    # The number stays taken: the next invoice leaves no gap and repeats none.
    flows.begin_top_up(services, session, 2_500)
    assert [invoice.number[-4:] for invoice in billing(services).invoices] == ["0001", "0002"]


def test_a_debit_that_bounces_is_failed_and_can_be_paid_anew(
    fake: FakeStripe, services: Services, session: Session
) -> None:
    view = flows.begin_top_up(services, session, 2_500)
    fake.debit("cs_test_1")
    assert flows.look(services, session, view.id).state is PaymentState.PENDING
    fake.bounce("cs_test_1")
    failed = flows.look(services, session, view.id)
    assert failed.state is PaymentState.FAILED
    assert failed.problem
    assert billing(services).invoices[0].status is InvoiceStatus.OPEN
    again = flows.pay_invoice(services, session, view.invoice)
    assert again.id != view.id
    fake.pay("cs_test_2")
    assert flows.look(services, session, again.id).state is PaymentState.PAID
    assert balance(services) == 2_500
    assert len(billing(services).invoices) == 1


def test_a_webhook_that_comes_twice_credits_once(fake: FakeStripe, services: Services, session: Session) -> None:
    flows.begin_top_up(services, session, 2_500)
    fake.pay("cs_test_1")
    for _ in range(2):
        assert settling.handle_webhook(services, *completed(fake)) is PaymentState.PAID
    assert balance(services) == 2_500
    assert tags(services, session.account_id).count(Tag.PAYMENT_PAID) == 1
    assert [mail.template for mail in mails(services)].count(Template.PAYMENT_RECEIVED) == 1


def test_a_webhook_before_the_poll_credits_once(fake: FakeStripe, services: Services, session: Session) -> None:
    view = flows.begin_top_up(services, session, 2_500)
    fake.pay("cs_test_1")
    settling.handle_webhook(services, *completed(fake))
    assert flows.look(services, session, view.id).state is PaymentState.PAID
    assert balance(services) == 2_500


def test_webhooks_and_polls_at_the_same_time_credit_once(
    fake: FakeStripe, services: Services, session: Session
) -> None:
    view = flows.begin_top_up(services, session, 2_500)
    fake.pay("cs_test_1")
    body, signature = completed(fake)
    with ThreadPoolExecutor(8) as pool:
        webhooks = [pool.submit(settling.handle_webhook, services, body, signature) for _ in range(6)]
        polls = [pool.submit(flows.look, services, session, view.id) for _ in range(6)]
        assert {one.result() for one in webhooks} == {PaymentState.PAID}
        assert {one.result().state for one in polls} == {PaymentState.PAID}
    assert balance(services) == 2_500
    assert len(billing(services).ledger) == 1


def test_a_webhook_before_the_answer_of_the_order_credits_once(
    fake: FakeStripe, services: Services, session: Session
) -> None:
    fake.lose = ["", "answer", "request"]  # the customer is made, the page is too, and nobody is told
    with pytest.raises(PaymentsUnavailable):
        flows.begin_top_up(services, session, 2_500)
    fake.pay("cs_test_1")
    assert settling.handle_webhook(services, *completed(fake)) is PaymentState.PAID
    assert balance(services) == 2_500


@pytest.mark.parametrize("change", ["body", "secret", "signature", "no signature"])
def test_a_forged_webhook_is_refused_and_nothing_in_it_is_looked_at(
    fake: FakeStripe, services: Services, session: Session, change: str
) -> None:
    flows.begin_top_up(services, session, 2_500)
    fake.pay("cs_test_1")
    body, signature = completed(fake)
    if change == "secret":
        body, signature = fake.webhook("checkout.session.completed", fake.sessions["cs_test_1"], "whsec_other")
    elif change == "body":
        body = body.replace(b"evt_1", b"evt_2")
    else:
        signature = "" if change == "no signature" else signature[:-1] + ("0" if signature[-1] != "0" else "1")
    asked = len(fake.requests)
    with pytest.raises(ForgedWebhook):
        settling.handle_webhook(services, body, signature)
    assert len(fake.requests) == asked
    assert balance(services) == 0


def test_a_webhook_about_something_else_is_taken_and_left_alone(
    fake: FakeStripe, services: Services, session: Session
) -> None:
    flows.begin_top_up(services, session, 2_500)
    for kind, about in (
        ("customer.created", {"id": "cus_9", "object": "customer", "metadata": {}}),
        ("checkout.session.completed", {"id": "cs_9", "object": "checkout.session", "metadata": None}),
    ):
        assert settling.handle_webhook(services, *fake.webhook(kind, about)) is None
    assert balance(services) == 0


def test_a_right_signature_with_invented_facts_credits_nothing(
    fake: FakeStripe, services: Services, session: Session
) -> None:
    """What counts is what Stripe answers, not what the event says."""
    flows.begin_top_up(services, session, 2_500)
    claims = {**fake.sessions["cs_test_1"], "status": "complete", "payment_status": "paid", "amount_total": 99_999}
    assert settling.handle_webhook(services, *fake.webhook("checkout.session.completed", claims)) is (
        PaymentState.PENDING
    )
    assert balance(services) == 0


@pytest.mark.parametrize("lost", [LOST_TWICE, ["", *LOST_TWICE], ["", "answer", "answer"], ["answer", "answer"]])
def test_a_network_that_fails_half_way_makes_no_second_order(
    fake: FakeStripe, services: Services, session: Session, lost: list[str]
) -> None:
    fake.lose = list(lost)
    with pytest.raises(PaymentsUnavailable):
        flows.begin_top_up(services, session, 2_500)
    clock_of(services).advance(minutes=10)
    view = flows.begin_top_up(services, session, 2_500)
    assert len(fake.sessions) == len(fake.customers) == 1
    assert len(billing(services).invoices) == 1
    fake.pay("cs_test_1")
    assert flows.look(services, session, view.id).state is PaymentState.PAID
    assert balance(services) == 2_500


def test_a_poll_while_the_network_is_down_changes_nothing(
    fake: FakeStripe, services: Services, session: Session
) -> None:
    view = flows.begin_top_up(services, session, 2_500)
    fake.pay("cs_test_1")
    fake.lose = list(LOST_TWICE)
    with pytest.raises(PaymentsUnavailable):
        flows.look(services, session, view.id)
    fake.lose = list(LOST_TWICE)
    with pytest.raises(PaymentsUnavailable):
        settling.handle_webhook(services, *completed(fake))
    assert balance(services) == 0
    assert settling.handle_webhook(services, *completed(fake)) is PaymentState.PAID
    assert balance(services) == 2_500


def test_another_amount_than_asked_for_is_never_credited(
    fake: FakeStripe, services: Services, session: Session
) -> None:
    view = flows.begin_top_up(services, session, 2_500)
    fake.pay("cs_test_1")
    fake.sessions["cs_test_1"]["currency"] = "jpy"
    assert flows.look(services, session, view.id).state is PaymentState.FAILED
    assert balance(services) == 0


def test_money_that_comes_after_a_cancellation_gets_an_invoice_of_its_own(
    fake: FakeStripe, services: Services, session: Session
) -> None:
    view = flows.begin_top_up(services, session, 2_500)
    flows.cancel(services, session, view.invoice)
    assert fake.sessions["cs_test_1"]["status"] == "expired"
    assert billing(services).invoices[0].status is InvoiceStatus.VOID
    fake.sessions["cs_test_1"]["status"] = "open"  # it was on its way already
    fake.pay("cs_test_1")
    assert settling.handle_webhook(services, *completed(fake)) is PaymentState.PAID
    assert settling.handle_webhook(services, *completed(fake)) is PaymentState.PAID
    assert balance(services) == 2_500
    assert [invoice.status for invoice in billing(services).invoices] == [InvoiceStatus.VOID, InvoiceStatus.PAID]


def test_what_was_just_paid_is_not_cancelled(fake: FakeStripe, services: Services, session: Session) -> None:
    view = flows.begin_top_up(services, session, 2_500)
    fake.pay("cs_test_1")
    with pytest.raises(NotAllowed, match="paid just now"):
        flows.cancel(services, session, view.invoice)
    assert balance(services) == 2_500


def test_paid_by_the_operator_and_on_the_page_is_two_payments_with_two_invoices(
    fake: FakeStripe, services: Services, session: Session
) -> None:
    view = flows.begin_top_up(services, session, 2_500)
    operator.paid(services, view.invoice, "bank transfer")
    fake.pay("cs_test_1")
    settling.handle_webhook(services, *completed(fake))
    assert balance(services) == 5_000
    assert len({invoice.number for invoice in billing(services).invoices}) == 2


def test_a_wrong_key_says_whose_fault_it_is(fake: FakeStripe, services: Services, session: Session) -> None:
    wrong = StripePayments(Secret("sk_test_wrong"), Secret("whsec"), PUBLIC_URL, api_base=fake.url)
    with pytest.raises(PaymentsUnavailable, match="key") as refused:
        flows.begin_top_up(replace(services, payments=wrong), session, 2_500)
    assert "sk_test" not in refused.value.user_message
