"""Creating an account: each field's own answer, nothing typed is lost, and the address is proved."""

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from tests.fakes import ORIGIN, PASSWORD, last_code, mailer_of, mails, make_account, make_services
from tests.pilot_tools import inputs, make_app, screen_text, settle, shown, status, type_text, until, until_page
from tui_mfa.app import MfaApp
from tui_mfa.domain import limits
from tui_mfa.domain.ports import Claim, Services, Template
from tui_mfa.screens.login import LoginScreen
from tui_mfa.screens.mailed_code import MailedCodeForm
from tui_mfa.screens.new_password import NewPasswordFields, length_hint
from tui_mfa.screens.register import RegisterScreen
from tui_mfa.screens.second_factor import SecondFactorScreen


async def open_page(pilot: Pilot[int]) -> RegisterScreen:
    """Go to the registration."""
    await until_page(pilot, LoginScreen)
    await until(pilot, lambda: "Create an account" in screen_text(pilot.app))
    await pilot.click("#create" if pilot.app.screen.query("#create") else "#create-first")
    await until_page(pilot, RegisterScreen)
    page = pilot.app.screen
    assert isinstance(page, RegisterScreen)
    return page


async def fill(pilot: Pilot[int], username: str, email: str, password: str, again: str | None = None) -> None:
    """Type everything and press Enter in the last field."""
    for text in (username, email, password, password if again is None else again):
        await type_text(pilot, text)
        await pilot.press("enter")
    page = pilot.app.screen
    await until(pilot, lambda: not getattr(page, "busy", False))
    await settle(pilot)


def field(app: MfaApp, name: str) -> Input:
    return app.screen.query_one(f"#{name}", Input)


def focused(app: MfaApp) -> str | None:
    return app.focused.id if app.focused is not None else None


async def test_the_first_account_is_created_proved_and_logged_in() -> None:
    services = make_services()
    app = make_app(services)
    async with app.run_test() as pilot:
        await open_page(pilot)
        held = inputs(app)
        await fill(pilot, "jane", "jane@example.com", PASSWORD)
        await until_page(pilot, SecondFactorScreen)
        await until(pilot, lambda: "Check your mail: we sent a code to j•••@e•••.com" in screen_text(app))
        assert not any(PASSWORD in gone.value for gone in [*held, *inputs(app)])
        await type_text(pilot, last_code(mailer_of(services)))
        await until(pilot, lambda: app.session is not None)
    account_id = services.store.find(Claim.USERNAME, "jane")
    assert account_id is not None
    assert services.store.get(account_id).email.verified_at == services.clock.now()


REFUSED = [
    ("j", "jane@example.com", PASSWORD, "username", "! A username has 2 to 32 letters"),
    ("joe", "jane@", PASSWORD, "email", "! Type one e-mail address, like jane@example.com."),
    ("taken", "jane@example.com", PASSWORD, "username", "! This username is in use. Choose another."),
    ("joe", "joe@example.com", "short", "new-password", "! The password needs at least 8 characters."),
    ("joe", "joe@example.com", "password", "new-password", "! "),
    ("johanna", "joe@example.com", "johanna 12 johanna", "new-password", "! The password contains your username"),
]


@pytest.mark.parametrize(("username", "email", "password", "wrong", "words"), REFUSED)
async def test_a_refusal_stands_at_its_field_and_loses_nothing(
    username: str, email: str, password: str, wrong: str, words: str
) -> None:
    services = make_services()
    make_account(services, "taken")
    app = make_app(services)
    async with app.run_test() as pilot:
        await open_page(pilot)
        await fill(pilot, username, email, password)
        hint = "#password-hint" if wrong == "new-password" else f"#{wrong}-hint"
        assert shown(app, hint).startswith(words)
        assert focused(app) == wrong
        assert status(app) == ""
        values = [field(app, name).value for name in ("username", "email", "new-password", "new-password-again")]
        assert values == [username, email, password, password]
        await pilot.press("end", "x")
        assert not shown(app, hint).startswith("!"), "mending the field takes the refusal away"


