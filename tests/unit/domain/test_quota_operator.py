"""Limits as the operator keeps them: defaults, limits of one account, reports, answers."""

import pytest

from tests.fakes import delivered, log_in, make_account, make_services, tags
from tui_mfa.domain.errors import InvalidInput, NoSuchAccount, NotAllowed
from tui_mfa.domain.events import Tag
from tui_mfa.domain.ports import Services
from tui_mfa.domain.quota import flows, operator, rules
from tui_mfa.domain.quota.model import BUILT_IN, SSH_KEYS, Level, QuotaKind, QuotaRow, RequestState


@pytest.fixture
def services() -> Services:
    services = make_services()
    make_account(services)
    make_account(services, "joe")
    operator.set_default(services, "storage", "100", label="Storage", unit="GB")
    return services


def row(services: Services, name: str = "storage", account: str = "jane") -> QuotaRow:
    return next(row for row in operator.rows(services, account)[1] if row.name == name)


def test_a_new_limit_is_named_by_itself_until_it_has_a_label(services: Services) -> None:
    assert operator.set_default(services, "cpu-cores", "8") == QuotaKind(label="Cpu cores", limit=8)
    assert operator.set_default(services, "cpu-cores", "9", label="CPU cores", unit="vCPU").unit == "vCPU"
    kept = operator.set_default(services, "cpu-cores", "unlimited")
    assert kept == QuotaKind(label="CPU cores", unit="vCPU", limit=None)
    assert operator.defaults(services)["cpu-cores"] == kept


@pytest.mark.parametrize("name", ["", "CPU", "cpu cores", "-x", "x-", "a" * 33, "é", "a/b", "a\n", "[b]x[/]"])
def test_names_of_limits_are_plain(services: Services, name: str) -> None:
    if name == "a\n":
        assert rules.name(name) == "a"
        return
    with pytest.raises(InvalidInput) as caught:
        operator.set_default(services, name, "1")
    assert caught.value.field == "quota"


@pytest.mark.parametrize(
    ("limit", "label", "unit", "field"),
    [
        ("many", None, None, "limit"),
        ("-1", None, None, "limit"),
        ("1.5", None, None, "limit"),
        ("1", "x" * 41, None, "label"),
        ("1", "a\x9bb", None, "label"),
        ("1", None, "x" * 13, "unit"),
        ("1", None, "\u2066x", "unit"),
    ],
)
def test_what_may_not_be_set(services: Services, limit: str, label: str | None, unit: str | None, field: str) -> None:
    """S66: nothing that steers a terminal is kept."""
    before = services.store.installation()
    with pytest.raises(InvalidInput) as caught:
        operator.set_default(services, "storage", limit, label=label, unit=unit)
    assert caught.value.field == field
    assert services.store.installation() == before


def test_there_are_fifty_limits_at_most(services: Services) -> None:
    for number in range(rules.KINDS_MAX - len(operator.defaults(services))):
        operator.set_default(services, f"q{number}", "1")
    with pytest.raises(InvalidInput, match="50 limits already"):
        operator.set_default(services, "one-more", "1")
    operator.set_default(services, "storage", "7")


def test_a_limit_of_its_own_is_for_one_account_alone(services: Services) -> None:
    account, changed = operator.set_limit(services, "jane", "storage", "250")
    assert (changed.limit, changed.own) == (250, True)
    assert (row(services).limit, row(services, account="joe").limit) == (250, 100)
    assert tags(services, account.id)[-1] == Tag.QUOTA_CHANGED
    assert delivered(services, account.id)[-1] == ("quota_granted", "jane@example.com")
    operator.set_default(services, "storage", "300")
    assert (row(services).limit, row(services, account="joe").limit) == (250, 300)
    operator.set_limit(services, "jane", "storage", "default")
    assert (row(services).limit, row(services).own) == (300, False)


def test_setting_what_is_in_force_tells_nobody(services: Services) -> None:
    account, _row = operator.set_limit(services, "jane", "storage", "100")
    assert tags(services, account.id)[-1] == Tag.ACCOUNT_CREATED
    assert delivered(services, account.id) == []
    assert row(services).own


