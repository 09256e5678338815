"""Limits: what is in force, how full they are, being stopped by one, asking for more."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes import clock_of, delivered, log_in, mails, make_account, make_services, tags
from tui_mfa.domain import notices
from tui_mfa.domain.account import Account
from tui_mfa.domain.api_tokens.model import ApiToken, Scope
from tui_mfa.domain.errors import InvalidInput, NotAllowed, QuotaExceeded, SessionEnded, TooManyAttempts
from tui_mfa.domain.events import Tag
from tui_mfa.domain.login import flows as login
from tui_mfa.domain.ports import Policy, Services, Template
from tui_mfa.domain.quota import flows, operator, rules
from tui_mfa.domain.quota.model import API_TOKENS, BUILT_IN, SSH_KEYS, Level, QuotaRow, RequestState
from tui_mfa.domain.ssh_keys.model import SshKey


@pytest.fixture
def services() -> Services:
    services = make_services()
    make_account(services)
    operator.set_default(services, "cpu-cores", "8", label="CPU cores")
    operator.set_default(services, "storage", "100", label="Storage", unit="GB")
    return services


def account_of(services: Services) -> Account:
    return services.store.get(next(services.store.ids()))


def row(services: Services, name: str) -> QuotaRow:
    return next(row for row in flows.rows(services, account_of(services)) if row.name == name)


def give_keys(services: Services, count: int) -> None:
    now = services.clock.now()
    with services.store.account(account_of(services).id) as account:
        account.ssh_keys = [
            SshKey(id=f"{number:08x}", title=str(number), blob="", added_at=now, added_from="here")
            for number in range(count)
        ]


def give_token(services: Services, name: str, days: int, *, revoked: bool = False) -> None:
    now = services.clock.now()
    with services.store.account(account_of(services).id) as account:
        account.api_tokens.append(
            ApiToken(
                id="00000001",
                name=name,
                hash=name,
                last_four="abcd",
                scopes=[Scope.READ],
                created_at=now,
                created_from="here",
                expires_at=now.replace(year=now.year + 1) if days else now,
                revoked_at=now if revoked else None,
            )
        )


def test_lists_are_in_the_order_of_the_labels(services: Services) -> None:
    labels = [row.label for row in flows.rows(services, account_of(services))]
    assert labels == ["API tokens", "CPU cores", "SSH keys", "Storage"]


def test_keys_are_counted_and_the_limit_stops_the_next_one(services: Services) -> None:
    operator.set_limit(services, "jane", SSH_KEYS, "3")
    give_keys(services, 2)
    flows.check(services, account_of(services), SSH_KEYS)
    give_keys(services, 3)
    with pytest.raises(QuotaExceeded, match="The limit “SSH keys” of 3 is reached: there are 3") as caught:
        flows.check(services, account_of(services), SSH_KEYS)
    assert (caught.value.quota, caught.value.limit, caught.value.code) == (SSH_KEYS, 3, "quota_exceeded")
    shown = row(services, SSH_KEYS)
    assert (shown.used, shown.limit, shown.percent, shown.level, shown.own) == (3, 3, 100, Level.FULL, True)


def test_the_limit_stops_inside_the_transaction_that_adds(services: Services) -> None:
    """The check reads the operator's limits while the account is open, and takes no lock that it could wait for."""
    operator.set_default(services, SSH_KEYS, "0")
    with services.store.account(account_of(services).id) as account, pytest.raises(QuotaExceeded):
        flows.check(services, account, SSH_KEYS)


def test_only_tokens_that_open_something_count(services: Services) -> None:
    operator.set_default(services, API_TOKENS, "1")
    give_token(services, "over", 0)
    give_token(services, "revoked", 1, revoked=True)
    assert row(services, API_TOKENS).used == 0
    flows.check(services, account_of(services), API_TOKENS)
    give_token(services, "live", 1)
    with pytest.raises(QuotaExceeded, match="API tokens"):
        flows.check(services, account_of(services), API_TOKENS)


