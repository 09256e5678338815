"""Enable, replace and disable the second factor: one use case, one transaction."""

from datetime import datetime

from tui_mfa.domain import limits, names, notices
from tui_mfa.domain.account import Account, Authenticator, Enrolment, Factor, Method, SessionRecord
from tui_mfa.domain.errors import AttemptEnded, DomainError, InvalidInput, NotAllowed, WrongCode
from tui_mfa.domain.events import Tag
from tui_mfa.domain.login import guard
from tui_mfa.domain.login.model import Session
from tui_mfa.domain.ports import Policy, Services, Template
from tui_mfa.domain.recovery import flows as recovery
from tui_mfa.domain.secret import Secret
from tui_mfa.domain.tokens import new_id, same
from tui_mfa.domain.two_factor import rules, totp
from tui_mfa.domain.two_factor.model import AuthenticatorEnabled, NewSecret
from tui_mfa.domain.two_factor.uri import provisioning_uri

_OF_AUTHENTICATOR = (Factor.AUTHENTICATOR, Factor.SAVED_SECRET, Factor.RECOVERY_CODE, Factor.RECOVERY_MAIL)
"""What is counted anew with a new authenticator."""

_VOID = "This secret is no longer valid: it was older than 10 minutes, or another one was made."


def status(services: Services, session: Session) -> Account:
    """Return a snapshot of the account, for its method and what belongs to it; raises ``SessionEnded``."""
    account = guard.load(services.store, session.account_id)
    guard.find_session(account, session, services.policy, services.clock.now())
    return account


def begin(services: Services, session: Session) -> NewSecret:
    """Make a new secret to be scanned; nothing changes on the account's factors.

    A secret that was shown before and not validated is dropped.

    Raises ``ConfirmationRequired`` without a confirmation of the last five minutes.
    """
    with guard.in_session(services, session) as (account, record, now):
        replaces = account.method is Method.AUTHENTICATOR
        guard.require_confirmation(record, now, replacing=replaces)
        secret = totp.new_secret(services.entropy)
        enrolment_id = new_id(services.entropy, 8)
        account.enrolment = Enrolment(
            id=enrolment_id,
            sealed=services.box.seal(secret, rules.context(account.id, enrolment_id)),
            started_at=now,
            session_id=record.id,
        )
        account.record(now, Tag.TOTP_STARTED, session.origin.label)
        text = totp.to_base32(secret)
        return NewSecret(text, _uris(text, account, services.policy), replaces, now + rules.ENROLMENT_LIFE)


def cancel(services: Services, session: Session) -> None:
    """Drop the secret that was shown; harmless when there is none."""
    with guard.in_session(services, session) as (account, record, now):
        if account.enrolment is not None and account.enrolment.session_id == record.id:
            account.enrolment = None
            account.record(now, Tag.TOTP_CANCELLED, session.origin.label)


def confirm(services: Services, session: Session, code: Secret[str]) -> AuthenticatorEnabled:
    """Validate the new secret with its first code and put it in force.

    The step of that code is used: it logs nobody in. The authenticator in force before, if any, is void from the same
    moment on, and its recovery codes with it. The code is judged first, then the ten slow hashes of the new recovery
    codes are made outside of any lock, and then both come into force together or not at all.

    Raises:
        WrongCode: Counted; ``ClockSkew`` tells by how much the phone is off. Five of them drop the secret.
        AttemptEnded: The secret is older than ten minutes, or another session began an enrolment.
    """
    digits = names.code(code)
    with guard.in_session(services, session) as (account, record, now):
        enrolment = _enrolment(account, record, now)
        verdict = rules.check_enrolment(enrolment, rules.context(account.id, enrolment.id), digits, now, services.box)
        if isinstance(verdict, DomainError):
            _count_wrong(account, enrolment, verdict, session, services)
    if isinstance(verdict, DomainError):
        raise verdict
    fresh = recovery.fresh_codes(services, session.account_id)
    with guard.in_session(services, session) as (account, record, now):
        if _enrolment(account, record, now).id != enrolment.id:
            raise AttemptEnded(_VOID)
        replaced = account.method is Method.AUTHENTICATOR
        group = services.entropy.below(rules.PROOF_GROUPS)
        _put_in_force(account, enrolment, verdict.step, group, session, services)
        codes = recovery.put_in_force(services, account, fresh, session.origin.label, now)
        record.recovered_at = None
        others = guard.others(account, record, services.policy, now)
    return AuthenticatorEnabled(replaced, codes, rules.positions(group), others)


