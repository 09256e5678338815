"""The login page: by keyboard and paste, for people who are known, unknown, new or locked out."""

import pytest
from textual import events
from textual.widgets import Button

from tests.fakes import ORIGIN, PASSWORD, WRONG, clock_of, last_code, mailer_of, make_account, make_services
from tests.pilot_tools import inputs, make_app, rows, screen_text, settle, shown, status, type_text, until, until_page
from tui_mfa.domain.account import Method
from tui_mfa.domain.login import registration
from tui_mfa.domain.ports import Policy
from tui_mfa.domain.secret import Secret
from tui_mfa.screens.help import HelpModal
from tui_mfa.screens.login import LoginScreen
from tui_mfa.screens.messages import LogoutRequested
from tui_mfa.screens.password_reset import PasswordResetScreen
from tui_mfa.screens.register import RegisterScreen
from tui_mfa.screens.second_factor import SecondFactorScreen
from tui_mfa.widgets.wait_line import WaitLine


async def test_name_password_and_mailed_code_open_a_session() -> None:
    services = make_services()
    make_account(services)
    app = make_app(services)
    async with app.run_test() as pilot:
        await until_page(pilot, LoginScreen)
        await type_text(pilot, "jane")
        await pilot.press("enter")
        await type_text(pilot, PASSWORD)
        await pilot.press("enter")
        await until_page(pilot, SecondFactorScreen)
        await until(pilot, lambda: "We sent a code to j•••@e•••.com (request" in screen_text(app))
        held = inputs(app)
        await type_text(pilot, last_code(mailer_of(services)))
        await until(pilot, lambda: app.session is not None)
        await settle(pilot)
        assert [field.value for field in held if field.id != "name"] == ["", ""]
        assert not any(PASSWORD in field.value for field in held)


async def test_a_pasted_password_logs_in_where_there_is_no_second_factor() -> None:
    services = make_services()
    make_account(services, method=Method.DISABLED)
    app = make_app(services)
    async with app.run_test() as pilot:
        await until_page(pilot, LoginScreen)
        await type_text(pilot, "jane@example.com")
        await pilot.press("tab")
        app.post_message(events.Paste(PASSWORD + "\n"))
        await pilot.pause()
        assert PASSWORD not in screen_text(app)
        held = inputs(app)
        await pilot.press("enter")
        await until(pilot, lambda: app.session is not None)
        assert [field.value for field in held] == ["jane@example.com", ""]


async def test_a_password_right_behind_name_and_enter_never_lands_in_the_name() -> None:
    services = make_services()
    make_account(services, method=Method.DISABLED)
    app = make_app(services)
    async with app.run_test() as pilot:
        await until_page(pilot, LoginScreen)
        held = inputs(app)
        for key in ("j", "a", "n", "e", "enter", "s", "e", "c", "r", "e", "t"):
            app.post_message(events.Key(key, key if len(key) == 1 else "\r"))
        await until(pilot, lambda: held[1].value == "secret")
        assert held[0].value == "jane"


async def test_unknown_name_and_wrong_password_look_alike() -> None:
    """S06: nothing on the page tells whether there is such an account."""
    pages = []
    for name in ("jane", "nemo"):
        services = make_services()
        make_account(services)
        app = make_app(services)
        async with app.run_test() as pilot:
            await until_page(pilot, LoginScreen)
            await type_text(pilot, name)
            await pilot.press("enter")
            await type_text(pilot, WRONG)
            await pilot.press("enter")
            await until(pilot, lambda app=app: status(app).startswith("!"))  # type: ignore[misc]
            assert app.focused is not None
            assert app.focused.id == "password"
            pages.append([row.replace(name, "NAME") for row in rows(app)])
            assert not any(WRONG in field.value for field in inputs(app))
    assert pages[0] == pages[1]
    assert any("! The name or the password is not right." in row for row in pages[0])


async def test_too_many_wrong_passwords_count_down_to_the_next_try() -> None:
    services = make_services()
    make_account(services)
    app = make_app(services)
    async with app.run_test() as pilot:
        await until_page(pilot, LoginScreen)
        await type_text(pilot, "jane")
        await pilot.press("enter")
        for _ in range(6):
            await type_text(pilot, "wrong")
            await pilot.press("enter")
            await until(pilot, lambda: not _busy(app))
        assert status(app) == "! Too many tries. Wait 5 min, then try again."
        line = app.screen.query_one(WaitLine)
        clock_of(services).advance(seconds=270)
        line.tick()
        assert status(app) == "! Too many tries. Wait 30 s, then try again."
        clock_of(services).advance(seconds=30)
        line.tick()
        assert status(app) == "✓ You can try again now."
        assert not line.waiting


def _busy(app: object) -> bool:
    from tui_mfa.app import MfaApp

    assert isinstance(app, MfaApp)
    screen = app.screen
    assert isinstance(screen, LoginScreen)
    return screen.busy


@pytest.mark.parametrize(("keys", "words"), [("enter", "Type your password."), ("up", "Type your username")])
async def test_an_empty_field_is_asked_for_and_costs_no_try(keys: str, words: str) -> None:
    services = make_services()
    make_account(services)
    app = make_app(services)
    async with app.run_test() as pilot:
        await until_page(pilot, LoginScreen)
        if keys == "enter":
            await type_text(pilot, "jane")
        app.screen.query_one("#log-in", Button).press()
        await until(pilot, lambda: words in status(app))
        assert app.focused is not None
        assert app.focused.id == ("password" if keys == "enter" else "name")
        assert services.store.get(next(services.store.ids())).failed_since_login == 0


