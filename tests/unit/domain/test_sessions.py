"""Sessions: their tokens, times, list and end."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.fakes import (
    OTHER_PASSWORD,
    PASSWORD,
    app_code,
    clock_of,
    enter,
    log_in,
    mailed,
    make_account,
    make_services,
    start_login,
    tags,
)
from tui_mfa.domain.account import Factor, Method
from tui_mfa.domain.errors import AttemptEnded, SessionEnded, WrongCredentials
from tui_mfa.domain.login import confirmation, flows, guard
from tui_mfa.domain.login.model import ATTEMPT_LIFE, LoggedIn, Origin, Session
from tui_mfa.domain.ports import Services
from tui_mfa.domain.profile import flows as profile
from tui_mfa.domain.recovery import flows as recovery
from tui_mfa.domain.secret import Secret
from tui_mfa.domain.tokens import hash_token
from tui_mfa.domain.two_factor import flows as two_factor

USES: list[Callable[[Services, Session], object]] = [
    profile.overview,
    profile.keep_alive,
    profile.events,
    lambda services, session: profile.edit(services, session, name="x", company="y"),
    lambda services, session: profile.change_password(services, session, Secret(OTHER_PASSWORD)),
    lambda services, session: profile.begin_email_change(services, session, "new@example.org"),
    lambda services, session: profile.finish_email_change(
        services, session, start_login(services).handle, Secret("123456")
    ),
    profile.end_other_sessions,
    lambda services, session: profile.end_session(services, session, "00000000"),
    two_factor.status,
    two_factor.begin,
    two_factor.cancel,
    lambda services, session: two_factor.confirm(services, session, Secret("123456")),
    lambda services, session: two_factor.prove_saved(services, session, Secret("AAAA")),
    two_factor.enable_email,
    lambda services, session: two_factor.disable(services, session, "disable"),
    recovery.make_codes,
    confirmation.begin,
    lambda services, session: confirmation.finish(services, session, None, Secret(PASSWORD), Secret("")),
]
"""Every use case that takes a session, but for logging out."""


def test_no_use_case_is_missing_above() -> None:
    """S47: a use case added later must be added here too."""
    takes_session = [
        function
        for module in (profile, two_factor, recovery, confirmation, flows)
        for name, function in vars(module).items()
        if callable(function)
        and not name.startswith("_")
        and getattr(function, "__module__", "") == module.__name__
        and list(getattr(function, "__annotations__", {}))[1:2] == ["session"]
    ]
    assert len(takes_session) == len(USES) + 1


@pytest.mark.parametrize("use", USES)
def test_half_a_login_is_no_session(use: Callable[[Services, Session], object]) -> None:
    """S47, S46: the token of an attempt whose code is owed opens nothing, before the code and after it."""
    services = make_services()
    account = make_account(services)
    handle = start_login(services).handle
    code = mailed(services, handle)
    half = Session(account.id, "00000000", handle.token, handle.origin)
    before = services.store.get(account.id)
    with pytest.raises(SessionEnded):
        use(services, half)
    after = services.store.get(account.id)
    after.attempts = after.attempts[:1]
    after.tries.pop(Factor.PASSWORD, None)
    before.tries.pop(Factor.PASSWORD, None)
    assert after == before
    result = flows.enter_code(services, handle, Secret(code))
    assert isinstance(result, LoggedIn)
    with pytest.raises(SessionEnded):
        use(services, replace(half, id=result.session.id))


def test_session_tokens() -> None:
    """S45: 256 bits, kept only as SHA-256, never the attempt's."""
    services = make_services()
    account = make_account(services)
    handle = start_login(services).handle
    result = flows.enter_code(services, handle, Secret(mailed(services, handle)))
    assert isinstance(result, LoggedIn)
    session = result.session
    stored = services.store.get(account.id)
    assert len(session.token.reveal()) == 43
    assert session.token.reveal() != handle.token.reveal()
    assert stored.sessions[0].token_hash == hash_token(session.token)
    assert session.token.reveal() not in repr(stored)
    assert handle.token.reveal() not in repr(stored)
    assert session.token.reveal() not in repr(result)


def test_the_attempt_dies_with_the_login() -> None:
    """S46: fixation: the handle from before the code is worth nothing after it."""
    services = make_services()
    account = make_account(services)
    handle = start_login(services).handle
    code = mailed(services, handle)
    flows.enter_code(services, handle, Secret(code))
    assert services.store.get(account.id).attempts == []
    assert enter(services, handle, code) is AttemptEnded


@pytest.mark.parametrize(("seconds", "lives"), [(599, True), (600, False), (601, False)])
def test_password_alone_is_remembered_for_ten_minutes(seconds: int, lives: bool) -> None:
    """S47: then the password is asked again."""
    services = make_services()
    account = make_account(services, method=Method.AUTHENTICATOR)
    handle = start_login(services).handle
    clock_of(services).advance(seconds=seconds)
    assert enter(services, handle, app_code(services, account.id)) is (None if lives else AttemptEnded)
    assert ATTEMPT_LIFE.total_seconds() == 600


@pytest.mark.parametrize(("minutes", "lives"), [(14.99, True), (15, False), (16, False)])
def test_fifteen_minutes_idle(minutes: float, lives: bool) -> None:
    """S48: a key within the time keeps it alive, at 15:00 it is locked."""
    services = make_services()
    make_account(services)
    session = log_in(services)
    clock_of(services).advance(minutes=14.99)
    profile.keep_alive(services, session)
    clock_of(services).advance(minutes=minutes)
    if lives:
        assert profile.overview(services, session).sessions
        return
    with pytest.raises(SessionEnded, match="Locked after 15 minutes"):
        profile.keep_alive(services, session)


