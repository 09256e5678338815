"""How mails with a code go out: how many, to whom, and what happens when they do not."""

import itertools
from dataclasses import replace

import pytest

from tests.fakes import (
    ORIGIN,
    app_code,
    clock_of,
    enter,
    last_code,
    log_in,
    mailed,
    mails,
    make_account,
    make_services,
    start_login,
    tags,
)
from tui_mfa.domain.account import Method
from tui_mfa.domain.errors import (
    MailUnavailable,
    NotAllowed,
    TooManyAttempts,
    WrongCode,
)
from tui_mfa.domain.login import confirmation, flows, mailed_code, password_reset
from tui_mfa.domain.login.model import LoggedIn, Origin
from tui_mfa.domain.ports import Mail, Services, Template
from tui_mfa.domain.secret import Secret
from tui_mfa.mail.memory import MemoryMailer


def test_cool_down_and_three_resends() -> None:
    """S31: sixty seconds between two mails, three after the first, then no more; nothing is mailed when refused."""
    services = make_services()
    make_account(services)
    handle = start_login(services).handle
    left = [mailed_code.send(services, handle).resends_left]
    for _ in range(3):
        clock_of(services).advance(seconds=59)
        with pytest.raises(TooManyAttempts) as caught:
            mailed_code.send(services, handle)
        assert caught.value.retry_after == 1
        clock_of(services).advance(seconds=1)
        left.append(mailed_code.send(services, handle).resends_left)
    assert left == [3, 2, 1, 0]
    clock_of(services).advance(seconds=60)
    with pytest.raises(NotAllowed):
        mailed_code.send(services, handle)
    assert len(mails(services)) == 4


def test_six_mails_an_hour_per_account() -> None:
    """S31: however many attempts are begun; the seventh mail goes out when the hour is over."""
    services = make_services()
    make_account(services)
    for _ in range(6):
        mailed_code.send(services, start_login(services).handle)
    with pytest.raises(TooManyAttempts, match="Too many mails") as caught:
        mailed_code.send(services, start_login(services).handle)
    assert caught.value.retry_after == 3600
    clock_of(services).advance(hours=1)
    mailed_code.send(services, start_login(services).handle)
    assert len(mails(services)) == 7


def test_twenty_mails_an_hour_per_address() -> None:
    """S31: an address that begins attempts of many accounts is stopped; refusals use nothing up."""
    services = make_services()
    for number in range(21):
        make_account(services, f"user{number}")
    handles = [start_login(services, f"user{number}").handle for number in range(21)]
    for number in range(20):
        mailed_code.send(services, handles[number])
        with pytest.raises(TooManyAttempts):
            mailed_code.send(services, handles[0])
    with pytest.raises(TooManyAttempts, match="Too many mails"):
        mailed_code.send(services, handles[20])
    mailed_code.send(services, replace(handles[20], origin=Origin("203.0.113.9", "elsewhere")))
    assert len(mails(services)) == 21


def test_strangers_do_not_use_up_the_mails_of_a_login() -> None:
    """S12, S31: whoever asks for resets again and again, the owner's login code still goes out."""
    services = make_services()
    make_account(services)
    for number in range(6):
        for name in ("jane", "jane@example.com"):
            handle = password_reset.ask(services, name, Origin(f"198.51.100.{number}", "elsewhere")).handle
            password_reset.send(services, handle)
    assert len(mails(services)) == 6
    log_in(services)


class FailingMailer(MemoryMailer):
    """A mail server that can be switched off."""

    up = True

    def send(self, mail: Mail) -> None:
        if not self.up:
            raise MailUnavailable("The mail server does not answer.")
        super().send(mail)

    def check(self) -> None:
        if not self.up:
            raise MailUnavailable("The mail server does not answer.")


def failing() -> tuple[Services, FailingMailer]:
    services = make_services()
    mailer = FailingMailer("noreply@example.net", "tui-mfa", "", services.clock)
    return replace(services, mailer=mailer), mailer


def test_a_mail_that_fails_uses_nothing_up() -> None:
    """S33: the refusal says so, the attempt stands, and the next try needs no cool-down and has all its resends."""
    services, mailer = failing()
    account = make_account(services)
    handle = start_login(services).handle
    mailer.up = False
    for _ in range(30):
        with pytest.raises(MailUnavailable):
            mailed_code.send(services, handle)
    kept = services.store.get(account.id)
    assert kept.attempts[0].mailed is None
    assert (kept.attempts[0].mails_sent, kept.mails.times) == (0, [])
    assert "mail.failed" in tags(services, account.id)
    mailer.up = True
    assert mailed_code.send(services, handle).resends_left == 3
    assert enter(services, handle, last_code(mailer)) is None


def test_a_mail_that_fails_voids_the_code_before() -> None:
    """S28, S33: a failed resend leaves no code that works, and says so."""
    services, mailer = failing()
    make_account(services)
    handle = start_login(services).handle
    old = mailed(services, handle)
    clock_of(services).advance(seconds=60)
    mailer.up = False
    with pytest.raises(MailUnavailable):
        mailed_code.send(services, handle)
    with pytest.raises(WrongCode, match="No code is under way"):
        flows.enter_code(services, handle, Secret(old))


def test_attempt_that_ends_while_a_mail_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """S33: the error is that of the mail, and the failure is logged, though the attempt is gone meanwhile."""
    services, mailer = failing()
    account = make_account(services)
    handle = start_login(services).handle

    def slow(mail: Mail) -> None:
        with services.store.account(account.id) as changing:
            changing.attempts.clear()
        raise MailUnavailable("The mail server does not answer.")

    monkeypatch.setattr(mailer, "send", slow)
    with pytest.raises(MailUnavailable):
        mailed_code.send(services, handle)
    assert tags(services, account.id)[-1] == "mail.failed"


def test_no_mail_where_the_app_is_asked_for() -> None:
    """S30, S31: an attempt that owes the authenticator's code sends no mail, at login and at confirmation."""
    services = make_services()
    account = make_account(services, method=Method.AUTHENTICATOR)
    handle = start_login(services).handle
    with pytest.raises(NotAllowed):
        mailed_code.send(services, handle)
    result = flows.enter_code(services, handle, Secret(app_code(services, account.id)))
    assert isinstance(result, LoggedIn)
    owed = confirmation.begin(services, result.session)
    assert owed is not None
    with pytest.raises(NotAllowed):
        mailed_code.send(services, owed.handle)
    assert mails(services) == []


def test_what_a_mail_says() -> None:
    """S36: the template's values and no more; the address is masked on screen."""
    services = make_services()
    make_account(services)
    owed = start_login(services)
    sent = mailed_code.send(services, owed.handle)
    mail = mails(services)[-1]
    assert owed.masked_address == "j•••@e•••.com"
    assert mail.template is Template.LOGIN_CODE
    assert mail.to == "jane@example.com"
    assert mail.params == {
        "username": "jane",
        "origin": ORIGIN.label,
        "time": "2026-11-24 14:02 UTC",
        "request_id": sent.request_id,
        "valid_until": "14:12 UTC",
    }


def test_two_mails_of_an_attempt_have_different_request_ids() -> None:
    """S28: the screen and the mail name the same request, so that nobody types an old code."""
    services = make_services()
    make_account(services)
    handle = start_login(services).handle
    ids = []
    for _ in range(4):
        ids.append(mailed_code.send(services, handle).request_id)
        clock_of(services).advance(seconds=60)
    assert all(one != two for one, two in itertools.pairwise(ids))
