"""Lost device: recovery codes, and the saved secret."""

from collections.abc import Callable

import pytest

from tests.fakes import (
    ORIGIN,
    PASSWORD,
    WRONG,
    CheapPasswords,
    clock_of,
    confirm,
    delivered,
    enrol,
    enter,
    log_in,
    make_account,
    make_services,
    secret_of,
    start_login,
    tags,
    unused_app_code,
)
from tui_mfa.domain.account import Factor, Method
from tui_mfa.domain.errors import (
    AttemptEnded,
    ConfirmationRequired,
    FactorDisabled,
    InvalidInput,
    NotAllowed,
    TooManyAttempts,
    WrongCode,
    WrongCredentials,
)
from tui_mfa.domain.login import flows
from tui_mfa.domain.login.model import LoggedIn, Origin
from tui_mfa.domain.ports import Services
from tui_mfa.domain.profile import flows as profile
from tui_mfa.domain.recovery import codes as recovery_codes
from tui_mfa.domain.recovery import flows as recovery
from tui_mfa.domain.secret import Secret
from tui_mfa.domain.two_factor import flows as two_factor
from tui_mfa.domain.two_factor import totp
from tui_mfa.domain.two_factor.model import AuthenticatorEnabled
from tui_mfa.security.passwords import Argon2Passwords

NOT_ONE = Secret("ZZZZ-ZZZZ-ZZZZ-ZZZZ")


class CountingPasswords(CheapPasswords):
    """Counts slow hashes."""

    def __init__(self) -> None:
        super().__init__()
        self.verified = 0

    def verify(self, hashed: str, value: Secret[str]) -> bool:
        self.verified += 1
        return super().verify(hashed, value)


def enrolled() -> tuple[Services, str, Secret[str], AuthenticatorEnabled]:
    services = make_services(passwords=CountingPasswords())
    account = make_account(services)
    session = log_in(services)
    shown, enabled = enrol(services, session)
    flows.log_out(services, session)
    clock_of(services).advance(seconds=61)
    return services, account.id, shown, enabled


def test_form_of_the_codes() -> None:
    """S38: ten codes of 16 Crockford characters, 80 bits, stored as argon2id with a two-character index."""
    services, account_id, _, enabled = enrolled()
    stored = services.store.get(account_id).recovery
    assert stored is not None
    shown = [code.reveal() for code in enabled.codes.codes]
    assert len(shown) == len(set(shown)) == 10
    for code in shown:
        groups = code.split("-")
        assert [len(group) for group in groups] == [4, 4, 4, 4]
        assert set("".join(groups)) <= set("0123456789ABCDEFGHJKMNPQRSTVWXYZ")
        assert code.replace("-", "") not in repr(services.store.get(account_id))
    assert all(code.hash.startswith("$argon2id$") for code in stored.codes)
    assert len({code.index for code in stored.codes}) == 10
    assert {len(code.index) for code in stored.codes} == {2}
    assert Argon2Passwords().hash(enabled.codes.codes[0]).startswith("$argon2id$v=19$m=65536,t=3,p=4$")


@pytest.mark.parametrize("change", [str, str.lower, lambda code: code.replace("-", " "), lambda code: f" {code} "])
def test_codes_as_people_type_them(change: Callable[[str], str]) -> None:
    """S38: case, spaces and hyphens do not matter."""
    services, _, _, enabled = enrolled()
    typed = change(enabled.codes.codes[3].reveal())
    recovery.use_code(services, start_login(services).handle, Secret(typed))


def test_letters_that_look_like_digits() -> None:
    """S38: I and L are one, O is zero."""
    assert recovery_codes.parse(Secret("oIlO-0000-1111-ZZZZ")).reveal() == "011000001111ZZZZ"


@pytest.mark.parametrize("text", ["", "ZZZZ", "UUUU-0000-0000-0000", "0" * 17, "é" * 16, "\ud800" * 16, "0" * 10_000])
def test_what_is_no_code_costs_no_try(text: str) -> None:
    """S18, S38: a slip is told before anything is counted."""
    services, account_id, _, _ = enrolled()
    with pytest.raises(InvalidInput):
        recovery.use_code(services, start_login(services).handle, Secret(text))
    assert Factor.RECOVERY_CODE not in services.store.get(account_id).tries


