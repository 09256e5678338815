"""The profile with its tabs, sessions, events, and the modals above them."""

from functools import partial

from tests.fakes import (
    ATTACKER,
    ORIGIN,
    OTHER_PASSWORD,
    PASSWORD,
    last_code,
    log_in,
    mailed,
    mailer_of,
    make_account,
    start_login,
    unused_app_code,
    wrong_code,
)
from tests.fakes import enter as enter_code
from tests.snapshot.login_states import by_app, by_app_alone, by_mail, by_password
from tests.snapshot.stage import SMALL, Entry, Stage, later
from tui_mfa.domain.account import Factor
from tui_mfa.domain.login import flows
from tui_mfa.domain.login import flows as login
from tui_mfa.domain.login.model import CodeOwed, LoggedIn, Origin
from tui_mfa.domain.ports import Services
from tui_mfa.domain.profile import flows as profile
from tui_mfa.domain.secret import Secret

OFFICE = Origin("203.0.113.24", "203.0.113.24")


def logged_in(services: Services) -> LoggedIn:
    """Log in by the real flows and return what the profile is given."""
    step = flows.log_in(services, "jane", Secret(PASSWORD), ORIGIN)
    if isinstance(step, CodeOwed):
        handle = step.handle
        by_app = step.factor is Factor.AUTHENTICATOR
        code = unused_app_code(services, handle.account_id) if by_app else mailed(services, handle)
        step = flows.enter_code(services, handle, Secret(code))
    assert isinstance(step, LoggedIn)
    return step


def with_a_past(services: Services) -> None:
    """Make Jane, who has logged in before and is logged in elsewhere, and whose password somebody tried."""
    by_mail(services)
    first = log_in(services)
    profile.edit(services, first, name="Jane Doe", company="Lighthouse Bakery")
    login.log_out(services, first)
    later(services, hours=20)
    log_in(services, origin=OFFICE)
    later(services, minutes=9)
    owed = start_login(services, origin=ATTACKER)
    code = mailed(services, owed.handle)
    enter_code(services, owed.handle, wrong_code(code))
    later(services, minutes=3)


def app_with_a_past(services: Services) -> None:
    """Make Jane with an authenticator, recovery codes, and a session elsewhere."""
    by_app(services)
    log_in(services, origin=OFFICE)
    later(services, minutes=12)


def few_codes(services: Services) -> None:
    """Make Jane with an authenticator and two recovery codes left."""
    by_app(services)
    with services.store.account(next(services.store.ids())) as account:
        assert account.recovery is not None
        del account.recovery.codes[2:]


def short_password(services: Services) -> None:
    """Make Jane with a password that cannot stand alone."""
    make_account(services)
    with services.store.account(next(services.store.ids())) as account:
        account.password.stands_alone = False


async def security(stage: Stage) -> None:
    await stage.enter_profile(logged_in(stage.services))


async def tab(stage: Stage, key: str) -> None:
    await security(stage)
    await stage.press(key)


async def edited(stage: Stage) -> None:
    await tab(stage, "1")
    stage.app.screen.query_one("#company").focus()
    await stage.press("end")
    await stage.type(" & sons")


async def saved(stage: Stage) -> None:
    await edited(stage)
    await stage.press("enter")
    await stage.until_shown("Saved.")


async def link(stage: Stage, link_id: str) -> None:
    await security(stage)
    await stage.open(f"#{link_id}")


async def end_session(stage: Stage) -> None:
    await link(stage, "sessions")
    await stage.press("down", "d")


async def session_ended(stage: Stage) -> None:
    await end_session(stage)
    await stage.open("#yes")
    await stage.until_shown("The session is ended.")


async def events_filtered(stage: Stage) -> None:
    await link(stage, "events")
    await stage.press("slash")
    await stage.type("logged")


async def events_none(stage: Stage) -> None:
    await link(stage, "events")
    await stage.press("slash")
    await stage.type("zebra")


async def confirmed_again(stage: Stage) -> None:
    """Be logged in for so long that a change wants a confirmation."""
    await security(stage)
    later(stage.services, minutes=6)


async def confirm(stage: Stage) -> None:
    await change_password_typed(stage)
    await stage.settle()


async def change_password(stage: Stage) -> None:
    await confirmed_again(stage)
    await stage.open("#change-password")


