"""Look at the account, edit it, change password and address, list and end sessions."""

from tui_mfa.domain import limits, names, notices
from tui_mfa.domain.account import Account, Attempt, Factor, Method, Purpose, SessionRecord
from tui_mfa.domain.api_tokens import rules as api_tokens
from tui_mfa.domain.errors import AttemptEnded, ConfirmationRequired, InvalidInput
from tui_mfa.domain.events import SecurityEvent, Tag
from tui_mfa.domain.login import flows, guard, mailed_code
from tui_mfa.domain.login.model import ATTEMPT_LIFE, AttemptHandle, CodeOwed, Session
from tui_mfa.domain.login.registration import new_password
from tui_mfa.domain.names import masked_email
from tui_mfa.domain.ports import Services, Template
from tui_mfa.domain.profile import countries, details
from tui_mfa.domain.profile.model import Overview, SessionView
from tui_mfa.domain.quota import flows as quota
from tui_mfa.domain.secret import Secret
from tui_mfa.domain.ssh_keys import rules as ssh_keys
from tui_mfa.domain.tokens import hash_token, new_id, new_token
from tui_mfa.domain.two_factor import rules


def overview(services: Services, session: Session) -> Overview:
    """Return what the profile shows; raises ``SessionEnded`` when the session is over."""
    now = services.clock.now()
    account = guard.load(services.store, session.account_id)
    record = guard.find_session(account, session, services.policy, now)
    live = [other for other in account.sessions if guard.is_live(other, services.policy, now)]
    authenticator = account.authenticator
    owed = authenticator is not None and authenticator.saved_at is None
    return Overview(
        username=account.username,
        email=account.email.address,
        email_verified=account.email.verified_at is not None,
        name=account.profile.name,
        company=account.profile.company,
        address=account.profile.address,
        country=countries.name_of(account.profile.country) if account.profile.country else "",
        vat_id=account.profile.vat_id,
        quotas=quota.rows(services, account),
        member_since=account.created_at,
        password_changed_at=account.password.changed_at,
        method=account.method,
        mfa_required=services.policy.mfa_required,
        may_disable=account.password.stands_alone,
        authenticator_since=authenticator.enabled_at if authenticator else None,
        proof_owed=rules.positions(authenticator.proof_group) if authenticator and owed else None,
        recovery=flows.recovery_set(account),
        replace_owed=record.recovered_at is not None and account.method is Method.AUTHENTICATOR,
        confirmed=_is_confirmed(services, account, record),
        sessions=tuple(_view(other, record) for other in live),
        ssh_keys=ssh_keys.state(account, now),
        api_tokens=api_tokens.summary(account, now),
    )


def keep_alive(services: Services, session: Session) -> None:
    """Note that the person is there (a key was pressed); raises ``SessionEnded`` when it is too late."""
    with guard.in_session(services, session):
        pass


def events(services: Services, session: Session) -> list[SecurityEvent]:
    """Return the account's own audit log, oldest first."""
    account = guard.load(services.store, session.account_id)
    guard.find_session(account, session, services.policy, services.clock.now())
    return services.store.events(session.account_id)


def edit(services: Services, session: Session, **given: str | None) -> None:
    """Change what the person tells about themselves; raises ``InvalidInput`` with the field.

    Args:
        services: What the rules need.
        session: Whose.
        given: See ``details.change``.
    """
    with guard.in_session(services, session) as (account, _record, now):
        details.change(account, session.origin.label, now, **given)


def change_password(services: Services, session: Session, password: Secret[str]) -> int:
    """Set a new password; return how many other sessions could be ended.

    Raises ``ConfirmationRequired`` (the current password and factor, at most five minutes old) or ``InvalidInput``.
    """
    now = services.clock.now()
    snapshot = guard.load(services.store, session.account_id)
    guard.require_confirmation(guard.find_session(snapshot, session, services.policy, now), now)
    own_words = (snapshot.username, snapshot.email.address, snapshot.profile.name)
    fresh = new_password(services, password, own_words, alone=snapshot.method is Method.DISABLED)
    with guard.in_session(services, session) as (account, record, now):
        guard.require_confirmation(record, now)
        if account.method is Method.DISABLED and not fresh.stands_alone:
            raise InvalidInput(
                "The second factor was disabled meanwhile: 15 characters at least.", field="new_password"
            )
        account.password = fresh
        # A login that the old password began ends with it, and so does a reset.
        over = {Purpose.LOGIN, Purpose.RESET_PASSWORD}
        account.attempts = [other for other in account.attempts if other.purpose not in over]
        for factor in (Factor.PASSWORD, Factor.RESET_CODE):
            limits.clear(account.tries_of(factor))
        account.record(now, Tag.PASSWORD_CHANGED, session.origin.label)
        notices.queue(account, Template.PASSWORD_CHANGED, session.origin.label, now)
        return guard.others(account, record, services.policy, now)


