"""Somebody who knows the password guesses codes and starts over: a new attempt, program, address or name."""

import pytest

from tests.fakes import app_code, clock_of, enter, log_in, make_account, make_services, start_login, wrong_code
from tui_mfa.domain import limits
from tui_mfa.domain.account import Factor, Method
from tui_mfa.domain.errors import DomainError, FactorDisabled, TooManyAttempts, WrongCode
from tui_mfa.domain.login import flows
from tui_mfa.domain.login.model import Origin
from tui_mfa.domain.ports import Services
from tui_mfa.domain.secret import Secret


def restarted(services: Services) -> Services:
    """Return another program over the same store."""
    return make_services(store=services.store, clock=services.clock, mailer=services.mailer)


def guess(services: Services, number: int, account_id: str) -> type[DomainError] | None:
    """Guess once: a new program, a new attempt, another address, another spelling of the name."""
    name = ("jane", "JANE", "jane@example.com", "ｊane")[number % 4]
    fresh = restarted(services)
    handle = start_login(fresh, name, origin=Origin(f"198.51.100.{number % 250}", "elsewhere")).handle
    return enter(fresh, handle, wrong_code(app_code(services, account_id)))


def test_starting_over_gives_nothing() -> None:
    """S09: Each guess comes from a new program, attempt and address, by another spelling of the name.

    Counters that live in the session, the process or the address give five more tries each time.
    The account's own allows five in five minutes; the sixth, with the right code, is refused for that reason.
    """
    services = make_services()
    account = make_account(services, method=Method.AUTHENTICATOR)
    assert [guess(services, number, account.id) for number in range(7)] == [WrongCode] * 5 + [TooManyAttempts] * 2
    handle = start_login(services).handle
    with pytest.raises(TooManyAttempts):
        flows.enter_code(services, handle, Secret(app_code(services, account.id)))


def test_patience_gives_a_hundred_guesses_and_no_more() -> None:
    """S09: A patient attacker guesses as often as the limits allow, day after day, and never logs in.

    Fifty a day for a year would find a code in one case of twenty; so a hundred in a row switch the factor off.
    The hundred and first try is refused although it is right, from the owner as well, who was told by mail.
    """
    services = make_services()
    account = make_account(services, method=Method.AUTHENTICATOR)
    judged = days = 0
    while judged < limits.MAX_IN_A_ROW:
        answer = guess(services, judged, account.id)
        judged += answer is WrongCode
        if answer is TooManyAttempts:
            days += 1
        clock_of(services).advance(minutes=3 if answer is WrongCode else 15)
    assert days > 10
    clock_of(services).advance(days=365)
    handle = start_login(services).handle
    with pytest.raises(FactorDisabled):
        flows.enter_code(services, handle, Secret(app_code(services, account.id)))
    assert [notice.template for notice in services.store.get(account.id).notices][-1] == "factor_disabled"


def test_another_factor_is_no_way_to_reset_it() -> None:
    """S11: The attacker has an account, a session, and failures on one factor; success on another keeps them.

    A counter per account that every success clears lets who owns the password, or a mailbox, clear it at will.
    """
    services = make_services()
    account = make_account(services)
    with services.store.account(account.id) as changing:
        for factor in (Factor.AUTHENTICATOR, Factor.RECOVERY_CODE, Factor.SAVED_SECRET, Factor.RESET_CODE):
            limits.count(changing.tries_of(factor), services.clock.now())
    log_in(services)
    tries = services.store.get(account.id).tries
    assert {factor: one.in_a_row for factor, one in tries.items() if one.in_a_row} == {
        Factor.AUTHENTICATOR: 1,
        Factor.RECOVERY_CODE: 1,
        Factor.SAVED_SECRET: 1,
        Factor.RESET_CODE: 1,
    }
