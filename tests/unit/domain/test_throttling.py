"""How often something may be tried."""

from collections.abc import Callable

import pytest

from tests.fakes import (
    ATTACKER,
    ORIGIN,
    PASSWORD,
    WRONG,
    app_code,
    clock_of,
    log_in,
    mailed,
    make_account,
    make_services,
    start_login,
    tags,
    unused_app_code,
    wrong_code,
)
from tui_mfa.domain import limits
from tui_mfa.domain.account import Account, Factor, Method
from tui_mfa.domain.errors import (
    AttemptEnded,
    Corrupt,
    DomainError,
    FactorDisabled,
    TooManyAttempts,
    WrongCode,
    WrongCredentials,
)
from tui_mfa.domain.login import flows
from tui_mfa.domain.login.model import Origin
from tui_mfa.domain.ports import Services
from tui_mfa.domain.secret import Secret
from tui_mfa.store.memory import MemoryStore


def guess(services: Services, number: int = 0, password: str = WRONG) -> type[DomainError] | None:
    """Try a password, each time from another address, and return how it was refused."""
    try:
        flows.log_in(services, "jane", Secret(password), Origin(f"198.51.100.{number}", "elsewhere"))
    except DomainError as error:
        return type(error)
    return None


def test_five_wrong_passwords_close_for_five_minutes() -> None:
    """S08: the sixth is not judged, even when it is right; after the wait it is."""
    services = make_services()
    make_account(services)
    assert [guess(services, number) for number in range(5)] == [WrongCredentials] * 5
    assert guess(services, 5, PASSWORD) is TooManyAttempts
    clock_of(services).advance(seconds=299)
    assert guess(services, 6, PASSWORD) is TooManyAttempts
    clock_of(services).advance(seconds=1)
    assert guess(services, 7, PASSWORD) is None


@pytest.mark.parametrize(("span", "count"), [("hours", 20), ("days", 50)])
def test_longer_limits(span: str, count: int) -> None:
    """S08, S09: 20 an hour and 50 a day are judged, never one more, however the tries are spread."""
    services = make_services()
    make_account(services)
    judged, number = 0, 0
    end = clock_of(services).now() + (limits.GUESSES[1] if span == "hours" else limits.GUESSES[2]).span
    while clock_of(services).now() < end:
        judged += guess(services, number % 250) is WrongCredentials
        number += 1
        clock_of(services).advance(seconds=61)
    assert judged == count


def test_ten_failures_per_address_whatever_the_account() -> None:
    """S08: an address that tried ten names waits; others do not."""
    services = make_services()
    make_account(services)
    for number in range(10):
        with pytest.raises(WrongCredentials):
            flows.log_in(services, f"nobody{number}", Secret(WRONG), ATTACKER)
    with pytest.raises(TooManyAttempts) as caught:
        flows.log_in(services, "jane", Secret(PASSWORD), ATTACKER)
    assert caught.value.retry_after == 300
    start_login(services, origin=ORIGIN)


def test_own_success_does_not_refill_an_address() -> None:
    """S10, S11: logging into an account of one's own takes back that one try and no failure."""
    services = make_services()
    make_account(services)
    make_account(services, "mallory")
    for number in range(9):
        with pytest.raises(WrongCredentials):
            flows.log_in(services, f"nobody{number}", Secret(WRONG), ATTACKER)
        flows.log_in(services, "mallory", Secret(PASSWORD), ATTACKER)
    with pytest.raises(WrongCredentials):
        flows.log_in(services, "jane", Secret(WRONG), ATTACKER)
    with pytest.raises(TooManyAttempts):
        flows.log_in(services, "jane", Secret(WRONG), ATTACKER)


def test_a_success_clears_its_own_counter() -> None:
    """S11: four wrong passwords, a right one, four wrong ones: the next right one is let in."""
    services = make_services()
    make_account(services)
    for _ in range(2):
        assert [guess(services, number) for number in range(4)] == [WrongCredentials] * 4
        assert guess(services, 9, PASSWORD) is None


def test_right_password_leaves_the_code_counter() -> None:
    """S10: the counter of the second factor outlives any number of right passwords and new attempts."""
    services = make_services()
    account = make_account(services, method=Method.AUTHENTICATOR)
    for _ in range(5):
        handle = start_login(services).handle
        with pytest.raises(WrongCode):
            flows.enter_code(services, handle, Secret(wrong_code(app_code(services, account.id))))
    with pytest.raises(TooManyAttempts):
        flows.enter_code(services, start_login(services).handle, Secret(app_code(services, account.id)))


def test_each_factor_has_its_own_counter() -> None:
    """S11: a right TOTP code does not clear the failures of recovery codes, nor those of passwords."""
    services = make_services()
    account = make_account(services, method=Method.AUTHENTICATOR)
    with services.store.account(account.id) as changing:
        for factor in Factor:
            limits.count(changing.tries_of(factor), services.clock.now())
    flows.enter_code(services, start_login(services).handle, Secret(unused_app_code(services, account.id)))
    runs = {factor: tries.in_a_row for factor, tries in services.store.get(account.id).tries.items()}
    cleared = {Factor.PASSWORD, Factor.AUTHENTICATOR}
    assert runs == {factor: 0 if factor in cleared else 1 for factor in Factor}


