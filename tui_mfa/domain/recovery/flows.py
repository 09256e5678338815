"""Make recovery codes; get in with one of them, or with the saved secret."""

import hmac
from datetime import datetime

from tui_mfa.domain import limits, notices
from tui_mfa.domain.account import Account, Attempt, Factor, Method, Purpose, RecoveryCode, RecoveryCodes
from tui_mfa.domain.errors import DomainError, NoSuchAccount, NotAllowed, WrongCode
from tui_mfa.domain.events import Tag
from tui_mfa.domain.login import decoy, guard
from tui_mfa.domain.login import flows as login
from tui_mfa.domain.login.model import AttemptHandle, LoggedIn, Session
from tui_mfa.domain.ports import Services, Template
from tui_mfa.domain.recovery import codes
from tui_mfa.domain.secret import Secret
from tui_mfa.domain.tokens import request_id
from tui_mfa.domain.two_factor import rules, totp
from tui_mfa.domain.two_factor.model import NewRecoveryCodes

_WRONG = "This is not one of your recovery codes, or it was used before."


def make_codes(services: Services, session: Session) -> NewRecoveryCodes:
    """Make ten new recovery codes; the old set is void. The slow hashes are made before the lock is taken."""
    snapshot = guard.load(services.store, session.account_id)
    guard.require_confirmation(
        guard.find_session(snapshot, session, services.policy, services.clock.now()), services.clock.now()
    )
    fresh: dict[str, Secret[str]] = {}
    while len(fresh) < codes.COUNT:
        # Two codes of one set with the same index would make a try cost two hashes.
        code = codes.new_code(services.entropy)
        fresh.setdefault(codes.index(services.box, session.account_id, code), code)
    hashed = [RecoveryCode(index=index, hash=services.passwords.hash(code)) for index, code in fresh.items()]
    with guard.in_session(services, session) as (account, record, now):
        guard.require_confirmation(record, now)
        if account.method is not Method.AUTHENTICATOR:
            raise NotAllowed("Recovery codes belong to the authenticator app. Enable it first.")
        before = account.recovery.set_id if account.recovery is not None else ""
        set_id = request_id(services.entropy, not_this=before)
        account.recovery = RecoveryCodes(set_id=set_id, made_at=now, codes=hashed)
        account.tries.pop(Factor.RECOVERY_CODE, None)
        account.record(now, Tag.RECOVERY_CODES_MADE, session.origin.label, set=set_id)
        notices.queue(account, Template.RECOVERY_CODES_MADE, session.origin.label, now, set_id=set_id)
    return NewRecoveryCodes(set_id, now, tuple(codes.shown(code) for code in fresh.values()))


def use_code(services: Services, handle: AttemptHandle, typed: Secret[str]) -> LoggedIn:
    """Log in with a recovery code in place of the authenticator's code; the code is used up.

    Raises ``WrongCode`` (counted, by the limits of a factor of its own), ``TooManyAttempts`` or ``AttemptEnded``.
    """
    code = codes.parse(typed)
    with guard.address_limit(services, handle.origin):
        now = services.clock.now()
        try:
            with services.store.account(handle.account_id) as account:
                guard.find_attempt(account, handle, now, Purpose.LOGIN)
                refused = _usable(account) or guard.reserve(account, Factor.RECOVERY_CODE, now)
                index = codes.index(services.box, account.id, code)
                entry = _entry(account, index)
        except NoSuchAccount:
            raise decoy.refuse(services, handle) from None
        if refused is not None:
            raise refused
        # One slow hash a try, outside of the lock, whether or not an entry was found.
        fits = services.passwords.verify(entry.hash, code) if entry else _no_entry(services, code)
        with services.store.account(handle.account_id) as account:
            attempt = guard.find_attempt(account, handle, now, Purpose.LOGIN)
            again = _entry(account, index)
            if fits and entry is not None and again is not None and again.hash == entry.hash:
                again.used_at = now
                limits.clear(account.tries_of(Factor.RECOVERY_CODE))
                return _let_in(services, account, attempt, handle, now, "recovery code", Tag.RECOVERY_CODE_USED)
            _refuse(account, attempt, now, Factor.RECOVERY_CODE)
        raise WrongCode(_WRONG)


def use_secret(services: Services, handle: AttemptHandle, typed: Secret[str]) -> LoggedIn:
    """Log in with the saved secret itself; it leads into Replace, so that the lost device becomes worthless."""
    secret = totp.from_base32(typed)
    with guard.address_limit(services, handle.origin):
        now = services.clock.now()
        try:
            with services.store.account(handle.account_id) as account:
                attempt = guard.find_attempt(account, handle, now, Purpose.LOGIN)
                refused = _usable(account) or guard.reserve(account, Factor.SAVED_SECRET, now)
                if refused is None and _is_secret(services, account, secret):
                    limits.clear(account.tries_of(Factor.SAVED_SECRET))
                    return _let_in(services, account, attempt, handle, now, "saved secret", Tag.RECOVERY_SECRET_USED)
                _refuse(account, attempt, now, Factor.SAVED_SECRET, counted=refused is None)
        except NoSuchAccount:
            raise decoy.refuse(services, handle) from None
        raise refused or WrongCode("This is not the secret of this account.")


def _usable(account: Account) -> DomainError | None:
    if account.method is Method.AUTHENTICATOR and account.email.verified_at is not None:
        return None
    return NotAllowed("This account has no authenticator to recover. Write to support.")


def _entry(account: Account, index: str) -> RecoveryCode | None:
    stored = account.recovery.codes if account.recovery is not None else []
    return next((code for code in stored if code.index == index and code.used_at is None), None)


def _no_entry(services: Services, code: Secret[str]) -> bool:
    services.passwords.verify_nothing(code)
    return False


def _is_secret(services: Services, account: Account, typed: Secret[bytes]) -> bool:
    if account.authenticator is None:
        return False
    place = rules.context(account.id, account.authenticator.id)
    secret = services.box.open(account.authenticator.sealed, place)
    return hmac.compare_digest(secret.reveal(), typed.reveal())


def _refuse(account: Account, attempt: Attempt, now: datetime, factor: Factor, *, counted: bool = True) -> None:
    account.failed_since_login += 1
    account.record(now, Tag.RECOVERY_FAILED, attempt.origin, factor=factor)
    if counted:
        login.note_failures(account, factor, attempt.origin, now)


def _let_in(
    services: Services,
    account: Account,
    attempt: Attempt,
    handle: AttemptHandle,
    now: datetime,
    factor: str,
    tag: Tag,
) -> LoggedIn:
    left = login.recovery_set(account)
    account.record(now, tag, attempt.origin, left=str(left.left if left else 0))
    notices.queue(account, Template.RECOVERY_USED, attempt.origin, now, way=factor)
    return login.open_recovered(services, account, attempt, handle, now, factor)
