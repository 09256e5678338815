"""An SSH key as the first factor: what is checked when, and what it is not."""

from datetime import timedelta

import pytest

from tests.fakes import (
    ATTACKER,
    ORIGIN,
    app_code,
    clock_of,
    last_code,
    mailer_of,
    make_account,
    make_services,
    wrong_code,
)
from tui_mfa.domain.account import Factor, Method
from tui_mfa.domain.errors import AttemptEnded, TooManyAttempts, WrongCode, WrongCredentials
from tui_mfa.domain.login import flows, guard, key_login, mailed_code
from tui_mfa.domain.login.model import CodeOwed, LoggedIn
from tui_mfa.domain.ports import Services
from tui_mfa.domain.secret import Secret
from tui_mfa.domain.ssh_keys.model import SshKey
from tui_mfa.store.records import to_account, to_document

BLOB = "AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl"
LINE = f"ssh-ed25519 {BLOB}"


def with_key(services: Services, username: str = "jane", method: Method = Method.EMAIL) -> str:
    made = make_account(services, username, method=method)
    with services.store.account(made.id) as account:
        account.ssh_keys.append(
            SshKey(id="aa", title="laptop", blob=BLOB, added_at=services.clock.now(), added_from="here")
        )
    return made.id


def test_the_keys_of_exactly_this_username_are_named() -> None:
    services = make_services()
    with_key(services)
    assert key_login.usable_keys(services, "jane") == (LINE,)
    assert key_login.usable_keys(services, "Jane") == ()
    assert key_login.usable_keys(services, "nobody") == ()


@pytest.mark.parametrize(
    ("method", "factor"), [(Method.EMAIL, Factor.EMAIL), (Method.AUTHENTICATOR, Factor.AUTHENTICATOR)]
)
def test_the_second_factor_is_owed_and_what_follows_is_no_confirmation(method: Method, factor: Factor) -> None:
    """S51: a confirmation is password and factor."""
    services = make_services()
    account_id = with_key(services, method=method)
    owed = key_login.log_in(services, "jane", LINE, ORIGIN)
    assert isinstance(owed, CodeOwed)
    assert owed.factor is factor
    if factor is Factor.EMAIL:
        mailed_code.send(services, owed.handle)
    code = last_code(mailer_of(services)) if factor is Factor.EMAIL else app_code(services, account_id)
    assert isinstance(flows.enter_code(services, owed.handle, Secret(code)), LoggedIn)
    (record,) = services.store.get(account_id).sessions
    assert record.confirmed_at is None
    assert record.factor == f"ssh key, {factor.value}"


def test_with_the_factor_disabled_the_key_opens_a_session_that_is_not_confirmed() -> None:
    services = make_services()
    account_id = with_key(services, method=Method.DISABLED)
    assert isinstance(key_login.log_in(services, "jane", LINE, ORIGIN), LoggedIn)
    (record,) = services.store.get(account_id).sessions
    assert (record.factor, record.confirmed_at) == ("ssh key", None)


def test_the_use_is_noted() -> None:
    services = make_services()
    account_id = with_key(services)
    key_login.log_in(services, "jane", LINE, ORIGIN)
    assert services.store.get(account_id).ssh_keys[0].last_used_at == services.clock.now()


@pytest.mark.parametrize("left", [-1, 0, 1])
def test_a_key_ends_at_its_moment(left: int) -> None:
    services = make_services()
    account_id = with_key(services)
    with services.store.account(account_id) as account:
        account.ssh_keys[0].expires_at = services.clock.now() + timedelta(seconds=left)
    if left > 0:
        key_login.log_in(services, "jane", LINE, ORIGIN)
    else:
        assert key_login.usable_keys(services, "jane") == ()
        with pytest.raises(WrongCredentials):
            key_login.log_in(services, "jane", LINE, ORIGIN)


def closed(services: Services, account_id: str) -> None:
    with services.store.account(account_id) as account:
        account.disabled_at = services.clock.now()


