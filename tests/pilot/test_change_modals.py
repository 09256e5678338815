"""Changing the password and the e-mail address from the profile, with the confirmation in between."""

from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Button, Input

from tests.contrast import ratio, text_runs
from tests.fakes import (
    OTHER_PASSWORD,
    PASSWORD,
    clock_of,
    delivered,
    last_code,
    log_in,
    mailer_of,
    mails,
    make_account,
    make_services,
    tags,
    wrong_code,
)
from tests.profile_host import enter, page, paste, profile, screen_text, typed, until, until_shown
from tui_mfa import themes
from tui_mfa.domain.account import Method
from tui_mfa.domain.events import Tag
from tui_mfa.domain.ports import Services, Template
from tui_mfa.domain.secret import Secret
from tui_mfa.screens.change_email import ChangeEmailModal
from tui_mfa.screens.change_password import ChangePasswordModal
from tui_mfa.screens.confirm import ConfirmModal
from tui_mfa.screens.mailed_code import MailedCodeForm
from tui_mfa.screens.modals import EndOthersModal
from tui_mfa.widgets.password_input import PasswordInput


def field(pilot: Pilot[Any], name: str) -> Input:
    """Return an input of the topmost screen."""
    return pilot.app.screen.query_one(f"#{name}", Input)


def password_is(services: Services, account_id: str, password: str) -> bool:
    """Say whether an account has a password."""
    return services.passwords.verify(services.store.get(account_id).password.hash, Secret(password))


async def open_modal(pilot: Pilot[Any], link: str) -> None:
    """Open a modal by its link on the Security tab."""
    page(pilot).query_one(f"#{link}").focus()
    await pilot.press("enter")
    await until(pilot, lambda: isinstance(pilot.app.screen, ChangePasswordModal | ChangeEmailModal))


async def type_passwords(pilot: Pilot[Any], first: str, again: str) -> None:
    """Paste both and press Enter."""
    await paste(pilot, field(pilot, "new-password"), first)
    await paste(pilot, field(pilot, "new-password-again"), again)
    await pilot.press("enter")


async def confirm_by_mail(pilot: Pilot[Any], services: Services) -> None:
    """Go through the confirmation of somebody with Email Based."""
    await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmModal))
    await until_shown(pilot, "We sent a code to")
    await paste(pilot, field(pilot, "password"), PASSWORD)
    await pilot.press("enter", *last_code(mailer_of(services)))


async def test_a_password_is_changed_right_after_a_login_without_asking_again() -> None:
    services = make_services()
    account = make_account(services)
    async with profile(services, enter(services)) as pilot:
        await open_modal(pilot, "change-password")
        modal = pilot.app.screen
        fields = list(modal.query(PasswordInput))
        await type_passwords(pilot, OTHER_PASSWORD, OTHER_PASSWORD)
        await until_shown(pilot, "Your password is changed.")
        assert password_is(services, account.id, OTHER_PASSWORD)
        await until(pilot, lambda: not any(one.value for one in fields))
        assert OTHER_PASSWORD not in repr(vars(modal))
        assert not typed(pilot.app)
    assert (Template.PASSWORD_CHANGED.value, "jane@example.com") in delivered(services, account.id)


async def test_later_the_confirmation_comes_in_between_and_the_others_can_be_ended() -> None:
    """S49 and S51: no new password without a confirmation, and the other sessions are offered to be ended."""
    services = make_services()
    account = make_account(services)
    other = log_in(services)
    async with profile(services, enter(services)) as pilot:
        clock_of(services).advance(minutes=6)
        await open_modal(pilot, "change-password")
        await type_passwords(pilot, OTHER_PASSWORD, OTHER_PASSWORD)
        await confirm_by_mail(pilot, services)
        await until(pilot, lambda: isinstance(pilot.app.screen, EndOthersModal))
        assert "1 other session is open. End it?" in screen_text(pilot.app)
        await pilot.press("enter")
        await until_shown(pilot, "Ended 1 other session.")
    assert password_is(services, account.id, OTHER_PASSWORD)
    assert other.id not in {one.id for one in services.store.get(account.id).sessions}


