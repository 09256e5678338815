"""Log in, step by step: password, then the code of the second factor."""

from datetime import datetime

from tui_mfa.domain import names
from tui_mfa.domain.account import Account, Attempt, Factor, LastLogin, Method, Purpose, SessionRecord
from tui_mfa.domain.api_tokens import rules as token_rules
from tui_mfa.domain.errors import (
    AttemptEnded,
    DomainError,
    NoSuchAccount,
    NotAllowed,
    WrongCode,
    WrongCredentials,
)
from tui_mfa.domain.events import Tag
from tui_mfa.domain.login import decoy, failures, guard, mailed_code, passwords
from tui_mfa.domain.login.lookup import find_account
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
from tui_mfa.domain.ports import Services
from tui_mfa.domain.secret import Secret
from tui_mfa.domain.tokens import hash_token, new_id, new_token, same
from tui_mfa.domain.two_factor import rules as two_factor_rules


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
            passwords.refuse_unknown(services, name, password)
        try:
            account = passwords.check(services, account_id, password, origin)
        except NoSuchAccount:  # pending, or removed meanwhile
            passwords.refuse_unknown(services, name, password)
    if account.disabled_at is not None:
        raise NotAllowed("This account is disabled. Write to support.")
    try:
        return begin_attempt(services, account_id, name, origin)
    except NoSuchAccount:
        raise WrongCredentials from None


def begin_attempt(services: Services, account_id: str, name: str, origin: Origin) -> CodeOwed | LoggedIn:
    """Start the login attempt that follows a right password; without a second factor, start the session.

    Raises ``NoSuchAccount`` or ``NotAllowed`` when the account was removed or closed meanwhile.
    """
    with services.store.account(account_id) as account:
        if account.disabled_at is not None:
            raise NotAllowed("This account is disabled. Write to support.")
        return start(services, account, name, origin, factor="password only", confirmed=True)


def start(
    services: Services,
    account: Account,
    name: str,
    origin: Origin,
    *,
    factor: str,
    confirmed: bool,
    by_key: bool = False,
) -> CodeOwed | LoggedIn:
    """Start an attempt whose first factor was proved, in the transaction that holds the account.

    Args:
        services: What the rules need.
        account: The open account.
        name: What was given as the name.
        origin: From where.
        factor: How the session began where nothing more is owed.
        confirmed: The first factor and the second stand for a confirmation.
        by_key: An SSH key stood for the password.
    """
    now = services.clock.now()
    token = new_token(services.entropy)
    attempt = Attempt(
        id=new_id(services.entropy, 8),
        token_hash=hash_token(token),
        purpose=Purpose.LOGIN,
        started_at=now,
        expires_at=now + ATTEMPT_LIFE,
        origin=origin.label,
        address=account.email.address,
        by_key=by_key,
    )
    guard.add_attempt(account, attempt, now)
    handle = AttemptHandle(account.id, token, Purpose.LOGIN, name, origin, now)
    return _next(services, account, attempt, handle, now, factor=factor, confirmed=confirmed)


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
                    return _proved(services, account, attempt, handle, now)
        except NoSuchAccount:
            verdict = decoy.refuse(services, handle)
        raise verdict


def log_out(services: Services, session: Session) -> None:
    """End a session; harmless when it is over already."""
    try:
        with services.store.account(session.account_id) as account:
            before = len(account.sessions)
            fingerprint = hash_token(session.token)
            ended = {record.id for record in account.sessions if same(record.token_hash, fingerprint)}
            guard.end_sessions(account, ended)
            if len(account.sessions) != before:
                account.record(services.clock.now(), Tag.LOGOUT, session.origin.label)
    except NoSuchAccount:
        return


def open_recovered(
    services: Services, account: Account, attempt: Attempt, handle: AttemptHandle, now: datetime, factor: str
) -> LoggedIn:
    """Open the session of somebody who came in by recovery: it may replace the authenticator, and is not confirmed.

    After an SSH key it may not replace it either, unless the password was given as well: Replace goes without a
    confirmation only for who gave it.
    """
    proved = f"ssh key, {factor}" if attempt.by_key else factor
    recovered = attempt.password_proved or not attempt.by_key
    return _open(services, account, attempt, handle, now, proved, confirmed=False, recovered=recovered)


def _judge(services: Services, account: Account, attempt: Attempt, digits: str, now: datetime) -> DomainError | None:
    factor = guard.owed(account, services.policy)
    if factor is None:
        return AttemptEnded("The two-factor method was changed meanwhile. Start again.")
    if factor is Factor.EMAIL:
        verdict = mailed_code.check(account, attempt, digits, now, services.box)
    else:
        verdict = two_factor_rules.check_totp(account, digits, now, services.box)
    if verdict is not None:
        account.failed_since_login += 1
        tag = Tag.TOTP_REPLAY_REFUSED if verdict.code == "code_already_used" else Tag.LOGIN_CODE_FAILED
        account.record(now, tag, attempt.origin, factor=factor, reason=verdict.code)
        if isinstance(verdict, WrongCode):
            failures.note(account, factor, attempt.origin, now)
    return verdict


def _proved(
    services: Services, account: Account, attempt: Attempt, handle: AttemptHandle, now: datetime
) -> CodeOwed | LoggedIn:
    """Go on after a right code: open the session, or ask for the authenticator after an address was proved."""
    factor = guard.owed(account, services.policy)
    if account.email.verified_at is None:
        account.email.verified_at = now
        account.pending = False
        account.record(now, Tag.EMAIL_VERIFIED, attempt.origin)
        if account.method is Method.AUTHENTICATOR:
            return _next(services, account, attempt, handle, now, factor="", confirmed=False)
    alone = guard.method_in_force(account, services.policy) is Method.DISABLED
    first = "ssh key" if attempt.by_key else "password only"
    proved = first if alone or factor is None else f"ssh key, {factor.value}" if attempt.by_key else factor.value
    confirmed = attempt.password_proved or not attempt.by_key
    return _open(services, account, attempt, handle, now, proved, confirmed=confirmed)


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
    owed = guard.owed(account, services.policy)
    if owed is None:
        return _open(services, account, attempt, handle, now, factor, confirmed=confirmed)
    return CodeOwed(
        handle=handle,
        factor=owed,
        masked_address=masked_email(account.email.address) if owed is Factor.EMAIL else None,
        verifying=account.email.verified_at is None,
        recovery=recovery_set(account) if owed is Factor.AUTHENTICATOR else None,
        by_key=attempt.by_key,
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
    for dead in [record for record in account.sessions if not guard.is_live(record, services.policy, now)]:
        guard.end_sessions(account, {dead.id})
        account.record(now, Tag.SESSION_EXPIRED, dead.origin)
    live = sorted(account.sessions, key=lambda record: record.seen_at)
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
    token_rules.warn(account, now)
    return result