def prove_saved(services: Services, session: Session, characters: Secret[str]) -> None:
    """Check the four characters that prove that the secret was saved; tries are limited like a factor's."""
    with guard.in_session(services, session) as (account, _record, now):
        authenticator = account.authenticator
        if authenticator is None:
            raise NotAllowed("There is no authenticator on this account.")
        refused = guard.reserve(account, Factor.SAVED_SECRET, now)
        if refused is None:
            secret = services.box.open(authenticator.sealed, rules.context(account.id, authenticator.id))
            first, last = rules.positions(authenticator.proof_group)
            asked = totp.to_base32(secret).reveal()[first - 1 : last]
            typed = characters.reveal()[:64].upper().replace(" ", "").replace("-", "")
            if same(asked, typed):
                limits.clear(account.tries_of(Factor.SAVED_SECRET))
                authenticator.saved_at = now
                account.record(now, Tag.TOTP_SAVED, session.origin.label)
            else:
                refused = WrongCode("These are not the characters. Look at the secret that you saved.")
    if refused is not None:
        raise refused


def enable_email(services: Services, session: Session) -> int:
    """Make mailed codes the method; return how many other sessions could be ended. Harmless when they are already."""
    with guard.in_session(services, session) as (account, record, now):
        if account.method is Method.EMAIL:
            return guard.others(account, record, services.policy, now)
        guard.require_confirmation(record, now)
        _drop_authenticator(account)
        account.method = Method.EMAIL
        account.record(now, Tag.EMAIL_ENABLED, session.origin.label)
        notices.queue(account, Template.EMAIL_ENABLED, session.origin.label, now)
        return guard.others(account, record, services.policy, now)


def disable(services: Services, session: Session, word: str) -> int:
    """Switch the second factor off; return how many other sessions could be ended. Harmless when it is off already.

    Args:
        services: What the rules need.
        session: Whose.
        word: Must be ``disable``, exactly (spaces around it aside).
    """
    if word.strip() != rules.WORD:
        raise InvalidInput(f"Type the word {rules.WORD} to confirm.", field="word")
    with guard.in_session(services, session) as (account, record, now):
        if account.method is Method.DISABLED:
            return guard.others(account, record, services.policy, now)
        if services.policy.mfa_required:
            raise NotAllowed("Two-factor authentication is required here. Use Email Based or the Authenticator App.")
        guard.require_confirmation(record, now)
        if not account.password.stands_alone:
            raise NotAllowed(
                f"Without a second factor the password needs at least {names.PASSWORD_MIN_ALONE} characters. "
                "Change the password first, or use Email Based."
            )
        _drop_authenticator(account)
        account.method = Method.DISABLED
        account.record(now, Tag.MFA_DISABLED, session.origin.label)
        notices.queue(account, Template.MFA_DISABLED, session.origin.label, now)
        return guard.others(account, record, services.policy, now)


def _uris(secret: Secret[str], account: Account, policy: Policy) -> tuple[Secret[str], ...]:
    labels = dict.fromkeys((account.email.address, account.username))
    return tuple(Secret(provisioning_uri(secret.reveal(), policy.issuer, label)) for label in labels)


def _enrolment(account: Account, record: SessionRecord, now: datetime) -> Enrolment:
    """Return the secret that this session may validate now."""
    guard.require_confirmation(record, now, replacing=account.method is Method.AUTHENTICATOR)
    enrolment = account.enrolment
    if enrolment is None or enrolment.session_id != record.id or now >= enrolment.started_at + rules.ENROLMENT_LIFE:
        raise AttemptEnded(_VOID)
    return enrolment


def _put_in_force(
    account: Account, enrolment: Enrolment, step: int, group: int, session: Session, services: Services
) -> None:
    now = services.clock.now()
    replaced = account.method is Method.AUTHENTICATOR
    account.authenticator = Authenticator(
        id=enrolment.id,
        sealed=enrolment.sealed,
        last_step=step,
        last_step_at=now,
        enabled_at=now,
        proof_group=group,
    )
    account.enrolment = None
    account.method = Method.AUTHENTICATOR
    for factor in _OF_AUTHENTICATOR:
        account.tries.pop(factor, None)
    origin = session.origin.label
    account.record(now, Tag.TOTP_REPLACED if replaced else Tag.TOTP_ENABLED, origin)
    template = Template.AUTHENTICATOR_REPLACED if replaced else Template.AUTHENTICATOR_ENABLED
    notices.queue(account, template, origin, now)


def _count_wrong(
    account: Account, enrolment: Enrolment, verdict: DomainError, session: Session, services: Services
) -> None:
    tag = Tag.TOTP_SKEW_SEEN if verdict.code == "clock_skew" else Tag.TOTP_CODE_FAILED
    account.record(services.clock.now(), tag, session.origin.label)
    if enrolment.wrong_codes >= rules.ENROLMENT_TRIES:
        account.enrolment = None


def _drop_authenticator(account: Account) -> None:
    account.authenticator = None
    account.enrolment = None
    account.recovery = None
    for factor in _OF_AUTHENTICATOR:
        account.tries.pop(factor, None)
