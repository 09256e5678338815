"""The forgotten password."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.fakes import (
    ATTACKER,
    ORIGIN,
    OTHER_PASSWORD,
    PASSWORD,
    app_code,
    clock_of,
    delivered,
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
from tui_mfa.domain.account import Account, Factor, Method
from tui_mfa.domain.errors import (
    AttemptEnded,
    InvalidInput,
    SessionEnded,
    TooManyAttempts,
    WrongCode,
    WrongCredentials,
)
from tui_mfa.domain.login import flows, password_reset
from tui_mfa.domain.login.model import AttemptHandle, LoggedIn, Origin
from tui_mfa.domain.operator import flows as operator
from tui_mfa.domain.ports import Services, Template
from tui_mfa.domain.profile import flows as profile
from tui_mfa.domain.secret import Secret


def asked(services: Services, name: str = "jane", origin: Origin = ORIGIN) -> AttemptHandle:
    owed = password_reset.ask(services, name, origin)
    assert owed.masked_address is None
    return owed.handle


def proved(services: Services, name: str = "jane") -> AttemptHandle:
    handle = asked(services, name)
    password_reset.send(services, handle)
    password_reset.prove(services, handle, Secret(last_code(mailer_of(services))))
    return handle


def test_reset_and_login() -> None:
    """S41, S60, S63: the new password logs in after the code as always; log and mail tell of it."""
    services = make_services()
    account = make_account(services)
    before = len(tags(services, account.id))
    password_reset.finish(services, proved(services), Secret(OTHER_PASSWORD))
    assert tags(services, account.id, before) == ["password.reset_asked", "login.code_sent", "password.reset"]
    assert delivered(services, account.id) == [("password_changed", "jane@example.com")]
    with pytest.raises(WrongCredentials):
        flows.log_in(services, "jane", Secret(PASSWORD), ORIGIN)
    clock_of(services).advance(seconds=61)
    log_in(services, password=OTHER_PASSWORD)


def test_a_reset_does_not_get_round_the_second_factor() -> None:
    """S41: the app's code is asked for after it; the mailed code opened no session."""
    services = make_services()
    account = make_account(services, method=Method.AUTHENTICATOR)
    password_reset.finish(services, proved(services), Secret(OTHER_PASSWORD))
    assert services.store.get(account.id).sessions == []
    owed = start_login(services, password=OTHER_PASSWORD)
    assert owed.factor is Factor.AUTHENTICATOR
    assert services.store.get(account.id).method is Method.AUTHENTICATOR
    assert enter(services, owed.handle, app_code(services, account.id)) is None


def test_a_reset_ends_sessions_and_half_logins() -> None:
    """S49: whoever was in by the old password is out, and whoever was half in too."""
    services = make_services()
    make_account(services)
    session = log_in(services)
    clock_of(services).advance(seconds=61)
    half = start_login(services).handle
    code = mailed(services, half)
    password_reset.finish(services, proved(services), Secret(OTHER_PASSWORD))
    with pytest.raises(SessionEnded):
        profile.overview(services, session)
    assert enter(services, half, code) is AttemptEnded


def test_no_password_before_the_code() -> None:
    """S41: nor after the attempt, nor twice, nor with an attempt of another purpose."""
    services = make_services()
    make_account(services)
    handle = asked(services)
    with pytest.raises(AttemptEnded, match="code must be entered first"):
        password_reset.finish(services, handle, Secret(OTHER_PASSWORD))
    login = start_login(services).handle
    with pytest.raises(AttemptEnded):
        password_reset.finish(services, login, Secret(OTHER_PASSWORD))
    handle = proved(services)
    password_reset.finish(services, handle, Secret(OTHER_PASSWORD))
    with pytest.raises(AttemptEnded):
        password_reset.finish(services, handle, Secret(PASSWORD))


def test_reset_code_works_once() -> None:
    """S28: the code that was accepted is used up, though its attempt goes on."""
    services = make_services()
    make_account(services)
    handle = proved(services)
    with pytest.raises(WrongCode, match="No code is under way"):
        password_reset.prove(services, handle, Secret(last_code(mailer_of(services))))
    password_reset.finish(services, handle, Secret(OTHER_PASSWORD))


def test_too_late() -> None:
    """S27: the proof is worth as long as the attempt lives."""
    services = make_services()
    make_account(services)
    handle = proved(services)
    clock_of(services).advance(minutes=10)
    with pytest.raises(AttemptEnded):
        password_reset.finish(services, handle, Secret(OTHER_PASSWORD))


