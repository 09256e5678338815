"""The page for the second factor: mailed codes, codes of the app, and everything that can go wrong with either."""

import pytest

from tests.fakes import (
    PASSWORD,
    app_code,
    clock_of,
    last_code,
    log_in,
    mailer_of,
    mails,
    make_account,
    make_services,
    wrong_code,
)
from tests.pilot_tools import (
    enter_code,
    enter_password,
    focused,
    make_app,
    rows,
    screen_text,
    settle,
    status,
    type_text,
    until,
    until_mailed,
    until_page,
)
from tui_mfa.domain.account import Method
from tui_mfa.domain.ports import Services
from tui_mfa.domain.secret import Secret
from tui_mfa.screens.help import HelpModal
from tui_mfa.screens.login import LoginScreen
from tui_mfa.screens.mailed_code import MailedCodeForm
from tui_mfa.screens.second_factor import SecondFactorScreen
from tui_mfa.widgets.step_bar import StepBar
from tui_mfa.widgets.wait_line import WaitLine


async def test_the_code_of_the_app_opens_a_session_and_its_life_is_shown() -> None:
    services = make_services()
    account = make_account(services, method=Method.AUTHENTICATOR)
    app = make_app(services)
    async with app.run_test() as pilot:
        await enter_password(pilot)
        assert app.screen.query(StepBar)
        assert "25 s" in screen_text(app), "14:02:05 leaves 25 seconds of its step"
        assert mails(services) == []
        await type_text(pilot, app_code(services, account.id))
        await until(pilot, lambda: app.session is not None)


async def test_a_wrong_code_empties_the_field_and_tells_the_tries_left_and_the_fifth_leads_to_the_login() -> None:
    services = make_services()
    make_account(services)
    app = make_app(services)
    async with app.run_test() as pilot:
        await enter_password(pilot)
        await until_mailed(pilot)
        bad = wrong_code(last_code(mailer_of(services)))
        for left in ("4 tries", "3 tries", "2 tries", "One try"):
            await enter_code(pilot, bad)
            assert status(app) == f"! This is not the code. {left} left."
            assert focused(app) == "code"
            assert app.screen.query_one(MailedCodeForm).code.value == ""
        await type_text(pilot, bad)
        await until_page(pilot, LoginScreen)
        assert status(app) == "! This is not the code, and it was the last try. Start again."
        assert focused(app) == "password"


async def test_a_used_code_of_the_app_counts_down_to_the_next() -> None:
    """U08: it was used, when, and how long to wait; not just "wrong"."""
    services = make_services()
    account = make_account(services, method=Method.AUTHENTICATOR)
    log_in(services)
    app = make_app(services)
    async with app.run_test() as pilot:
        await enter_password(pilot)
        await enter_code(pilot, app_code(services, account.id))
        assert status(app) == "! This code was already used at 14:02 UTC. Wait 25 s for the next."
        line = app.screen.query_one(WaitLine)
        clock_of(services).advance(seconds=8)
        line.tick()
        assert status(app) == "! This code was already used at 14:02 UTC. Wait 17 s for the next."
        clock_of(services).advance(seconds=17)
        line.tick()
        assert status(app) == "✓ You can try again now."
        await type_text(pilot, app_code(services, account.id))
        await until(pilot, lambda: app.session is not None)


async def test_five_wrong_codes_of_the_app_make_the_page_count_the_wait_down() -> None:
    services = make_services()
    account = make_account(services, method=Method.AUTHENTICATOR)
    app = make_app(services)
    async with app.run_test() as pilot:
        await enter_password(pilot)
        for _ in range(5):
            await enter_code(pilot, wrong_code(app_code(services, account.id)))
            assert status(app).startswith("! This is not the code. Codes depend on the time")
        await enter_code(pilot, app_code(services, account.id))
        assert status(app) == "! Too many tries. Wait 5 min, then try again."
        assert app.session is None


async def test_an_unproved_address_is_proved_first_then_the_app_is_asked() -> None:
    services = make_services()
    account = make_account(services, method=Method.AUTHENTICATOR, verified=False)
    app = make_app(services)
    async with app.run_test() as pilot:
        await enter_password(pilot)
        await until_mailed(pilot)
        assert "Prove your e-mail address" in screen_text(app)
        assert "we sent a code to j•••@e•••.com to prove that the address is yours" in screen_text(app)
        await type_text(pilot, last_code(mailer_of(services)))
        await until(pilot, lambda: app.screen.query(StepBar))
        await until(pilot, lambda: focused(app) == "code")
        assert "Second factor" in screen_text(app)
        await type_text(pilot, app_code(services, account.id))
        await until(pilot, lambda: app.session is not None)


async def test_escape_leads_back_and_the_next_try_starts_anew() -> None:
    services = make_services()
    make_account(services, method=Method.AUTHENTICATOR)
    app = make_app(services)
    async with app.run_test() as pilot:
        await enter_password(pilot)
        await pilot.press("1", "2", "escape")
        await until_page(pilot, LoginScreen)
        assert status(app) == ""
        assert focused(app) == "password"
        await type_text(pilot, PASSWORD)
        await pilot.press("enter")
        await until_page(pilot, SecondFactorScreen)
        assert "12" not in rows(app)[8]


async def test_an_attempt_that_ends_under_the_help_leads_to_the_login_when_the_help_is_closed() -> None:
    services = make_services()
    make_account(services, method=Method.AUTHENTICATOR)
    app = make_app(services)
    async with app.run_test() as pilot:
        await enter_password(pilot)
        page = app.screen
        assert isinstance(page, SecondFactorScreen)
        clock_of(services).advance(minutes=11)
        await pilot.press("f1")
        await until_page(pilot, HelpModal)
        page.judge(Secret("123456"))
        await until(pilot, lambda: not page.busy)
        await settle(pilot)
        assert isinstance(app.screen, HelpModal)
        await pilot.press("escape")
        await until_page(pilot, LoginScreen)
        assert status(app).startswith("! This took longer than 10 minutes")


@pytest.mark.parametrize("method", [Method.EMAIL, Method.AUTHENTICATOR])
async def test_both_forms_fit_80_by_24(method: Method) -> None:
    services: Services = make_services()
    make_account(services, method=method)
    app = make_app(services)
    async with app.run_test(size=(80, 24)) as pilot:
        await enter_password(pilot)
        await enter_code(pilot, "12a")
        assert status(app) == "! Only the digits 0 to 9 make a code."
        assert app.screen.query_one("#body").max_scroll_y == 0