def test_looking_is_no_sign_of_life() -> None:
    """S48: a screen that redraws itself keeps no session alive; only a person does."""
    services = make_services()
    make_account(services)
    session = log_in(services)
    for _ in range(2):
        clock_of(services).advance(minutes=7)
        profile.overview(services, session)
        profile.events(services, session)
    clock_of(services).advance(minutes=1)
    with pytest.raises(SessionEnded):
        profile.overview(services, session)


def test_twelve_hours_in_all() -> None:
    """S48: however busy, at twelve hours it is over."""
    services = make_services()
    make_account(services)
    session = log_in(services)
    for _ in range(12 * 6 - 1):
        clock_of(services).advance(minutes=10)
        profile.keep_alive(services, session)
    clock_of(services).advance(minutes=9, seconds=59)
    profile.keep_alive(services, session)
    clock_of(services).advance(seconds=1)
    with pytest.raises(SessionEnded, match="longest time"):
        profile.keep_alive(services, session)


def test_list_shows_the_living() -> None:
    """S50: since, last seen, from and how; this one is marked, the dead are not listed."""
    services = make_services()
    make_account(services)
    log_in(services)
    clock_of(services).advance(minutes=10)
    second = log_in(services, origin=Origin("203.0.113.4", "home"))
    clock_of(services).advance(minutes=5)
    third = log_in(services)
    shown = profile.overview(services, third).sessions
    assert [(one.id, one.current, one.origin, one.factor) for one in shown] == [
        (second.id, False, "home", "email"),
        (third.id, True, "192.0.2.7", "email"),
    ]


def test_ending_one_and_the_others() -> None:
    """S49, S50, S60: at once and with an event each; one's own is ended by Logout only; twice is harmless."""
    services = make_services()
    account = make_account(services)
    sessions = []
    for _ in range(4):
        sessions.append(log_in(services))
        clock_of(services).advance(seconds=61)
    last = sessions[-1]
    profile.end_session(services, last, sessions[0].id)
    profile.end_session(services, last, sessions[0].id)
    profile.end_session(services, last, last.id)
    assert profile.end_other_sessions(services, last) == 2
    assert profile.end_other_sessions(services, last) == 0
    for ended in sessions[:-1]:
        with pytest.raises(SessionEnded):
            profile.keep_alive(services, ended)
    profile.keep_alive(services, last)
    flows.log_out(services, last)
    flows.log_out(services, last)
    assert tags(services, account.id)[-3:] == ["session.ended_other", "session.ended_other", "logout"]


def test_what_a_session_began_ends_with_it() -> None:
    """S50: its confirmations and changes of address are dropped; what others began stays."""
    services = make_services()
    account = make_account(services)
    session = log_in(services)
    clock_of(services).advance(seconds=61)
    other = log_in(services)
    for one in (session, other):
        confirmation.begin(services, one)
        profile.begin_email_change(services, one, "new@example.org")
    profile.end_session(services, other, session.id)
    assert [attempt.session_id for attempt in services.store.get(account.id).attempts] == [other.id] * 2
    flows.log_out(services, other)
    assert services.store.get(account.id).attempts == []


def test_expired_sessions_are_swept_at_the_next_login() -> None:
    """S48, S60: what is over is dropped, and the log says so."""
    services = make_services()
    account = make_account(services)
    log_in(services)
    clock_of(services).advance(minutes=16)
    log_in(services)
    assert len(services.store.get(account.id).sessions) == 1
    assert tags(services, account.id)[-2:] == ["session.expired", "login.ok"]


def test_no_more_than_twenty_sessions() -> None:
    """S50: the one seen longest ago makes room."""
    services = make_services()
    account = make_account(services, method=Method.DISABLED)
    sessions = []
    for _ in range(guard.MAX_SESSIONS + 1):
        result = flows.log_in(services, "jane", Secret(PASSWORD), Origin("192.0.2.7", "here"))
        assert isinstance(result, LoggedIn)
        sessions.append(result.session)
        clock_of(services).advance(seconds=1)
        profile.keep_alive(services, sessions[0])
    assert len(services.store.get(account.id).sessions) == guard.MAX_SESSIONS
    profile.keep_alive(services, sessions[0])
    with pytest.raises(SessionEnded):
        profile.keep_alive(services, sessions[1])


def test_last_login_and_failures_since() -> None:
    """S60: the line after a login tells of the one before and of what failed between."""
    services = make_services()
    make_account(services)
    first = _logged_in(services)
    assert (first.previous, first.failed_since) == (None, 0)
    clock_of(services).advance(minutes=2)
    with pytest.raises(WrongCredentials):
        flows.log_in(services, "jane", Secret("wrong"), Origin("198.51.100.66", "elsewhere"))
    handle = start_login(services).handle
    code = mailed(services, handle)
    enter(services, handle, "000000" if code != "000000" else "000001")
    result = flows.enter_code(services, handle, Secret(code))
    assert isinstance(result, LoggedIn)
    assert result.previous is not None
    assert result.previous.origin == "192.0.2.7"
    assert result.failed_since == 2
    clock_of(services).advance(minutes=2)
    assert _logged_in(services).failed_since == 0


def _logged_in(services: Services) -> LoggedIn:
    handle = start_login(services).handle
    result = flows.enter_code(services, handle, Secret(mailed(services, handle)))
    assert isinstance(result, LoggedIn)
    return result
