"""Prove again that it is you."""

from collections.abc import Callable

import pytest

from tests.fakes import (
    OTHER_PASSWORD,
    PASSWORD,
    WRONG,
    clock_of,
    confirm,
    delivered,
    enter,
    log_in,
    mailed,
    make_account,
    make_services,
    start_login,
    tags,
    unused_app_code,
    wrong_code,
)
from tui_mfa.domain.account import Account, Factor, Method
from tui_mfa.domain.errors import (
    AttemptEnded,
    ConfirmationRequired,
    DomainError,
    InvalidInput,
    SessionEnded,
    TooManyAttempts,
    WrongCode,
)
from tui_mfa.domain.login import confirmation, mailed_code
from tui_mfa.domain.login.model import CodeOwed, Session
from tui_mfa.domain.ports import Services
from tui_mfa.domain.profile import flows as profile
from tui_mfa.domain.recovery import flows as recovery
from tui_mfa.domain.secret import Secret
from tui_mfa.domain.two_factor import flows as two_factor
from tui_mfa.domain.two_factor import totp


def old_session(method: Method = Method.EMAIL) -> tuple[Services, Account, Session]:
    """Return a session whose login is too long ago to stand as a confirmation."""
    services = make_services()
    account = make_account(services, method=method)
    session = log_in(services)
    clock_of(services).advance(minutes=5, seconds=1)
    return services, account, session


def begun(services: Services, session: Session) -> CodeOwed:
    owed = confirmation.begin(services, session)
    assert owed is not None
    return owed


CHANGES: list[Callable[[Services, Session], object]] = [
    two_factor.begin,
    lambda services, session: two_factor.confirm(services, session, Secret("123456")),
    lambda services, session: two_factor.disable(services, session, "disable"),
    recovery.make_codes,
    lambda services, session: profile.change_password(services, session, Secret(OTHER_PASSWORD)),
    lambda services, session: profile.begin_email_change(services, session, "new@example.org"),
]


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("method", [Method.EMAIL, Method.AUTHENTICATOR])
def test_every_change_of_what_guards_the_account_wants_one(
    change: Callable[[Services, Session], object], method: Method
) -> None:
    """S07, S51: at 5:01 after the login each is refused and nothing is changed; at 5:00 none is for this reason."""
    services, account, session = old_session(method)
    before = services.store.get(account.id)
    with pytest.raises(ConfirmationRequired):
        change(services, session)
    assert services.store.get(account.id) == before
    clock_of(services).advance(seconds=-1)
    try:
        change(services, session)
    except ConfirmationRequired:
        pytest.fail("a login of five minutes ago stands as a confirmation")
    except DomainError:
        pass


def test_a_fresh_login_counts() -> None:
    """S51: nothing is asked right after the login, and a profile edit never asks."""
    services, _, session = old_session()
    profile.edit(services, session, name="Jane", company="")
    clock_of(services).advance(seconds=61)
    two_factor.begin(services, log_in(services))


@pytest.mark.parametrize("method", list(Method))
def test_password_and_current_factor_confirm_for_five_minutes(method: Method) -> None:
    """S07, S51, S60: after it the change is allowed until 5:00, and the log tells of it."""
    services, account, session = old_session(method)
    confirm(services, session)
    assert tags(services, account.id)[-1] == "confirmation.ok"
    clock_of(services).advance(minutes=5)
    two_factor.begin(services, session)
    clock_of(services).advance(seconds=1)
    with pytest.raises(ConfirmationRequired):
        two_factor.begin(services, session)


def test_right_code_with_a_wrong_password_confirms_nothing() -> None:
    """S07: both are needed; the code is not even looked at, so it is not used up."""
    services, account, session = old_session()
    owed = begun(services, session)
    code = mailed(services, owed.handle)
    with pytest.raises(InvalidInput) as caught:
        confirmation.finish(services, session, owed.handle, Secret(WRONG), Secret(code))
    assert caught.value.field == "password"
    with pytest.raises(ConfirmationRequired):
        two_factor.begin(services, session)
    assert tags(services, account.id)[-1] == "confirmation.failed"
    confirmation.finish(services, session, owed.handle, Secret(PASSWORD), Secret(code))
    two_factor.begin(services, session)


def test_right_password_with_a_wrong_code_confirms_nothing() -> None:
    """S07, S10: the wrong code is counted as at a login; the right password clears only its own counter."""
    services, account, session = old_session()
    owed = begun(services, session)
    code = mailed(services, owed.handle)
    with pytest.raises(WrongCode):
        confirmation.finish(services, session, owed.handle, Secret(PASSWORD), Secret(wrong_code(code)))
    with pytest.raises(ConfirmationRequired):
        two_factor.begin(services, session)
    tries = services.store.get(account.id).tries
    assert (tries[Factor.EMAIL].in_a_row, tries[Factor.PASSWORD].in_a_row) == (1, 0)