async def test_two_different_passwords_are_told_before_anything_is_asked() -> None:
    services = make_services()
    app = make_app(services)
    async with app.run_test() as pilot:
        await open_page(pilot)
        await fill(pilot, "jane", "jane@example.com", PASSWORD, again=PASSWORD + "x")
        assert shown(app, "#password-hint") == "! The two passwords are not the same."
        assert focused(app) == "new-password-again"
        assert services.store.is_empty()


async def test_an_empty_field_is_asked_for() -> None:
    app = make_app(make_services())
    async with app.run_test() as pilot:
        await open_page(pilot)
        await fill(pilot, "", "", "")
        assert shown(app, "#username-hint") == "! This is needed."
        assert focused(app) == "username"


async def test_an_address_in_use_gets_the_same_page_and_its_owner_a_mail() -> None:
    """S06: the page does not tell that somebody has this address."""
    texts = []
    for taken in (False, True):
        services = make_services()
        if taken:
            make_account(services, "owner", "jane@example.com")
        app = make_app(services)
        async with app.run_test() as pilot:
            await open_page(pilot)
            await fill(pilot, "jane", "jane@example.com", PASSWORD)
            await until_page(pilot, SecondFactorScreen)
            await until(pilot, lambda app=app: "Check your mail: we sent a code" in screen_text(app))  # type: ignore[misc]
            request = shown(app, "#mail-state").partition("(request ")[2][:2]
            texts.append(screen_text(app).replace(request, "K7"))
            await type_text(pilot, "000000")
            await until(pilot, lambda app=app: status(app).startswith("!"))  # type: ignore[misc]
            texts.append(status(app))
        assert mails(services)[-1].template is (Template.ADDRESS_IN_USE if taken else Template.VERIFY_CODE)
    assert texts[:2] == texts[2:]


async def test_escape_keeps_nothing_and_wipes_the_passwords() -> None:
    services = make_services()
    app = make_app(services)
    async with app.run_test() as pilot:
        page = await open_page(pilot)
        await type_text(pilot, "jane")
        await pilot.press("enter", "enter")
        await type_text(pilot, PASSWORD)
        await pilot.press("enter")
        await type_text(pilot, PASSWORD)
        held = list(page.query_one(NewPasswordFields).query(Input))
        assert [one.value for one in held] == [PASSWORD, PASSWORD]
        await pilot.press("escape")
        await until_page(pilot, LoginScreen)
        await until(pilot, lambda: not page.is_attached)
        assert [one.value for one in held] == ["", ""]
        assert services.store.is_empty()


async def test_too_many_registrations_from_one_place_are_told_with_the_wait() -> None:
    services: Services = make_services()
    make_account(services)
    with services.store.bucket(f"registrations:{ORIGIN.address}") as tries:
        for _ in range(20):
            limits.count(tries, services.clock.now())
    app = make_app(services)
    async with app.run_test() as pilot:
        await open_page(pilot)
        await fill(pilot, "joe", "joe@example.com", PASSWORD)
        assert status(app) == "! Too many tries. Wait 1 h, then try again."


async def test_the_page_fits_80_by_24_with_the_longest_refusals() -> None:
    app = make_app(make_services())
    async with app.run_test(size=(80, 24)) as pilot:
        page = await open_page(pilot)
        await fill(pilot, "joe", "joe@example.com", "password")
        page.status.error("The store cannot be written now. Try again later.")
        await settle(pilot)
        assert shown(app, "#password-hint").startswith("! ")
        assert page.query_one("#body").max_scroll_y == 0
        assert not page.query(MailedCodeForm)


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (0, "8 characters or more; 15 if you may want to switch the second factor off."),
        (1, "7 more characters needed."),
        (7, "1 more character needed."),
        (8, "Long enough; with 7 more, long enough without a second factor too."),
        (14, "Long enough; with 1 more, long enough without a second factor too."),
        (15, "Long enough, also without a second factor."),
    ],
)
def test_the_hint_follows_the_length(size: int, words: str) -> None:
    assert length_hint(size) == words
