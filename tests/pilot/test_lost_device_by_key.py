"""Lost your device, for those who came with an SSH key: the password, then a code by mail or any other way."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from tests.fakes import (
    ORIGIN,
    PASSWORD,
    WRONG,
    clock_of,
    enrol,
    last_code,
    log_in,
    mailer_of,
    mails,
    make_account,
    make_services,
    wrong_code,
)
from tests.pilot_tools import make_app, screen_text, settle, status, type_text, until, until_page
from tui_mfa.app import MfaApp
from tui_mfa.domain.login import flows as login
from tui_mfa.domain.login import key_login
from tui_mfa.domain.ports import Services, Template
from tui_mfa.domain.ssh_keys.model import SshKey
from tui_mfa.domain.two_factor.model import AuthenticatorEnabled
from tui_mfa.screens.login import LoginScreen
from tui_mfa.screens.lost_device import LostDeviceScreen
from tui_mfa.screens.lost_device_mail import LostDeviceMailScreen
from tui_mfa.screens.second_factor import SecondFactorScreen

BLOB = "AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl"


def enrolled() -> tuple[Services, AuthenticatorEnabled]:
    services = make_services()
    account_id = make_account(services).id
    with services.store.account(account_id) as account:
        account.ssh_keys.append(
            SshKey(id="aa", title="laptop", blob=BLOB, added_at=services.clock.now(), added_from="here")
        )
    session = log_in(services)
    _, enabled = enrol(services, session)
    login.log_out(services, session)
    clock_of(services).advance(minutes=10)
    return services, enabled


@asynccontextmanager
async def lost(services: Services) -> AsyncIterator[tuple[MfaApp, Pilot[int]]]:
    """Run the portal of somebody whose key was checked, up to the page about lost devices."""
    app = make_app(services)
    async with app.run_test() as pilot:
        await until_page(pilot, LoginScreen)
        owed = key_login.log_in(services, "jane", f"ssh-ed25519 {BLOB}", ORIGIN)
        app.screen.post_message(LoginScreen.PasswordAccepted(owed))
        await until_page(pilot, SecondFactorScreen)
        await settle(pilot)
        await pilot.click("#lost")
        await until_page(pilot, LostDeviceScreen)
        await until(pilot, lambda: app.focused is not None and app.focused.id == "password")
        yield app, pilot


async def give_password(app: MfaApp, pilot: Pilot[int]) -> None:
    await type_text(pilot, PASSWORD)
    await pilot.press("enter")
    await until(pilot, lambda: app.focused is not None and app.focused.id == "ways")


async def test_key_password_and_mailed_code_lead_into_replace() -> None:
    services, _ = enrolled()
    async with lost(services) as (app, pilot):
        await give_password(app, pilot)
        await pilot.press("down", "down", "enter")
        await until_page(pilot, LostDeviceMailScreen)
        await until(pilot, lambda: "We sent a code to j•••@" in screen_text(app))
        assert mails(services)[-1].template is Template.LOST_DEVICE_CODE
        await type_text(pilot, last_code(mailer_of(services)))
        await until(pilot, lambda: app.session is not None)
        await until(pilot, lambda: "Scan the code with your" in screen_text(app))


async def test_a_recovery_code_is_not_asked_for_before_the_password() -> None:
    """Nothing is spent on a way that would end in a question for the lost code."""
    services, enabled = enrolled()
    async with lost(services) as (app, pilot):
        assert "You came with an SSH key" in screen_text(app)
        await type_text(pilot, WRONG)
        await pilot.press("enter")
        await until(pilot, lambda: status(app).startswith("! The password is not right"))
        assert app.screen.query_one("#password", Input).value == ""
        await give_password(app, pilot)
        await pilot.press("enter")
        await until(pilot, lambda: app.focused is not None and app.focused.id == "recovery-code")
        await type_text(pilot, enabled.codes.codes[0].reveal())
        await pilot.press("enter")
        await until(pilot, lambda: "Scan the code with your" in screen_text(app))


async def test_a_wrong_code_can_be_typed_again_and_escape_goes_back() -> None:
    services, _ = enrolled()
    async with lost(services) as (app, pilot):
        await give_password(app, pilot)
        await pilot.press("down", "down", "enter")
        await until(pilot, lambda: "We sent a code to j•••@" in screen_text(app))
        await type_text(pilot, wrong_code(last_code(mailer_of(services))))
        await until(pilot, lambda: status(app) == "! This is not the code. 4 tries left.")
        await until(pilot, lambda: not getattr(app.screen, "busy", True))
        await pilot.press("escape")
        await until_page(pilot, LostDeviceScreen)
        await pilot.press("escape")
        await until_page(pilot, SecondFactorScreen)
        assert app.session is None


@pytest.mark.parametrize("tries", [5])
async def test_the_last_wrong_code_leads_back_to_the_login(tries: int) -> None:
    services, _ = enrolled()
    async with lost(services) as (app, pilot):
        await give_password(app, pilot)
        await pilot.press("down", "down", "enter")
        await until(pilot, lambda: "We sent a code to j•••@" in screen_text(app))
        wrong = wrong_code(last_code(mailer_of(services)))
        for left in range(tries - 1, -1, -1):
            await type_text(pilot, wrong)
            if left:
                await until(pilot, lambda: f"{left} tr" in status(app) or "One try" in status(app))  # noqa: B023
                await until(pilot, lambda: not getattr(app.screen, "busy", True))
        await until_page(pilot, LoginScreen)
        await until(pilot, lambda: "it was the last try" in status(app))