@pytest.mark.parametrize("method", [Method.EMAIL, Method.AUTHENTICATOR])
def test_no_way_round_the_code(method: Method) -> None:
    """S07: without a handle, where a factor is on, the password alone confirms nothing."""
    services, _, session = old_session(method)
    with pytest.raises(AttemptEnded):
        confirmation.finish(services, session, None, Secret(PASSWORD), Secret(""))
    with pytest.raises(ConfirmationRequired):
        two_factor.begin(services, session)


def test_guesses_inside_a_session_are_limited() -> None:
    """S08, S09: five wrong passwords in a session close the password, for this session as for every login."""
    services, _, session = old_session()
    owed = begun(services, session)
    code = mailed(services, owed.handle)
    for _ in range(5):
        with pytest.raises(InvalidInput):
            confirmation.finish(services, session, owed.handle, Secret(WRONG), Secret(code))
    with pytest.raises(TooManyAttempts):
        confirmation.finish(services, session, owed.handle, Secret(PASSWORD), Secret(code))
    with pytest.raises(TooManyAttempts):
        start_login(services)


def test_three_wrong_codes_are_told_to_the_owner() -> None:
    """S63: right password, three wrong codes: a mail, once."""
    services, account, session = old_session()
    owed = begun(services, session)
    code = mailed(services, owed.handle)
    for _ in range(4):
        with pytest.raises(WrongCode):
            confirmation.finish(services, session, owed.handle, Secret(PASSWORD), Secret(wrong_code(code)))
    assert delivered(services, account.id) == [("wrong_codes", "jane@example.com")]


def test_a_confirmation_belongs_to_its_session() -> None:
    """S30: its code in another session confirms neither."""
    services, _, session = old_session()
    clock_of(services).advance(minutes=1)
    other = log_in(services)
    clock_of(services).advance(minutes=5, seconds=1)
    owed = begun(services, session)
    code = mailed(services, owed.handle)
    with pytest.raises(AttemptEnded):
        confirmation.finish(services, other, owed.handle, Secret(PASSWORD), Secret(code))
    for one in (session, other):
        with pytest.raises(ConfirmationRequired):
            two_factor.begin(services, one)


def test_a_session_that_is_over_tests_no_passwords() -> None:
    """S50, S08: after it was ended elsewhere it answers one thing, whatever is typed."""
    services, account, session = old_session()
    owed = begun(services, session)
    profile.end_session(services, log_in(services), session.id)
    for password in (PASSWORD, WRONG):
        with pytest.raises(SessionEnded):
            confirmation.finish(services, session, owed.handle, Secret(password), Secret("123456"))
    assert services.store.get(account.id).tries[Factor.PASSWORD].in_a_row == 0


def test_confirming_keeps_a_change_of_address_under_way() -> None:
    """S51: who confirms again because five minutes passed may still enter the code that went to the new address."""
    services, account, session = old_session()
    confirm(services, session)
    change = profile.begin_email_change(services, session, "new@example.org").handle
    code = mailed(services, change)
    clock_of(services).advance(minutes=5, seconds=1)
    with pytest.raises(ConfirmationRequired):
        profile.finish_email_change(services, session, change, Secret(code))
    confirm(services, session)
    profile.finish_email_change(services, session, change, Secret(code))
    assert services.store.get(account.id).email.address == "new@example.org"


def test_method_changed_while_the_dialog_is_open() -> None:
    """S40: a confirmation begun with mailed codes is judged by the method of the moment it is finished."""
    services, account, session = old_session()
    owed = begun(services, session)
    code = mailed(services, owed.handle)
    clock_of(services).advance(seconds=61)
    other = log_in(services)
    two_factor.confirm(services, other, _first_code(services, other))
    with pytest.raises(WrongCode):
        confirmation.finish(services, session, owed.handle, Secret(PASSWORD), Secret(code))
    again = begun(services, session)
    assert again.factor is Factor.AUTHENTICATOR
    app = unused_app_code(services, account.id)
    confirmation.finish(services, session, again.handle, Secret(PASSWORD), Secret(app))


def _first_code(services: Services, session: Session) -> Secret[str]:
    shown = two_factor.begin(services, session).secret
    return totp.code_at(totp.from_base32(shown), totp.step_at(services.clock.now()))


def test_login_code_is_no_confirmation_code() -> None:
    """S30: a mailed code of a login does not confirm, nor the other way round."""
    services, _, session = old_session()
    owed = begun(services, session)
    login = start_login(services).handle
    codes = mailed(services, owed.handle), mailed(services, login)
    with pytest.raises(WrongCode):
        confirmation.finish(services, session, owed.handle, Secret(PASSWORD), Secret(codes[1]))
    assert enter(services, login, codes[0]) is WrongCode


def test_gone_account() -> None:
    """S64: an account that was removed meanwhile is a session that is over, not an accident."""
    services, account, session = old_session()
    owed = begun(services, session)
    mailed_code.send(services, owed.handle)
    services.store.delete(account.id)
    with pytest.raises(SessionEnded):
        confirmation.finish(services, session, owed.handle, Secret(PASSWORD), Secret("123456"))
