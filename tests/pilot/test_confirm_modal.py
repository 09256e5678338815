"""Confirming that it is you: password and the current factor, told apart by field, leaving nothing behind."""

from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Button, Input

from tests.fakes import (
    PASSWORD,
    WRONG,
    clock_of,
    last_code,
    log_in,
    mailer_of,
    mails,
    make_account,
    make_services,
    unused_app_code,
    wrong_code,
)
from tests.profile_host import enter, page, paste, profile, screen_text, typed, until, until_shown
from tui_mfa.domain.account import Factor, Method
from tui_mfa.domain.errors import MailUnavailable
from tui_mfa.domain.ports import Mail, Services, Template
from tui_mfa.domain.profile import flows
from tui_mfa.mail.memory import MemoryMailer
from tui_mfa.screens.confirm import ConfirmModal
from tui_mfa.screens.login import LoginScreen
from tui_mfa.screens.mailed_code import MailedCodeForm
from tui_mfa.widgets.password_input import PasswordInput


def field(pilot: Pilot[Any], name: str) -> Input:
    """Return an input of the modal."""
    return pilot.app.screen.query_one(f"#{name}", Input)


async def confirming(pilot: Pilot[Any], services: Services, marker: str = "") -> list[bool | None]:
    """Let the login's own confirmation run out, open the modal, and return the list of its results."""
    clock_of(services).advance(minutes=6)
    results: list[bool | None] = []
    modal = ConfirmModal(page(pilot).context, page(pilot).session)
    pilot.app.push_screen(modal, results.append)
    await until(pilot, lambda: pilot.app.screen is modal and not modal.busy)
    await until_shown(pilot, marker)
    return results


async def type_password(pilot: Pilot[Any], password: str = PASSWORD) -> None:
    """Paste a password and go on to the code."""
    await paste(pilot, field(pilot, "password"), password)
    await pilot.press("enter")


def is_confirmed(services: Services, pilot: Pilot[Any]) -> bool:
    """Say whether the rules take the session as confirmed."""
    return flows.overview(services, page(pilot).session).confirmed


async def test_password_and_app_code_confirm() -> None:
    """S51: password and current factor are proved again, and the proof is good for five minutes."""
    services = make_services()
    account = make_account(services, method=Method.AUTHENTICATOR)
    async with profile(services, enter(services)) as pilot:
        results = await confirming(pilot, services, "Code from your authenticator app")
        assert not is_confirmed(services, pilot)
        await type_password(pilot)
        await pilot.press(*unused_app_code(services, account.id))
        await until(pilot, lambda: results)
        assert results == [True]
        assert is_confirmed(services, pilot)


async def test_a_wrong_code_keeps_the_password_and_asks_for_the_code_again() -> None:
    services = make_services()
    account = make_account(services, method=Method.AUTHENTICATOR)
    async with profile(services, enter(services)) as pilot:
        results = await confirming(pilot, services, "Code from your authenticator app")
        await type_password(pilot)
        await pilot.press(*wrong_code(unused_app_code(services, account.id)))
        await until_shown(pilot, "This is not the code")
        assert field(pilot, "code").value == ""
        assert field(pilot, "code").has_focus
        await pilot.press(*unused_app_code(services, account.id))
        await until(pilot, lambda: results)
        assert results == [True]


async def test_a_wrong_password_is_told_at_its_field_and_costs_no_code() -> None:
    services = make_services()
    account = make_account(services, method=Method.AUTHENTICATOR)
    async with profile(services, enter(services)) as pilot:
        results = await confirming(pilot, services, "Code from your authenticator app")
        code = unused_app_code(services, account.id)
        await type_password(pilot, WRONG)
        await pilot.press(*code)
        await until_shown(pilot, "The password is not right")
        assert field(pilot, "password").value == ""
        assert field(pilot, "password").has_focus
        # The code still stands in its field: Enter in the password field is enough.
        await type_password(pilot)
        await until(pilot, lambda: results)
        assert results == [True]


async def test_a_code_without_a_password_is_not_judged() -> None:
    services = make_services()
    account = make_account(services, method=Method.AUTHENTICATOR)
    async with profile(services, enter(services)) as pilot:
        await confirming(pilot, services, "Code from your authenticator app")
        field(pilot, "code").focus()
        await pilot.press(*unused_app_code(services, account.id))
        await until_shown(pilot, "Type your password too")
        assert field(pilot, "password").has_focus
        assert services.store.get(account.id).tries_of(Factor.AUTHENTICATOR).in_a_row == 0
        assert services.store.get(account.id).tries_of(Factor.PASSWORD).in_a_row == 0


async def test_a_used_code_is_refused_with_the_time_to_wait() -> None:
    """S17: the code that logged in does not confirm."""
    services = make_services()
    account = make_account(services, method=Method.AUTHENTICATOR)
    async with profile(services, enter(services)) as pilot:
        results = await confirming(pilot, services, "Code from your authenticator app")
        code = unused_app_code(services, account.id)
        await type_password(pilot)
        await pilot.press(*code)
        await until(pilot, lambda: results)
        results = []
        modal = ConfirmModal(page(pilot).context, page(pilot).session)
        pilot.app.push_screen(modal, results.append)
        await until_shown(pilot, "Code from your authenticator app")
        await type_password(pilot)
        await pilot.press(*code)
        await until_shown(pilot, "This code was already used at")
        assert not results


