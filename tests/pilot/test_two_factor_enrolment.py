"""Enabling and replacing the authenticator: codes, refusals, and what follows."""

import threading

import pytest
from textual.widgets import Button

from tests.fakes import (
    CheapPasswords,
    app_code,
    clock_of,
    log_in,
    make_account,
    make_services,
    secret_of,
    start_login,
    tags,
)
from tests.fakes import (
    enter as judge,
)
from tests.profile_host import enter, screen_text, until, until_shown
from tests.two_factor_host import (
    account,
    confirm,
    enrolling,
    finish,
    page,
    phone_code,
    shown_secret,
    told,
    words,
)
from tui_mfa.domain.account import Method
from tui_mfa.domain.secret import Secret
from tui_mfa.domain.two_factor import totp
from tui_mfa.screens.confirm import ConfirmModal
from tui_mfa.screens.login import LoginScreen
from tui_mfa.screens.modals import ProofModal, RecoveryCodesModal
from tui_mfa.screens.profile import ProfileScreen
from tui_mfa.screens.two_factor import TwoFactorScreen
from tui_mfa.widgets.otp_input import OtpInput
from tui_mfa.widgets.two_factor.enrol_form import EnrolForm

OFF = totp.STEP_SECONDS * 4
"""Seconds that a phone's clock is wrong by, far outside of the window."""


async def test_the_first_code_enables_it_and_recovery_codes_and_proof_follow() -> None:
    services = make_services()
    account_id = make_account(services).id
    async with enrolling(services) as pilot:
        secret = shown_secret(pilot)
        assert account(services).method is Method.EMAIL
        await pilot.press(*phone_code(services, secret))
        await until(pilot, lambda: isinstance(pilot.app.screen, RecoveryCodesModal))
        assert account(services).method is Method.AUTHENTICATOR
        assert secret[:4] not in screen_text(pilot.app), "the secret is gone as soon as it is in force"
        await pilot.press("c", "escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, ProofModal))
        authenticator = account(services).authenticator
        assert authenticator is not None
        first = authenticator.proof_group * 4
        assert f"Type characters {first + 1}–{first + 4} of the secret" in screen_text(pilot.app)
        await pilot.press(*secret[first : first + 4], "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, TwoFactorScreen))
        assert told(pilot) == "✓ The Authenticator App is on. It is asked for at each login."
        await until(pilot, lambda: "The Authenticator App is on since 2026-11-24" in words(pilot, "#app-state"))
    assert totp.to_base32(secret_of(services, account_id)).reveal() == secret
    assert {"mfa.totp.enabled", "recovery.codes_made", "mfa.totp.secret_saved"} <= set(tags(services, account_id))


async def test_later_puts_the_proof_off_and_the_profile_reminds() -> None:
    services = make_services()
    make_account(services)
    async with enrolling(services) as pilot:
        await finish(pilot, services)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, ProfileScreen))
        await until_shown(pilot, "You have not proved yet that you saved the secret")


async def test_recovery_codes_that_were_not_kept_are_not_closed_by_one_key() -> None:
    services = make_services()
    make_account(services)
    async with enrolling(services) as pilot:
        await pilot.press(*phone_code(services, shown_secret(pilot)))
        await until(pilot, lambda: isinstance(pilot.app.screen, RecoveryCodesModal))
        await pilot.press("escape")
        await until_shown(pilot, "Have you written them down?")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, RecoveryCodesModal))


async def test_a_wrong_code_costs_one_try_and_leaves_the_field_ready() -> None:
    services = make_services()
    make_account(services)
    async with enrolling(services) as pilot:
        await pilot.press(*"000000")
        await until(pilot, lambda: "4 tries left." in told(pilot))
        field = page(pilot).query_one(OtpInput)
        assert field.value == ""
        assert pilot.app.focused is field
        assert account(services).method is Method.EMAIL
        await finish(pilot, services)
        assert account(services).method is Method.AUTHENTICATOR


async def test_validate_says_what_is_missing() -> None:
    services = make_services()
    make_account(services)
    async with enrolling(services) as pilot:
        await pilot.press(*"123")
        await pilot.click("#validate")
        await until(pilot, lambda: told(pilot) == "! Six digits are needed")
        enrolment = account(services).enrolment
        assert enrolment is not None
        assert enrolment.wrong_codes == 0


@pytest.mark.parametrize(("off", "way"), [(OFF, "fast"), (-OFF, "slow")])
async def test_a_wrong_clock_is_told_with_its_error(off: int, way: str) -> None:
    services = make_services()
    account_id = make_account(services).id
    async with enrolling(services) as pilot:
        await pilot.press(*phone_code(services, shown_secret(pilot), off))
        await until(pilot, lambda: told(pilot).startswith("! The phone's clock is about "))
        seconds = int(told(pilot).split("about ")[1].split()[0])
        assert abs(seconds - OFF) <= totp.STEP_SECONDS
        assert f"s {way}. Turn on automatic time, then try the next code." in told(pilot)
    assert tags(services, account_id)[-1] == "mfa.totp.skew_seen"


