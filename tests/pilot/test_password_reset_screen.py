"""The forgotten password: three steps that end at the login, the same for names that are nobody's."""

from textual import events
from textual.pilot import Pilot

from tests.fakes import (
    OTHER_PASSWORD,
    app_code,
    clock_of,
    last_code,
    mailer_of,
    mails,
    make_account,
    make_services,
    wrong_code,
)
from tests.pilot_tools import inputs, make_app, screen_text, settle, shown, status, type_text, until, until_page
from tui_mfa.app import MfaApp
from tui_mfa.domain.account import Method
from tui_mfa.domain.errors import MailUnavailable
from tui_mfa.domain.ports import Template
from tui_mfa.mail.memory import MemoryMailer
from tui_mfa.screens.login import LoginScreen
from tui_mfa.screens.new_password import NewPasswordFields
from tui_mfa.screens.password_reset import DONE, PasswordResetScreen
from tui_mfa.screens.second_factor import SecondFactorScreen


async def ask(pilot: Pilot[int], name: str) -> PasswordResetScreen:
    """Ask for a reset and wait for the word about the mail."""
    await until_page(pilot, LoginScreen)
    await pilot.click("#forgotten")
    await until_page(pilot, PasswordResetScreen)
    page = pilot.app.screen
    assert isinstance(page, PasswordResetScreen)
    await type_text(pilot, name)
    await pilot.press("enter")
    await until(pilot, lambda: "valid until" in screen_text(pilot.app) and not page.busy)
    return page


async def prove(pilot: Pilot[int], code: str) -> None:
    """Type the code and wait for the third step."""
    await type_text(pilot, code)
    await until(pilot, lambda: pilot.app.screen.query(NewPasswordFields))
    await until(pilot, lambda: focused(pilot.app) == "new-password")


def focused(app: object) -> str | None:
    assert isinstance(app, MfaApp)
    return app.focused.id if app.focused is not None else None


async def test_a_new_password_is_set_and_the_second_factor_is_still_asked() -> None:
    """S46: the reset opens no session; the app's code is asked at the next login."""
    services = make_services()
    account = make_account(services, method=Method.AUTHENTICATOR)
    app = make_app(services)
    async with app.run_test() as pilot:
        page = await ask(pilot, "jane")
        await prove(pilot, last_code(mailer_of(services)))
        held = inputs(app)
        for _ in range(2):
            app.post_message(events.Paste(OTHER_PASSWORD))
            await pilot.pause()
            await pilot.press("enter")
        await until_page(pilot, LoginScreen)
        assert status(app) == f"✓ {DONE}"
        assert app.session is None
        await until(pilot, lambda: not page.is_attached)
        assert not any(OTHER_PASSWORD in field.value for field in held)
        await until(pilot, lambda: mails(services)[-1].template is Template.PASSWORD_CHANGED)
        await type_text(pilot, "jane")
        await pilot.press("enter")
        await type_text(pilot, OTHER_PASSWORD)
        await pilot.press("enter")
        await until_page(pilot, SecondFactorScreen)
        await type_text(pilot, app_code(services, account.id))
        await until(pilot, lambda: app.session is not None)


async def test_an_unknown_name_gets_the_same_page_and_the_same_refusals() -> None:
    """S06: name by name the same sentences, requests and tries; only the mail is missing."""
    seen = []
    for name in ("jane", "nemo"):
        services = make_services()
        make_account(services)
        app = make_app(services)
        async with app.run_test() as pilot:
            await ask(pilot, name)
            request = shown(app, "#mail-state").partition("(request ")[2][:2]
            texts = [screen_text(app).replace(name, "NAME").replace(request, "K7")]
            bad = wrong_code(last_code(mailer_of(services))) if mails(services) else "000000"
            for _ in range(4):
                await type_text(pilot, bad)
                page = app.screen
                await until(pilot, lambda page=page: not getattr(page, "busy", True))  # type: ignore[misc]
                await settle(pilot)
                texts.append(status(app))
            await type_text(pilot, bad)
            await until_page(pilot, LoginScreen)
            seen.append([*texts, status(app)])
            assert len(mails(services)) == (name == "jane")
    assert seen[0] == seen[1]
    assert "If there is an account for “NAME”, we sent a code to its address (request K7)." in seen[0][0]
    assert seen[0][-1] == "! This is not the code, and it was the last try. Start again."


