"""Codes that other programs ask about: the rules of a login, shared with every login."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from tests.fakes import (
    ATTACKER,
    app_code,
    clock_of,
    delivered,
    enter,
    log_in,
    make_account,
    make_services,
    start_login,
    tags,
    unused_app_code,
    wrong_code,
)
from tui_mfa.domain.account import Account, Factor, Method
from tui_mfa.domain.api_tokens import access
from tui_mfa.domain.api_tokens import flows as tokens
from tui_mfa.domain.api_tokens.model import Bearer, NewToken, Scope
from tui_mfa.domain.errors import CodeAlreadyUsed, InvalidInput, InvalidToken, OutOfScope, TooManyAttempts
from tui_mfa.domain.operator import flows as operator
from tui_mfa.domain.ports import Services
from tui_mfa.domain.secret import Secret
from tui_mfa.domain.two_factor.verify import Reason, Verdict, verify


@pytest.fixture
def services() -> Services:
    return make_services()


@pytest.fixture
def jane(services: Services) -> Account:
    return make_account(services, method=Method.AUTHENTICATOR)


@pytest.fixture
def made(services: Services) -> NewToken:
    make_account(services, "vpn")
    made = tokens.create(services, log_in(services, "vpn"), "gateway")
    tokens.grant_verify(services, "vpn", "gateway")
    return made


@pytest.fixture
def vpn(services: Services, made: NewToken) -> Bearer:
    return access.authenticate(services, made.token, "203.0.113.5")


def ask(services: Services, bearer: Bearer, code: str, name: str = "jane", client: str = "") -> Verdict:
    return verify(services, bearer, name, Secret(code), client)


def test_a_right_code_is_right_once(services: Services, jane: Account, vpn: Bearer) -> None:
    """S17: a code that a program used up is used up for every program."""
    code = app_code(services, jane.id)
    assert ask(services, vpn, code) == Verdict(True)
    again = ask(services, vpn, code)
    assert (again.valid, again.reason) == (False, Reason.ALREADY_USED)
    assert again.wait is not None
    assert 1 <= again.wait <= 60
    assert tags(services, jane.id)[-2:] == ["verify.ok", "mfa.totp.replay_refused"]


def test_a_code_used_at_a_login_is_no_longer_right(services: Services, jane: Account, vpn: Bearer) -> None:
    """S17: the replay rule is one for logins and programs."""
    log_in(services)
    assert ask(services, vpn, app_code(services, jane.id)).reason is Reason.ALREADY_USED


def test_a_code_used_by_a_program_logs_nobody_in(services: Services, jane: Account, vpn: Bearer) -> None:
    """S17: nor the other way round."""
    code = app_code(services, jane.id)
    assert ask(services, vpn, code).valid
    assert enter(services, start_login(services).handle, code) is CodeAlreadyUsed


@pytest.mark.parametrize("offset", [-1, 0, 1])
def test_one_step_to_either_side(services: Services, jane: Account, vpn: Bearer, offset: int) -> None:
    assert ask(services, vpn, app_code(services, jane.id, offset)).valid


def test_programs_and_logins_share_the_limit(services: Services, jane: Account, vpn: Bearer) -> None:
    """S09: five wrong codes in five minutes, wherever they were typed."""
    wrong = wrong_code(app_code(services, jane.id))
    handle = start_login(services, origin=ATTACKER).handle
    for _ in range(2):
        enter(services, handle, wrong)
    for _ in range(3):
        assert ask(services, vpn, wrong).reason is Reason.WRONG_CODE
    with pytest.raises(TooManyAttempts):
        ask(services, vpn, unused_app_code(services, jane.id))
    assert enter(services, handle, app_code(services, jane.id)) is TooManyAttempts
    clock_of(services).advance(minutes=5)
    assert ask(services, vpn, app_code(services, jane.id)).valid


def test_wrong_codes_are_told_to_the_owner(services: Services, jane: Account, vpn: Bearer) -> None:
    """S63: three wrong codes in a row are worth a mail, and each an event with where it came from."""
    for _ in range(3):
        ask(services, vpn, wrong_code(app_code(services, jane.id)), client="198.51.100.7")
    assert delivered(services, jane.id) == [("wrong_codes", "jane@example.com")]
    assert services.store.events(jane.id)[-1].origin == "api 203.0.113.5, for 198.51.100.7"


def test_after_a_hundred_wrong_codes_it_is_switched_off(services: Services, jane: Account, vpn: Bearer) -> None:
    """S09: programs cannot guess on for ever."""
    while services.store.get(jane.id).tries_of(Factor.AUTHENTICATOR).in_a_row < 100:
        ask(services, vpn, wrong_code(app_code(services, jane.id)))
        clock_of(services).advance(minutes=30)
    assert ask(services, vpn, app_code(services, jane.id)) == Verdict(False, Reason.SWITCHED_OFF)


def test_an_address_has_its_limit_when_it_is_told(services: Services, vpn: Bearer) -> None:
    """S09: ten wrong codes per address over all accounts, as at a login."""
    for number in range(10):
        account = make_account(services, f"user{number}", method=Method.AUTHENTICATOR)
        ask(services, vpn, wrong_code(app_code(services, account.id)), f"user{number}", client=ATTACKER.address)
    with pytest.raises(TooManyAttempts):
        ask(services, vpn, app_code(services, account.id), "user9", client=ATTACKER.address)
    with pytest.raises(TooManyAttempts):
        start_login(services, "user9", origin=ATTACKER)
    assert ask(services, vpn, app_code(services, account.id), "user9").valid


def test_a_token_has_its_limit_over_all_accounts(services: Services, jane: Account, vpn: Bearer) -> None:
    """S09: a stolen token does not try one code each on every account."""
    for number in range(100):
        assert not ask(services, vpn, "123456", f"nobody{number}").valid
    with pytest.raises(TooManyAttempts) as caught:
        ask(services, vpn, app_code(services, jane.id))
    assert caught.value.retry_after == 300
    clock_of(services).advance(minutes=5)
    assert ask(services, vpn, app_code(services, jane.id)).valid


def test_right_codes_use_no_limit_up(services: Services, jane: Account, vpn: Bearer) -> None:
    for _ in range(120):
        assert ask(services, vpn, unused_app_code(services, jane.id), client="198.51.100.7").valid


def test_where_there_is_no_authenticator_nothing_more_is_told(services: Services, vpn: Bearer) -> None:
    """S59: whether an account exists, is closed or uses mail is not told apart."""
    make_account(services, "mail")
    make_account(services, "none", method=Method.DISABLED)
    closed = make_account(services, "closed", method=Method.AUTHENTICATOR)
    operator.disable(services, "closed")
    pending = make_account(services, "pending", method=Method.AUTHENTICATOR)
    with services.store.account(pending.id) as account:
        account.pending = True
    names = ("mail", "none", "closed", "pending", "nobody", "", "x" * 1000, "\0")
    answers = {ask(services, vpn, app_code(services, closed.id), name) for name in names}
    assert answers == {Verdict(False, Reason.NO_AUTHENTICATOR)}


def test_an_owner_token_may_not_ask(services: Services, jane: Account) -> None:
    """S59: without the operator's grant there is no answer, not even about the own account."""
    made = tokens.create(services, log_in(services), "all", list({Scope.READ, Scope.KEYS, Scope.ADMIN}))
    bearer = access.authenticate(services, made.token, "203.0.113.5")
    with pytest.raises(OutOfScope):
        ask(services, bearer, unused_app_code(services, jane.id))


