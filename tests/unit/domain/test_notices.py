"""Which flow tells what to whom, and what happens when the mail does not go out."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from tests.fakes import (
    ORIGIN,
    OTHER_PASSWORD,
    PASSWORD,
    app_code,
    clock_of,
    delivered,
    enrol,
    enter,
    last_code,
    log_in,
    mailed,
    mailer_of,
    mails,
    make_account,
    make_services,
    start_login,
    tags,
    wrong_code,
)
from tui_mfa.domain import notices
from tui_mfa.domain.account import Account, Factor, Method
from tui_mfa.domain.errors import InvalidInput, MailUnavailable, WrongCode
from tui_mfa.domain.login import flows, password_reset
from tui_mfa.domain.login.model import Session
from tui_mfa.domain.operator import flows as operator
from tui_mfa.domain.ports import Mail, Services, Template
from tui_mfa.domain.profile import flows as profile
from tui_mfa.domain.recovery import flows as recovery
from tui_mfa.domain.secret import Secret
from tui_mfa.domain.two_factor import flows as two_factor
from tui_mfa.mail.memory import MemoryMailer


@dataclass
class Case:
    """An account with an open session."""

    services: Services
    account: Account
    session: Session

    def finish_change(self) -> None:
        """Change the address by the real flow."""
        change = profile.begin_email_change(self.services, self.session, "new@example.org").handle
        code = mailed(self.services, change)
        profile.finish_email_change(self.services, self.session, change, Secret(code))

    def reset(self) -> None:
        """Reset the password by the real flow."""
        handle = password_reset.ask(self.services, "jane", ORIGIN).handle
        password_reset.send(self.services, handle)
        password_reset.prove(self.services, handle, Secret(last_code(mailer_of(self.services))))
        password_reset.finish(self.services, handle, Secret(OTHER_PASSWORD))

    def wrong_codes(self) -> None:
        """Enter three wrong codes after the right password."""
        handle = start_login(self.services).handle
        for _ in range(3):
            enter(self.services, handle, wrong_code(app_code(self.services, self.account.id)))

    def recover(self) -> None:
        """Come in by a recovery code."""
        fresh = recovery.make_codes(self.services, self.session)
        delivered(self.services, self.account.id)
        mailer_of(self.services).kept.clear()
        recovery.use_code(self.services, start_login(self.services).handle, fresh.codes[0])


OWN = "jane@example.com"
TABLE: list[tuple[str, Callable[[Case], object], list[str], list[tuple[str, str]]]] = [
    (
        "replace",
        lambda case: enrol(case.services, case.session),
        ["mfa.totp.started", "mfa.totp.replaced", "recovery.codes_made"],
        [("authenticator_replaced", OWN), ("recovery_codes_made", OWN)],
    ),
    (
        "codes",
        lambda case: recovery.make_codes(case.services, case.session),
        ["recovery.codes_made"],
        [("recovery_codes_made", OWN)],
    ),
    (
        "disable",
        lambda case: two_factor.disable(case.services, case.session, "disable"),
        ["mfa.disabled"],
        [("mfa_disabled", OWN)],
    ),
    (
        "email",
        lambda case: two_factor.enable_email(case.services, case.session),
        ["mfa.email.enabled"],
        [("email_enabled", OWN)],
    ),
    (
        "password",
        lambda case: profile.change_password(case.services, case.session, Secret(OTHER_PASSWORD)),
        ["password.changed"],
        [("password_changed", OWN)],
    ),
    (
        "address",
        Case.finish_change,
        ["email.change_asked", "login.code_sent", "email.changed"],
        [("email_changed", "new@example.org"), ("email_changed", OWN)],
    ),
    (
        "reset",
        Case.reset,
        ["password.reset_asked", "login.code_sent", "password.reset"],
        [("password_changed", OWN)],
    ),
    ("wrong codes", Case.wrong_codes, ["login.code_failed"] * 3, [("wrong_codes", OWN)]),
    (
        "recovery",
        Case.recover,
        ["recovery.codes_made", "recovery.code_used", "login.ok"],
        [("recovery_used", OWN)],
    ),
    (
        "closed",
        lambda case: operator.disable(case.services, "jane"),
        ["account.disabled"],
        [("account_disabled", OWN)],
    ),
    ("login", lambda case: log_in(case.services), ["login.ok"], []),
    ("logout", lambda case: flows.log_out(case.services, case.session), ["logout"], []),
    (
        "profile",
        lambda case: profile.edit(case.services, case.session, name="Jane", company=""),
        ["profile.changed"],
        [],
    ),
    ("nothing new", lambda case: profile.edit(case.services, case.session, name="", company=""), [], []),
]


@pytest.mark.parametrize(("act", "events", "sent"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_each_flow_yields_exactly_its_events_and_mails(
    act: Callable[[Case], object], events: list[str], sent: list[tuple[str, str]]
) -> None:
    """S60, S63, S24, S39: nothing is missing and nothing is told twice; no line holds a secret."""
    services = make_services()
    account = make_account(services, method=Method.AUTHENTICATOR)
    case = Case(services, account, log_in(services))
    before = len(tags(services, account.id))
    act(case)
    assert tags(services, account.id, before) == events
    assert delivered(services, account.id) == sent
    assert delivered(services, account.id) == sent
    log = repr(services.store.events(account.id))
    for secret in (PASSWORD, OTHER_PASSWORD, account.password.hash):
        assert secret not in log


def test_first_enrolment_is_told_as_such() -> None:
    """S24, S63: enabling is another mail than replacing."""
    services = make_services()
    account = make_account(services)
    enrol(services, log_in(services))
    assert delivered(services, account.id)[0] == ("authenticator_enabled", OWN)


class FailingMailer(MemoryMailer):
    """Fails as it is told."""

    failure: Exception | None = None
    refuses: Template | None = None

    def send(self, mail: Mail) -> None:
        if self.failure is not None and self.refuses in {None, mail.template}:
            raise self.failure
        super().send(mail)


def failing() -> tuple[Services, FailingMailer, Account]:
    services = make_services()
    mailer = FailingMailer("noreply@example.net", "tui-mfa", "", services.clock)
    services = replace(services, mailer=mailer)
    return services, mailer, make_account(services, method=Method.AUTHENTICATOR)


def test_change_stands_and_the_mail_waits() -> None:
    """S33, S63: the failure is logged, and the notice goes out when the server is back, with the time of the change."""
    services, mailer, account = failing()
    two_factor.disable(services, log_in(services), "disable")
    mailer.failure = MailUnavailable("The mail server does not answer.")
    assert notices.deliver(services, account.id) == 0
    assert services.store.get(account.id).method is Method.DISABLED
    assert tags(services, account.id)[-1] == "mail.failed"
    mailer.failure = None
    clock_of(services).advance(hours=3)
    assert notices.deliver(services, account.id) == 1
    assert notices.deliver(services, account.id) == 0
    assert mails(services)[-1].params["time"] == "2026-11-24 14:02 UTC"


def test_a_mail_that_can_never_go_out_holds_up_no_other() -> None:
    """S33: it is dropped and logged; the ones behind it go out."""
    services, mailer, account = failing()
    session = log_in(services)
    two_factor.enable_email(services, session)
    two_factor.disable(services, session, "disable")
    mailer.failure, mailer.refuses = InvalidInput("No."), Template.EMAIL_ENABLED
    assert notices.deliver(services, account.id) == 1
    assert services.store.get(account.id).notices == []
    assert tags(services, account.id)[-1] == "mail.failed"


def test_notices_have_ids_of_their_own_and_are_bounded() -> None:
    """S63: what waits is at most twenty, the newest; ids are unique even then."""
    services, _, account = failing()
    with services.store.account(account.id) as changing:
        for number in range(30):
            changing.event_count += 1
            notices.queue(changing, Template.WRONG_CODES, "here", services.clock.now(), f"old{number}@example.org")
    waiting = services.store.get(account.id).notices
    assert len(waiting) == notices.MAX_WAITING
    assert len({notice.id for notice in waiting}) == notices.MAX_WAITING
    assert waiting[-1].to == "old29@example.org"


def test_notices_of_a_removed_account() -> None:
    """S52: there is nobody to tell."""
    services, _, account = failing()
    operator.disable(services, "jane")
    operator.delete(services, "jane")
    assert notices.deliver(services, account.id) == 0


def test_notice_queued_during_delivery_is_kept() -> None:
    """S63: only what was sent is taken from the list."""
    services, mailer, account = failing()
    session = log_in(services)
    two_factor.enable_email(services, session)
    plain = MemoryMailer.send

    def slow(mail: Mail) -> None:
        plain(mailer, mail)
        if mail.template is Template.EMAIL_ENABLED:
            two_factor.disable(services, session, "disable")

    mailer.send = slow  # type: ignore[method-assign]
    assert notices.deliver(services, account.id) == 1
    assert [notice.template for notice in services.store.get(account.id).notices] == ["mfa_disabled"]


def test_three_wrong_codes_are_told_once_per_run() -> None:
    """S63: the third in a row, not the fourth; after a success the next run is told anew."""
    services, _, account = failing()
    for _ in range(2):
        handle = start_login(services).handle
        for _ in range(4):
            with pytest.raises(WrongCode):
                flows.enter_code(services, handle, Secret(wrong_code(app_code(services, account.id))))
        log_in(services)
        clock_of(services).advance(minutes=6)
    assert delivered(services, account.id) == [("wrong_codes", OWN)] * 2
    assert services.store.get(account.id).tries[Factor.AUTHENTICATOR].in_a_row == 0