async def test_five_wrong_codes_drop_the_secret_and_the_next_one_is_another() -> None:
    services = make_services()
    make_account(services)
    async with enrolling(services) as pilot:
        first = shown_secret(pilot)
        for left in (4, 3, 2, 1):
            await pilot.press(*"000000")
            await until(pilot, lambda left=left: f"{left} tries left" in told(pilot))  # type: ignore[misc]
        await pilot.press(*"000000")
        await until(pilot, lambda: not page(pilot).query(EnrolForm))
        assert told(pilot) == "! Five wrong codes: this secret was dropped. Scan the new one."
        assert account(services).enrolment is None
        assert isinstance(pilot.app.focused, Button)
        await pilot.press("enter")
        await until_shown(pilot, "ENTER THE CODE")
        assert shown_secret(pilot) != first


async def test_a_secret_older_than_ten_minutes_is_void() -> None:
    services = make_services()
    make_account(services)
    async with enrolling(services) as pilot:
        secret = shown_secret(pilot)
        clock_of(services).advance(minutes=10)
        await pilot.press(*phone_code(services, secret))
        await confirm(pilot, services)
        await until(pilot, lambda: "Confirmed. Now type the code" in told(pilot))
        await pilot.press(*phone_code(services, secret))
        await until(pilot, lambda: "This secret is no longer valid: it was older than 10 minutes" in told(pilot))
        assert not page(pilot).query(EnrolForm)
        assert account(services).method is Method.EMAIL


async def test_a_confirmation_in_between_asks_for_a_new_code_instead_of_blaming_the_clock() -> None:
    services = make_services()
    make_account(services)
    async with enrolling(services) as pilot:
        clock_of(services).advance(minutes=5, seconds=1)
        await pilot.press(*phone_code(services, shown_secret(pilot)))
        await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmModal))
        clock_of(services).advance(minutes=1)
        await confirm(pilot, services)
        await until(pilot, lambda: "Confirmed. Now type the code" in told(pilot))
        enrolment = account(services).enrolment
        assert enrolment is not None
        assert enrolment.wrong_codes == 0
        assert pilot.app.focused is page(pilot).query_one(OtpInput)
        await finish(pilot, services)


async def test_declining_that_confirmation_keeps_the_secret_on_screen() -> None:
    services = make_services()
    make_account(services)
    async with enrolling(services) as pilot:
        clock_of(services).advance(minutes=5, seconds=1)
        await pilot.press(*phone_code(services, shown_secret(pilot)))
        await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmModal))
        await pilot.press("escape")
        await until(pilot, lambda: "Nothing was changed" in told(pilot))
        assert page(pilot).query(EnrolForm)
        assert account(services).method is Method.EMAIL


async def test_replace_keeps_the_old_app_until_the_new_one_is_validated() -> None:
    services = make_services()
    account_id = make_account(services, method=Method.AUTHENTICATOR).id
    old = secret_of(services, account_id)
    async with enrolling(services) as pilot:
        secret = shown_secret(pilot)
        clock_of(services).advance(seconds=60)
        assert judge(services, start_login(services).handle, app_code(services, account_id)) is None
        clock_of(services).advance(seconds=60)
        await finish(pilot, services)
        assert told(pilot) == "✓ The new app is on; the old one is void. It is asked for at each login."
    clock_of(services).advance(seconds=60)
    now = totp.step_at(services.clock.now())
    handle = start_login(services).handle
    assert judge(services, handle, totp.code_at(old, now).reveal()) is not None
    assert judge(services, handle, totp.code_at(totp.from_base32(Secret(secret)), now).reveal()) is None


async def test_another_tab_leaves_the_app_in_force_and_offers_replace_again() -> None:
    services = make_services()
    account_id = make_account(services, method=Method.AUTHENTICATOR).id
    old = secret_of(services, account_id).reveal()
    async with enrolling(services) as pilot:
        await pilot.press("shift+tab", "2", "3")
        await until(pilot, lambda: not page(pilot).query(EnrolForm))
        assert "The Authenticator App is on since 2026-11-24" in words(pilot, "#app-state")
        assert str(page(pilot).query_one("#app-set-up", Button).label) == "Replace"
        await until(pilot, lambda: account(services).enrolment is None)
    assert secret_of(services, account_id).reveal() == old


class HeldPasswords(CheapPasswords):
    """Hashes only once it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.asked, self.go = threading.Event(), threading.Event()

    def hash(self, value: Secret[str]) -> str:
        self.asked.set()
        assert self.go.wait(60)
        return super().hash(value)


async def test_escape_while_a_code_is_judged_cannot_lose_the_recovery_codes() -> None:
    held = HeldPasswords()
    held.go.set()
    services = make_services(passwords=held)
    make_account(services)
    logged_in = enter(services)
    held.asked.clear()
    held.go.clear()
    async with enrolling(services, logged_in) as pilot:
        await pilot.press(*phone_code(services, shown_secret(pilot)))
        await until(pilot, held.asked.is_set)
        await pilot.press("escape")
        held.go.set()
        await until(pilot, lambda: isinstance(pilot.app.screen, RecoveryCodesModal))


async def test_logging_out_with_a_secret_on_screen_drops_it() -> None:
    services = make_services()
    make_account(services)
    async with enrolling(services) as pilot:
        form = page(pilot).query_one(EnrolForm)
        await pilot.click("#top-bar-logout")
        await until(pilot, lambda: isinstance(pilot.app.screen, LoginScreen))
        await until(pilot, lambda: not form.is_attached)
        await until(pilot, lambda: account(services).enrolment is None)
        assert log_in(services).account_id == account(services).id
