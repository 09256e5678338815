"""Switch the second factor off, or back to mailed codes."""

import pytest

from tests.fakes import (
    ORIGIN,
    PASSWORD,
    clock_of,
    confirm,
    delivered,
    enrol,
    enter,
    log_in,
    make_account,
    make_services,
    start_login,
    tags,
    unused_app_code,
)
from tui_mfa.domain.account import Account, Factor, Method
from tui_mfa.domain.errors import (
    CodeAlreadyUsed,
    ConfirmationRequired,
    InvalidInput,
    NotAllowed,
    SessionEnded,
)
from tui_mfa.domain.login import confirmation, flows
from tui_mfa.domain.login.model import CodeOwed, LoggedIn, Session
from tui_mfa.domain.ports import Policy, Services
from tui_mfa.domain.profile import flows as profile
from tui_mfa.domain.secret import Secret
from tui_mfa.domain.two_factor import flows as two_factor

SHORT = "vexed Ochre 9"
"""Thirteen bytes: good beside a second factor, too short to stand alone."""


def with_app(services: Services) -> tuple[Account, Session]:
    account = make_account(services)
    session = log_in(services)
    enrol(services, session)
    return account, session


def test_disable_leaves_nothing_of_the_factor() -> None:
    """S40, S60, S63: secret, recovery codes, enrolment and counters are gone; log and mail tell of it."""
    services = make_services()
    account, session = with_app(services)
    two_factor.begin(services, session)
    with pytest.raises(InvalidInput):
        two_factor.disable(services, session, "")
    before = len(tags(services, account.id))
    assert two_factor.disable(services, session, "disable") == 0
    kept = services.store.get(account.id)
    assert (kept.method, kept.authenticator, kept.enrolment, kept.recovery) == (Method.DISABLED, None, None, None)
    assert Factor.AUTHENTICATOR not in kept.tries
    assert tags(services, account.id, before) == ["mfa.disabled"]
    assert ("mfa_disabled", "jane@example.com") in delivered(services, account.id)
    assert isinstance(flows.log_in(services, "jane", Secret(PASSWORD), session.origin), LoggedIn)


@pytest.mark.parametrize(
    "word", ["", "Disable", "DISABLE", "disabl", "disabled", "dis able", "disable\x00", "ｄisable"]
)
def test_the_word_is_exact(word: str) -> None:
    """S40: nothing but the word, spaces around it aside."""
    services = make_services()
    account, session = with_app(services)
    with pytest.raises(InvalidInput) as caught:
        two_factor.disable(services, session, word)
    assert caught.value.field == "word"
    assert services.store.get(account.id).method is Method.AUTHENTICATOR


def test_spaces_around_the_word() -> None:
    """S40: the word is compared after trimming."""
    services = make_services()
    account, session = with_app(services)
    two_factor.disable(services, session, " disable ")
    assert services.store.get(account.id).method is Method.DISABLED


@pytest.mark.parametrize("method", [Method.EMAIL, Method.AUTHENTICATOR])
def test_without_a_confirmation_nothing_changes(method: Method) -> None:
    """S40, S07: five minutes and a second after the login, the word alone does nothing."""
    services = make_services()
    account = make_account(services, method=method)
    session = log_in(services)
    clock_of(services).advance(minutes=5, seconds=1)
    with pytest.raises(ConfirmationRequired):
        two_factor.disable(services, session, "disable")
    assert services.store.get(account.id).method is method
    confirm(services, session)
    two_factor.disable(services, session, "disable")
    assert services.store.get(account.id).method is Method.DISABLED


def test_the_second_submit_is_harmless() -> None:
    """S40: no second event, no second mail, no confirmation asked for what is done already."""
    services = make_services()
    account, session = with_app(services)
    two_factor.disable(services, session, "disable")
    clock_of(services).advance(minutes=6)
    before = len(tags(services, account.id))
    assert two_factor.disable(services, session, "disable") == 0
    assert tags(services, account.id, before) == []


