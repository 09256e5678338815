"""Lost your device: recovery codes, the saved secret, support; each by keyboard, with its refusals."""

import pytest
from textual import events
from textual.pilot import Pilot
from textual.widgets import Input

from tests.fakes import (
    PASSWORD,
    clock_of,
    enrol,
    log_in,
    mails,
    make_account,
    make_services,
    start_login,
    unused_app_code,
)
from tests.pilot_tools import inputs, make_app, screen_text, settle, shown, status, type_text, until, until_page
from tui_mfa.app import MfaApp
from tui_mfa.domain.account import Method
from tui_mfa.domain.login import flows as login
from tui_mfa.domain.ports import Policy, Services, Template
from tui_mfa.domain.two_factor.model import AuthenticatorEnabled
from tui_mfa.presentation import grouped
from tui_mfa.screens.login import LoginScreen
from tui_mfa.screens.lost_device import LostDeviceScreen
from tui_mfa.screens.second_factor import SecondFactorScreen


def enrolled(support: str = "help@example.net") -> tuple[Services, str, AuthenticatorEnabled]:
    """Return services with an account that enabled its app, its secret, and its recovery codes."""
    services = make_services(policy=Policy(support_address=support))
    make_account(services)
    session = log_in(services)
    secret, enabled = enrol(services, session)
    login.log_out(services, session)
    clock_of(services).advance(minutes=2)
    return services, secret.reveal(), enabled


async def open_page(pilot: Pilot[int]) -> LostDeviceScreen:
    """Log in up to the second factor, then choose the link."""
    await until_page(pilot, LoginScreen)
    await type_text(pilot, "jane")
    await pilot.press("enter")
    await type_text(pilot, PASSWORD)
    await pilot.press("enter")
    await until_page(pilot, SecondFactorScreen)
    await until(pilot, lambda: not getattr(pilot.app.screen, "busy", True))
    await settle(pilot)
    await pilot.click("#lost")
    await until_page(pilot, LostDeviceScreen)
    page = pilot.app.screen
    assert isinstance(page, LostDeviceScreen)
    return page


def focused(app: MfaApp) -> str | None:
    return app.focused.id if app.focused is not None else None


async def test_a_recovery_code_in_any_form_opens_a_session_and_is_used_up() -> None:
    services, _, enabled = enrolled()
    code = enabled.codes.codes[3].reveal()
    app = make_app(services)
    async with app.run_test() as pilot:
        await open_page(pilot)
        assert f"set {enabled.codes.set_id} of 2026-11-24, 10 left" in screen_text(app), "U20: which set"
        await pilot.press("enter")
        await until(pilot, lambda: focused(app) == "recovery-code")
        held = inputs(app)
        await type_text(pilot, code.lower().replace("-", " "))
        await pilot.press("enter")
        await until(pilot, lambda: app.session is not None)
        await settle(pilot)
        assert not any(code[-4:].lower() in field.value for field in held)
        await until(pilot, lambda: Template.RECOVERY_USED in [mail.template for mail in mails(services)])
    owed = start_login(services)
    assert owed.recovery is not None
    assert owed.recovery.left == 9


async def test_a_wrong_recovery_code_stays_to_be_mended_and_one_of_another_form_is_explained() -> None:
    services, _, _ = enrolled()
    app = make_app(services)
    async with app.run_test() as pilot:
        page = await open_page(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: focused(app) == "recovery-code")
        await type_text(pilot, "abc")
        await pilot.press("enter")
        await until(pilot, lambda: status(app) == "! A recovery code looks like XXXX-XXXX-XXXX-XXXX.")
        await pilot.press("end", "ctrl+u")
        await type_text(pilot, "0000-0000-0000-0000")
        await pilot.press("enter")
        await until(pilot, lambda: status(app).startswith("! This is not one of your recovery codes"))
        await until(pilot, lambda: not page.busy)
        assert app.screen.query_one("#recovery-code", Input).value == "0000-0000-0000-0000"
        assert focused(app) == "recovery-code"


