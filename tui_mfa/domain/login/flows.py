"""Log in, step by step: password, then the code of the second factor."""

from datetime import datetime
from typing import NoReturn

from tui_mfa.domain import limits, names, notices
from tui_mfa.domain.account import Account, Attempt, Factor, LastLogin, Method, Purpose, SessionRecord
from tui_mfa.domain.errors import DomainError, FactorDisabled, NoSuchAccount, NotAllowed, WrongCode, WrongCredentials
from tui_mfa.domain.events import Tag
from tui_mfa.domain.login import decoy, guard, mailed_code
from tui_mfa.domain.login.model import (
    ATTEMPT_LIFE,
    AttemptHandle,
    CodeOwed,
    LoggedIn,
    Origin,
    RecoverySet,
    Session,
)
from tui_mfa.domain.names import masked_email
from tui_mfa.domain.ports import Claim, Services, Template
from tui_mfa.domain.secret import Secret
from tui_mfa.domain.tokens import hash_token, new_id, new_token
from tui_mfa.domain.two_factor import rules as two_factor_rules

WARN_AT = 3
"""So many wrong codes after a right password are told to the owner by mail (ASVS 6.3.5)."""


def log_in(services: Services, name: str, password: Secret[str], origin: Origin) -> CodeOwed | LoggedIn:
    """Check a name and a password.

    Args:
        services: What the rules need.
        name: A username or an e-mail address.
        password: As typed.
        origin: From where.

    Raises:
        WrongCredentials: Unknown name or wrong password; never told apart.
        TooManyAttempts: A limit was reached; nothing was checked.
        NotAllowed: The password was right, but the account is closed.
    """
    password = names.normal_password(password)
    with guard.address_limit(services, origin):
        account_id = find_account(services, name)
        if account_id is None:
            _refuse_unknown(services, name, password)
        account = check_password(services, account_id, password, origin)
    if account.disabled_at is not None:
        raise NotAllowed("This account is disabled. Write to support.")
    return begin_attempt(services, account_id, name, origin)


def begin_attempt(services: Services, account_id: str, name: str, origin: Origin) -> CodeOwed | LoggedIn:
    """Start the login attempt that follows a right password; without a second factor, start the session."""
    now = services.clock.now()
    token = new_token(services.entropy)
    with services.store.account(account_id) as account:
        attempt = Attempt(
            id=new_id(services.entropy, 8),
            token_hash=hash_token(token),
            purpose=Purpose.LOGIN,
            started_at=now,
            expires_at=now + ATTEMPT_LIFE,
            origin=origin.label,
            address=account.email.address,
        )
        guard.add_attempt(account, attempt, now)
        handle = AttemptHandle(account.id, token, Purpose.LOGIN, name, origin, now)
        return _next(services, account, attempt, handle, now, factor="password only", confirmed=True)


def check_password(services: Services, account_id: str, password: Secret[str], origin: Origin) -> Account:
    """Judge the password of an account and return a snapshot, or raise ``WrongCredentials``.

    The guess is counted before the slow hash, outside of any lock, and taken back after it.
    """
    now = services.clock.now()
    with services.store.account(account_id) as account:
        refused = guard.reserve(account, Factor.PASSWORD, now)
        hashed = account.password.hash
    right = services.passwords.verify(hashed, password) if refused is None else False
    if refused is not None and not isinstance(refused, FactorDisabled):
        raise refused
    if refused is not None:
        # To a stranger this looks like a wrong password; the owner resets it by mail.
        services.passwords.verify_nothing(password)
    fresh = services.passwords.hash(password) if right and services.passwords.outdated(hashed) else None
    with services.store.account(account_id) as account:
        if right and account.password.hash == hashed:
            limits.clear(account.tries_of(Factor.PASSWORD))
            if fresh is not None:
                account.password.hash = fresh
            return account
        account.failed_since_login += 1
        account.record(now, Tag.LOGIN_FAILED, origin.label, reason="password")
        if refused is None:
            note_failures(account, Factor.PASSWORD, origin.label, now)
    raise WrongCredentials


def enter_code(services: Services, handle: AttemptHandle, code: Secret[str]) -> CodeOwed | LoggedIn:
    """Check the code that a login attempt owes: mailed, or from the authenticator.

    Raises:
        WrongCode: Counted; ``CodeAlreadyUsed`` says when and how long to wait.
        TooManyAttempts: Not judged.
        AttemptEnded: Start again.
    """
    digits = names.code(code)
    with guard.address_limit(services, handle.origin):
        now = services.clock.now()
        try:
            with services.store.account(handle.account_id) as account:
                attempt = guard.find_attempt(account, handle, now, Purpose.LOGIN)
                verdict = _judge(services, account, attempt, digits, now)
                if verdict is None:
                    factor = _owed(account)
                    if factor is Factor.EMAIL and account.email.verified_at is None:
                        _verify_address(account, attempt, now)
                    proved = factor.value if account.method != Method.DISABLED else "password only"
                    if factor is Factor.EMAIL and account.method is Method.AUTHENTICATOR:
                        return _next(services, account, attempt, handle, now, factor="", confirmed=False)
                    return _open(services, account, attempt, handle, now, proved, confirmed=True)
        except NoSuchAccount:
            verdict = decoy.refuse(services, handle)
        raise verdict


def log_out(services: Services, session: Session) -> None:
    """End a session; harmless when it is over already."""
    try:
        with services.store.account(session.account_id) as account:
            before = len(account.sessions)
            fingerprint = hash_token(session.token)
            account.sessions = [record for record in account.sessions if record.token_hash != fingerprint]
            if account.enrolment is not None and account.enrolment.session_id == session.id:
                account.enrolment = None
            if len(account.sessions) != before:
                account.record(services.clock.now(), Tag.LOGOUT, session.origin.label)
    except NoSuchAccount:
        return


