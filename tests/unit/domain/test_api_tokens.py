"""API tokens: who may make, see and end them."""

from datetime import timedelta

import msgspec
import pytest

from tests.fakes import (
    ORIGIN,
    clock_of,
    confirm,
    delivered,
    log_in,
    mails,
    make_account,
    make_services,
    tags,
)
from tui_mfa.domain.api_tokens import access, flows
from tui_mfa.domain.api_tokens import token as text
from tui_mfa.domain.api_tokens.model import NewToken, Scope, State
from tui_mfa.domain.errors import ConfirmationRequired, InvalidInput, InvalidToken, NotAllowed
from tui_mfa.domain.login.model import Session
from tui_mfa.domain.operator import flows as operator
from tui_mfa.domain.ports import Services
from tui_mfa.domain.profile import flows as profile
from tui_mfa.domain.secret import Secret
from tui_mfa.store.records import to_document


@pytest.fixture
def services() -> Services:
    made = make_services()
    make_account(made)
    return made


@pytest.fixture
def session(services: Services) -> Session:
    return log_in(services)


def make(services: Services, session: Session, name: str = "backup", **chosen: object) -> NewToken:
    return flows.create(services, session, name, **chosen)  # type: ignore[arg-type]


def opens(services: Services, token: Secret[str]) -> bool:
    try:
        access.authenticate(services, token, "203.0.113.5")
    except InvalidToken:
        return False
    return True


def test_only_the_hash_is_kept(services: Services, session: Session) -> None:
    """S57: a dump of the account holds nothing that opens it, and nothing shows the token a second time."""
    made = make(services, session)
    raw = made.token.reveal()
    account = services.store.get(session.account_id)
    dump = msgspec.json.encode(to_document(account)).decode()
    assert raw not in dump
    assert raw[5:-4] not in dump
    assert len(account.api_tokens[0].hash) == 64
    (view,) = flows.tokens(services, session)
    assert view.hint == f"tmfa_…{raw[-4:]}"
    assert raw not in repr(made) + repr(view)
    assert opens(services, made.token)


def test_a_token_ends_by_itself(services: Services, session: Session) -> None:
    """S58: thirty days by default, to the second."""
    made = make(services, session)
    assert made.view.expires_at - made.view.created_at == timedelta(days=30)
    clock_of(services).set(made.view.expires_at - timedelta(seconds=1))
    assert opens(services, made.token)
    clock_of(services).advance(seconds=1)
    assert not opens(services, made.token)


@pytest.mark.parametrize("days", [1, 365])
def test_a_life_within_the_limits(services: Services, session: Session, days: int) -> None:
    """S58: from one day to 365."""
    made = make(services, session, days=days)
    assert made.view.expires_at == services.clock.now() + timedelta(days=days)


@pytest.mark.parametrize("days", [-1, 0, 366, 10**9])
def test_a_life_beyond_the_limits_is_refused(services: Services, session: Session, days: int) -> None:
    """S58: nothing lives longer than 365 days, or for ever."""
    with pytest.raises(InvalidInput) as caught:
        make(services, session, days=days)
    assert caught.value.field == "days"
    assert flows.tokens(services, session) == ()


def test_a_token_may_only_read_unless_more_is_chosen(services: Services, session: Session) -> None:
    assert make(services, session).view.scopes == (Scope.READ,)
    assert make(services, session, "ci", scopes=[Scope.KEYS, Scope.READ]).view.scopes == (Scope.READ, Scope.KEYS)


@pytest.mark.parametrize("scopes", [[Scope.VERIFY], [Scope.READ, Scope.VERIFY]])
def test_an_owner_cannot_grant_verify(services: Services, session: Session, scopes: list[Scope]) -> None:
    """S59: the scope that asks about other accounts comes from the operator alone."""
    with pytest.raises(NotAllowed, match="operator"):
        make(services, session, scopes=scopes)
    with pytest.raises(InvalidInput):
        make(services, session, scopes=[])


def test_the_operator_grants_verify(services: Services, session: Session) -> None:
    made = make(services, session)
    before = len(services.store.events(session.account_id))
    for _ in range(2):
        granted = flows.grant_verify(services, "jane", "BACKUP")
        assert granted.scopes == (Scope.READ, Scope.VERIFY)
    assert tags(services, session.account_id, before) == ["api_token.granted"]
    assert access.authenticate(services, made.token, "x").scopes == {Scope.READ, Scope.VERIFY}
    assert ("api_token_granted", "jane@example.com") in delivered(services, session.account_id)


@pytest.mark.parametrize(("minutes", "allowed"), [(15, True), (15.1, False)])
def test_a_token_wants_a_fresh_confirmation(
    services: Services, session: Session, minutes: float, allowed: bool
) -> None:
    """S51: password and factor at most 15 minutes old."""
    for _ in range(2):  # stay logged in: a key is pressed in between
        clock_of(services).advance(minutes=minutes / 2)
        profile.keep_alive(services, session)
    if allowed:
        make(services, session)
        return
    with pytest.raises(ConfirmationRequired):
        make(services, session)
    assert flows.tokens(services, session) == ()
    confirm(services, session)
    make(services, session)


def test_names_are_unique_among_live_tokens(services: Services, session: Session) -> None:
    first = make(services, session, "  Backup  ").view
    assert first.name == "Backup"
    with pytest.raises(InvalidInput) as caught:
        make(services, session, "BACKUP")
    assert caught.value.field == "name"
    flows.revoke(services, session, first.id)
    make(services, session, "backup")
    make(services, session, "n" * 100)


