"""The lost device of somebody who comes with an SSH key: the password first, then any way of recovery."""

from collections.abc import Callable

import pytest

from tests.fakes import (
    ORIGIN,
    PASSWORD,
    clock_of,
    enrol,
    last_code,
    log_in,
    mailer_of,
    mails,
    make_account,
    make_services,
    start_login,
    tags,
    wrong_code,
)
from tui_mfa.domain.account import Factor, Method, Purpose
from tui_mfa.domain.errors import (
    AttemptEnded,
    ConfirmationRequired,
    DomainError,
    InvalidInput,
    NotAllowed,
    TooManyAttempts,
    WrongCode,
)
from tui_mfa.domain.events import Tag
from tui_mfa.domain.login import flows, key_login, mailed_code, password_reset
from tui_mfa.domain.login.model import AttemptHandle, CodeOwed, LoggedIn
from tui_mfa.domain.ports import Services, Template
from tui_mfa.domain.recovery import by_key
from tui_mfa.domain.recovery import flows as recovery
from tui_mfa.domain.secret import Secret
from tui_mfa.domain.ssh_keys.model import SshKey
from tui_mfa.domain.two_factor import flows as two_factor
from tui_mfa.domain.two_factor.model import AuthenticatorEnabled

BLOB = "AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl"
LINE = f"ssh-ed25519 {BLOB}"


def lost() -> tuple[Services, str, Secret[str], AuthenticatorEnabled]:
    """Return services with Jane, who has a key and an authenticator; its secret, and her recovery codes."""
    services = make_services()
    account_id = make_account(services).id
    with services.store.account(account_id) as account:
        account.ssh_keys.append(
            SshKey(id="aa", title="laptop", blob=BLOB, added_at=services.clock.now(), added_from="here")
        )
    session = log_in(services)
    secret, enabled = enrol(services, session)
    flows.log_out(services, session)
    clock_of(services).advance(minutes=10)
    return services, account_id, secret, enabled


def come_by_key(services: Services) -> CodeOwed:
    owed = key_login.log_in(services, "jane", LINE, ORIGIN)
    assert isinstance(owed, CodeOwed)
    assert owed.by_key
    return owed


def begun(services: Services) -> AttemptHandle:
    """Return what the mailed code finishes; the mail is on its way."""
    owed = come_by_key(services)
    key_login.prove_password(services, owed.handle, Secret(PASSWORD))
    wanted = by_key.begin(services, owed.handle)
    mailed_code.send(services, wanted.handle)
    return wanted.handle


def newest(services: Services) -> Secret[str]:
    return Secret(last_code(mailer_of(services)))


def test_key_password_and_mailed_code_open_a_session_that_replaces_the_authenticator() -> None:
    """NIST SP 800-63B-4 section 4.2.2.2: an issued code and a bound authenticator."""
    services, account_id, _, _ = lost()
    handle = begun(services)
    assert mails(services)[-1].template is Template.LOST_DEVICE_CODE
    logged_in = by_key.use_mailed_code(services, handle, newest(services))
    record = services.store.get(account_id).sessions[-1]
    assert record.factor == "ssh key, mailed code"
    assert record.confirmed_at is None
    assert Tag.RECOVERY_KEY_USED in tags(services, account_id)
    assert Template.RECOVERY_USED in [notice.template for notice in services.store.get(account_id).notices]
    two_factor.begin(services, logged_in.session)
    clock_of(services).advance(minutes=10, seconds=1)
    with pytest.raises(ConfirmationRequired):
        two_factor.begin(services, logged_in.session)


def test_it_opens_nothing_but_replace() -> None:
    """The session is no confirmation: neither the method nor the codes can be changed by it."""
    services, _, _, _ = lost()
    session = by_key.use_mailed_code(services, begun(services), newest(services)).session
    with pytest.raises(ConfirmationRequired):
        two_factor.disable(services, session, "disable")
    with pytest.raises(ConfirmationRequired):
        two_factor.enable_email(services, session)
    with pytest.raises(ConfirmationRequired):
        recovery.make_codes(services, session)


@pytest.mark.parametrize("way", ["code", "secret", "mail"])
def test_without_the_password_a_key_recovers_nothing_and_uses_nothing_up(way: str) -> None:
    """Whoever has the laptop, with the key and the saved codes on it, has not given the password."""
    services, account_id, secret, enabled = lost()
    owed = come_by_key(services)
    with pytest.raises(NotAllowed, match="password"):
        recover(services, owed, way, secret, enabled)
    account = services.store.get(account_id)
    assert account.sessions == []
    assert account.recovery is not None
    assert all(code.used_at is None for code in account.recovery.codes)


def recover(
    services: Services, owed: CodeOwed, way: str, secret: Secret[str], enabled: AuthenticatorEnabled
) -> LoggedIn:
    if way == "code":
        return recovery.use_code(services, owed.handle, enabled.codes.codes[0])
    if way == "secret":
        return recovery.use_secret(services, owed.handle, secret)
    wanted = by_key.begin(services, owed.handle)
    mailed_code.send(services, wanted.handle)
    return by_key.use_mailed_code(services, wanted.handle, newest(services))