def pending(services: Services, account_id: str) -> None:
    with services.store.account(account_id) as account:
        account.pending = True


def deleted(services: Services, account_id: str) -> None:
    with services.store.account(account_id) as account:
        account.ssh_keys.clear()


@pytest.mark.parametrize("change", [closed, pending, deleted])
def test_what_changed_since_the_signature_counts(change: object) -> None:
    services = make_services()
    account_id = with_key(services)
    change(services, account_id)  # type: ignore[operator]
    with pytest.raises(WrongCredentials):
        key_login.log_in(services, "jane", LINE, ORIGIN)
    assert services.store.get(account_id).sessions == []


def test_a_key_opens_no_other_account() -> None:
    services = make_services()
    with_key(services)
    make_account(services, "mallory")
    for name in ("mallory", "nobody", "JANE"):
        with pytest.raises(WrongCredentials):
            key_login.log_in(services, name, LINE, ATTACKER)


def test_an_attempt_by_key_ends_like_any_other() -> None:
    services = make_services()
    account_id = with_key(services, method=Method.AUTHENTICATOR)
    owed = key_login.log_in(services, "jane", LINE, ORIGIN)
    assert isinstance(owed, CodeOwed)
    clock_of(services).advance(minutes=10)
    with pytest.raises(AttemptEnded):
        flows.enter_code(services, owed.handle, Secret(app_code(services, account_id)))


@pytest.mark.parametrize("place", [0, 1])
def test_a_damaged_key_stands_in_nobodys_way(place: int) -> None:
    """It is not offered, opens nothing, and says no more than any other wrong key."""
    services = make_services()
    account_id = with_key(services)
    damaged = SshKey(id="bb", title="old", blob="AAAA", added_at=services.clock.now(), added_from="here")
    with services.store.account(account_id) as account:
        account.ssh_keys.insert(place, damaged)
    assert key_login.usable_keys(services, "jane") == (LINE,)
    assert isinstance(key_login.log_in(services, "jane", LINE, ORIGIN), CodeOwed)
    with pytest.raises(WrongCredentials):
        key_login.log_in(services, "jane", "ssh-ed25519 AAAA", ORIGIN)


def test_an_attempt_that_was_stored_before_keys_logged_in_is_by_password() -> None:
    services = make_services()
    account_id = with_key(services)
    key_login.log_in(services, "jane", LINE, ORIGIN)
    document = to_document(services.store.get(account_id))
    assert document["attempts"][0].pop("by_key") is True
    assert document["attempts"][0].pop("password_proved", False) is False
    stored = to_account(document).attempts[0]
    assert (stored.by_key, stored.password_proved) == (False, False)


def test_more_attempts_by_key_than_are_kept_push_out_the_oldest() -> None:
    services = make_services()
    account_id = with_key(services, method=Method.AUTHENTICATOR)
    first = key_login.log_in(services, "jane", LINE, ORIGIN)
    for _ in range(guard.MAX_ATTEMPTS):
        key_login.log_in(services, "jane", LINE, ORIGIN)
    assert len(services.store.get(account_id).attempts) == guard.MAX_ATTEMPTS
    assert isinstance(first, CodeOwed)
    with pytest.raises(AttemptEnded):
        flows.enter_code(services, first.handle, Secret(app_code(services, account_id)))


def test_wrong_codes_after_a_key_count_like_those_after_a_password() -> None:
    """A new attempt for each guess wins no guess."""
    services = make_services()
    account_id = with_key(services, method=Method.AUTHENTICATOR)

    def guess(code: str) -> None:
        owed = key_login.log_in(services, "jane", LINE, ORIGIN)
        assert isinstance(owed, CodeOwed)
        flows.enter_code(services, owed.handle, Secret(code))

    for _ in range(5):
        with pytest.raises(WrongCode):
            guess(wrong_code(app_code(services, account_id)))
    with pytest.raises(TooManyAttempts):
        guess(app_code(services, account_id))