async def change_password_typed(stage: Stage) -> None:
    await change_password(stage)
    await stage.type(OTHER_PASSWORD)
    await stage.press("enter")
    await stage.type(OTHER_PASSWORD)
    await stage.press("enter")
    await stage.until_shown("Confirm that it is you")


async def change_password_differ(stage: Stage) -> None:
    await change_password(stage)
    await stage.type(OTHER_PASSWORD)
    await stage.press("enter")
    await stage.type(PASSWORD)
    await stage.press("enter")
    await stage.until_shown("! ")


async def confirm_refused(stage: Stage) -> None:
    await change_password_typed(stage)
    await stage.type(PASSWORD)
    await stage.press("enter")
    await stage.type(wrong_code(last_code(mailer_of(stage.services))))
    await stage.until_shown("! ")


async def change_email_code(stage: Stage) -> None:
    await link(stage, "change-email")
    await stage.type("jane@example.org")
    await stage.press("enter")
    await stage.until_shown("Check your mail")


async def new_codes(stage: Stage) -> None:
    await link(stage, "recovery-codes")
    await stage.open("#yes")
    await stage.until_shown("Each code logs you in once")


async def codes_saved(stage: Stage) -> None:
    await new_codes(stage)
    await stage.press("s")
    await stage.until_shown("Saved to")


async def codes_not_kept(stage: Stage) -> None:
    await new_codes(stage)
    await stage.press("escape")


async def palette(stage: Stage) -> None:
    await security(stage)
    await stage.press("ctrl+p")


async def help_text(stage: Stage) -> None:
    await security(stage)
    await stage.press("question_mark")


ENTRIES = (
    Entry("profile-security", security, with_a_past, main=True),
    Entry("profile-security-app", security, app_with_a_past, sizes=SMALL),
    Entry("profile-security-disabled", security, by_password, sizes=SMALL),
    Entry("profile-first-login", security, by_mail, sizes=SMALL),
    Entry("profile-no-codes", security, by_app_alone, sizes=SMALL),
    Entry("profile-few-codes", security, few_codes, sizes=SMALL),
    Entry("profile-user-info", partial(tab, key="1"), with_a_past, main=True),
    Entry("profile-user-info-edited", edited, with_a_past, sizes=SMALL),
    Entry("profile-user-info-saved", saved, with_a_past, sizes=SMALL),
    Entry("profile-invoices", partial(tab, key="2"), by_mail, sizes=SMALL),
    Entry("profile-payment-options", partial(tab, key="3"), by_mail, sizes=SMALL),
    Entry("profile-add-credits", partial(tab, key="4"), by_mail, sizes=SMALL),
    Entry("profile-service-quota", partial(tab, key="6"), by_mail, sizes=SMALL),
    Entry("profile-codes-refused", partial(link, link_id="recovery-codes"), by_mail, sizes=SMALL),
    Entry("sessions", partial(link, link_id="sessions"), with_a_past, main=True),
    Entry("sessions-alone", partial(link, link_id="sessions"), by_mail, sizes=SMALL),
    Entry("sessions-end", end_session, with_a_past, main=True),
    Entry("sessions-ended", session_ended, with_a_past, sizes=SMALL),
    Entry("events", partial(link, link_id="events"), with_a_past, main=True),
    Entry("events-filtered", events_filtered, with_a_past, sizes=SMALL),
    Entry("events-none", events_none, with_a_past, sizes=SMALL),
    Entry("change-password", change_password, by_mail),
    Entry("change-password-differ", change_password_differ, by_mail, sizes=SMALL),
    Entry("confirm-mail", confirm, by_mail, main=True),
    Entry("confirm-mail-refused", confirm_refused, by_mail, sizes=SMALL),
    Entry("confirm-mail-down", confirm, by_app_alone, sizes=SMALL),
    Entry("confirm-app", confirm, by_app),
    Entry("change-email", partial(link, link_id="change-email"), by_mail),
    Entry("change-email-code", change_email_code, by_mail),
    Entry("recovery-codes-question", partial(link, link_id="recovery-codes"), by_app),
    Entry("recovery-codes", new_codes, by_app, main=True),
    Entry("recovery-codes-saved", codes_saved, by_app, sizes=SMALL),
    Entry("recovery-codes-not-kept", codes_not_kept, by_app, sizes=SMALL),
    Entry("palette", palette, by_mail, main=True, alone=True),
    Entry("help", help_text, by_mail, main=True),
)