@pytest.mark.parametrize("way", ["code", "secret", "mail"])
def test_after_the_password_each_way_leads_into_replace(way: str) -> None:
    services, _, secret, enabled = lost()
    owed = come_by_key(services)
    key_login.prove_password(services, owed.handle, Secret(PASSWORD))
    two_factor.begin(services, recover(services, owed, way, secret, enabled).session)


def test_a_login_by_password_has_no_such_way() -> None:
    """A mailed code alone must not stand for the app."""
    services, _, _, _ = lost()
    owed = start_login(services)
    assert not owed.by_key
    with pytest.raises(NotAllowed):
        by_key.begin(services, owed.handle)
    with pytest.raises(NotAllowed):
        key_login.prove_password(services, owed.handle, Secret(PASSWORD))
    with pytest.raises(NotAllowed):
        mailed_code.send(services, owed.handle)


def test_the_code_is_good_for_this_and_for_nothing_else() -> None:
    """S30: bound to the purpose."""
    services, _, _, _ = lost()
    handle = begun(services)
    owed = come_by_key(services)
    with pytest.raises(WrongCode):
        flows.enter_code(services, owed.handle, newest(services))
    with pytest.raises(AttemptEnded):
        flows.enter_code(services, handle, newest(services))
    with pytest.raises(AttemptEnded):
        password_reset.prove(services, handle, newest(services))


def test_a_code_is_taken_once() -> None:
    services, _, _, _ = lost()
    handle = begun(services)
    code = newest(services)
    by_key.use_mailed_code(services, handle, code)
    with pytest.raises(AttemptEnded):
        by_key.use_mailed_code(services, handle, code)


def test_five_wrong_codes_end_the_attempt_and_count() -> None:
    """S09, S29: new attempts win no tries."""
    services, account_id, _, _ = lost()
    handle = begun(services)
    wrong = Secret(wrong_code(newest(services).reveal()))
    for _ in range(5):
        with pytest.raises(WrongCode):
            by_key.use_mailed_code(services, handle, wrong)
    with pytest.raises(AttemptEnded):
        by_key.use_mailed_code(services, handle, newest(services))
    assert services.store.get(account_id).tries[Factor.RECOVERY_MAIL].in_a_row == 5
    again = begun(services)
    with pytest.raises(TooManyAttempts):
        by_key.use_mailed_code(services, again, newest(services))


def test_wrong_passwords_count_like_those_at_a_login() -> None:
    """S08: a key wins no guesses at the password."""
    services, account_id, _, _ = lost()
    owed = come_by_key(services)
    for _ in range(5):
        with pytest.raises(InvalidInput):
            key_login.prove_password(services, owed.handle, Secret("not the password at all"))
    with pytest.raises(TooManyAttempts):
        key_login.prove_password(services, owed.handle, Secret(PASSWORD))
    assert services.store.get(account_id).tries[Factor.PASSWORD].in_a_row == 5
    assert not any(attempt.password_proved for attempt in services.store.get(account_id).attempts)


def reset(services: Services, account_id: str) -> None:
    del account_id
    asked = password_reset.ask(services, "jane", ORIGIN)
    password_reset.send(services, asked.handle)
    password_reset.prove(services, asked.handle, newest(services))
    password_reset.finish(services, asked.handle, Secret("a wholly different passphrase 7"))


def closed(services: Services, account_id: str) -> None:
    with services.store.account(account_id) as account:
        account.disabled_at = services.clock.now()


def by_mail_now(services: Services, account_id: str) -> None:
    with services.store.account(account_id) as account:
        account.method = Method.EMAIL


def too_late(services: Services, account_id: str) -> None:
    del account_id
    clock_of(services).advance(minutes=10)


@pytest.mark.parametrize("change", [reset, closed, by_mail_now, too_late])
def test_what_changed_meanwhile_counts(change: Callable[[Services, str], None]) -> None:
    services, account_id, _, _ = lost()
    handle = begun(services)
    code = newest(services)
    change(services, account_id)
    with pytest.raises(DomainError):
        by_key.use_mailed_code(services, handle, code)
    assert services.store.get(account_id).sessions == []


def test_a_new_authenticator_forgets_wrong_codes() -> None:
    services, account_id, _, _ = lost()
    handle = begun(services)
    with pytest.raises(WrongCode):
        by_key.use_mailed_code(services, handle, Secret(wrong_code(newest(services).reveal())))
    session = by_key.use_mailed_code(services, handle, newest(services)).session
    enrol(services, session)
    account = services.store.get(account_id)
    assert Factor.RECOVERY_MAIL not in account.tries
    assert all(attempt.purpose is not Purpose.RECOVER for attempt in account.attempts)
