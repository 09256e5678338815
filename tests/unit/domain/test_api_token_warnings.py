"""Mails before an API token ends (S58)."""

import pytest

from tests.fakes import clock_of, delivered, log_in, mails, make_account, make_services, tags
from tui_mfa.domain.api_tokens import flows
from tui_mfa.domain.api_tokens.model import NewToken
from tui_mfa.domain.login.model import Session
from tui_mfa.domain.ports import Services


@pytest.fixture
def services() -> Services:
    made = make_services()
    make_account(made)
    return made


@pytest.fixture
def session(services: Services) -> Session:
    return log_in(services)


def make(services: Services, session: Session, days: int = 30) -> NewToken:
    return flows.create(services, session, "backup", days=days)


def told_by_mail(services: Services) -> list[str]:
    return [mail.template.value for mail in mails(services) if mail.template.value.startswith("api_token_expire")]


def test_the_end_is_told_four_times(services: Services, session: Session) -> None:
    """S58: 14, 7 and 1 days before, and at the end; each once, however often the timer runs."""
    make(services, session)
    for hour in range(0, 24 * 32, 6):
        if hour:
            clock_of(services).advance(hours=6)
        flows.warn(services)
        days = hour / 24
        wanted = sum(days >= 30 - step for step in (14, 7, 1, 0))
        assert len(told_by_mail(services)) == wanted, days
    assert told_by_mail(services) == ["api_token_expires"] * 3 + ["api_token_expired"]
    assert tags(services, session.account_id).count("api_token.expired") == 1


def test_missed_steps_are_told_once(services: Services, session: Session) -> None:
    """S58: a timer that did not run for a while sends one mail and not three."""
    make(services, session)
    clock_of(services).advance(days=29.5)
    assert flows.warn(services) == 1
    assert flows.warn(services) == 0
    clock_of(services).advance(days=3)
    assert flows.warn(services) == 1
    assert told_by_mail(services) == ["api_token_expires", "api_token_expired"]


@pytest.mark.parametrize(("days", "mails_in_all"), [(1, 1), (2, 2), (7, 2), (8, 3), (14, 3), (15, 4)])
def test_a_short_life_is_not_told_what_it_never_had(
    services: Services, session: Session, days: int, mails_in_all: int
) -> None:
    """S58: a token of seven days gets no mail that it ends in seven days."""
    make(services, session, days=days)
    for _ in range(24 * days + 2):
        flows.warn(services)
        clock_of(services).advance(hours=1)
    assert len(told_by_mail(services)) == mails_in_all


def test_a_revoked_token_is_not_warned_about(services: Services, session: Session) -> None:
    made = make(services, session)
    flows.revoke(services, session, made.view.id)
    clock_of(services).advance(days=31)
    assert flows.warn(services) == 0


def test_a_login_tells_what_the_timer_has_not(services: Services, session: Session) -> None:
    """S58: without a timer, the next login warns."""
    make(services, session)
    clock_of(services).advance(days=25)
    log_in(services)
    assert ("api_token_expires", "jane@example.com") in delivered(services, session.account_id)
    assert flows.warn(services) == 0