async def test_the_first_start_leads_to_the_first_account() -> None:
    app = make_app(make_services(policy=Policy(registration_open=False)))
    async with app.run_test() as pilot:
        await until(pilot, lambda: app.screen.query("#create-first:focus"))
        assert "Welcome. There is no account here yet." in screen_text(app)
        assert "Create the first one." in screen_text(app)
        await pilot.press("enter")
        await until_page(pilot, RegisterScreen)
        await pilot.press("escape")
        await until_page(pilot, LoginScreen)


@pytest.mark.parametrize("is_open", [True, False])
async def test_registration_is_offered_only_where_it_is_open(is_open: bool) -> None:
    services = make_services(policy=Policy(registration_open=is_open))
    make_account(services)
    app = make_app(services)
    async with app.run_test() as pilot:
        await until_page(pilot, LoginScreen)
        await until(pilot, lambda: ("Create an account" in screen_text(app)) is is_open)
        assert registration.is_open(services) is is_open
        assert "Welcome" not in screen_text(app)


async def test_the_links_lead_to_the_ways_in_and_back() -> None:
    services = make_services()
    make_account(services)
    app = make_app(services)
    async with app.run_test() as pilot:
        await until_page(pilot, LoginScreen)
        await type_text(pilot, "jane")
        await pilot.press("enter", *"halfapass")
        held = inputs(app)
        await pilot.press("tab", "tab", "enter")
        await until_page(pilot, RegisterScreen)
        assert held[1].value == "", "a page that is covered keeps no password"
        await pilot.press("escape")
        await until_page(pilot, LoginScreen)
        await pilot.click("#forgotten")
        await until_page(pilot, PasswordResetScreen)
        assert inputs(app)[-1].value == "jane"
        await pilot.press("escape")
        await until_page(pilot, LoginScreen)
        await pilot.click("#lost")
        await until(pilot, lambda: status(app) == f"→ {LoginScreen.LOST}")


async def test_escape_on_the_first_page_does_nothing() -> None:
    services = make_services()
    make_account(services)
    app = make_app(services)
    async with app.run_test() as pilot:
        await until_page(pilot, LoginScreen)
        await type_text(pilot, "jane")
        await pilot.press("escape", "escape")
        assert isinstance(app.screen, LoginScreen)
        assert inputs(app)[0].value == "jane"
        assert "esc" not in rows(app)[-1]


async def test_after_logout_the_page_says_so_until_the_next_try() -> None:
    services = make_services()
    make_account(services, method=Method.DISABLED)
    app = make_app(services)
    async with app.run_test() as pilot:
        await until_page(pilot, LoginScreen)
        await type_text(pilot, "jane")
        await pilot.press("enter")
        await type_text(pilot, PASSWORD)
        await pilot.press("enter")
        await until(pilot, lambda: app.session is not None)
        app.post_message(LogoutRequested())
        await until(pilot, lambda: "You are logged out." in screen_text(app))
        await type_text(pilot, "jane")
        await pilot.press("enter", "x", "enter")
        await until(pilot, lambda: status(app).startswith("!"))
        assert "You are logged out." not in screen_text(app)


async def test_a_window_too_small_says_what_it_needs_and_q_quits() -> None:
    services = make_services()
    make_account(services)
    app = make_app(services)
    async with app.run_test(size=(40, 12)) as pilot:
        await until(pilot, lambda: "80×24" in screen_text(app))
        assert "this window has 40×12" in screen_text(app)
        await pilot.press("q")
        await pilot.pause()
    assert app.return_value == 0


async def test_everything_fits_80_by_24_even_with_a_note_and_a_long_answer() -> None:
    services = make_services(policy=Policy(registration_open=False))
    note = "Mail is not sent from here; it goes to the outbox folder: `tui-mfa outbox list`."
    app = make_app(services, note)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.screen.query("#create-first:focus"))
        await pilot.click("#lost")
        await until(pilot, lambda: status(app) == f"→ {LoginScreen.LOST}")
        assert app.screen.query_one("#body").max_scroll_y == 0
        assert note in screen_text(app)
        assert shown(app, "#mail-note") == note


async def test_help_tells_what_the_page_does_and_escape_closes_it() -> None:
    services = make_services()
    make_account(services)
    app = make_app(services)
    async with app.run_test() as pilot:
        await until_page(pilot, LoginScreen)
        await pilot.press("f1")
        await until_page(pilot, HelpModal)
        assert "Type your username" in screen_text(app)
        await pilot.press("escape")
        await until_page(pilot, LoginScreen)


async def test_an_account_of_the_first_start_that_was_never_proved_leaves_the_door_open() -> None:
    services = make_services(policy=Policy(registration_open=False))
    registration.register(services, "jane", "jane@example.com", Secret(PASSWORD), ORIGIN)
    app = make_app(services)
    async with app.run_test() as pilot:
        await until_page(pilot, LoginScreen)
        await until(pilot, lambda: "Create an account" in screen_text(app))