def test_bad_new_password_keeps_the_attempt() -> None:
    """S01, S04: refused with its reason, and the next try is not another mail."""
    services = make_services()
    make_account(services, method=Method.DISABLED)
    handle = proved(services)
    for password in ("short", "jane@example.com!", "vexed Ochre 9"):
        with pytest.raises(InvalidInput):
            password_reset.finish(services, handle, Secret(password))
    password_reset.finish(services, handle, Secret(OTHER_PASSWORD))


def test_factor_disabled_while_the_password_is_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    """S01: the length that counts is that of the moment of saving."""
    services = make_services()
    account = make_account(services)
    handle = proved(services)
    made = services.passwords.hash

    def slow(value: Secret[str]) -> str:
        with services.store.account(account.id) as changing:
            changing.method = Method.DISABLED
        return made(value)

    monkeypatch.setattr(services.passwords, "hash", slow)
    with pytest.raises(InvalidInput):
        password_reset.finish(services, handle, Secret("vexed Ochre 9"))
    assert services.store.get(account.id).password.hash == account.password.hash


def test_a_reset_proves_the_address() -> None:
    """S60: who read the mail has the address; an account the operator made is proved by it."""
    services = make_services()
    account = make_account(services, verified=False)
    password_reset.finish(services, proved(services), Secret(OTHER_PASSWORD))
    assert services.store.get(account.id).email.verified_at is not None
    assert "email.verified" in tags(services, account.id)


def test_held_mail_leaves_no_code_that_somebody_knows() -> None:
    """S28: after a resend that was held back the code before is void."""
    services = make_services()
    account = make_account(services)
    handle = asked(services)
    password_reset.send(services, handle)
    code = last_code(mailer_of(services))
    with services.store.account(account.id) as changing:
        changing.unasked_mails.times *= 6
    clock_of(services).advance(seconds=60)
    password_reset.send(services, handle)
    with pytest.raises(WrongCode):
        password_reset.prove(services, handle, Secret(code))


def _closed(services: Services, account: Account) -> None:
    operator.disable(services, "jane")


def _moved(services: Services, account: Account) -> None:
    operator.set_email(services, "jane", "moved@example.org")


def _deleted(services: Services, account: Account) -> None:
    operator.delete(services, "jane")


@pytest.mark.parametrize("change", [_closed, _moved, _deleted])
def test_account_changed_while_a_reset_is_under_way(change: Callable[[Services, Account], None]) -> None:
    """S30, S52: closed, moved to another address or removed: the code and the proof are void."""
    services = make_services()
    account = make_account(services)
    half = asked(services)
    password_reset.send(services, half)
    code = last_code(mailer_of(services))
    whole = proved(services)
    change(services, account)
    with pytest.raises(AttemptEnded):
        password_reset.prove(services, half, Secret(code))
    with pytest.raises(AttemptEnded):
        password_reset.finish(services, whole, Secret(OTHER_PASSWORD))


def test_reset_frees_a_password_that_was_switched_off() -> None:
    """S09, S12: after a hundred wrong passwords the owner gets back in by mail."""
    services = make_services()
    account = make_account(services)
    with services.store.account(account.id) as changing:
        changing.tries_of(Factor.PASSWORD).in_a_row = 100
    with pytest.raises(WrongCredentials):
        flows.log_in(services, "jane", Secret(PASSWORD), ORIGIN)
    password_reset.finish(services, proved(services), Secret(OTHER_PASSWORD))
    log_in(services, password=OTHER_PASSWORD)


def test_without_a_factor_the_mail_alone_lets_in() -> None:
    """S41: where the factor is off, nothing more is asked after a reset than before."""
    services = make_services()
    make_account(services, method=Method.DISABLED)
    password_reset.finish(services, proved(services), Secret(OTHER_PASSWORD))
    assert isinstance(flows.log_in(services, "jane", Secret(OTHER_PASSWORD), ORIGIN), LoggedIn)


def test_reset_code_is_told_as_such() -> None:
    """S30: the mail names its purpose; tries count down as at a login."""
    services = make_services()
    account = make_account(services)
    handle = asked(services)
    password_reset.send(services, handle)
    assert mails(services)[0].template is Template.RESET_CODE
    code = last_code(mailer_of(services))
    for left in (4, 3, 2, 1, 0):
        with pytest.raises(WrongCode) as caught:
            password_reset.prove(services, handle, Secret(wrong_code(code)))
        assert caught.value.tries_left == left
    with pytest.raises(TooManyAttempts):
        password_reset.prove(services, replace(handle, origin=ATTACKER), Secret(code))
    assert "wrong_codes" not in [mail for mail, _ in delivered(services, account.id)]