def test_each_code_works_once_and_the_eleventh_is_none() -> None:
    """S38, S39, S60: ten logins, each used up, each told by mail and in the log."""
    services, account_id, _, enabled = enrolled()
    for number, code in enumerate(enabled.codes.codes, start=1):
        owed = start_login(services)
        assert owed.recovery is not None
        assert owed.recovery.left == 11 - number
        before = len(tags(services, account_id))
        recovery.use_code(services, owed.handle, code)
        told = [tag for tag in tags(services, account_id, before) if tag != "session.expired"]
        assert told == ["recovery.code_used", "login.ok"]
        with pytest.raises(WrongCode):
            recovery.use_code(services, start_login(services).handle, code)
        with services.store.account(account_id) as account:
            account.tries.clear()
        clock_of(services).advance(minutes=5)
    assert [mail for mail, _ in delivered(services, account_id)].count("recovery_used") == 10
    owed = start_login(services)
    assert owed.recovery is not None
    assert owed.recovery.left == 0


def test_a_try_costs_one_slow_hash() -> None:
    """S38, S06: right or wrong, with or without an entry of that index, exactly one."""
    services, account_id, _, enabled = enrolled()
    hasher = services.passwords
    assert isinstance(hasher, CountingPasswords)
    owed = start_login(services)
    for typed in (NOT_ONE, Secret("0000-0000-0000-0000"), enabled.codes.codes[9]):
        before = hasher.verified
        try:
            recovery.use_code(services, owed.handle, typed)
        except WrongCode:
            assert typed is not enabled.codes.codes[9]
        assert hasher.verified == before + 1
    assert services.store.get(account_id).recovery is not None


def test_wrong_codes_are_limited_like_a_factor_of_their_own() -> None:
    """S09, S11, S38: five in five minutes, then not judged; the authenticator's counter is another."""
    services, account_id, _, enabled = enrolled()
    for _ in range(5):
        with pytest.raises(WrongCode):
            recovery.use_code(services, start_login(services).handle, NOT_ONE)
    with pytest.raises(TooManyAttempts):
        recovery.use_code(services, start_login(services).handle, enabled.codes.codes[0])
    assert enter(services, start_login(services).handle, unused_app_code(services, account_id)) is None
    tries = services.store.get(account_id).tries
    assert tries[Factor.RECOVERY_CODE].in_a_row == 5
    assert tags(services, account_id).count("recovery.failed") == 5
    assert "wrong_codes" in [mail for mail, _ in delivered(services, account_id)]


def test_hundred_wrong_codes_switch_recovery_codes_off() -> None:
    """S09, S38: the 101st is refused even when right; new codes, made in a session, work again."""
    services, account_id, _, enabled = enrolled()
    with services.store.account(account_id) as account:
        account.tries_of(Factor.RECOVERY_CODE).in_a_row = 100
    with pytest.raises(FactorDisabled):
        recovery.use_code(services, start_login(services).handle, enabled.codes.codes[0])
    fresh = recovery.make_codes(services, log_in(services))
    recovery.use_code(services, start_login(services).handle, fresh.codes[0])


def test_new_codes_void_the_old_and_want_a_confirmation() -> None:
    """S38, S51: confirmed within five minutes, or refused; the old set is dead, another set id is shown."""
    services, account_id, _, enabled = enrolled()
    session = log_in(services)
    clock_of(services).advance(minutes=5, seconds=1)
    with pytest.raises(ConfirmationRequired):
        recovery.make_codes(services, session)
    confirm(services, session)
    fresh = recovery.make_codes(services, session)
    assert fresh.set_id != enabled.codes.set_id
    with pytest.raises(WrongCode):
        recovery.use_code(services, start_login(services).handle, enabled.codes.codes[0])
    recovery.use_code(services, start_login(services).handle, fresh.codes[0])
    assert tags(services, account_id).count("recovery.codes_made") == 2


def test_codes_belong_to_the_authenticator() -> None:
    """S38: an account without one has nothing to recover and makes none."""
    services = make_services()
    make_account(services)
    with pytest.raises(NotAllowed):
        recovery.make_codes(services, log_in(services))
    clock_of(services).advance(seconds=61)
    handle = start_login(services).handle
    with pytest.raises(NotAllowed):
        recovery.use_code(services, handle, NOT_ONE)
    with pytest.raises(NotAllowed):
        recovery.use_secret(services, handle, totp.to_base32(Secret(bytes(32))))


