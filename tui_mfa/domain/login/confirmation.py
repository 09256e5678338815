"""Prove again that it is you: password and current factor, before a change of what guards the account."""

from datetime import datetime

from tui_mfa.domain import names
from tui_mfa.domain.account import Account, Attempt, Factor, Purpose, SessionRecord
from tui_mfa.domain.errors import (
    AttemptEnded,
    DomainError,
    InvalidInput,
    NoSuchAccount,
    SessionEnded,
    WrongCode,
    WrongCredentials,
)
from tui_mfa.domain.events import Tag
from tui_mfa.domain.login import failures, guard, mailed_code, passwords
from tui_mfa.domain.login.model import ATTEMPT_LIFE, AttemptHandle, CodeOwed, Session
from tui_mfa.domain.names import masked_email
from tui_mfa.domain.ports import Services
from tui_mfa.domain.secret import Secret
from tui_mfa.domain.tokens import hash_token, new_id, new_token
from tui_mfa.domain.two_factor import rules


def begin(services: Services, session: Session) -> CodeOwed | None:
    """Start a confirmation and say which code it wants; ``None`` when the password alone will do."""
    token = new_token(services.entropy)
    with guard.in_session(services, session) as (account, record, now):
        factor = guard.owed(account, services.policy)
        if factor is None:
            return None
        attempt = Attempt(
            id=new_id(services.entropy, 8),
            token_hash=hash_token(token),
            purpose=Purpose.CONFIRM,
            started_at=now,
            expires_at=now + ATTEMPT_LIFE,
            origin=session.origin.label,
            address=account.email.address,
            session_id=record.id,
        )
        guard.add_attempt(account, attempt, now)
        handle = AttemptHandle(account.id, token, Purpose.CONFIRM, account.username, session.origin, now)
        masked = masked_email(account.email.address) if factor is Factor.EMAIL else None
    return CodeOwed(handle, factor, masked)


def finish(
    services: Services, session: Session, handle: AttemptHandle | None, password: Secret[str], code: Secret[str]
) -> None:
    """Check password and code; from now on, changes are allowed for five minutes.

    Args:
        services: What the rules need.
        session: Whose.
        handle: From ``begin``; ``None`` when there is no second factor.
        password: As typed.
        code: Six digits; not looked at when there is no second factor.

    Raises:
        InvalidInput: The password is not right (``field`` is ``password``) or the code has not six digits.
        WrongCode: The code is not right; counted.
    """
    password = names.normal_password(password)
    digits = names.code(code) if handle is not None else ""
    with guard.in_session(services, session):
        pass  # a session that is over must not be able to test passwords
    with guard.address_limit(services, session.origin):
        _check_password(services, session, password)
        with guard.in_session(services, session) as (account, record, now):
            factor = guard.owed(account, services.policy)
            verdict = _judge(services, account, record, handle, digits, now)
            if verdict is None:
                record.confirmed_at = now
                _drop_confirmations(account, record)
                account.record(now, Tag.CONFIRMED, session.origin.label)
            else:
                account.record(now, Tag.CONFIRMATION_FAILED, session.origin.label, reason=verdict.code)
                if isinstance(verdict, WrongCode) and factor is not None:
                    failures.note(account, factor, session.origin.label, now)
        if verdict is not None:
            raise verdict


def _check_password(services: Services, session: Session, password: Secret[str]) -> None:
    try:
        passwords.check(services, session.account_id, password, session.origin, Tag.CONFIRMATION_FAILED)
    except WrongCredentials:
        raise InvalidInput("The password is not right.", field="password") from None
    except NoSuchAccount:
        raise SessionEnded("This account is no longer there.") from None


def _drop_confirmations(account: Account, record: SessionRecord) -> None:
    """Drop the session's confirmations; what else it has under way (a change of address) goes on."""
    account.attempts = [
        other for other in account.attempts if other.session_id != record.id or other.purpose is not Purpose.CONFIRM
    ]


def _judge(
    services: Services,
    account: Account,
    record: SessionRecord,
    handle: AttemptHandle | None,
    digits: str,
    now: datetime,
) -> DomainError | None:
    factor = guard.owed(account, services.policy)
    if factor is None:
        return None
    if handle is None:
        raise AttemptEnded("The two-factor method was changed meanwhile. Start again.")
    attempt = guard.find_attempt(account, handle, now, Purpose.CONFIRM)
    if attempt.session_id != record.id:
        raise AttemptEnded("This confirmation belongs to another session. Start again.")
    if factor is Factor.EMAIL:
        return mailed_code.check(account, attempt, digits, now, services.box)
    return rules.check_totp(account, digits, now, services.box)