def open_recovered(
    services: Services, account: Account, attempt: Attempt, handle: AttemptHandle, now: datetime, factor: str
) -> LoggedIn:
    """Open the session of somebody who came in by recovery: it may replace the authenticator, and is not confirmed."""
    return _open(services, account, attempt, handle, now, factor, confirmed=False, recovered=True)


def find_account(services: Services, name: str) -> str | None:
    """Return the id of the account of a username or an e-mail address."""
    name = name.strip()
    if not name or len(name) > names.EMAIL_MAX:
        return None
    return services.store.find(Claim.EMAIL if "@" in name else Claim.USERNAME, name)


def _refuse_unknown(services: Services, name: str, password: Secret[str]) -> NoReturn:
    """Answer for a name that is nobody's as for a wrong password: same limits, same hash, as many saves."""
    now = services.clock.now()
    bucket = f"name:{name.strip().casefold()[: names.EMAIL_MAX]}"
    with services.store.bucket(bucket) as tries:
        wait = limits.wait_for(tries, limits.GUESSES, now)
        if not wait:
            limits.count(tries, now)
    if wait:
        raise guard.too_many(wait)
    services.passwords.verify_nothing(password)
    with services.store.bucket(bucket) as tries:
        tries.in_a_row = -tries.in_a_row  # changes the counter, so that it is saved as the event of an account is
    raise WrongCredentials


def _owed(account: Account) -> Factor:
    """Return the factor whose code is owed now: an unproved address comes first."""
    if account.email.verified_at is None or account.method is not Method.AUTHENTICATOR:
        return Factor.EMAIL
    return Factor.AUTHENTICATOR


def _judge(services: Services, account: Account, attempt: Attempt, digits: str, now: datetime) -> DomainError | None:
    factor = _owed(account)
    if factor is Factor.EMAIL:
        verdict = mailed_code.check(account, attempt, digits, now, services.box)
    else:
        verdict = two_factor_rules.check_totp(account, digits, now, services.box)
    if verdict is not None:
        account.failed_since_login += 1
        tag = Tag.TOTP_REPLAY_REFUSED if verdict.code == "code_already_used" else Tag.LOGIN_CODE_FAILED
        account.record(now, tag, attempt.origin, factor=factor, reason=verdict.code)
        if isinstance(verdict, WrongCode):
            note_failures(account, factor, attempt.origin, now)
    return verdict


def note_failures(account: Account, factor: Factor, origin: str, now: datetime) -> None:
    """Tell the owner of three wrong codes in a row, and of the hundredth, which switches the factor off."""
    tries = account.tries_of(factor)
    if tries.in_a_row == WARN_AT and factor is not Factor.PASSWORD:
        notices.queue(account, Template.WRONG_CODES, origin, now)
    if tries.in_a_row == limits.MAX_IN_A_ROW:
        account.record(now, Tag.FACTOR_DISABLED, origin, factor=factor)
        notices.queue(account, Template.FACTOR_DISABLED, origin, now, factor=factor.replace("_", " "))


def _verify_address(account: Account, attempt: Attempt, now: datetime) -> None:
    account.email.verified_at = now
    account.record(now, Tag.EMAIL_VERIFIED, attempt.origin)


def _next(
    services: Services,
    account: Account,
    attempt: Attempt,
    handle: AttemptHandle,
    now: datetime,
    *,
    factor: str,
    confirmed: bool,
) -> CodeOwed | LoggedIn:
    if account.method is Method.DISABLED and account.email.verified_at is not None:
        return _open(services, account, attempt, handle, now, factor, confirmed=confirmed)
    owed = _owed(account)
    return CodeOwed(
        handle=handle,
        factor=owed,
        masked_address=masked_email(account.email.address) if owed is Factor.EMAIL else None,
        verifying=account.email.verified_at is None,
        recovery=recovery_set(account) if owed is Factor.AUTHENTICATOR else None,
    )


def recovery_set(account: Account) -> RecoverySet | None:
    """Return which recovery codes an account has left."""
    if account.recovery is None:
        return None
    left = sum(code.used_at is None for code in account.recovery.codes)
    return RecoverySet(account.recovery.set_id, account.recovery.made_at, left)


def _open(
    services: Services,
    account: Account,
    attempt: Attempt,
    handle: AttemptHandle,
    now: datetime,
    factor: str,
    *,
    confirmed: bool,
    recovered: bool = False,
) -> LoggedIn:
    """Open a session with a token of its own; the attempt's token is worth nothing from now on (ASVS 7.2.4)."""
    token = new_token(services.entropy)
    session_id = new_id(services.entropy, 4)
    account.attempts = [other for other in account.attempts if other is not attempt]
    live = [record for record in account.sessions if now < record.expires_at]
    live.sort(key=lambda record: record.seen_at)
    record = SessionRecord(
        id=session_id,
        token_hash=hash_token(token),
        factor=factor,
        started_at=now,
        seen_at=now,
        expires_at=now + services.policy.session_lifetime,
        origin=handle.origin.label,
        confirmed_at=now if confirmed else None,
        recovered_at=now if recovered else None,
    )
    account.sessions = [*live, record][-guard.MAX_SESSIONS :]
    result = LoggedIn(
        Session(account.id, session_id, token, handle.origin), account.last_login, account.failed_since_login
    )
    account.last_login = LastLogin(at=now, origin=handle.origin.label)
    account.failed_since_login = 0
    account.record(now, Tag.LOGIN_OK, handle.origin.label, factor=factor)
    return result
