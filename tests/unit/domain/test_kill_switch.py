"""Closing an account, and what a new password ends."""

from collections.abc import Callable

import pytest

from tests.fakes import (
    OTHER_PASSWORD,
    clock_of,
    enrol,
    enter,
    log_in,
    mailed,
    make_account,
    make_services,
    start_login,
)
from tui_mfa.domain.account import Account, Factor
from tui_mfa.domain.errors import AttemptEnded, SessionEnded, WrongCredentials
from tui_mfa.domain.login import flows
from tui_mfa.domain.operator import flows as operator
from tui_mfa.domain.ports import Services
from tui_mfa.domain.profile import flows as profile
from tui_mfa.domain.secret import Secret


def _closed(services: Services, account: Account) -> None:
    operator.disable(services, "jane")


def _deleted(services: Services, account: Account) -> None:
    operator.delete(services, "jane")


@pytest.mark.parametrize("end", [_closed, _deleted])
def test_kill_switch(end: Callable[[Services, Account], None]) -> None:
    """S52: closing or removing an account ends its sessions and its half logins at once."""
    services = make_services()
    account = make_account(services)
    session = log_in(services)
    clock_of(services).advance(seconds=61)
    handle = start_login(services).handle
    code = mailed(services, handle)
    end(services, account)
    with pytest.raises(SessionEnded):
        profile.overview(services, session)
    with pytest.raises(SessionEnded):
        profile.keep_alive(services, session)
    assert enter(services, handle, code) is AttemptEnded
    flows.log_out(services, session)


def test_disabled_account_with_a_session_left_in_it() -> None:
    """S52: even a record that was missed opens nothing while the account is closed."""
    services = make_services()
    account = make_account(services)
    session = log_in(services)
    with services.store.account(account.id) as changing:
        changing.disabled_at = services.clock.now()
    with pytest.raises(SessionEnded, match="disabled"):
        profile.overview(services, session)


def test_password_change_ends_what_the_old_password_began() -> None:
    """S07, S49: a half login or a reset begun before is over; the change says how many sessions are left to end."""
    services = make_services()
    account = make_account(services)
    clock_of(services).advance(seconds=61)
    other = log_in(services)
    clock_of(services).advance(seconds=61)
    session = log_in(services)
    clock_of(services).advance(seconds=61)
    handle = start_login(services).handle
    code = mailed(services, handle)
    assert profile.change_password(services, session, Secret(OTHER_PASSWORD)) == 1
    assert enter(services, handle, code) is AttemptEnded
    profile.keep_alive(services, other)
    assert profile.end_other_sessions(services, session) == 1
    assert services.store.get(account.id).tries[Factor.PASSWORD].in_a_row == 0
    clock_of(services).advance(minutes=5)
    log_in(services, password=OTHER_PASSWORD)
    with pytest.raises(WrongCredentials):
        start_login(services)


def test_replace_offers_to_end_the_others() -> None:
    """S49: enabling the app counts the other sessions."""
    services = make_services()
    make_account(services)
    log_in(services)
    clock_of(services).advance(seconds=61)
    _, enabled = enrol(services, log_in(services))
    assert enabled.other_sessions == 1
