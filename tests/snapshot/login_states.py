"""The pages before a session: login, registration, second factor, lost device, forgotten password."""

from functools import partial

from tests.fakes import (
    ORIGIN,
    OTHER_PASSWORD,
    PASSWORD,
    WRONG,
    app_code,
    enrol,
    last_code,
    log_in,
    mailer_of,
    make_account,
    unused_app_code,
    wrong_code,
)
from tests.snapshot.stage import SMALL, Entry, Stage, later, log_in_by_password
from tui_mfa.domain.account import Method
from tui_mfa.domain.layout import Claim
from tui_mfa.domain.login import flows as login
from tui_mfa.domain.login import key_login
from tui_mfa.domain.ports import Services
from tui_mfa.domain.ssh_keys.model import SshKey
from tui_mfa.screens.login import LoginScreen
from tui_mfa.screens.lost_device import LostDeviceScreen
from tui_mfa.screens.password_reset import PasswordResetScreen
from tui_mfa.screens.register import RegisterScreen
from tui_mfa.screens.second_factor import SecondFactorScreen

BLOB = "AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl"
MAIL_NOTE = "Mail is not sent from here: read it with “tui-mfa outbox show”."


def by_mail(services: Services) -> None:
    """Make Jane, who gets her codes by mail."""
    make_account(services)


def by_password(services: Services) -> None:
    """Make Jane without a second factor."""
    make_account(services, method=Method.DISABLED)


def by_app(services: Services) -> None:
    """Make Jane with an authenticator and ten recovery codes."""
    make_account(services)
    session = log_in(services)
    enrol(services, session)
    login.log_out(services, session)
    later(services, hours=1)


def by_app_and_key(services: Services) -> None:
    """Make Jane with an authenticator, recovery codes, and an SSH key."""
    by_app(services)
    account_id = services.store.find(Claim.USERNAME, "jane")
    assert account_id is not None
    with services.store.account(account_id) as account:
        now = services.clock.now()
        account.ssh_keys.append(SshKey(id="aa", title="laptop", blob=BLOB, added_at=now, added_from="here"))


def by_app_alone(services: Services) -> None:
    """Make Jane with an authenticator and no recovery codes."""
    make_account(services, method=Method.AUTHENTICATOR)


async def as_it_is(stage: Stage) -> None:
    await stage.settle()


async def refused(stage: Stage, times: int = 1) -> None:
    await stage.type("jane")
    await stage.press("enter")
    for _ in range(times):
        await stage.type(WRONG)
        await stage.press("enter")
    await stage.until_shown("! ")


async def logged_out(stage: Stage) -> None:
    await stage.enter_profile(log_in_by_password(stage.services))
    await stage.open("#top-bar-logout")
    await stage.until_shown("You are logged out.")


async def locked(stage: Stage) -> None:
    await stage.enter_profile(log_in_by_password(stage.services))
    later(stage.services, minutes=15)
    stage.app.lock_when_idle()
    await stage.until_shown("Locked after 15 minutes")


async def empty_fields(stage: Stage) -> None:
    await stage.press("enter", "enter")
    await stage.until_shown("! Type")


async def lost_factor(stage: Stage) -> None:
    await stage.open("#lost")
    await stage.until_shown("→ Log in")


async def register(stage: Stage) -> None:
    await stage.open("#create")
    await stage.until_page(RegisterScreen)


async def fill(stage: Stage, username: str, email: str, password: str, again: str) -> None:
    await register(stage)
    for text in (username, email, password, again):
        await stage.type(text)
        await stage.press("enter")


async def name_refused(stage: Stage) -> None:
    await fill(stage, "j", "jane@example.com", PASSWORD, PASSWORD)
    await stage.until_shown("! ")


async def password_refused(stage: Stage) -> None:
    await fill(stage, "june", "june@example.com", "password1234", "password1234")
    await stage.until_shown("! ")


async def passwords_differ(stage: Stage) -> None:
    await fill(stage, "june", "june@example.com", PASSWORD, OTHER_PASSWORD)
    await stage.until_shown("! ")


async def verify(stage: Stage) -> None:
    await fill(stage, "june", "june@example.com", PASSWORD, PASSWORD)
    await stage.until_shown("Check your mail")


async def second_factor(stage: Stage) -> None:
    await stage.type("jane")
    await stage.press("enter")
    await stage.type(PASSWORD)
    await stage.press("enter")
    await stage.until_page(SecondFactorScreen)
    await stage.settle()


async def code_refused(stage: Stage) -> None:
    await second_factor(stage)
    await stage.type(wrong_code(last_code(mailer_of(stage.services))))
    await stage.until_shown("! ")


async def resent(stage: Stage) -> None:
    await second_factor(stage)
    later(stage.services, seconds=61)
    await stage.settle()
    form = stage.app.screen.query_one("MailedCodeForm")
    form.tick()  # type: ignore[attr-defined]
    await stage.open("#resend")
    await stage.until_shown("That makes 2 mails")


async def letters_refused(stage: Stage) -> None:
    await second_factor(stage)
    await stage.press("1", "a")


async def app_code_refused(stage: Stage) -> None:
    await second_factor(stage)
    account_id = next(stage.services.store.ids())
    # Two hours away: no neighbour of the present step by chance.
    await stage.type(app_code(stage.services, account_id, offset=240))
    await stage.until_shown("! ")


