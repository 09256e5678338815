"""Jane at a Stripe on loopback, for the tests of paying by Stripe."""

from collections.abc import Iterator

import pytest

from tests.fake_stripe import PUBLIC_URL, FakeStripe, running
from tests.fakes import FakeClock, log_in, make_account, make_services
from tui_mfa.domain.billing import ledger
from tui_mfa.domain.billing.model import Billing
from tui_mfa.domain.login.model import Session
from tui_mfa.domain.ports import Policy, Services


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def fake(clock: FakeClock) -> Iterator[FakeStripe]:
    with running(clock.now) as server:
        yield server


@pytest.fixture
def services(fake: FakeStripe, clock: FakeClock) -> Services:
    policy = Policy(registration_open=True, public_url=PUBLIC_URL)
    made = make_services(clock=clock, payments=fake.payments(), policy=policy)
    make_account(made)
    return made


@pytest.fixture
def session(services: Services) -> Session:
    return log_in(services)


def billing(services: Services) -> Billing:
    found = services.store.get(next(services.store.ids())).billing
    assert ledger.adds_up(found)
    return found


def balance(services: Services) -> int:
    return ledger.balance(billing(services))