async def test_a_refused_password_keeps_the_step_and_esc_leaves_without_a_change() -> None:
    services = make_services()
    account = make_account(services)
    before = services.store.get(account.id).password
    app = make_app(services)
    async with app.run_test() as pilot:
        await ask(pilot, "jane@example.com")
        await prove(pilot, last_code(mailer_of(services)))
        for text in ("short", "short"):
            await type_text(pilot, text)
            await pilot.press("enter")
        await until(pilot, lambda: shown(app, "#password-hint").startswith("! The password needs at least 8"))
        assert focused(app) == "new-password"
        held = inputs(app)
        await pilot.press("escape")
        await until_page(pilot, LoginScreen)
        await settle(pilot)
        assert status(app) == ""
        assert not any("short" in field.value for field in held)
    assert services.store.get(account.id).password == before


async def test_without_a_mail_server_known_and_unknown_names_get_the_same_words() -> None:
    """S33: the failure is told, and tells nothing about the name."""
    seen = []
    for name in ("jane", "nemo"):
        clock = clock_of(make_services())
        services = make_services(mailer=DeadMailer("noreply@example.net", "tui-mfa", "", clock), clock=clock)
        make_account(services)
        app = make_app(services)
        async with app.run_test() as pilot:
            await until_page(pilot, LoginScreen)
            await type_text(pilot, name)
            await pilot.click("#forgotten")
            await until_page(pilot, PasswordResetScreen)
            await pilot.press("enter")
            await until(pilot, lambda app=app: focused(app) == "resend")  # type: ignore[misc]
            seen.append(screen_text(app))
    assert seen[0] == seen[1]
    assert "! Mail cannot be sent now: the server is gone. Nothing is lost: press Resend to try again." in seen[0]


class DeadMailer(MemoryMailer):
    """Never works."""

    def send(self, mail: object) -> None:
        raise MailUnavailable("Mail cannot be sent now: the server is gone.")

    def check(self) -> None:
        raise MailUnavailable("Mail cannot be sent now: the server is gone.")


async def test_a_hostile_name_is_shown_letter_for_letter() -> None:
    services = make_services()
    make_account(services)
    app = make_app(services)
    async with app.run_test() as pilot:
        await until_page(pilot, LoginScreen)
        await pilot.click("#forgotten")
        await until_page(pilot, PasswordResetScreen)
        app.post_message(events.Paste("[/foo][@click=app.quit]x[/]\x1b[31m"))
        await pilot.pause()
        await pilot.press("enter")
        await until(pilot, lambda: "valid until" in screen_text(app))
        assert "for “[/foo][@click=app.quit]x[/][31m”" in screen_text(app)


async def test_every_step_fits_80_by_24() -> None:
    services = make_services()
    make_account(services)
    app = make_app(services)
    async with app.run_test(size=(80, 24)) as pilot:
        page = await ask(pilot, "jane")
        assert page.query_one("#body").max_scroll_y == 0
        await prove(pilot, last_code(mailer_of(services)))
        page.query_one(NewPasswordFields).refuse("x" * 150)
        await settle(pilot)
        assert page.query_one("#body").max_scroll_y == 0


async def test_an_empty_name_is_asked_for() -> None:
    services = make_services()
    make_account(services)
    app = make_app(services)
    async with app.run_test() as pilot:
        await until_page(pilot, LoginScreen)
        await pilot.click("#forgotten")
        await until_page(pilot, PasswordResetScreen)
        await pilot.press("enter")
        await until(pilot, lambda: status(app) == "! Type your username or your e-mail address.")