def begin_email_change(services: Services, session: Session, address: str) -> CodeOwed:
    """Start to change the address: a code goes to the new one.

    One that is somebody else's gets the same answer; then no code goes out, and its owner is told.
    """
    address = names.email(address)
    token = new_token(services.entropy)
    with guard.in_session(services, session) as (account, record, now):
        guard.require_confirmation(record, now)
        if address == account.email.address:
            raise InvalidInput("This is your address already.", field="email")
        attempt = Attempt(
            id=new_id(services.entropy, 8),
            token_hash=hash_token(token),
            purpose=Purpose.CHANGE_EMAIL,
            started_at=now,
            expires_at=now + ATTEMPT_LIFE,
            origin=session.origin.label,
            address=address,
            session_id=record.id,
        )
        guard.add_attempt(account, attempt, now)
        handle = AttemptHandle(account.id, token, Purpose.CHANGE_EMAIL, address, session.origin, now)
        account.record(now, Tag.EMAIL_CHANGE_ASKED, session.origin.label)
    return CodeOwed(handle, Factor.EMAIL, masked_email(address), verifying=True)


def finish_email_change(services: Services, session: Session, handle: AttemptHandle, code: Secret[str]) -> None:
    """Check the code that went to the new address, change to it, and tell both addresses.

    Raises ``WrongCode`` (counted), ``AttemptEnded``, ``NameTaken``, or ``ConfirmationRequired``.
    """
    digits = names.code(code)
    with guard.address_limit(services, session.origin):
        with guard.in_session(services, session) as (account, record, now):
            guard.require_confirmation(record, now)
            attempt = guard.find_attempt(account, handle, now, Purpose.CHANGE_EMAIL)
            if attempt.session_id != record.id:
                raise AttemptEnded("This change belongs to another session. Start again.")
            verdict = mailed_code.check(account, attempt, digits, now, services.box)
            if verdict is None:
                _change_address(account, attempt, session, services)
            else:
                account.record(now, Tag.LOGIN_CODE_FAILED, session.origin.label, purpose=attempt.purpose)
        if verdict is not None:
            raise verdict


def end_other_sessions(services: Services, session: Session) -> int:
    """End every session but this one; return how many there were."""
    with guard.in_session(services, session) as (account, record, now):
        ended = guard.others(account, record, services.policy, now)
        guard.end_sessions(account, {other.id for other in account.sessions if other is not record})
        if ended:
            account.record(now, Tag.SESSION_ENDED_OTHER, session.origin.label, count=str(ended))
        return ended


def end_session(services: Services, session: Session, session_id: str) -> None:
    """End one other session by its id; harmless when it is over."""
    with guard.in_session(services, session) as (account, record, now):
        if session_id != record.id and any(other.id == session_id for other in account.sessions):
            guard.end_sessions(account, {session_id})
            account.record(now, Tag.SESSION_ENDED_OTHER, session.origin.label, count="1")


def _change_address(account: Account, attempt: Attempt, session: Session, services: Services) -> None:
    now = services.clock.now()
    before = account.email.address
    account.email.address = attempt.address
    account.email.verified_at = now
    # Whatever was mailed to the old address is void, and so is every attempt that waits for it.
    account.attempts.clear()
    limits.clear(account.tries_of(Factor.EMAIL))
    account.record(now, Tag.EMAIL_CHANGED, session.origin.label)
    notices.queue(
        account, Template.EMAIL_CHANGED, session.origin.label, now, before, address=masked_email(attempt.address)
    )


def _is_confirmed(services: Services, account: Account, record: SessionRecord) -> bool:
    try:
        guard.require_confirmation(record, services.clock.now(), replacing=account.method is Method.AUTHENTICATOR)
    except ConfirmationRequired:
        return False
    return True


def _view(other: SessionRecord, current: SessionRecord) -> SessionView:
    return SessionView(other.id, other.factor, other.started_at, other.seen_at, other.origin, other.id == current.id)
