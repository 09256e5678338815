"""Somebody opens many connections and guesses in all of them at the same instant."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Barrier

import pytest

from tests.fakes import (
    PASSWORD,
    WRONG,
    app_code,
    enrol,
    log_in,
    mailed,
    make_account,
    make_services,
    start_login,
    wrong_code,
)
from tui_mfa.domain.account import Factor, Method
from tui_mfa.domain.errors import DomainError
from tui_mfa.domain.login import flows
from tui_mfa.domain.login.model import Origin
from tui_mfa.domain.ports import Services
from tui_mfa.domain.recovery import flows as recovery
from tui_mfa.domain.secret import Secret
from tui_mfa.store.tinydb import TinyDBStore

THREADS = 20


def at_once(work: Callable[[int], object]) -> Counter[str]:
    """Run one call per thread, all released at the same instant; count the outcomes by name."""
    barrier = Barrier(THREADS)

    def one(number: int) -> str:
        barrier.wait()
        try:
            work(number)
        except DomainError as error:
            return type(error).__name__
        return "in"

    with ThreadPoolExecutor(THREADS) as pool:
        return Counter(pool.map(one, range(THREADS)))


@pytest.fixture(params=["memory", "tinydb"])
def services(request: pytest.FixtureRequest, tmp_path: Path) -> Services:
    return make_services() if request.param == "memory" else make_services(store=TinyDBStore(tmp_path / "data"))


def elsewhere(number: int) -> Origin:
    return Origin(f"198.51.100.{number}", "elsewhere")


def test_passwords(services: Services) -> None:
    """S08: Twenty connections from twenty addresses each send a wrong password at once.

    A limiter that looks first and counts after the slow hash lets all twenty through.
    Here each guess is counted before it is judged: five are judged, fifteen are not.
    """
    account = make_account(services)
    outcome = at_once(lambda number: flows.log_in(services, "jane", Secret(WRONG), elsewhere(number)))
    assert outcome == {"WrongCredentials": 5, "TooManyAttempts": 15}
    assert services.store.get(account.id).tries[Factor.PASSWORD].in_a_row == 5


def test_unknown_name_looks_alike(services: Services) -> None:
    """S06, S08: The same twenty guesses at a name that is nobody's get the same answers."""
    outcome = at_once(lambda number: flows.log_in(services, "nobody", Secret(WRONG), elsewhere(number)))
    assert outcome == {"WrongCredentials": 5, "TooManyAttempts": 15}


def test_app_codes(services: Services) -> None:
    """S09: Twenty half logins of one account each offer another code at the same instant.

    Per-session counters would judge all twenty; the account's judges five, never one more.
    """
    account = make_account(services, method=Method.AUTHENTICATOR)
    handle = start_login(services).handle
    right = app_code(services, account.id)
    moved = [replace(handle, origin=elsewhere(number)) for number in range(THREADS)]
    outcome = at_once(lambda number: flows.enter_code(services, moved[number], Secret(wrong_code(right))))
    assert outcome == {"WrongCode": 5, "TooManyAttempts": 15}


def test_one_code_offered_twenty_times(services: Services) -> None:
    """S17: Twenty half logins offer the same right code at the same instant.

    Look-then-store lets several in. Here exactly one session begins, and the code is used for all the others.
    """
    account = make_account(services, method=Method.AUTHENTICATOR)
    handles = [start_login(services).handle for _ in range(10)] * 2
    code = app_code(services, account.id)
    moved = [replace(handle, origin=elsewhere(number)) for number, handle in enumerate(handles)]
    outcome = at_once(lambda number: flows.enter_code(services, moved[number], Secret(code)))
    assert outcome["in"] == 1
    assert set(outcome) <= {"in", "CodeAlreadyUsed", "TooManyAttempts", "AttemptEnded"}
    assert len(services.store.get(account.id).sessions) == 1


def test_mailed_codes(services: Services) -> None:
    """S28, S29: Twenty connections hold one half login; wrong codes first, then the right one in all of them.

    Five tries are judged altogether; of a fresh attempt's right code exactly one session begins.
    """
    account = make_account(services)
    handle = start_login(services).handle
    code = mailed(services, handle)
    moved = [replace(handle, origin=elsewhere(number)) for number in range(THREADS)]
    outcome = at_once(lambda number: flows.enter_code(services, moved[number], Secret(code)))
    assert outcome == {"in": 1, "AttemptEnded": 19}
    again = start_login(services).handle
    moved = [replace(again, origin=elsewhere(number)) for number in range(THREADS)]
    outcome = at_once(lambda number: flows.enter_code(services, moved[number], Secret("000000")))
    assert outcome == {"WrongCode": 5, "AttemptEnded": 15}
    assert len(services.store.get(account.id).sessions) == 1


def test_one_recovery_code_offered_twenty_times(services: Services) -> None:
    """S38, S09: Twenty connections offer the same recovery code; it is hashed outside of any lock.

    At most five are judged, exactly one comes in, and the code is used up.
    """
    account = make_account(services)
    session = log_in(services)
    _, enabled = enrol(services, session)
    flows.log_out(services, session)
    handles = [start_login(services).handle for _ in range(10)] * 2
    moved = [replace(handle, origin=elsewhere(number)) for number, handle in enumerate(handles)]
    code = enabled.codes.codes[0]
    outcome = at_once(lambda number: recovery.use_code(services, moved[number], code))
    assert outcome["in"] == 1
    assert len(services.store.get(account.id).sessions) == 1
    stored = services.store.get(account.id).recovery
    assert stored is not None
    assert sum(one.used_at is not None for one in stored.codes) == 1


def test_right_and_wrong_passwords_mixed(services: Services) -> None:
    """S10: An accomplice logs in rightly all the time to clear the counter, while others guess.

    Only who knows the password can do that, so nothing is won: each right login clears what came before, and wrong
    ones stay counted from then on. However it is ordered, no wrong one comes in.
    """
    make_account(services)

    def mixed(number: int) -> object:
        return flows.log_in(services, "jane", Secret(PASSWORD if number % 4 == 0 else WRONG), elsewhere(number))

    outcome = at_once(mixed)
    assert outcome["in"] <= 5
    assert sum(outcome.values()) == THREADS


def test_one_address_and_twenty_names(services: Services) -> None:
    """S08: One address tries twenty names at once: ten are judged."""
    origin = Origin("198.51.100.66", "elsewhere")
    outcome = at_once(lambda number: flows.log_in(services, f"nobody{number}", Secret(WRONG), origin))
    assert outcome == {"WrongCredentials": 10, "TooManyAttempts": 10}
