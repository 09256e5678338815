"""What the profile reminds of: a secret not proved, few recovery codes, a login by recovery; and new codes."""

import pytest
from textual.widgets import Input

from tests.fakes import (
    PASSWORD,
    clock_of,
    enrol,
    log_in,
    make_account,
    make_services,
    secret_of,
    start_login,
    unused_app_code,
)
from tests.profile_host import enter, page, paste, profile, screen_text, until, until_shown
from tui_mfa.domain.recovery import flows as recovery
from tui_mfa.domain.two_factor import totp
from tui_mfa.screens.confirm import ConfirmModal
from tui_mfa.screens.modals import ConfirmChoiceModal, ProofModal, RecoveryCodesModal
from tui_mfa.screens.two_factor import TwoFactorScreen


async def test_an_unproved_secret_is_reminded_of_until_it_is_proved() -> None:
    services = make_services()
    account = make_account(services)
    _secret, enabled = enrol(services, log_in(services))
    first, last = enabled.proof
    async with profile(services, enter(services)) as pilot:
        reminder = page(pilot).query_one("#proof-owed")
        await until_shown(pilot, "! You have not proved yet that you saved the secret")
        reminder.focus()
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, ProofModal))
        await paste(
            pilot,
            pilot.app.screen.query_one("#code", Input),
            totp.to_base32(secret_of(services, account.id)).reveal()[first - 1 : last],
        )
        await pilot.press("enter")
        await until(pilot, lambda: pilot.app.screen is page(pilot) and not reminder.display)


@pytest.mark.parametrize(
    ("used", "words"),
    [
        (6, ""),
        (7, "! 3 recovery codes left: make new ones"),
        (9, "! 1 recovery code left: make new ones"),
        (10, "! No recovery codes left: make new ones"),
    ],
)
async def test_few_recovery_codes_are_told(used: int, words: str) -> None:
    services = make_services()
    account = make_account(services)
    enrol(services, log_in(services))
    with services.store.account(account.id) as opened:
        assert opened.recovery is not None
        for code in opened.recovery.codes[:used]:
            code.used_at = services.clock.now()
    async with profile(services, enter(services)) as pilot:
        await until(pilot, lambda: any(link.display for link in page(pilot).query("#codes-low")) == bool(words))
        await until_shown(pilot, words)


async def test_whoever_came_in_by_recovery_is_led_to_replace_at_once_and_reminded_after() -> None:
    """S39: a login by recovery leads into Replace, so that the lost device becomes worthless."""
    services = make_services()
    make_account(services)
    _secret, enabled = enrol(services, log_in(services))
    logged_in = recovery.use_code(services, start_login(services).handle, enabled.codes.codes[0])
    async with profile(services, logged_in) as pilot:
        await until(pilot, lambda: isinstance(pilot.app.screen, TwoFactorScreen))
        await until_shown(pilot, "ENTER THE CODE")
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is page(pilot))
        await until_shown(pilot, "! You came in by recovery: replace the authenticator now")
        assert "You have not proved yet" not in screen_text(pilot.app)
        page(pilot).query_one("#replace-owed").focus()
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, TwoFactorScreen))


async def test_recovery_codes_belong_to_the_app() -> None:
    services = make_services()
    make_account(services)
    async with profile(services, enter(services)) as pilot:
        page(pilot).query_one("#recovery-codes").focus()
        await pilot.press("enter")
        await until_shown(pilot, "Recovery codes belong to the Authenticator App")


async def test_new_recovery_codes_take_a_question_and_a_confirmation() -> None:
    """S51: recovery codes are made anew only after password and factor were proved again."""
    services = make_services()
    account = make_account(services)
    old = enrol(services, log_in(services))[1].codes
    async with profile(services, enter(services)) as pilot:
        clock_of(services).advance(minutes=6)
        page(pilot).query_one("#recovery-codes").focus()
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmChoiceModal))
        assert f"Set {old.set_id} of 2026-11-24: 10 of 10 codes left." in screen_text(pilot.app)
        await pilot.press("left", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmModal) and bool(pilot.app.screen.query("#code")))
        await paste(pilot, pilot.app.screen.query_one("#password", Input), PASSWORD)
        await pilot.press("enter", *unused_app_code(services, account.id))
        await until(pilot, lambda: isinstance(pilot.app.screen, RecoveryCodesModal))
        made = services.store.get(account.id).recovery
        assert made is not None
        assert made.set_id != old.set_id
        assert f"set {made.set_id}" in screen_text(pilot.app)
        await pilot.press("c", "escape")
        await until_shown(pilot, "The new recovery codes are in force; the old ones are void")


@pytest.mark.parametrize("leave", ["question", "confirmation"])
async def test_leaving_on_the_way_makes_no_codes(leave: str) -> None:
    services = make_services()
    account = make_account(services)
    old = enrol(services, log_in(services))[1].codes
    async with profile(services, enter(services)) as pilot:
        clock_of(services).advance(minutes=6)
        page(pilot).query_one("#recovery-codes").focus()
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmChoiceModal))
        if leave == "confirmation":
            await pilot.press("left", "enter")
            await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmModal))
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is page(pilot))
        kept = services.store.get(account.id).recovery
        assert kept is not None
        assert kept.set_id == old.set_id
