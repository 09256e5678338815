"""Manage Two Factor Authentication: the three tabs, and changing the method."""

from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Button, Static

from tests.fakes import OTHER_PASSWORD, PASSWORD, clock_of, delivered, make_account, make_services, tags
from tests.profile_host import enter, screen_text, until, until_shown
from tests.two_factor_host import account, confirm, enrolling, opened, page, shown_secret, told, words
from tui_mfa.domain.account import Method
from tui_mfa.domain.ports import Policy
from tui_mfa.screens.confirm import ConfirmModal
from tui_mfa.screens.modals import EndOthersModal
from tui_mfa.screens.profile import ProfileScreen
from tui_mfa.screens.two_factor import TwoFactorScreen
from tui_mfa.screens.two_factor.modals import DisableModal
from tui_mfa.widgets.tab_row import TabRow
from tui_mfa.widgets.two_factor.disabled_tab import REQUIRED, SHORT
from tui_mfa.widgets.two_factor.enrol_form import EnrolForm

SHORT_PASSWORD = "ochre-tugboat"
"""Good enough beside a second factor, too short to stand alone."""


@pytest.mark.parametrize(
    ("method", "row"),
    [
        (Method.DISABLED, "▐Disabled ●▌   Email Based    Authenticator App"),
        (Method.EMAIL, "Disabled   ▐Email Based ●▌   Authenticator App"),
        (Method.AUTHENTICATOR, "Disabled    Email Based   ▐Authenticator App ●▌"),
    ],
)
async def test_the_method_in_force_is_marked_and_shown_first(method: Method, row: str) -> None:
    services = make_services()
    make_account(services, method=method)
    async with opened(services) as pilot:
        assert screen_text(pilot.app).splitlines()[1].strip() == row


async def test_numbers_and_arrows_choose_a_tab() -> None:
    services = make_services()
    make_account(services, method=Method.AUTHENTICATOR)
    async with opened(services) as pilot:
        steps = (
            "1 disabled, 2 email, 3 authenticator, left email, left disabled, left disabled, right email, h disabled"
        )
        for key, chosen in (step.split() for step in steps.split(", ")):
            await pilot.press(key)
            assert page(pilot).query_one(TabRow).chosen == chosen
        await pilot.click("#tabs", offset=(40, 0))
        await until_shown(pilot, "The Authenticator App is on since 2026-11-24")
        assert account(services).enrolment is None, "looking at what is on makes no new secret"


async def test_looking_at_every_tab_and_leaving_by_escape_changes_nothing() -> None:
    services = make_services()
    account_id = make_account(services).id
    async with enrolling(services) as pilot:
        assert account(services).enrolment is not None
        await pilot.press("shift+tab", "1", "2", "escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, ProfileScreen))
        await until(pilot, lambda: account(services).enrolment is None)
        assert account(services).method is Method.EMAIL
        assert account(services).authenticator is None
        assert tags(services, account_id)[-2:] == ["mfa.totp.started", "mfa.totp.cancelled"]
        assert "Email Based" in screen_text(pilot.app)


async def test_escape_right_from_the_code_drops_the_secret_too() -> None:
    services = make_services()
    make_account(services)
    async with enrolling(services) as pilot:
        secret, form = shown_secret(pilot), page(pilot).query_one(EnrolForm)
        await pilot.press("1", "2", "escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, ProfileScreen))
        await until(pilot, lambda: account(services).enrolment is None)
        await until(pilot, lambda: not form.is_attached)
        assert secret[:4] not in screen_text(pilot.app)


async def test_a_confirmation_is_asked_for_when_the_last_is_older_than_five_minutes() -> None:
    """S15: declined, nothing is made; given, the secret comes by itself."""
    services = make_services()
    make_account(services)
    async with opened(services) as pilot:
        clock_of(services).advance(minutes=5, seconds=1)
        await pilot.press("3")
        await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmModal))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, TwoFactorScreen))
        assert told(pilot) == "! Nothing was changed: it was not confirmed that it is you."
        assert account(services).enrolment is None
        await pilot.click("#app-set-up")
        await confirm(pilot, services)
        await until_shown(pilot, "ENTER THE CODE")
        assert account(services).enrolment is not None


async def test_within_five_minutes_no_confirmation_is_asked_for() -> None:
    services = make_services()
    make_account(services)
    logged_in = enter(services)
    clock_of(services).advance(minutes=4, seconds=59)
    async with enrolling(services, logged_in) as pilot:
        assert isinstance(pilot.app.screen, TwoFactorScreen)


def can_disable(pilot: Pilot[Any]) -> bool:
    """Return whether the button of the modal is on."""
    return not pilot.app.screen.query_one("#disable", Button).disabled