def test_unlimited_stops_nobody(services: Services) -> None:
    operator.set_limit(services, "jane", SSH_KEYS, "Unlimited")
    give_keys(services, 500)
    flows.check(services, account_of(services), SSH_KEYS)
    shown = row(services, SSH_KEYS)
    assert (shown.limit, shown.percent, shown.level) == (None, None, Level.UNLIMITED)


@pytest.mark.parametrize(
    ("used", "limit", "percent", "level"),
    [
        (0, 10, 0, Level.OK),
        (69, 100, 69, Level.OK),
        (6_999, 10_000, 69, Level.OK),
        (70, 100, 70, Level.NEAR),
        (89, 100, 89, Level.NEAR),
        (90, 100, 90, Level.ALMOST_FULL),
        (999, 1_000, 99, Level.ALMOST_FULL),
        (100, 100, 100, Level.FULL),
        (12, 10, 120, Level.FULL),
        (0, 0, 100, Level.FULL),
        (7, None, None, Level.UNLIMITED),
        (None, None, None, Level.UNLIMITED),
        (None, 8, None, Level.UNKNOWN),
    ],
)
def test_how_full_it_is(used: int | None, limit: int | None, percent: int | None, level: Level) -> None:
    assert (rules.percent_of(used, limit), rules.level_of(used, limit)) == (percent, level)


@given(st.integers(0, 10**12), st.integers(1, 10**12))
def test_full_is_said_exactly_when_nothing_more_fits(used: int, limit: int) -> None:
    assert (rules.level_of(used, limit) is Level.FULL) == (used >= limit)


def test_asking_leaves_a_request_and_an_event(services: Services) -> None:
    session = log_in(services)
    request = flows.request_increase(services, session, "CPU-cores", " 1,6 ", "  A bigger build \N{HAMMER} 木  ")
    assert (request.wanted, request.reason, request.state) == (16, "A bigger build \N{HAMMER} 木", RequestState.OPEN)
    assert row(services, "cpu-cores").request == request
    assert row(services, "storage").request is None
    assert tags(services, account_of(services).id)[-1] == Tag.QUOTA_ASKED
    assert row(services, "cpu-cores").limit == 8


def test_the_operator_is_told_of_a_request_without_a_word_that_was_typed() -> None:
    """S34: nobody can have a message of their own mailed to the operator."""
    services = make_services(policy=Policy(support_address="help@example.com"))
    account = make_account(services)
    operator.set_default(services, "storage", "100", label="Storage", unit="GB")
    request = flows.request_increase(services, log_in(services), "storage", "200", "Go to www.example.net NOW")
    assert (Template.QUOTA_ASKED.value, "help@example.com") in delivered(services, account.id)
    assert mails(services)[-1].params == {
        "username": "jane",
        "origin": log_in(services).origin.label,
        "time": notices.words(request.asked_at),
        "quota": "Storage",
        "limit": "100 GB",
        "wanted": "200 GB",
        "request_id": request.id,
    }


def test_without_an_address_that_helps_nobody_is_told_of_a_request(services: Services) -> None:
    flows.request_increase(services, log_in(services), "storage", "200", "x")
    assert account_of(services).notices == []


def test_asking_again_replaces_what_is_open(services: Services) -> None:
    session = log_in(services)
    first = flows.request_increase(services, session, "cpu-cores", "16", "one")
    other = flows.request_increase(services, session, "storage", "200", "other")
    second = flows.request_increase(services, session, "cpu-cores", "32", "two")
    kept = account_of(services).quotas.requests
    states = [RequestState.WITHDRAWN, RequestState.OPEN, RequestState.OPEN]
    assert [(request.id, request.state) for request in kept] == list(
        zip([first.id, other.id, second.id], states, strict=True)
    )
    with pytest.raises(NotAllowed, match="withdrawn already"):
        operator.grant(services, "jane", first.id)
    assert row(services, "cpu-cores").limit == 8