def test_short_password_cannot_stand_alone() -> None:
    """S01, S40: below 15 bytes the factor stays; after a longer password it may go."""
    services = make_services()
    account = make_account(services, password=SHORT)
    session = log_in(services, password=SHORT)
    assert not profile.overview(services, session).may_disable
    with pytest.raises(NotAllowed, match="15 characters"):
        two_factor.disable(services, session, "disable")
    profile.change_password(services, session, Secret(PASSWORD))
    two_factor.disable(services, session, "disable")
    with pytest.raises(InvalidInput):
        profile.change_password(services, session, Secret(SHORT))
    assert services.store.get(account.id).password.stands_alone


def test_policy_is_read_when_it_counts() -> None:
    """S40: where the operator requires MFA the last step refuses, even if the dialog was open before."""
    services = make_services()
    account, session = with_app(services)
    strict = make_services(store=services.store, clock=services.clock, policy=Policy(mfa_required=True))
    with pytest.raises(NotAllowed, match="required"):
        two_factor.disable(strict, session, "disable")
    assert services.store.get(account.id).method is Method.AUTHENTICATOR


def test_required_mfa_is_asked_of_those_who_had_disabled_it() -> None:
    """S40, S51: with the policy on, ``disabled`` means mailed codes at login and at confirmation."""
    services = make_services(policy=Policy(mfa_required=True))
    account = make_account(services, method=Method.DISABLED)
    owed = flows.log_in(services, "jane", Secret(PASSWORD), ORIGIN)
    assert isinstance(owed, CodeOwed)
    assert owed.factor is Factor.EMAIL
    session = log_in(services)
    assert services.store.get(account.id).sessions[-1].factor == "email"
    clock_of(services).advance(minutes=6)
    again = confirmation.begin(services, session)
    assert again is not None
    assert again.factor is Factor.EMAIL
    confirm(services, session)


def test_enable_email_retires_the_app() -> None:
    """S24, S60, S63: the app's code is refused the moment after, the mailed code is asked for."""
    services = make_services()
    account, session = with_app(services)
    clock_of(services).advance(minutes=5, seconds=1)
    with pytest.raises(ConfirmationRequired):
        two_factor.enable_email(services, session)
    confirm(services, session)
    handle = start_login(services).handle
    code = unused_app_code(services, account.id)
    before = len(tags(services, account.id))
    assert two_factor.enable_email(services, session) == 0
    assert two_factor.enable_email(services, session) == 0
    assert tags(services, account.id, before) == ["mfa.email.enabled"]
    assert enter(services, handle, code) is not None
    assert services.store.get(account.id).authenticator is None
    assert delivered(services, account.id)[-1] == ("email_enabled", "jane@example.com")


def test_code_used_to_confirm_is_used() -> None:
    """S17: the step that confirmed the change logs nobody in."""
    services = make_services()
    account, session = with_app(services)
    clock_of(services).advance(minutes=6)
    owed = confirmation.begin(services, session)
    assert owed is not None
    code = unused_app_code(services, account.id)
    confirmation.finish(services, session, owed.handle, Secret(PASSWORD), Secret(code))
    assert enter(services, start_login(services).handle, code) is CodeAlreadyUsed


def test_others_are_counted_and_can_be_ended() -> None:
    """S49: the change says how many live sessions remain, and ending them works at once; dead ones do not count."""
    services = make_services()
    account, session = with_app(services)
    clock_of(services).advance(minutes=8)
    other = log_in(services)
    clock_of(services).advance(minutes=8)
    confirm(services, other)
    assert two_factor.disable(services, other, "disable") == 0
    third = flows.log_in(services, "jane", Secret(PASSWORD), other.origin)
    assert isinstance(third, LoggedIn)
    assert two_factor.enable_email(services, third.session) == 1
    assert profile.end_other_sessions(services, third.session) == 1
    for dead in (session, other):
        with pytest.raises(SessionEnded):
            profile.overview(services, dead)
    assert len(services.store.get(account.id).sessions) == 1