@pytest.mark.parametrize(
    ("typed", "on"),
    [("disable", True), (" disable ", True), ("Disable", False), ("disabled", False), ("dis able", False), ("", False)],
)
async def test_only_the_very_word_switches_the_button_on(typed: str, on: bool) -> None:
    services = make_services()
    make_account(services)
    async with opened(services) as pilot:
        await pilot.press("1", "tab", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, DisableModal))
        asked = pilot.app.screen.query_one("#ask-word", Static)
        assert str(asked.visual) == "To confirm the action, type disable in the confirmation input field"
        assert pilot.app.focused is not None
        assert pilot.app.focused.id == "cancel", "the harmless button has the focus"
        assert not can_disable(pilot)
        await pilot.press("shift+tab", *("space" if char == " " else char for char in typed))
        assert can_disable(pilot) is on
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, TwoFactorScreen) is on)
        await until(pilot, lambda: account(services).method is (Method.DISABLED if on else Method.EMAIL))


async def test_disabling_an_app_deletes_its_secret_and_is_mailed() -> None:
    services = make_services()
    account_id = make_account(services, method=Method.AUTHENTICATOR).id
    async with opened(services) as pilot:
        await pilot.press("1", "tab", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, DisableModal))
        await pilot.press("shift+tab", *"disable")
        await pilot.click("#disable")
        await until_shown(pilot, "Two-factor authentication is disabled.")
        await until(pilot, lambda: page(pilot).query_one(TabRow).marked == "disabled")
        assert "Two-factor authentication is off: whoever knows the password is in." in words(pilot, "#disabled-words")
        assert not page(pilot).query_one("#disable-open").display
    assert account(services).authenticator is None
    assert delivered(services, account_id)[-1] == ("mfa_disabled", "jane@example.com")


async def test_email_based_is_offered_in_place_of_nothing() -> None:
    services = make_services()
    make_account(services, method=Method.AUTHENTICATOR)
    async with opened(services) as pilot:
        await pilot.press("1", "tab", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, DisableModal))
        await pilot.click("#instead")
        await until_shown(pilot, "Email Based is on: a code is mailed at each login.")
        assert account(services).method is Method.EMAIL
        assert account(services).authenticator is None


async def test_with_mailed_codes_the_modal_offers_no_second_way() -> None:
    services = make_services()
    make_account(services)
    async with opened(services) as pilot:
        await pilot.press("1", "tab", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, DisableModal))
        assert not pilot.app.screen.query("#instead")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, TwoFactorScreen))
        assert account(services).method is Method.EMAIL


async def test_a_password_too_short_to_stand_alone_is_explained_before_and_after() -> None:
    """S01: fifteen characters without a second factor."""
    services = make_services()
    make_account(services, password=SHORT_PASSWORD)
    async with opened(services, enter(services, password=SHORT_PASSWORD)) as pilot:
        await pilot.press("1")
        assert SHORT in words(pilot, "#disabled-words")
        await pilot.press("tab", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, DisableModal))
        await pilot.press("shift+tab", *"disable", "enter")
        await until_shown(pilot, "at least 15 characters")
        assert "Change the password first, or use Email Based." in told(pilot)
        assert account(services).method is Method.EMAIL


async def test_where_the_operator_requires_a_second_factor_there_is_no_button() -> None:
    services = make_services(policy=Policy(mfa_required=True))
    make_account(services)
    async with opened(services) as pilot:
        await pilot.press("1")
        assert words(pilot, "#disabled-words") == REQUIRED
        assert not page(pilot).query_one("#disable-open").display


async def test_email_based_tells_what_it_is_and_is_enabled_by_its_button() -> None:
    services = make_services()
    make_account(services, method=Method.DISABLED)
    async with opened(services) as pilot:
        await pilot.press("2")
        shown = " ".join(screen_text(pilot.app).split())
        assert "Codes go to j•••@e•••.com" in shown
        assert "A mailed code is weaker than an app" in shown
        await pilot.press("tab", "enter")
        await until_shown(pilot, "Email Based is on: a code is mailed at each login.")
        assert account(services).method is Method.EMAIL
        await until(pilot, lambda: page(pilot).query_one("#email-on").display)


@pytest.mark.parametrize("answer", ["enter", "escape"])
async def test_other_sessions_can_be_ended_with_a_change(answer: str) -> None:
    """S49: offered, pre-selected, and declined by Esc."""
    services = make_services()
    make_account(services, method=Method.DISABLED)
    enter(services)
    async with opened(services) as pilot:
        await pilot.press("2", "tab", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, EndOthersModal))
        await pilot.press(answer)
        await until(pilot, lambda: isinstance(pilot.app.screen, TwoFactorScreen))
        if answer == "enter":
            await until(pilot, lambda: "1 other session was ended." in told(pilot))
        await until(pilot, lambda: len(account(services).sessions) == (1 if answer == "enter" else 2))
        assert "Email Based is on" in told(pilot)


async def test_a_session_that_ended_elsewhere_leads_to_the_login() -> None:
    services = make_services()
    make_account(services)
    async with opened(services) as pilot:
        with services.store.account(account(services).id) as stored:
            stored.sessions.clear()
        await pilot.press("3")
        await until_shown(pilot, "This session was ended. Log in again.")
        assert PASSWORD not in screen_text(pilot.app)
        assert OTHER_PASSWORD not in screen_text(pilot.app)
