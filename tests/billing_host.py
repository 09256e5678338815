"""The portal with Jane in it, paying by invoice or at a Stripe on loopback."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from tests.fake_stripe import PUBLIC_URL, FakeStripe, running
from tests.fakes import FakeClock, make_account, make_services
from tests.profile_host import page, screen_text, until, until_shown
from tui_mfa.domain.billing import ledger
from tui_mfa.domain.billing.model import Billing
from tui_mfa.domain.ports import Policy, Services
from tui_mfa.screens.checkout import CheckoutScreen

INVOICES, OPTIONS, CREDITS = "2", "3", "4"
"""Keys of the tabs."""


@pytest.fixture(autouse=True)
def looks_only_when_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui_mfa.screens.checkout.POLL", 3_600)


@pytest.fixture
def fake() -> Iterator[FakeStripe]:
    clock = FakeClock()
    with running(clock.now) as server:
        yield server


@pytest.fixture
def stripe(fake: FakeStripe, tmp_path: Path) -> Services:
    services = make_services(tmp_path, payments=fake.payments(), policy=Policy(public_url=PUBLIC_URL))
    make_account(services)
    return services


@pytest.fixture
def offline(tmp_path: Path) -> Services:
    services = make_services(tmp_path, policy=Policy(payment_instructions="Transfer to XX00, name the number."))
    make_account(services)
    return services


def billing(services: Services) -> Billing:
    found = services.store.get(next(services.store.ids())).billing
    assert ledger.adds_up(found)
    return found


async def until_saved(pilot: Pilot[Any], name: str) -> None:
    """Wait for the path of a file, which may take several lines."""
    await until(pilot, lambda: name in "".join(screen_text(pilot.app).split()))


async def top_up(pilot: Pilot[Any], amount: str) -> None:
    """Type an amount in Add Credits and press Enter."""
    await pilot.press(CREDITS)
    await until_shown(pilot, "Amount in USD")
    page(pilot).query_one("#amount", Input).focus()
    await pilot.press(*amount, "enter")


async def checkout(pilot: Pilot[Any], amount: str = "25") -> CheckoutScreen:
    await top_up(pilot, amount)
    await until(pilot, lambda: isinstance(pilot.app.screen, CheckoutScreen) and pilot.app.screen.is_mounted)
    screen = pilot.app.screen
    assert isinstance(screen, CheckoutScreen)
    return screen
