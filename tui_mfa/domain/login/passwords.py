"""Is this the password? Counted before it is judged, and answered alike for names that are nobody's."""

from dataclasses import replace
from typing import NoReturn

from tui_mfa.domain import limits, names
from tui_mfa.domain.account import Account, Factor, Password
from tui_mfa.domain.errors import DomainError, FactorDisabled, NoSuchAccount, WrongCredentials
from tui_mfa.domain.events import Tag
from tui_mfa.domain.login import failures, guard
from tui_mfa.domain.login.model import Origin
from tui_mfa.domain.ports import Services
from tui_mfa.domain.secret import Secret


def check(
    services: Services, account_id: str, password: Secret[str], origin: Origin, failed: Tag = Tag.LOGIN_FAILED
) -> Account:
    """Judge the password of an account and return a snapshot.

    The guess is counted before the slow hash, outside of any lock, and taken back after it.

    Args:
        services: What the rules need.
        account_id: Whose.
        password: As typed, in NFC.
        origin: From where.
        failed: What a wrong one is in the audit log.

    Raises:
        WrongCredentials: Counted.
        TooManyAttempts: Not judged.
        NoSuchAccount: It is gone, or was registered and never proved.
    """
    now = services.clock.now()
    with services.store.account(account_id) as account:
        # A stranger must not learn from a login that a registration was no decoy. Where mail stays on this machine
        # there are no strangers, and whoever closed the window to read the outbox goes on by logging in.
        if account.pending and services.mailer.delivers:
            raise NoSuchAccount("There is no such account.")
        refused = guard.reserve(account, Factor.PASSWORD, now)
        kept = replace(account.password)
    right = _fits(services, kept, password, refused)
    fresh = services.passwords.hash(password) if right and services.passwords.outdated(kept.hash) else kept.hash
    with services.store.account(account_id) as account:
        if right and _is_still(account, kept):
            limits.clear(account.tries_of(Factor.PASSWORD))
            account.password.hash = fresh
            return account
        account.failed_since_login += 1
        account.record(now, failed, origin.label, reason="password")
        if refused is None:
            failures.note(account, Factor.PASSWORD, origin.label, now)
    raise WrongCredentials


def _fits(services: Services, kept: Password, password: Secret[str], refused: DomainError | None) -> bool:
    """Do the slow hash, unless a limit refused it."""
    if refused is None:
        return services.passwords.verify(kept.hash, password)
    if isinstance(refused, FactorDisabled):
        # To a stranger this looks like a wrong password; the owner resets it by mail.
        services.passwords.verify_nothing(password)
        return False
    raise refused


def _is_still(account: Account, judged: Password) -> bool:
    """Say whether the judged password is still the account's; a parallel login may have renewed its hash."""
    return account.password.hash == judged.hash or account.password.changed_at == judged.changed_at


def refuse_unknown(services: Services, name: str, password: Secret[str]) -> NoReturn:
    """Answer for a name that is nobody's as for a wrong password: same limits, same hash, as many saves."""
    now = services.clock.now()
    bucket = f"name:{names.comparable(name)}"
    with services.store.bucket(bucket) as tries:
        wait = limits.wait_for(tries, limits.GUESSES, now)
        if not wait:
            limits.count(tries, now)
    if wait:
        raise guard.too_many(wait)
    services.passwords.verify_nothing(password)
    with services.store.bucket(bucket) as tries:
        tries.in_a_row += 1  # means nothing here; the counter is saved once more, as the account with its event is
    raise WrongCredentials