def recovered(services: Services, enabled: AuthenticatorEnabled) -> LoggedIn:
    return recovery.use_code(services, start_login(services).handle, enabled.codes.codes[0])


def test_recovered_session_may_replace_for_ten_minutes_and_nothing_else() -> None:
    """S37, S51: Replace without a confirmation; disable, e-mail, new codes and the address want one."""
    services, account_id, _, enabled = enrolled()
    session = recovered(services, enabled).session
    assert profile.overview(services, session).replace_owed
    for change in (
        lambda: two_factor.disable(services, session, "disable"),
        lambda: two_factor.enable_email(services, session),
        lambda: recovery.make_codes(services, session),
        lambda: profile.change_password(services, session, Secret(WRONG)),
        lambda: profile.begin_email_change(services, session, "new@example.org"),
    ):
        with pytest.raises(ConfirmationRequired):
            change()
    clock_of(services).advance(minutes=9, seconds=59)
    _, again = enrol(services, session)
    assert again.replaced
    assert not profile.overview(services, session).replace_owed
    with pytest.raises(ConfirmationRequired):
        two_factor.begin(services, session)
    assert services.store.get(account_id).method is Method.AUTHENTICATOR


def test_recovered_session_after_ten_minutes() -> None:
    """S37: then Replace wants a confirmation like everything else."""
    services, _, _, enabled = enrolled()
    session = recovered(services, enabled).session
    clock_of(services).advance(minutes=10, seconds=1)
    with pytest.raises(ConfirmationRequired):
        two_factor.begin(services, session)


def test_saved_secret_logs_in_and_leads_to_replace() -> None:
    """S37, S39, S60: typed in any form; after Replace the old secret and its codes are refused."""
    services, account_id, shown, _ = enrolled()
    before = len(tags(services, account_id))
    result = recovery.use_secret(services, start_login(services).handle, Secret(f" {shown.reveal().lower()} "))
    assert tags(services, account_id, before) == ["recovery.secret_used", "login.ok"]
    assert "recovery_used" in [mail for mail, _ in delivered(services, account_id)]
    old = secret_of(services, account_id)
    enrol(services, result.session)
    with pytest.raises(WrongCode):
        recovery.use_secret(services, start_login(services).handle, shown)
    clock_of(services).advance(seconds=30)
    code = totp.code_at(old, totp.step_at(services.clock.now())).reveal()
    assert enter(services, start_login(services).handle, code) is WrongCode


def test_wrong_secrets_are_limited() -> None:
    """S09: five tries like any factor; what is no secret is told and not counted."""
    services, account_id, shown, _ = enrolled()
    handle = start_login(services).handle
    with pytest.raises(InvalidInput):
        recovery.use_secret(services, handle, Secret("MRJG"))
    for _ in range(5):
        with pytest.raises(WrongCode):
            recovery.use_secret(services, handle, Secret("A" * 52))
    with pytest.raises(TooManyAttempts):
        recovery.use_secret(services, handle, shown)
    assert services.store.get(account_id).tries[Factor.SAVED_SECRET].in_a_row == 5


def test_recovery_needs_the_password_first() -> None:
    """S37, S30: a code or a secret alone, an attempt of another purpose, or a used attempt opens nothing."""
    services, _, shown, enabled = enrolled()
    handle = start_login(services).handle
    recovery.use_code(services, handle, enabled.codes.codes[0])
    for code in (enabled.codes.codes[1], enabled.codes.codes[0]):
        with pytest.raises(AttemptEnded):
            recovery.use_code(services, handle, code)
    with pytest.raises(AttemptEnded):
        recovery.use_secret(services, handle, shown)


def test_recovery_shares_the_limit_of_the_address() -> None:
    """S09: ten failures from one address, whatever was tried."""
    services, _, _, enabled = enrolled()
    elsewhere = Origin("203.0.113.5", "203.0.113.5")
    for number in range(10):
        with pytest.raises(WrongCredentials):
            flows.log_in(services, f"nobody{number}", Secret(WRONG), elsewhere)
    handle = start_login(services, password=PASSWORD, origin=ORIGIN).handle
    moved = type(handle)(handle.account_id, handle.token, handle.purpose, handle.name, elsewhere, handle.started_at)
    with pytest.raises(TooManyAttempts):
        recovery.use_code(services, moved, enabled.codes.codes[0])