def test_a_report_is_all_or_nothing(services: Services) -> None:
    operator.set_default(services, "cpu", "8")
    _account, reported = operator.report(services, "jane", {"storage": "75", "CPU": "8"})
    assert [(row.name, row.used, row.level) for row in reported] == [
        ("storage", 75, Level.NEAR),
        ("cpu", 8, Level.FULL),
    ]
    assert row(services).reported_at == services.clock.now()
    for amounts in ({"storage": "76", "no-such": "1"}, {"storage": "76", "cpu": "x"}):
        with pytest.raises(InvalidInput):
            operator.report(services, "jane", amounts)
    with pytest.raises(NotAllowed, match="counted by the program itself"):
        operator.report(services, "jane", {"storage": "76", SSH_KEYS: "1"})
    assert row(services).used == 75


def test_a_removed_limit_is_gone_and_a_counted_one_goes_back(services: Services) -> None:
    operator.report(services, "jane", {"storage": "5"})
    operator.remove(services, "storage")
    assert set(operator.defaults(services)) == set(BUILT_IN)
    operator.set_default(services, SSH_KEYS, "1", label="Keys")
    operator.remove(services, SSH_KEYS)
    assert operator.defaults(services) == dict(BUILT_IN)
    for name in (SSH_KEYS, "storage"):
        with pytest.raises((NotAllowed, InvalidInput)):
            operator.remove(services, name)
    operator.set_default(services, "storage", "9")
    assert row(services).used == 5


def test_a_grant_raises_the_limit_and_is_kept_with_its_answer(services: Services) -> None:
    request = flows.request_increase(services, log_in(services), "storage", "200", "x")
    _account, answered = operator.grant(services, "jane", request.id.upper(), "150", "Half of it")
    assert (answered.state, answered.granted, answered.answer) == (RequestState.GRANTED, 150, "Half of it")
    assert (row(services).limit, row(services).request) == (150, answered)
    with pytest.raises(NotAllowed, match="granted already"):
        operator.refuse(services, "jane", request.id, "No")
    with pytest.raises(NotAllowed, match="granted already"):
        operator.grant(services, "jane", request.id, "10000")


def test_a_refusal_says_why_and_leaves_the_limit(services: Services) -> None:
    request = flows.request_increase(services, log_in(services), "storage", "200", "x")
    with pytest.raises(InvalidInput) as caught:
        operator.refuse(services, "jane", request.id, " ")
    assert caught.value.field == "answer"
    account, answered = operator.refuse(services, "jane", request.id, "Clean up first")
    assert (answered.state, answered.answer, answered.granted) == (RequestState.REFUSED, "Clean up first", None)
    assert row(services).limit == 100
    assert tags(services, account.id)[-1] == Tag.QUOTA_REFUSED


@pytest.mark.parametrize("limit", ["100", "99", "x"])
def test_a_grant_never_lowers(services: Services, limit: str) -> None:
    request = flows.request_increase(services, log_in(services), "storage", "200", "x")
    with pytest.raises(InvalidInput) as caught:
        operator.grant(services, "jane", request.id, limit)
    assert caught.value.field == "limit"
    assert row(services).request == request


def test_a_limit_that_was_set_meanwhile_is_never_lowered_by_a_grant(services: Services) -> None:
    request = flows.request_increase(services, log_in(services), "storage", "200", "x")
    operator.set_default(services, "storage", "unlimited")
    with pytest.raises(NotAllowed, match="unlimited by now"):
        operator.grant(services, "jane", request.id)
    assert row(services).limit is None


@pytest.mark.parametrize(("limit", "state"), [("199", "open"), ("200", "granted"), ("unlimited", "granted")])
def test_setting_enough_answers_what_was_asked(services: Services, limit: str, state: str) -> None:
    flows.request_increase(services, log_in(services), "storage", "200", "x")
    operator.set_limit(services, "jane", "storage", limit)
    request = row(services).request
    assert request is not None
    assert request.state == state


def test_requests_are_listed_oldest_first_and_open_ones_alone(services: Services) -> None:
    first = flows.request_increase(services, log_in(services), "storage", "200", "x")
    second = flows.request_increase(services, log_in(services, "joe"), "storage", "300", "y")
    operator.refuse(services, "jane", first.id, "No")
    assert [request.id for _account, request in operator.requests(services)] == [second.id]
    assert [request.id for _account, request in operator.requests(services, answered=True)] == [first.id, second.id]
    assert operator.requests(services, "jane") == []


def test_an_unknown_account_or_request_is_refused(services: Services) -> None:
    request = flows.request_increase(services, log_in(services), "storage", "200", "x")
    with pytest.raises(NoSuchAccount):
        operator.set_limit(services, "nobody", "storage", "1")
    with pytest.raises(InvalidInput) as caught:
        operator.grant(services, "joe", request.id)
    assert caught.value.field == "request"
