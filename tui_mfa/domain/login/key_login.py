"""Log in with an SSH key as the first factor: the transport has checked its signature, the rest is checked here."""

from datetime import datetime

from tui_mfa.domain import names
from tui_mfa.domain.account import Account, Attempt, Purpose
from tui_mfa.domain.errors import InvalidInput, NoSuchAccount, NotAllowed, WrongCredentials
from tui_mfa.domain.layout import Claim
from tui_mfa.domain.login import answers, flows, guard, passwords
from tui_mfa.domain.login.model import AttemptHandle, CodeOwed, LoggedIn, Origin
from tui_mfa.domain.ports import Services
from tui_mfa.domain.secret import Secret
from tui_mfa.domain.ssh_keys import access, rules
from tui_mfa.domain.ssh_keys.model import SshKey

FACTOR = "ssh key"
"""How a session began that no second factor was owed for."""


def usable_keys(services: Services, username: str) -> tuple[str, ...]:
    """Return the keys that may log in as exactly this username: ``type base64``; none for whatever is not there.

    Raises:
        StoreUnavailable: The account cannot be read.
    """
    holders = access.HoldersOf(services.store)
    return tuple(access.authorized(holders, username, services.policy.ssh_rsa_bits, services.clock.now()))


def log_in(services: Services, username: str, key_line: str, origin: Origin) -> CodeOwed | LoggedIn:
    """Begin the login that a proved key has opened.

    The session that follows is not confirmed: a confirmation is password and second factor (S51); see
    ``prove_password``.

    Args:
        services: What the rules need.
        username: As the client gave it.
        key_line: The key whose signature was checked: ``type base64``.
        origin: From where.

    Raises:
        WrongCredentials: Whatever is not right by now: the account is gone or closed, the key deleted or expired.
    """
    account_id = services.store.find(Claim.USERNAME, username)
    if account_id is None:
        raise WrongCredentials
    now = services.clock.now()
    try:
        with services.store.account(account_id) as account:
            _usable(services, account, username, key_line, now).last_used_at = now
            return flows.start(services, account, username, origin, factor=FACTOR, confirmed=False, by_key=True)
    except NoSuchAccount:
        raise WrongCredentials from None


def prove_password(services: Services, handle: AttemptHandle, password: Secret[str]) -> None:
    """Check the password of somebody who came by key: with the second factor, that makes a confirmation (S51).

    Args:
        services: What the rules need.
        handle: A login that an SSH key began.
        password: As typed.

    Raises:
        InvalidInput: It is not right; counted like at a login.
        TooManyAttempts: Not judged.
        NotAllowed: The login was not begun by a key.
        AttemptEnded: Start again.
    """
    password = names.normal_password(password)
    with guard.address_limit(services, handle.origin):
        try:
            with services.store.account(handle.account_id) as account:
                attempt_by_key(services, account, handle)
            passwords.check(services, handle.account_id, password, handle.origin)
            with services.store.account(handle.account_id) as account:
                attempt_by_key(services, account, handle).password_proved = True
        except WrongCredentials:
            raise InvalidInput("The password is not right.", field="password") from None
        except NoSuchAccount:
            raise answers.too_old() from None


def attempt_by_key(services: Services, account: Account, handle: AttemptHandle) -> Attempt:
    """Return the live login that a key began; raises ``NotAllowed`` for any other, ``AttemptEnded`` for none."""
    attempt = guard.find_attempt(account, handle, services.clock.now(), Purpose.LOGIN)
    if not attempt.by_key:
        raise NotAllowed("This way begins with an SSH key: connect with one that your account knows.")
    return attempt


def _usable(services: Services, account: Account, username: str, key_line: str, now: datetime) -> SshKey:
    """Return the key of an open account, or raise ``WrongCredentials``."""
    if account.username == username and account.disabled_at is None and not account.pending:
        for key in account.ssh_keys:
            # A damaged key is not usable and cannot be read; it must not stand in the way of the others.
            if rules.view(key, services.policy.ssh_rsa_bits, now).usable:
                public = rules.public_half(key)
                if f"{public.type} {public.text}" == key_line:
                    return key
    raise WrongCredentials