@pytest.mark.parametrize("name", ["", "   ", "n" * 101, "a\x1b[31m", "a\nb", "a\u202eb", "a\u200bb", "\0"])
def test_a_name_that_cannot_be_shown_is_refused(services: Services, session: Session, name: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        make(services, session, name)
    assert caught.value.field == "name"


def test_use_is_noted_every_ten_minutes(services: Services, session: Session) -> None:
    """S58: the last use is known to within ten minutes, and a busy program does not make the disk busy."""
    made = make(services, session)
    clock, seen = clock_of(services), []
    for _ in range(21):
        access.authenticate(services, made.token, "203.0.113.5")
        seen.append(services.store.get(session.account_id).api_tokens[0].last_used_at)
        clock.advance(minutes=1)
    assert len(set(seen)) == 3
    assert seen[0] == seen[9] != seen[10]
    assert services.store.get(session.account_id).api_tokens[0].last_used_from == "203.0.113.5"


def test_a_revoked_token_is_worthless_at_once(services: Services, session: Session) -> None:
    """S58: at the very moment, also for a program that is in the middle of something."""
    made = make(services, session)
    bearer = access.authenticate(services, made.token, "203.0.113.5")
    flows.revoke(services, session, made.view.id)
    assert not opens(services, made.token)
    with pytest.raises(InvalidToken):
        access.reading(services, bearer)
    with pytest.raises(InvalidToken), access.changing(services, bearer):
        pytest.fail("the block ran")
    flows.revoke(services, session, made.view.id)
    assert tags(services, session.account_id).count("api_token.revoked") == 1


def test_ended_tokens_stay_listed_for_thirty_days(services: Services, session: Session) -> None:
    revoked = make(services, session, "revoked")
    make(services, session, "short", days=1)
    live = make(services, session, "live", days=365)
    flows.revoke(services, session, revoked.view.id)
    now = services.clock.now()

    def listed(days: float) -> list[tuple[str, State]]:
        clock_of(services).set(now + timedelta(days=days))
        return [(view.name, view.state) for view in flows.operator_list(services, "jane")]

    ended = [("revoked", State.REVOKED), ("short", State.EXPIRED)]
    assert sorted(listed(29.9)) == sorted([("live", State.LIVE), *ended])
    assert listed(29.9)[0] == ("live", State.LIVE)
    assert listed(30) == [("live", State.LIVE), ("short", State.EXPIRED)]
    assert listed(31) == [("live", State.LIVE)]
    assert opens(services, live.token)


def test_each_change_has_its_event_and_its_mail(services: Services, session: Session) -> None:
    """S60, S63: made and revoked, told in the log and by mail, without the token or its name."""
    before = len(services.store.events(session.account_id))
    made = make(services, session, "the name of it")
    flows.revoke(services, session, made.view.id)
    assert tags(services, session.account_id, before) == ["api_token.created", "api_token.revoked"]
    told = delivered(services, session.account_id)
    assert told == [("api_token_created", "jane@example.com"), ("api_token_revoked", "jane@example.com")]
    for mail in mails(services)[-2:]:
        assert mail.params["token"] == f"tmfa_...{made.token.reveal()[-4:]}"
        assert "the name of it" not in str(mail.params)
    dump = str(services.store.events(session.account_id))
    assert made.token.reveal()[5:] not in dump


def test_a_closed_account_has_no_tokens(services: Services, session: Session) -> None:
    """S52: the kill switch ends tokens too, and opening the account again does not bring them back."""
    made = make(services, session)
    bearer = access.authenticate(services, made.token, "203.0.113.5")
    operator.disable(services, "jane")
    assert not opens(services, made.token)
    with pytest.raises(InvalidToken):
        access.reading(services, bearer)
    operator.enable(services, "jane")
    assert not opens(services, made.token)


def test_a_token_of_a_deleted_account_is_nobodys(services: Services, session: Session) -> None:
    """S52: nothing is left behind."""
    made = make(services, session)
    bearer = access.authenticate(services, made.token, "203.0.113.5")
    operator.delete(services, "jane")
    assert not opens(services, made.token)
    with pytest.raises(InvalidToken):
        access.reading(services, bearer)
    with pytest.raises(InvalidToken), access.changing(services, bearer):
        pytest.fail("the block ran")


def test_whoever_finds_a_token_may_end_it(services: Services, session: Session) -> None:
    made = make(services, session)
    found = flows.check(services, made.token)
    assert (found.username, found.state, found.view.name) == ("jane", State.LIVE, "backup")
    assert flows.revoke_found(services, made.token).state is State.REVOKED
    assert flows.check(services, made.token).state is State.REVOKED
    assert not opens(services, made.token)
    with pytest.raises(InvalidInput, match="No account"):
        flows.check(services, text.new(services.entropy))


@pytest.mark.parametrize("wanted", ["backup", "BACKUP"])
def test_the_operator_revokes_a_token_by_its_name(services: Services, session: Session, wanted: str) -> None:
    made = make(services, session)
    assert flows.operator_revoke(services, "jane", wanted).state is State.REVOKED
    assert not opens(services, made.token)


@pytest.mark.parametrize("wanted", ["other", "", "back"])
def test_the_operator_names_no_token(services: Services, session: Session, wanted: str) -> None:
    made = make(services, session)
    with pytest.raises(InvalidInput) as caught:
        flows.operator_revoke(services, "jane", wanted)
    assert caught.value.field == "token"
    assert opens(services, made.token)


def test_state_in_a_word(services: Services, session: Session) -> None:
    assert flows.state(services, session).count == 0
    make(services, session, "long", days=90)
    short = make(services, session, "short", days=3)
    assert flows.state(services, session).count == 2
    assert flows.state(services, session).next_expiry == short.view.expires_at
    assert ORIGIN.label == short.view.created_from