async def test_declining_the_confirmation_changes_nothing() -> None:
    services = make_services()
    account = make_account(services)
    async with profile(services, enter(services)) as pilot:
        clock_of(services).advance(minutes=6)
        await open_modal(pilot, "change-password")
        await type_passwords(pilot, OTHER_PASSWORD, OTHER_PASSWORD)
        await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmModal))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, ChangePasswordModal))
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is page(pilot))
    assert password_is(services, account.id, PASSWORD)


@pytest.mark.parametrize(
    ("first", "again", "reason"),
    [
        (OTHER_PASSWORD, OTHER_PASSWORD + "x", "The two passwords are not the same"),
        ("short", "short", "needs at least 8 characters"),
        ("password123", "password123", "!"),
        ("jane@example.com-jane", "jane@example.com-jane", "contains your username"),
    ],
)
async def test_a_bad_new_password_is_refused_beside_its_field(first: str, again: str, reason: str) -> None:
    services = make_services()
    account = make_account(services)
    async with profile(services, enter(services)) as pilot:
        await open_modal(pilot, "change-password")
        await type_passwords(pilot, first, again)
        await until(pilot, lambda: reason in " ".join(screen_text(pilot.app).split()))
        assert isinstance(pilot.app.screen, ChangePasswordModal)
        assert isinstance(pilot.app.focused, PasswordInput)
    assert password_is(services, account.id, PASSWORD)


async def test_an_address_is_changed_by_the_code_that_went_to_it() -> None:
    services = make_services()
    account = make_account(services)
    async with profile(services, enter(services)) as pilot:
        await open_modal(pilot, "change-email")
        assert "Your address is jane@example.com." in screen_text(pilot.app)
        await paste(pilot, field(pilot, "email"), "jane@new.example")
        await pilot.press("enter")
        await until_shown(pilot, "Check your mail")
        newest = mails(services)[-1]
        assert (newest.to, newest.template) == ("jane@new.example", Template.NEW_ADDRESS_CODE)
        await pilot.press(*last_code(mailer_of(services)))
        await until_shown(pilot, "Your address is changed. We told your old address.")
        assert services.store.get(account.id).email.address == "jane@new.example"
        await pilot.press("1")
        await until_shown(pilot, "jane@new.example (verified)")
    told = {to for template, to in delivered(services, account.id) if template == Template.EMAIL_CHANGED.value}
    assert told == {"jane@example.com", "jane@new.example"}


async def test_a_wrong_code_changes_no_address_and_can_be_typed_again() -> None:
    services = make_services()
    account = make_account(services)
    async with profile(services, enter(services)) as pilot:
        await open_modal(pilot, "change-email")
        await paste(pilot, field(pilot, "email"), "jane@new.example")
        await pilot.press("enter")
        await until_shown(pilot, "Check your mail")
        await pilot.press(*wrong_code(last_code(mailer_of(services))))
        await until_shown(pilot, "4 tries left")
        assert services.store.get(account.id).email.address == "jane@example.com"
        assert field(pilot, "code").has_focus
        await pilot.press(*last_code(mailer_of(services)))
        await until_shown(pilot, "Your address is changed.")


@pytest.mark.parametrize("address", ["not an address", "jane@example.com", "a@b@c", ""])
async def test_a_bad_or_present_address_is_refused_at_its_field(address: str) -> None:
    services = make_services()
    make_account(services)
    async with profile(services, enter(services)) as pilot:
        await open_modal(pilot, "change-email")
        before = len(mails(services))
        if address:
            await paste(pilot, field(pilot, "email"), address)
        await pilot.press("enter")
        await until_shown(pilot, "! ")
        assert field(pilot, "email").has_focus
        assert not pilot.app.screen.query(MailedCodeForm)
        assert len(mails(services)) == before


