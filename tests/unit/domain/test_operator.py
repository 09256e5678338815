"""What the operator of the machine does with accounts."""

import pytest

from tests.fakes import (
    ORIGIN,
    OTHER_PASSWORD,
    PASSWORD,
    app_code,
    clock_of,
    delivered,
    enrol,
    enter,
    log_in,
    make_account,
    make_services,
    start_login,
    tags,
)
from tui_mfa.domain.account import Factor, Method
from tui_mfa.domain.errors import InvalidInput, NameTaken, NoSuchAccount, NotAllowed, SessionEnded, WrongCredentials
from tui_mfa.domain.login import flows
from tui_mfa.domain.operator import flows as operator
from tui_mfa.domain.profile import flows as profile
from tui_mfa.domain.secret import Secret
from tui_mfa.domain.two_factor import flows as two_factor


def test_add_and_list() -> None:
    """S01, S04: the rules for names and passwords are the same as for everybody."""
    services = make_services()
    operator.add(services, "zoe", "zoe@example.com", Secret(PASSWORD))
    operator.add(services, "Jane", "jane@example.com", Secret(PASSWORD))
    assert [account.username for account in operator.accounts(services)] == ["Jane", "zoe"]
    assert operator.find(services, "ZOE@example.com").username == "zoe"
    with pytest.raises(NoSuchAccount):
        operator.find(services, "nobody")
    with pytest.raises(NameTaken):
        operator.add(services, "jane", "other@example.com", Secret(PASSWORD))
    for username, email, password in (
        ("j", "j@example.com", PASSWORD),
        ("joe", "j", PASSWORD),
        ("joe", "j@x.org", "x"),
    ):
        with pytest.raises(InvalidInput):
            operator.add(services, username, email, Secret(password))
    assert len(operator.accounts(services)) == 2


def test_set_password() -> None:
    """S49, S60, S63: sessions end, the owner is told, the second factor is still asked."""
    services = make_services()
    account = make_account(services, method=Method.AUTHENTICATOR)
    session = log_in(services)
    operator.set_password(services, "jane", Secret(OTHER_PASSWORD))
    with pytest.raises(SessionEnded):
        profile.overview(services, session)
    with pytest.raises(WrongCredentials):
        start_login(services)
    assert start_login(services, password=OTHER_PASSWORD).factor is Factor.AUTHENTICATOR
    assert tags(services, account.id)[-2:] == ["password.changed", "login.failed"]
    assert delivered(services, account.id) == [("password_changed", "jane@example.com")]


def test_set_password_holds_the_length() -> None:
    """S01: where the factor is off, fifteen bytes for the operator too."""
    services = make_services()
    make_account(services, method=Method.DISABLED)
    with pytest.raises(InvalidInput):
        operator.set_password(services, "jane", Secret("vexed Ochre 9"))


def test_close_and_open() -> None:
    """S52, S60: closing ends everything at once; opening lets in again; each twice is harmless."""
    services = make_services()
    account = make_account(services)
    session = log_in(services)
    before = len(tags(services, account.id))
    for _ in range(2):
        operator.disable(services, "jane")
    with pytest.raises(SessionEnded):
        profile.overview(services, session)
    with pytest.raises(NotAllowed):
        flows.log_in(services, "jane", Secret(PASSWORD), ORIGIN)
    for _ in range(2):
        operator.enable(services, "jane")
    assert tags(services, account.id, before) == ["account.disabled", "account.enabled"]
    clock_of(services).advance(seconds=61)
    log_in(services)


def test_enable_opens_a_factor_that_was_switched_off() -> None:
    """S09: after a hundred wrong codes the operator lets the factor be tried again, and the log says which."""
    services = make_services()
    account = make_account(services, method=Method.AUTHENTICATOR)
    with services.store.account(account.id) as changing:
        changing.tries_of(Factor.AUTHENTICATOR).in_a_row = 100
        changing.tries_of(Factor.PASSWORD).in_a_row = 4
    operator.enable(services, "jane")
    event = services.store.events(account.id)[-1]
    assert (event.tag, event.detail) == ("account.enabled", {"factors": "authenticator"})
    assert enter(services, start_login(services).handle, app_code(services, account.id)) is None


def test_closing_between_password_and_attempt(monkeypatch: pytest.MonkeyPatch) -> None:
    """S52: an account that is closed while the password is hashed begins no attempt."""
    services = make_services()
    account = make_account(services)
    judged = services.passwords.verify

    def slow(hashed: str, value: Secret[str]) -> bool:
        operator.disable(services, "jane")
        return judged(hashed, value)

    monkeypatch.setattr(services.passwords, "verify", slow)
    with pytest.raises(NotAllowed):
        flows.log_in(services, "jane", Secret(PASSWORD), ORIGIN)
    assert services.store.get(account.id).attempts == []


@pytest.mark.parametrize("password", [PASSWORD, OTHER_PASSWORD])
def test_removing_while_the_password_is_hashed(password: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """S06, S64: the answer is that of an unknown name."""
    services = make_services()
    make_account(services)
    judged = services.passwords.verify

    def slow(hashed: str, value: Secret[str]) -> bool:
        monkeypatch.undo()
        operator.delete(services, "jane")
        return judged(hashed, value)

    monkeypatch.setattr(services.passwords, "verify", slow)
    with pytest.raises(WrongCredentials):
        flows.log_in(services, "jane", Secret(password), ORIGIN)


def test_operator_ends_an_enrolment_under_way() -> None:
    """S21: a new password or address by the operator leaves no secret that somebody was shown."""
    services = make_services()
    account = make_account(services)
    session = log_in(services)
    enrol(services, session)
    two_factor.begin(services, session)
    operator.set_password(services, "jane", Secret(OTHER_PASSWORD))
    assert services.store.get(account.id).enrolment is None
    assert services.store.get(account.id).method is Method.AUTHENTICATOR
