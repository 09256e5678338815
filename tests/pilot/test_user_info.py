"""The User Info tab: what it shows, editing in place, and texts that are up to no good."""

from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Button, Input, Static

from tests.contrast import worst_contrast
from tests.fakes import make_account, make_services, tags
from tests.profile_host import enter, page, paste, profile, screen_text, until, until_shown
from tui_mfa import themes
from tui_mfa.domain.events import Tag
from tui_mfa.domain.profile import flows
from tui_mfa.domain.two_factor import flows as two_factor
from tui_mfa.domain.two_factor import rules
from tui_mfa.screens.change_email import ChangeEmailModal
from tui_mfa.screens.change_password import ChangePasswordModal
from tui_mfa.screens.user_info import UserInfoTab
from tui_mfa.widgets.tab_row import TabRow


def field(pilot: Pilot[Any], name: str) -> Input:
    """Return a field of the tab."""
    return page(pilot).query_one(f"#{name}", Input)


def button(pilot: Pilot[Any], name: str) -> Button:
    """Return a button of the tab."""
    return page(pilot).query_one(f"#{name}", Button)


async def test_it_shows_the_account() -> None:
    services = make_services()
    make_account(services)
    async with profile(services, enter(services)) as pilot:
        await pilot.press("1")
        await until_shown(pilot, "member since 2026")
        text = " ".join(screen_text(pilot.app).split())
        assert "Username jane" in text
        assert "jane@example.com (verified)" in text
        assert "changed 2026-11-24" in text
        assert "member since 2026-11-24" in text


async def test_name_and_company_are_edited_in_place_and_saved() -> None:
    services = make_services()
    account = make_account(services)
    async with profile(services, enter(services)) as pilot:
        await pilot.press("1")
        assert button(pilot, "save").disabled
        await paste(pilot, field(pilot, "name"), " Jane Doe ")
        await paste(pilot, field(pilot, "company"), "Zwölf & Söhne")
        await until(pilot, lambda: not button(pilot, "save").disabled)
        await pilot.press("enter")
        await until_shown(pilot, "Saved.")
        stored = services.store.get(account.id).profile
        assert (stored.name, stored.company) == ("Jane Doe", "Zwölf & Söhne")
        # The rule has trimmed the name, and that is what is shown from now on.
        await until(pilot, lambda: field(pilot, "name").value == "Jane Doe")
        await until(pilot, lambda: button(pilot, "save").disabled and button(pilot, "undo").disabled)
        assert tags(services, account.id)[-1] == Tag.PROFILE_CHANGED


async def test_undo_puts_back_what_is_stored() -> None:
    services = make_services()
    account = make_account(services)
    logged_in = enter(services)
    flows.edit(services, logged_in.session, name="Jane", company="Acme")
    async with profile(services, logged_in) as pilot:
        await pilot.press("1")
        await until(pilot, lambda: field(pilot, "name").value == "Jane")
        await paste(pilot, field(pilot, "name"), "xyz")
        await until(pilot, lambda: not button(pilot, "undo").disabled)
        button(pilot, "undo").press()
        await until(pilot, lambda: field(pilot, "name").value == "Jane")
        assert button(pilot, "save").disabled
        assert services.store.get(account.id).profile.name == "Jane"


async def test_digits_typed_into_a_field_choose_no_tab() -> None:
    services = make_services()
    make_account(services)
    async with profile(services, enter(services)) as pilot:
        await pilot.press("1")
        field(pilot, "company").focus()
        await pilot.press("3", "q", "5")
        await pilot.pause()
        assert field(pilot, "company").value == "3q5"
        assert page(pilot).query_one(TabRow).chosen == "user-info"


async def test_what_is_being_edited_survives_that_the_account_is_read_again() -> None:
    services = make_services()
    make_account(services)
    async with profile(services, enter(services)) as pilot:
        await pilot.press("1")
        await paste(pilot, field(pilot, "name"), "half a na")
        await pilot.press("tab")
        page(pilot).query_one(TabRow).focus()
        flows.edit(services, page(pilot).session, name="", company="Acme")
        await pilot.press("question_mark", "escape")
        # The state line shows that the account was read again; the field is still the person's.
        two_factor.disable(services, page(pilot).session, rules.WORD)
        page(pilot).load()
        await until(pilot, lambda: "Disabled" in str(page(pilot).query_one("#two-factor-state", Static).visual))
        assert field(pilot, "name").value == "half a na"


@pytest.mark.parametrize("hostile", ["[/foo]", "[@click=app.quit]x[/]", "$accent [bold]x", "\N{ROCKET} 木"])
async def test_markup_in_a_name_is_a_text_like_any_other(hostile: str) -> None:
    services = make_services()
    account = make_account(services)
    logged_in = enter(services)
    async with profile(services, logged_in) as pilot:
        await pilot.press("1")
        await paste(pilot, field(pilot, "name"), hostile)
        await pilot.press("enter")
        await until_shown(pilot, "Saved.")
        assert services.store.get(account.id).profile.name == hostile
        page(pilot).query_one(TabRow).focus()
        await until_shown(pilot, hostile)


@pytest.mark.parametrize("hostile", ["a\x1b[2Jb", "a\x00b", "a\u202eb", "a\nb", "x" * 101])
async def test_control_characters_and_floods_are_refused_by_the_rule(hostile: str) -> None:
    """S66: whatever a field lets through, the rule refuses it and nothing is stored."""
    services = make_services()
    account = make_account(services)
    async with profile(services, enter(services)) as pilot:
        await pilot.press("1")
        page(pilot).query_one(UserInfoTab).post_message(UserInfoTab.SaveRequested({"name": "Jane", "company": hostile}))
        await until_shown(pilot, "! ")
        assert field(pilot, "company").has_focus
        assert services.store.get(account.id).profile.company == ""


async def test_an_escape_sequence_in_a_paste_never_gets_into_the_field() -> None:
    services = make_services()
    make_account(services)
    async with profile(services, enter(services)) as pilot:
        await pilot.press("1")
        await paste(pilot, field(pilot, "name"), "Ja\x1b]0;title\x07ne")
        assert field(pilot, "name").value.isprintable()


@pytest.mark.parametrize(
    ("name", "modal"), [("user-change-email", ChangeEmailModal), ("user-change-password", ChangePasswordModal)]
)
async def test_its_buttons_open_the_modals(name: str, modal: type[object]) -> None:
    services = make_services()
    make_account(services)
    async with profile(services, enter(services)) as pilot:
        await pilot.press("1")
        button(pilot, name).press()
        await until(pilot, lambda: isinstance(pilot.app.screen, modal))
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is page(pilot))


@pytest.mark.parametrize("theme", themes.THEME_NAMES)
async def test_all_text_is_readable_while_something_is_edited(theme: str) -> None:
    services = make_services()
    make_account(services)
    async with profile(services, enter(services)) as pilot:
        pilot.app.theme = theme
        await pilot.press("1")
        await paste(pilot, field(pilot, "name"), "Jane")
        await until(pilot, lambda: not button(pilot, "save").disabled)
        await pilot.pause()
        worst, where = worst_contrast(pilot.app)
        assert worst >= 4.5, where
