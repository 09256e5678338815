"""The checks that stand before every use case: limits per address, live attempts, live sessions, confirmation."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Final

from tui_mfa.domain import limits
from tui_mfa.domain.account import Account, Attempt, Factor, Method, Purpose, SessionRecord
from tui_mfa.domain.errors import (
    ConfirmationRequired,
    DomainError,
    FactorDisabled,
    NoSuchAccount,
    SessionEnded,
    TooManyAttempts,
)
from tui_mfa.domain.login import answers
from tui_mfa.domain.login.model import RECOVERED_LIFE, AttemptHandle, Origin, Session
from tui_mfa.domain.ports import Policy, Services, Store
from tui_mfa.domain.tokens import hash_token, same

CONFIRMATION_LIFE: Final = timedelta(minutes=5)
"""Age of a confirmation that still allows a change of method, e-mail, password or recovery codes (ASVS 7.5.1)."""

KEY_CONFIRMATION_LIFE: Final = timedelta(minutes=15)
"""Age of a confirmation that still allows adding an SSH key or an API token (S51)."""

MAX_ATTEMPTS: Final = 10
"""Attempts of one account and purpose that are kept; more push out the oldest."""

MAX_SESSIONS: Final = 20
"""Sessions of one account that are kept; more push out the one seen longest ago."""


def too_many(wait: int, what: str = "tries") -> TooManyAttempts:
    """Return the refusal of a limit that opens in ``wait`` seconds."""
    time = f"{wait} s" if wait < 120 else f"{-(-wait // 60)} min"  # noqa: PLR2004 - minutes read better from two on
    return TooManyAttempts(f"Too many {what}. Wait {time}, then try again.", retry_after=wait)


@contextmanager
def address_limit(services: Services, origin: Origin) -> Iterator[None]:
    """Count a guess against the address it comes from before it is judged; take it back when it was right.

    Raises ``TooManyAttempts`` without judging when the address is at its limit (10 per 5 minutes).
    """
    name = f"address:{origin.address}"
    now = services.clock.now()
    with services.store.bucket(name) as tries:
        wait = limits.wait_for(tries, limits.ADDRESS_GUESSES, now)
        if not wait:
            limits.count(tries, now)
    if wait:
        raise too_many(wait)
    yield
    with services.store.bucket(name) as tries:
        limits.take_back(tries, now)


def reserve(account: Account, factor: Factor, now: datetime) -> DomainError | None:
    """Count one guess at a factor before it is judged, or return why it may not be made.

    The guess stays counted unless ``limits.clear`` follows a success, so parallel tries, restarts and crashes never
    win one more.
    """
    tries = account.tries_of(factor)
    off = tries.in_a_row >= limits.MAX_IN_A_ROW
    wait = limits.wait_for(tries, limits.GUESSES, now)
    disabled = FactorDisabled(
        "This way is switched off after 100 wrong tries. Use another: “Lost your device?” lists them."
    )
    if off and factor is not Factor.PASSWORD:
        return disabled
    # A password that is switched off keeps its windows: to a stranger it answers like that of a name that is nobody's.
    if wait:
        return too_many(wait)
    limits.count(tries, now)
    return disabled if off else None


def method_in_force(account: Account, policy: Policy) -> Method:
    """Return the method that is asked for: where the operator requires MFA, ``disabled`` means mailed codes."""
    if account.method is Method.DISABLED and policy.mfa_required:
        return Method.EMAIL
    return account.method


def owed(account: Account, policy: Policy) -> Factor | None:
    """Return the factor whose code a login owes; an unproved address comes first, ``None`` is a login without."""
    method = method_in_force(account, policy)
    if account.email.verified_at is None or method is Method.EMAIL:
        return Factor.EMAIL
    return Factor.AUTHENTICATOR if method is Method.AUTHENTICATOR else None


def find_attempt(account: Account, handle: AttemptHandle, now: datetime, *purposes: Purpose) -> Attempt:
    """Return the live attempt of a handle, or raise ``AttemptEnded``."""
    fingerprint = hash_token(handle.token)
    for attempt in account.attempts:
        if same(attempt.token_hash, fingerprint) and attempt.purpose in purposes:
            if now >= attempt.expires_at or now < attempt.started_at - timedelta(minutes=1):
                break
            if account.disabled_at is not None:
                break
            return attempt
    raise answers.too_old()


def add_attempt(account: Account, attempt: Attempt, now: datetime) -> None:
    """Keep an attempt, drop those that are over, and the oldest of its purpose when there are too many.

    Attempts of other purposes stay: what a stranger may start (a reset) never ends what takes a password.
    """
    live = [other for other in account.attempts if now < other.expires_at]
    same_purpose = [other for other in live if other.purpose is attempt.purpose]
    surplus = same_purpose[: max(0, len(same_purpose) + 1 - MAX_ATTEMPTS)]
    account.attempts = [other for other in live if other not in surplus] + [attempt]


def is_live(record: SessionRecord, policy: Policy, now: datetime) -> bool:
    """Say whether a session is neither too old nor idle for too long."""
    return now < record.expires_at and now - record.seen_at < policy.idle_lock


def others(account: Account, record: SessionRecord, policy: Policy, now: datetime) -> int:
    """Return how many live sessions there are besides one."""
    return sum(is_live(other, policy, now) for other in account.sessions if other is not record)


def end_sessions(account: Account, ids: set[str]) -> None:
    """Drop sessions, and with them what they had under way."""
    account.sessions = [record for record in account.sessions if record.id not in ids]
    account.attempts = [attempt for attempt in account.attempts if attempt.session_id not in ids]
    if account.enrolment is not None and account.enrolment.session_id in ids:
        account.enrolment = None


def find_session(account: Account, session: Session, policy: Policy, now: datetime) -> SessionRecord:
    """Return the live session of a handle, or raise ``SessionEnded`` with the reason."""
    fingerprint = hash_token(session.token)
    for record in account.sessions:
        if same(record.token_hash, fingerprint):
            if account.disabled_at is not None:
                raise SessionEnded("This account was disabled. Write to support.")
            if now >= record.expires_at:
                raise SessionEnded("This session has reached its longest time. Log in again.")
            if not is_live(record, policy, now):
                minutes = int(policy.idle_lock.total_seconds() // 60)
                raise SessionEnded(f"Locked after {minutes} minutes without a key. Log in again.")
            return record
    raise SessionEnded("This session was ended. Log in again.")


def load(store: Store, account_id: str, ended: type[DomainError] = SessionEnded) -> Account:
    """Return a snapshot of an account that somebody holds a handle of, or raise ``ended`` when it is gone."""
    try:
        return store.get(account_id)
    except NoSuchAccount:
        raise ended("This account is no longer there.") from None


@contextmanager
def in_session(services: Services, session: Session) -> Iterator[tuple[Account, SessionRecord, datetime]]:
    """Open the account of a live session for a change: yields account, session record and the time.

    Raises ``SessionEnded`` when the session is over or the account is gone.
    """
    now = services.clock.now()
    try:
        with services.store.account(session.account_id) as account:
            record = find_session(account, session, services.policy, now)
            record.seen_at = max(record.seen_at, now)
            yield account, record, now
    except NoSuchAccount:
        raise SessionEnded("This account is no longer there.") from None


def require_confirmation(
    record: SessionRecord, now: datetime, *, replacing: bool = False, life: timedelta = CONFIRMATION_LIFE
) -> None:
    """Raise ``ConfirmationRequired`` unless password and factor were proved lately.

    Args:
        record: The session.
        now: The time.
        replacing: The change is Replace, for which a login by recovery stands ten minutes long.
        life: How old the proof may be.
    """
    if record.confirmed_at is not None and timedelta(0) <= now - record.confirmed_at <= life:
        return
    if replacing and record.recovered_at is not None and timedelta(0) <= now - record.recovered_at <= RECOVERED_LIFE:
        return
    raise ConfirmationRequired
