"""What keeps an SSH key, when it stops to open anything, and when the last one stays."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.fakes import PASSWORD, clock_of, log_in, make_account, make_services
from tests.ssh_lines import ed25519, rsa
from tui_mfa.domain.errors import InvalidInput, NotAllowed
from tui_mfa.domain.login.model import Session
from tui_mfa.domain.ports import Policy, Services
from tui_mfa.domain.profile import flows as profile
from tui_mfa.domain.secret import Secret
from tui_mfa.domain.ssh_keys import flows, rules
from tui_mfa.domain.ssh_keys.model import Added, KeysState
from tui_mfa.domain.ssh_keys.refusals import KeyRefused, Reason


def enter(**policy: Any) -> tuple[Services, Session]:
    """Return services with Jane logged in a moment ago."""
    services = make_services(policy=Policy(**policy))
    make_account(services)
    return services, log_in(services)


def add(services: Services, session: Session, text: str | None = None, **more: str) -> Added:
    return flows.add(services, session, Secret(text or ed25519()), **more)


def titles(services: Services, session: Session) -> list[str]:
    return [key.title for key in flows.keys(services, session)]


def test_the_last_key_may_go_where_a_password_opens_the_portal() -> None:
    """S56: an account has password and factor; without the operator's word its last key is not its last way in."""
    services, session = enter()
    flows.delete(services, session, add(services, session).key.id)
    assert log_in(services, password=PASSWORD).account_id == session.account_id


def test_the_last_key_that_works_stays_where_logins_take_a_key() -> None:
    """S56: an expired key and one that is too weak do not count, and may go."""
    services, session = enter(keep_last_key=True, idle_lock=timedelta(minutes=60))
    last = add(services, session, title="good").key
    add(services, session, ed25519("short"), title="short", expires="1")
    flows.delete(services, session, "short")
    add(services, session, ed25519("short"), title="short", expires="1")
    clock_of(services).advance(days=2)
    again = log_in(services)
    with pytest.raises(NotAllowed, match="last key"):
        flows.delete(services, again, last.id)
    flows.delete(services, again, "short")
    add(services, again, ed25519("new"), title="new")
    flows.delete(services, again, last.id)
    assert titles(services, again) == ["new"]


def test_a_key_below_a_raised_minimum_stays_listed_with_its_reason() -> None:
    """S53: the operator raises the minimum; the key is not deleted, opens nothing, and a new one is refused."""
    services, session = enter()
    assert "3072" in add(services, session, rsa(2048)).advice
    stricter = make_services(store=services.store, clock=services.clock, policy=Policy(ssh_rsa_bits=3072))
    (key,) = flows.keys(stricter, session)
    assert not key.usable
    assert "3072" in key.problem
    assert "ssh-keygen -t ed25519" in key.problem
    with pytest.raises(KeyRefused) as refused:
        add(stricter, session, rsa(3071))
    assert refused.value.reason is Reason.SMALL
    add(stricter, session, rsa(3072))


def test_a_key_that_was_changed_in_the_store_is_listed_as_unreadable() -> None:
    """S54: what is stored is judged again before it is used, and one bad entry does not hide the others."""
    services, session = enter()
    add(services, session)
    with services.store.account(session.account_id) as account:
        account.ssh_keys[0].blob = 'x" command="rm'
    add(services, session, ed25519("other"))
    bad, good = flows.keys(services, session)
    assert (bad.kind, bad.fingerprint, bad.usable, good.usable) == ("unreadable", "", False, True)
    assert bad.problem.startswith("It opens nothing")
    flows.delete(services, session, bad.id)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", None),
        (" Never ", None),
        ("1", timedelta(days=1)),
        ("90d", timedelta(days=90)),
        ("365 days", timedelta(days=365)),
        ("3650", timedelta(days=3650)),
        ("2026-11-24", datetime(2026, 11, 25, tzinfo=UTC)),
        ("2027-01-31", datetime(2027, 2, 1, tzinfo=UTC)),
    ],
)
def test_expiry_is_read_from_days_or_the_last_day(text: str, expected: timedelta | datetime | None) -> None:
    now = datetime(2026, 11, 24, 14, 2, 5, tzinfo=UTC)
    assert rules.expiry(text, now) == (now + expected if isinstance(expected, timedelta) else expected)


@pytest.mark.parametrize("text", ["0", "-1", "3652", "9999", "2026-11-23", "2026-02-30", "9999-12-31", "soon", "1y"])
def test_another_expiry_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        rules.expiry(text, datetime(2026, 11, 24, 14, 2, 5, tzinfo=UTC))
    assert refused.value.field == "expires"


def test_the_overview_tells_the_keys_in_a_word() -> None:
    services, session = enter()
    assert profile.overview(services, session).ssh_keys == KeysState()
    add(services, session, expires="1")
    add(services, session, ed25519("other"))
    with services.store.account(session.account_id) as account:
        account.ssh_keys[1].last_used_at = services.clock.now()
    clock_of(services).advance(days=1)
    state = profile.overview(services, log_in(services)).ssh_keys
    assert state == KeysState(count=2, last_used_at=services.clock.now() - timedelta(days=1), expired=1)