async def app_code_used(stage: Stage) -> None:
    account_id = next(stage.services.store.ids())
    code = unused_app_code(stage.services, account_id)
    login.log_out(stage.services, log_in(stage.services))
    await second_factor(stage)
    await stage.type(code)
    await stage.until_shown("! ")


async def lost_device(stage: Stage) -> None:
    await second_factor(stage)
    await stage.open("#lost")
    await stage.until_page(LostDeviceScreen)


async def lost_by_key(stage: Stage, *, proved: bool = False) -> None:
    await stage.until_page(LoginScreen)
    owed = key_login.log_in(stage.services, "jane", f"ssh-ed25519 {BLOB}", ORIGIN)
    stage.app.screen.post_message(LoginScreen.PasswordAccepted(owed))
    await stage.until_page(SecondFactorScreen)
    await stage.open("#lost")
    await stage.until_page(LostDeviceScreen)
    if proved:
        await stage.type(PASSWORD)
        await stage.press("enter")
        await stage.until_shown("What do you still have?")


async def lost_by_key_mail(stage: Stage) -> None:
    await lost_by_key(stage, proved=True)
    await stage.press("down", "down", "enter")
    await stage.until_shown("We sent a code")


async def way(stage: Stage, number: int) -> None:
    await lost_device(stage)
    await stage.press(*["down"] * number, "enter")


async def recovery_code_refused(stage: Stage) -> None:
    await way(stage, 0)
    await stage.type("ABCD-EFGH-JKMN-PQRS")
    await stage.press("enter")
    await stage.until_shown("! ")


async def secret_refused(stage: Stage) -> None:
    await way(stage, 1)
    await stage.type("mrjg 26kd oq4v")
    await stage.press("enter")
    await stage.until_shown("! ")


async def reset(stage: Stage) -> None:
    await stage.type("jane")
    await stage.open("#forgotten")
    await stage.until_page(PasswordResetScreen)


async def reset_code(stage: Stage) -> None:
    await reset(stage)
    await stage.press("enter")
    await stage.until_shown("If there is an account")


async def reset_new(stage: Stage) -> None:
    await reset_code(stage)
    await stage.type(last_code(mailer_of(stage.services)))
    await stage.until_shown("The code is right")


async def reset_done(stage: Stage) -> None:
    await reset_new(stage)
    await stage.type(OTHER_PASSWORD)
    await stage.press("enter")
    await stage.type(OTHER_PASSWORD)
    await stage.press("enter")
    await stage.until_shown("Your password was changed")


ENTRIES = (
    Entry("login", as_it_is, by_mail, main=True),
    Entry("login-first-account", as_it_is, policy={"registration_open": False}, mail_note=MAIL_NOTE),
    Entry("login-closed-with-note", as_it_is, by_mail, policy={"registration_open": False}, mail_note=MAIL_NOTE),
    Entry("login-refused", refused, by_mail, main=True),
    Entry("login-paused", partial(refused, times=6), by_mail, sizes=SMALL),
    Entry("login-nothing-typed", empty_fields, by_mail, sizes=SMALL),
    Entry("login-lost-factor", lost_factor, by_mail, sizes=SMALL),
    Entry("login-after-logout", logged_out, by_password, sizes=SMALL),
    Entry("login-locked", locked, by_password, sizes=SMALL),
    Entry("register", register, by_mail),
    Entry("register-name-refused", name_refused, by_mail, sizes=SMALL),
    Entry("register-password-refused", password_refused, by_mail, sizes=SMALL),
    Entry("register-passwords-differ", passwords_differ, by_mail, sizes=SMALL),
    Entry("register-verify", verify, by_mail),
    Entry("second-factor-mail", second_factor, by_mail, main=True),
    Entry("second-factor-mail-refused", code_refused, by_mail, sizes=SMALL),
    Entry("second-factor-mail-resent", resent, by_mail, sizes=SMALL),
    Entry("second-factor-mail-down", second_factor, by_mail, mail_works=False),
    Entry("second-factor-letters", letters_refused, by_mail, sizes=SMALL),
    Entry("second-factor-app", second_factor, by_app, main=True),
    Entry("second-factor-app-refused", app_code_refused, by_app, sizes=SMALL),
    Entry("second-factor-app-used", app_code_used, by_app, sizes=SMALL),
    Entry("lost-device", lost_device, by_app),
    Entry("lost-device-no-codes", lost_device, by_app_alone, sizes=SMALL),
    Entry("lost-device-mail", lost_device, by_mail),
    Entry("lost-device-recovery-code", partial(way, number=0), by_app),
    Entry("lost-device-recovery-code-refused", recovery_code_refused, by_app, sizes=SMALL),
    Entry("lost-device-by-key-password", lost_by_key, by_app_and_key, sizes=SMALL),
    Entry("lost-device-by-key", partial(lost_by_key, proved=True), by_app_and_key),
    Entry("lost-device-by-key-mail", lost_by_key_mail, by_app_and_key),
    Entry("lost-device-secret", partial(way, number=1), by_app),
    Entry("lost-device-secret-refused", secret_refused, by_app, sizes=SMALL),
    Entry("lost-device-support", partial(way, number=2), by_app),
    Entry("reset-name", reset, by_mail),
    Entry("reset-code", reset_code, by_mail),
    Entry("reset-new-password", reset_new, by_mail),
    Entry("reset-done", reset_done, by_mail, sizes=SMALL),
    Entry("too-small", as_it_is, by_mail, sizes=((40, 12),)),
)
