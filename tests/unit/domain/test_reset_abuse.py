"""What a stranger can do with resets of somebody else's password: nothing."""

import pytest

from tests.fakes import (
    ATTACKER,
    ORIGIN,
    clock_of,
    enter,
    log_in,
    mailed,
    mails,
    make_account,
    make_services,
    start_login,
)
from tui_mfa.domain.account import Factor
from tui_mfa.domain.errors import (
    DomainError,
    TooManyAttempts,
    WrongCode,
)
from tui_mfa.domain.login import password_reset
from tui_mfa.domain.login.model import AttemptHandle, Origin
from tui_mfa.domain.operator import flows as operator
from tui_mfa.domain.ports import Services
from tui_mfa.domain.secret import Secret


def asked(services: Services, name: str = "jane", origin: Origin = ORIGIN) -> AttemptHandle:
    return password_reset.ask(services, name, origin).handle


def test_strangers_cannot_lock_the_login() -> None:
    """S12: whatever is guessed at a reset, password and mailed code of the login are not limited by it."""
    services = make_services()
    account = make_account(services)
    for number in range(4):
        handle = asked(services, origin=Origin(f"198.51.100.{number}", "elsewhere"))
        for _ in range(5):
            with pytest.raises(DomainError):
                password_reset.prove(services, handle, Secret("000000"))
    tries = services.store.get(account.id).tries
    assert set(tries) == {Factor.RESET_CODE}
    assert tries[Factor.RESET_CODE].in_a_row == 5
    log_in(services)


def test_strangers_cannot_push_out_a_login_under_way() -> None:
    """S12: any number of resets leaves the attempts of other purposes alone."""
    services = make_services()
    account = make_account(services)
    handle = start_login(services).handle
    for _ in range(6):
        asked(services, "jane", ATTACKER)
        asked(services, "jane@example.com", ATTACKER)
    assert len(services.store.get(account.id).attempts) == 11
    assert enter(services, handle, mailed(services, handle)) is None


def test_asking_is_limited_by_name_and_by_address() -> None:
    """S31: six an hour for a name in whatever spelling, twenty from an address."""
    services = make_services()
    make_account(services)
    for name in ("jane", "JANE", " jane ", "ｊane", "Jane", "jane"):
        asked(services, name)
    with pytest.raises(TooManyAttempts, match="resets"):
        asked(services)
    for number in range(13):
        asked(services, f"nobody{number}")
    with pytest.raises(TooManyAttempts):
        asked(services, "nobody99")
    asked(services, "nobody99", ATTACKER)


def test_six_mails_an_hour_and_the_answer_does_not_change() -> None:
    """S31, S06: above the account's limit nothing is mailed, and whoever asks cannot tell."""
    services = make_services()
    account = make_account(services)
    for _ in range(6):
        password_reset.send(services, asked(services))
    sent = password_reset.send(services, asked(services, "jane@example.com"))
    assert sent.resends_left == 3
    assert len(mails(services)) == 6
    assert services.store.events(account.id)[-1].detail["held"] == "hourly limit"
    clock_of(services).advance(hours=1)
    password_reset.send(services, asked(services))
    assert len(mails(services)) == 7


def test_closed_account_is_like_nobodys() -> None:
    """S06, S52: a reset of a closed account mails nothing and says nothing."""
    services = make_services()
    make_account(services)
    operator.disable(services, "jane")
    handle = asked(services)
    password_reset.send(services, handle)
    assert mails(services) == []
    with pytest.raises(WrongCode):
        password_reset.prove(services, handle, Secret("123456"))