@pytest.mark.parametrize(
    ("name", "wanted", "reason", "field"),
    [
        ("cpu", "16", "x", "quota"),
        ("cpu-cores", "8", "x", "amount"),
        ("cpu-cores", "", "x", "amount"),
        ("cpu-cores", "-9", "x", "amount"),
        ("cpu-cores", "1e3", "x", "amount"),
        ("cpu-cores", "٣٢", "x", "amount"),
        ("cpu-cores", "9" * 5_000, "x", "amount"),
        ("cpu-cores", "1000000000001", "x", "amount"),
        ("cpu-cores", "unlimited", "x", "amount"),
        ("cpu-cores", "16", " ", "reason"),
        ("cpu-cores", "16", "a\x1b[2Jb", "reason"),
        ("cpu-cores", "16", "a\u202eb", "reason"),
        ("cpu-cores", "16", "a\nb", "reason"),
        ("cpu-cores", "16", "a\0", "reason"),
        ("cpu-cores", "16", "x" * 301, "reason"),
        ("cpu-cores", "16", "x" * 10_000, "reason"),
    ],
)
def test_what_may_not_be_typed(services: Services, name: str, wanted: str, reason: str, field: str) -> None:
    """S66: control characters and floods are refused at the door, and nothing is kept."""
    session = log_in(services)
    with pytest.raises(InvalidInput) as caught:
        flows.request_increase(services, session, name, wanted, reason)
    assert caught.value.field == field
    assert account_of(services).quotas.requests == []


def test_nothing_is_asked_for_where_nothing_is_limited(services: Services) -> None:
    operator.set_limit(services, "jane", "storage", "unlimited")
    with pytest.raises(NotAllowed, match="unlimited for you already"):
        flows.request_increase(services, log_in(services), "storage", "5", "x")


def test_an_ended_session_asks_for_nothing(services: Services) -> None:
    """S47: the session is looked at in the transaction."""
    session = log_in(services)
    login.log_out(services, session)
    with pytest.raises(SessionEnded):
        flows.request_increase(services, session, "storage", "500", "x")


def test_ten_requests_a_day(services: Services) -> None:
    session = log_in(services)
    for number in range(flows.REQUESTS_A_DAY):
        flows.request_increase(services, session, "storage", str(200 + number), "x")
        clock_of(services).advance(minutes=1)
    with pytest.raises(TooManyAttempts) as caught:
        flows.request_increase(services, session, "storage", "900", "x")
    wait = caught.value.retry_after
    assert 23 * 3600 < wait <= 24 * 3600
    clock_of(services).advance(seconds=wait)
    flows.request_increase(services, log_in(services), "storage", "900", "x")


def test_old_answered_requests_go_and_open_ones_stay(services: Services) -> None:
    first = flows.request_increase(services, log_in(services), "cpu-cores", "16", "stays open")
    for number in range(2 * rules.REQUESTS_KEPT):
        clock_of(services).advance(hours=3)
        flows.request_increase(services, log_in(services), "storage", str(200 + number), "x")
    kept = account_of(services).quotas.requests
    assert len(kept) == rules.REQUESTS_KEPT
    assert kept[0] == first
    assert kept[-1].wanted == 200 + 2 * rules.REQUESTS_KEPT - 1


def test_the_owner_is_told_of_an_answer(services: Services) -> None:
    session = log_in(services)
    request = flows.request_increase(services, session, "cpu-cores", "16", "x")
    operator.grant(services, "jane", request.id)
    assert delivered(services, session.account_id)[-1] == ("quota_granted", "jane@example.com")
    request = flows.request_increase(services, session, "cpu-cores", "99", "x")
    operator.refuse(services, "jane", request.id, "No.")
    assert delivered(services, session.account_id)[-1] == ("quota_refused", "jane@example.com")


def test_what_the_program_counts_is_limited_from_the_start() -> None:
    services = make_services()
    make_account(services)
    assert {row.name: row.limit for row in flows.rows(services, account_of(services))} == {
        name: kind.limit for name, kind in BUILT_IN.items()
    }
    assert all(kind.limit for kind in BUILT_IN.values())