async def test_a_mailed_code_goes_out_by_itself_and_confirms() -> None:
    services = make_services()
    make_account(services)
    async with profile(services, enter(services)) as pilot:
        before = len(mails(services))
        results = await confirming(pilot, services, "We sent a code to j•••@e•••.com")
        assert [mail.template for mail in mails(services)[before:]] == [Template.CONFIRM_CODE]
        # The mail came while the password was to be typed: the cursor has stayed there.
        assert field(pilot, "password").has_focus
        await type_password(pilot)
        await pilot.press(*last_code(mailer_of(services)))
        await until(pilot, lambda: results)
        assert results == [True]
        assert is_confirmed(services, pilot)


async def test_a_resend_makes_the_newest_mail_count() -> None:
    services = make_services()
    make_account(services)
    async with profile(services, enter(services)) as pilot:
        results = await confirming(pilot, services, "We sent a code to")
        old = last_code(mailer_of(services))
        clock_of(services).advance(seconds=61)
        pilot.app.screen.query_one(MailedCodeForm).tick()
        pilot.app.screen.query_one("#resend").focus()
        await pilot.press("enter")
        await until_shown(pilot, "That makes 2 mails")
        assert last_code(mailer_of(services)) != old
        await type_password(pilot)
        await pilot.press(*last_code(mailer_of(services)))
        await until(pilot, lambda: results)
        assert results == [True]


class BrokenMailer(MemoryMailer):
    """Hands nothing over while it is broken."""

    broken = False

    def send(self, mail: Mail) -> None:
        if self.broken:
            raise MailUnavailable("The mail server does not answer.")
        super().send(mail)


async def test_a_failing_mail_server_is_told_and_resend_works_at_once() -> None:
    clock = clock_of(make_services())
    mailer = BrokenMailer("noreply@example.net", "tui-mfa", "", clock)
    services = make_services(clock=clock, mailer=mailer)
    make_account(services)
    async with profile(services, enter(services)) as pilot:
        mailer.broken = True
        results = await confirming(pilot, services, "The mail server does not answer")
        mailer.broken = False
        pilot.app.screen.query_one("#resend").focus()
        await pilot.press("enter")
        await until_shown(pilot, "We sent a code to")
        await type_password(pilot)
        await pilot.press(*last_code(mailer))
        await until(pilot, lambda: results)
        assert results == [True]


async def test_without_a_second_factor_the_password_alone_confirms() -> None:
    services = make_services()
    make_account(services, method=Method.DISABLED)
    async with profile(services, enter(services)) as pilot:
        results = await confirming(pilot, services, "Confirm that it is you")
        assert not pilot.app.screen.query("#code")
        await type_password(pilot)
        await until(pilot, lambda: results)
        assert results == [True]


async def test_after_the_last_try_it_begins_anew_by_a_button() -> None:
    """S30: five wrong codes end the attempt, and the window of five failures stays shut."""
    services = make_services()
    make_account(services)
    async with profile(services, enter(services)) as pilot:
        results = await confirming(pilot, services, "We sent a code to")
        await type_password(pilot)
        for left in ("4 tries left", "3 tries left", "2 tries left", "One try left", "Start again"):
            await pilot.press(*wrong_code(last_code(mailer_of(services))))
            await until_shown(pilot, left)
        await pilot.press(*last_code(mailer_of(services)))
        await until_shown(pilot, "Five wrong codes")
        button = pilot.app.screen.query_one("#confirm", Button)
        assert str(button.label) == "Start again"
        assert button.has_focus
        await until(pilot, lambda: not pilot.app.screen.query("#code"))
        clock_of(services).advance(minutes=6)
        await pilot.press("enter")
        await until_shown(pilot, "We sent a code to")
        await pilot.press("tab")
        field(pilot, "code").focus()
        await pilot.press(*last_code(mailer_of(services)))
        await until(pilot, lambda: results)
        assert results == [True]


@pytest.mark.parametrize("way", ["escape", "cancel"])
async def test_leaving_confirms_nothing_and_leaves_no_password(way: str) -> None:
    services = make_services()
    make_account(services, method=Method.AUTHENTICATOR)
    async with profile(services, enter(services)) as pilot:
        results = await confirming(pilot, services, "Code from your authenticator app")
        await type_password(pilot)
        fields = list(pilot.app.screen.query(PasswordInput))
        assert any(one.value for one in fields)
        if way == "cancel":
            pilot.app.screen.query_one("#cancel", Button).press()
        else:
            await pilot.press("escape")
        await until(pilot, lambda: results)
        assert results == [None]
        assert not is_confirmed(services, pilot)
        await until(pilot, lambda: not any(one.value for one in fields))
        assert not typed(pilot.app)


async def test_a_password_is_never_on_the_screen() -> None:
    services = make_services()
    make_account(services, method=Method.AUTHENTICATOR)
    async with profile(services, enter(services)) as pilot:
        await confirming(pilot, services, "Code from your authenticator app")
        await type_password(pilot)
        assert PASSWORD not in screen_text(pilot.app)


async def test_a_session_ended_from_elsewhere_leads_from_the_modal_to_the_login_page() -> None:
    services = make_services()
    account = make_account(services, method=Method.AUTHENTICATOR)
    async with profile(services, enter(services)) as pilot:
        await confirming(pilot, services, "Code from your authenticator app")
        flows.end_other_sessions(services, log_in(services))
        await type_password(pilot)
        await pilot.press(*unused_app_code(services, account.id))
        await until(pilot, lambda: isinstance(pilot.app.screen, LoginScreen))
        await until_shown(pilot, "This session was ended")