async def test_the_saved_secret_pasted_as_it_was_shown_opens_a_session() -> None:
    services, secret, _ = enrolled()
    app = make_app(services)
    async with app.run_test() as pilot:
        await open_page(pilot)
        await pilot.press("down", "enter")
        await until(pilot, lambda: focused(app) == "secret")
        held = inputs(app)
        await type_text(pilot, secret[:32].lower())
        assert shown(app, "#secret-count") == "32 of 52 characters"
        await pilot.press("enter")
        await until(pilot, lambda: status(app) == "! A secret has 52 characters; these are 32.")
        await pilot.press("end", "ctrl+u")
        app.post_message(events.Paste(grouped(secret, 4, 5)))
        await until(pilot, lambda: shown(app, "#secret-count") == "52 of 52 characters")
        await pilot.press("enter")
        await until(pilot, lambda: app.session is not None)
        await settle(pilot)
        assert not any(secret[:4] in field.value for field in held)


async def test_escape_goes_back_step_by_step_and_forgets_what_was_typed() -> None:
    services, secret, _ = enrolled()
    app = make_app(services)
    async with app.run_test() as pilot:
        await open_page(pilot)
        await pilot.press("down", "enter")
        await until(pilot, lambda: focused(app) == "secret")
        held = app.screen.query_one("#secret", Input)
        await type_text(pilot, secret[:8])
        await pilot.press("escape")
        await until(pilot, lambda: focused(app) == "ways")
        assert held.value == ""
        await pilot.press("down", "down", "enter")
        await until(pilot, lambda: app.screen.query("#support-where"))
        await pilot.press("escape")
        await until(pilot, lambda: focused(app) == "ways")
        await pilot.press("escape")
        await until_page(pilot, SecondFactorScreen)
        await pilot.press("escape")
        await until_page(pilot, LoginScreen)
        assert status(app) == ""


@pytest.mark.parametrize(
    ("address", "words"),
    [("help@example.net", "Write to support: help@example.net"), ("", "Ask the operator of this service.")],
)
async def test_with_both_lost_the_page_tells_how_support_can_help(address: str, words: str) -> None:
    """U18: what proof is wanted and that it takes time, before anybody waits for it."""
    services, _, _ = enrolled(support=address)
    app = make_app(services)
    async with app.run_test(size=(80, 24)) as pilot:
        page = await open_page(pilot)
        await pilot.press("down", "down", "enter")
        await until(pilot, lambda: words in screen_text(app))
        assert "Have ready what proves who you are" in screen_text(app)
        assert "some days pass" in screen_text(app)
        assert page.query_one("#body").max_scroll_y == 0


async def test_without_recovery_codes_that_choice_is_off() -> None:
    services = make_services()
    account = make_account(services, method=Method.AUTHENTICATOR)
    app = make_app(services)
    async with app.run_test() as pilot:
        await open_page(pilot)
        assert "none were made" in screen_text(app)
        await pilot.press("enter")
        await until(pilot, lambda: focused(app) == "secret")
        await pilot.press("escape")
        await until(pilot, lambda: focused(app) == "ways")
        await pilot.press("escape")
        await until_page(pilot, SecondFactorScreen)
        await type_text(pilot, unused_app_code(services, account.id))
        await until(pilot, lambda: app.session is not None)


async def test_for_mailed_codes_it_says_why_a_forgotten_password_does_not_help() -> None:
    services = make_services()
    make_account(services)
    app = make_app(services)
    async with app.run_test(size=(80, 24)) as pilot:
        page = await open_page(pilot)
        assert "“Forgotten password” does not help either" in screen_text(app)
        assert "Ask the operator of this service." in screen_text(app)
        assert page.query_one("#body").max_scroll_y == 0
        await pilot.press("escape")
        await until_page(pilot, SecondFactorScreen)


async def test_an_attempt_that_ends_here_leads_to_the_login_with_the_reason() -> None:
    services, _, enabled = enrolled()
    app = make_app(services)
    async with app.run_test() as pilot:
        await open_page(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: focused(app) == "recovery-code")
        clock_of(services).advance(minutes=11)
        await type_text(pilot, enabled.codes.codes[0].reveal())
        await pilot.press("enter")
        await until_page(pilot, LoginScreen)
        assert status(app).startswith("! This took longer than 10 minutes")