def hundred_wrong_codes(services: Services, account: Account) -> None:
    for number in range(100):
        clock_of(services).advance(hours=1)
        handle = start_login(services, origin=Origin(f"198.51.100.{number}", "elsewhere")).handle
        with pytest.raises(WrongCode):
            flows.enter_code(services, handle, Secret(wrong_code(app_code(services, account.id))))


def test_hundred_in_a_row_switch_the_factor_off() -> None:
    """S09: the 101st code is refused even though it is right; password and other factors go on; the owner is told."""
    services = make_services()
    account = make_account(services, method=Method.AUTHENTICATOR)
    hundred_wrong_codes(services, account)
    clock_of(services).advance(days=30)
    with pytest.raises(FactorDisabled):
        flows.enter_code(services, start_login(services).handle, Secret(app_code(services, account.id)))
    assert tags(services, account.id).count("mfa.factor_disabled") == 1
    assert [notice.template for notice in services.store.get(account.id).notices] == ["wrong_codes", "factor_disabled"]


def test_password_that_is_off_answers_like_an_unknown_name() -> None:
    """S06, S09: after a hundred failures a right password is refused, with the texts and waits of an unknown name."""
    services = make_services()
    account = make_account(services)
    with services.store.account(account.id) as changing:
        changing.tries_of(Factor.PASSWORD).in_a_row = limits.MAX_IN_A_ROW
    answers: dict[str, list[str]] = {}
    for name in ("jane", "nobody"):
        for number in range(7):
            with pytest.raises(DomainError) as caught:
                flows.log_in(services, name, Secret(PASSWORD), Origin(f"{name}{number}", "elsewhere"))
            answers.setdefault(name, []).append(caught.value.user_message)
    assert answers["jane"] == answers["nobody"]


def test_lock_text_gives_the_time_left() -> None:
    """S12: who waits is told how long, in seconds or minutes."""
    services = make_services()
    make_account(services)
    for number in range(5):
        guess(services, number)
    clock_of(services).advance(seconds=200)
    with pytest.raises(TooManyAttempts, match=r"Wait 100 s, then try again\.") as caught:
        start_login(services)
    assert caught.value.retry_after == 100


def test_owner_comes_in_from_elsewhere() -> None:
    """S12: an address that is locked locks no other, and failures of codes do not lock the password."""
    services = make_services()
    make_account(services)
    for number in range(10):
        with pytest.raises(WrongCredentials):
            flows.log_in(services, f"nobody{number}", Secret(WRONG), ATTACKER)
    assert log_in(services, origin=ORIGIN).origin == ORIGIN


def test_closing_of_a_limit_is_one_event() -> None:
    """S60: the failure that closes a limit is logged as such, refusals after it are not."""
    services = make_services()
    account = make_account(services)
    for number in range(8):
        guess(services, number)
    assert tags(services, account.id, since=1) == ["login.failed"] * 5 + ["login.locked"]


@pytest.mark.parametrize("broken", ["account", "bucket"])
def test_broken_state_is_a_refusal(broken: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """S13: a counter or an account that cannot be read lets nobody in."""
    services = make_services()
    make_account(services)

    def torn(self: MemoryStore, name: str) -> None:
        raise Corrupt("This file is torn.")

    monkeypatch.setattr(MemoryStore, broken, torn)
    with pytest.raises(Corrupt):
        flows.log_in(services, "jane", Secret(PASSWORD), ORIGIN)


def test_guess_stays_counted_when_judging_breaks(monkeypatch: pytest.MonkeyPatch) -> None:
    """S13: a failing verifier refuses, and gives no guess back."""
    services = make_services()
    account = make_account(services)

    def broken(hashed: str, value: Secret[str]) -> bool:
        raise MemoryError

    monkeypatch.setattr(services.passwords, "verify", broken)
    with pytest.raises(MemoryError):
        flows.log_in(services, "jane", Secret(PASSWORD), ORIGIN)
    assert len(services.store.get(account.id).tries[Factor.PASSWORD].times) == 1


def _spent_attempt(services: Services, account: Account) -> None:
    handle = start_login(services).handle
    code = mailed(services, handle)
    for _ in range(5):
        with pytest.raises(WrongCode):
            flows.enter_code(services, handle, Secret(wrong_code(code)))
    with pytest.raises(AttemptEnded):
        flows.enter_code(services, handle, Secret(code))


def _restart(services: Services, account: Account) -> None:
    fresh = make_services(store=services.store, clock=services.clock, mailer=services.mailer)
    handle = start_login(services).handle
    code = mailed(services, handle)
    for part in (services, fresh, services, fresh, services):
        with pytest.raises(WrongCode):
            flows.enter_code(part, handle, Secret(wrong_code(code)))
    with pytest.raises(AttemptEnded):
        flows.enter_code(fresh, handle, Secret(code))


@pytest.mark.parametrize("spend", [_spent_attempt, _restart])
def test_codes_are_limited_across_restarts(spend: Callable[[Services, Account], None]) -> None:
    """S09, S29: what was tried stays counted in another program over the same store, and in the next attempt."""
    services = make_services()
    account = make_account(services)
    spend(services, account)
    handle = start_login(services).handle
    clock_of(services).advance(seconds=61)
    code = mailed(services, handle)
    with pytest.raises(TooManyAttempts):
        flows.enter_code(services, handle, Secret(code))