async def test_somebody_elses_address_looks_the_same_and_gets_no_code() -> None:
    services = make_services()
    make_account(services, "other", "other@example.org")
    account = make_account(services)
    async with profile(services, enter(services)) as pilot:
        await open_modal(pilot, "change-email")
        await paste(pilot, field(pilot, "email"), "other@example.org")
        await pilot.press("enter")
        await until_shown(pilot, "Check your mail: we sent a code to o•••@e•••.org")
        assert not [mail for mail in mails(services) if mail.to == "other@example.org" and mail.code]
    assert services.store.get(account.id).email.address == "jane@example.com"


async def test_a_confirmation_that_ran_out_while_the_mail_was_slow_is_asked_for_again() -> None:
    services = make_services()
    account = make_account(services, method=Method.DISABLED)
    async with profile(services, enter(services)) as pilot:
        await open_modal(pilot, "change-email")
        await paste(pilot, field(pilot, "email"), "jane@new.example")
        await pilot.press("enter")
        await until_shown(pilot, "Check your mail")
        clock_of(services).advance(minutes=7)
        await pilot.press(*last_code(mailer_of(services)))
        await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmModal))
        await until(pilot, lambda: not pilot.app.screen.query_one("#password").disabled)
        await paste(pilot, field(pilot, "password"), PASSWORD)
        await pilot.press("enter")
        await until_shown(pilot, "Your address is changed.")
    assert services.store.get(account.id).email.address == "jane@new.example"
    assert Tag.EMAIL_CHANGED in tags(services, account.id)


async def test_after_ten_minutes_it_goes_back_to_the_address() -> None:
    services = make_services()
    account = make_account(services)
    async with profile(services, enter(services)) as pilot:
        await open_modal(pilot, "change-email")
        await paste(pilot, field(pilot, "email"), "jane@new.example")
        await pilot.press("enter")
        await until_shown(pilot, "Check your mail")
        code = last_code(mailer_of(services))
        clock_of(services).advance(minutes=10, seconds=1)
        await pilot.press(*code)
        await confirm_by_mail(pilot, services)
        await until_shown(pilot, "This took longer than 10 minutes")
        await until(pilot, lambda: not pilot.app.screen.query(MailedCodeForm))
        await until(pilot, lambda: pilot.app.screen.query_one(".modal").size.height < 12)
        assert field(pilot, "email").has_focus
        assert str(pilot.app.screen.query_one("#go", Button).label) == "Send code"
    assert services.store.get(account.id).email.address == "jane@example.com"


@pytest.mark.parametrize("link", ["change-password", "change-email"])
async def test_leaving_by_cancel_changes_nothing(link: str) -> None:
    services = make_services()
    account = make_account(services)
    async with profile(services, enter(services)) as pilot:
        await open_modal(pilot, link)
        events = len(tags(services, account.id))
        pilot.app.screen.query_one("#cancel", Button).press()
        await until(pilot, lambda: pilot.app.screen is page(pilot))
        assert len(tags(services, account.id)) == events


@pytest.mark.parametrize("theme", themes.THEME_NAMES)
@pytest.mark.parametrize("link", ["change-password", "change-email"])
async def test_a_modal_fits_and_all_its_text_is_readable(theme: str, link: str) -> None:
    services = make_services()
    make_account(services)
    async with profile(services, enter(services)) as pilot:
        pilot.app.theme = theme
        await open_modal(pilot, link)
        box = pilot.app.screen.query_one(".modal").region
        assert box.width <= 80
        assert box.height <= 24
        # The page around it is dimmed on purpose.
        inside = [run for run in text_runs(pilot.app) if box.contains(run.x, run.y)]
        assert inside
        assert min(ratio(run.ink, run.ground) for run in inside) >= 4.5