def test_a_revoked_token_may_not_ask(services: Services, jane: Account, made: NewToken, vpn: Bearer) -> None:
    """S58: not even when it was let in before."""
    tokens.operator_revoke(services, "vpn", "gateway")
    with pytest.raises(InvalidToken):
        ask(services, vpn, app_code(services, jane.id))
    assert services.clock.now() < made.view.expires_at - timedelta(days=29)


@pytest.mark.parametrize(
    ("code", "client", "field"),
    [("12345", "", "code"), ("", "", "code"), ("１２３４５６", "", "code"), ("123456", "nowhere", "client")],
)
def test_what_is_no_code_is_not_judged(
    services: Services, jane: Account, vpn: Bearer, code: str, client: str, field: str
) -> None:
    before = services.store.get(jane.id)
    with pytest.raises(InvalidInput) as caught:
        ask(services, vpn, code, client=client)
    assert caught.value.field == field
    assert services.store.get(jane.id) == before


def test_of_many_parallel_askers_one_is_told_yes(services: Services, jane: Account, vpn: Bearer) -> None:
    """S17: the step is used up in one transaction."""
    code = app_code(services, jane.id)
    with ThreadPoolExecutor(8) as pool:
        verdicts = list(pool.map(lambda _: _valid(services, vpn, code), range(24)))
    assert verdicts.count(True) == 1


def _valid(services: Services, bearer: Bearer, code: str) -> bool:
    try:
        return ask(services, bearer, code).valid
    except TooManyAttempts:
        return False
