"""Saved cards and auto-refills at Stripe: charged once, tried once a day, switched off after three failures."""

from tests.fake_stripe import FakeStripe
from tests.fakes import clock_of, mails
from tests.stripe_home import balance, billing, clock, fake, services, session
from tui_mfa.domain.billing import flows, timer
from tui_mfa.domain.billing.model import InvoiceKind, InvoiceStatus, PaymentState
from tui_mfa.domain.login.model import Session
from tui_mfa.domain.ports import Services, Template

__all__ = ["clock", "fake", "services", "session"]
"""Fixtures that pytest finds here."""


def test_a_card_is_saved_as_brand_last_four_and_expiry(fake: FakeStripe, services: Services, session: Session) -> None:
    view = flows.begin_card(services, session)
    fake.enter_card("cs_test_1")
    assert flows.look(services, session, view.id).state is PaymentState.PAID
    (card,) = billing(services).cards
    assert (card.brand, card.last4, card.exp_month, card.exp_year) == ("visa", "4242", 12, 2030)
    assert billing(services).default_card == card.reference
    assert billing(services).invoices == []
    flows.remove_card(services, session, card.reference)
    assert fake.detached == ["pm_1"]
    assert billing(services).cards == []


def save_card(fake: FakeStripe, services: Services, session: Session, reference: str = "pm_1") -> None:
    view = flows.begin_card(services, session)
    fake.enter_card(list(fake.sessions)[-1], reference)
    assert flows.look(services, session, view.id).state is PaymentState.PAID


def refill_on(services: Services, session: Session) -> None:
    flows.save_settings(services, session, refill=True, minimum=10_000, amount=20_000, warning_days=7)


def test_an_auto_refill_charges_the_default_card_once(fake: FakeStripe, services: Services, session: Session) -> None:
    save_card(fake, services, session)
    refill_on(services, session)
    assert [one.what for one in timer.run(services)] == ["refill"]
    assert balance(services) == 20_000
    assert billing(services).invoices[0].kind is InvoiceKind.AUTO_REFILL
    assert timer.run(services) == []
    assert len(fake.intents) == 1
    assert mails(services)[-1].template is Template.REFILL_DONE


def test_a_refill_whose_answer_got_lost_is_charged_once(fake: FakeStripe, services: Services, session: Session) -> None:
    save_card(fake, services, session)
    refill_on(services, session)
    fake.lose = ["answer", "request"]
    assert [one.what for one in timer.run(services)] == ["error"]
    assert balance(services) == 0
    assert len(fake.intents) == 1
    clock_of(services).advance(hours=1)
    assert [one.what for one in timer.run(services)] == ["paid"]
    assert balance(services) == 20_000
    assert len(fake.intents) == 1


def test_a_declined_refill_is_tried_once_a_day_and_switched_off_after_three(
    fake: FakeStripe, services: Services, session: Session
) -> None:
    save_card(fake, services, session)
    refill_on(services, session)
    fake.declined.add("pm_1")
    for day in range(3):
        assert [one.what for one in timer.run(services)] == ["refill"], day
        clock_of(services).advance(hours=1)
        assert timer.run(services) == []
        clock_of(services).advance(hours=23, minutes=1)
    assert timer.run(services) == []
    found = billing(services)
    assert not found.refill.on
    (invoice,) = found.invoices  # one invoice for all tries, and it can still be paid
    assert invoice.status is InvoiceStatus.OPEN
    told = [mail.params for mail in mails(services) if mail.template is Template.REFILL_FAILED]
    assert [params["problem"] for params in told] == ["Your card was declined."] * 3
    assert "switched off" in told[-1]["next"]
    assert balance(services) == 0
