"""Make recovery codes; get in with one of them, or with the saved secret."""

import hmac
from dataclasses import dataclass
from datetime import datetime

from tui_mfa.domain import limits, notices
from tui_mfa.domain.account import Account, Attempt, Factor, Method, Purpose, RecoveryCode, RecoveryCodes
from tui_mfa.domain.errors import DomainError, NoSuchAccount, NotAllowed, WrongCode
from tui_mfa.domain.events import Tag
from tui_mfa.domain.login import answers, decoy, failures, guard
from tui_mfa.domain.login import flows as login
from tui_mfa.domain.login.model import AttemptHandle, LoggedIn, Session
from tui_mfa.domain.ports import Services, Template
from tui_mfa.domain.recovery import codes
from tui_mfa.domain.secret import Secret
from tui_mfa.domain.tokens import request_id
from tui_mfa.domain.two_factor import rules, totp
from tui_mfa.domain.two_factor.model import NewRecoveryCodes


@dataclass(frozen=True, slots=True)
class FreshCodes:
    """Ten codes that are not in force yet."""

    shown: tuple[Secret[str], ...]
    stored: list[RecoveryCode]


_WRONG = "This is not one of your recovery codes, or it was used before."
_NO_AUTHENTICATOR = "This account has no authenticator to recover. Write to support."


def make_codes(services: Services, session: Session) -> NewRecoveryCodes:
    """Make ten new recovery codes; the old set is void. The slow hashes are made before the lock is taken."""
    now = services.clock.now()
    snapshot = guard.load(services.store, session.account_id)
    guard.require_confirmation(guard.find_session(snapshot, session, services.policy, now), now)
    _require_authenticator(snapshot)
    fresh = fresh_codes(services, session.account_id)
    with guard.in_session(services, session) as (account, record, now):
        guard.require_confirmation(record, now)
        _require_authenticator(account)
        return put_in_force(services, account, fresh, session.origin.label, now)


def fresh_codes(services: Services, account_id: str) -> FreshCodes:
    """Return ten codes with their hashes: slow, so never under a lock."""
    by_index: dict[str, Secret[str]] = {}
    while len(by_index) < codes.COUNT:
        # Two codes of one set with the same index would make a try cost two hashes.
        code = codes.new_code(services.entropy)
        by_index.setdefault(codes.index(services.box, account_id, code), code)
    stored = [RecoveryCode(index=index, hash=services.passwords.hash(code)) for index, code in by_index.items()]
    return FreshCodes(tuple(by_index.values()), stored)


def put_in_force(
    services: Services, account: Account, fresh: FreshCodes, origin: str, now: datetime
) -> NewRecoveryCodes:
    """Give the open account a new set of codes; the old one is void."""
    before = account.recovery.set_id if account.recovery is not None else ""
    set_id = request_id(services.entropy, not_this=before)
    account.recovery = RecoveryCodes(set_id=set_id, made_at=now, codes=fresh.stored)
    account.tries.pop(Factor.RECOVERY_CODE, None)
    account.record(now, Tag.RECOVERY_CODES_MADE, origin, set=set_id)
    notices.queue(account, Template.RECOVERY_CODES_MADE, origin, now, set_id=set_id)
    return NewRecoveryCodes(set_id, now, tuple(codes.shown(code) for code in fresh.shown))


def _require_authenticator(account: Account) -> None:
    if account.method is not Method.AUTHENTICATOR:
        raise NotAllowed("Recovery codes belong to the authenticator app. Enable it first.")


def use_code(services: Services, handle: AttemptHandle, typed: Secret[str]) -> LoggedIn:
    """Log in with a recovery code in place of the authenticator's code; the code is used up.

    Raises ``WrongCode`` (counted, by the limits of a factor of its own), ``TooManyAttempts`` or ``AttemptEnded``.
    """
    code = codes.parse(typed)
    with guard.address_limit(services, handle.origin):
        now = services.clock.now()
        try:
            with services.store.account(handle.account_id) as account:
                attempt = guard.find_attempt(account, handle, now, Purpose.LOGIN)
                refused = usable(account, attempt) or guard.reserve(account, Factor.RECOVERY_CODE, now)
                index = codes.index(services.box, account.id, code)
                entry = _entry(account, index)
        except NoSuchAccount:
            raise _nothing_to_recover(services, handle) from None
        if refused is not None:
            raise refused
        # One slow hash a try, outside of the lock, whether or not an entry was found.
        fits = services.passwords.verify(entry.hash, code) if entry else _no_entry(services, code)
        opened = _redeem(services, handle, entry.hash if fits and entry else None, index, now)
        if opened is None:
            raise WrongCode(_WRONG)
        return opened


def _redeem(
    services: Services, handle: AttemptHandle, hashed: str | None, index: str, now: datetime
) -> LoggedIn | None:
    """Use up the code of a hash that fitted and open the session; ``None`` for none, or one used meanwhile."""
    try:
        with services.store.account(handle.account_id) as account:
            attempt = guard.find_attempt(account, handle, now, Purpose.LOGIN)
            entry = _entry(account, index)
            if hashed is not None and entry is not None and entry.hash == hashed:
                entry.used_at = now
                limits.clear(account.tries_of(Factor.RECOVERY_CODE))
                return let_in(services, account, attempt, handle, now, "recovery code", Tag.RECOVERY_CODE_USED)
            refuse(account, attempt, now, Factor.RECOVERY_CODE)
    except NoSuchAccount:
        raise answers.too_old() from None
    return None


def use_secret(services: Services, handle: AttemptHandle, typed: Secret[str]) -> LoggedIn:
    """Log in with the saved secret itself; it leads into Replace, so that the lost device becomes worthless."""
    secret = totp.from_base32(typed)
    with guard.address_limit(services, handle.origin):
        now = services.clock.now()
        try:
            with services.store.account(handle.account_id) as account:
                attempt = guard.find_attempt(account, handle, now, Purpose.LOGIN)
                refused = usable(account, attempt) or guard.reserve(account, Factor.SAVED_SECRET, now)
                if refused is None and _is_secret(services, account, secret):
                    limits.clear(account.tries_of(Factor.SAVED_SECRET))
                    return let_in(services, account, attempt, handle, now, "saved secret", Tag.RECOVERY_SECRET_USED)
                refuse(account, attempt, now, Factor.SAVED_SECRET, counted=refused is None)
        except NoSuchAccount:
            raise _nothing_to_recover(services, handle) from None
        raise refused or WrongCode("This is not the secret of this account.")


def usable(account: Account, attempt: Attempt) -> DomainError | None:
    """Return why nothing may be recovered by an attempt; ``None`` when it may.

    After an SSH key the password comes first: a stolen laptop has the key, and perhaps the saved codes beside it.
    """
    if account.method is not Method.AUTHENTICATOR or account.email.verified_at is None:
        return NotAllowed(_NO_AUTHENTICATOR)
    if attempt.by_key and not attempt.password_proved:
        return NotAllowed("Recovery wants your password as well as the SSH key.")
    return None


def _nothing_to_recover(services: Services, handle: AttemptHandle) -> DomainError:
    """Answer for an account that exists nowhere as for one that was registered a moment ago."""
    decoy.require_life(services, handle)
    return NotAllowed(_NO_AUTHENTICATOR) if handle.purpose is Purpose.LOGIN else answers.too_old()


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


def refuse(account: Account, attempt: Attempt, now: datetime, factor: Factor, *, counted: bool = True) -> None:
    """Note a wrong try."""
    account.failed_since_login += 1
    account.record(now, Tag.RECOVERY_FAILED, attempt.origin, factor=factor)
    if counted:
        failures.note(account, factor, attempt.origin, now)


def let_in(
    services: Services,
    account: Account,
    attempt: Attempt,
    handle: AttemptHandle,
    now: datetime,
    factor: str,
    tag: Tag,
) -> LoggedIn:
    """Open the session of who came in by recovery, and tell the owner."""
    left = login.recovery_set(account)
    account.record(now, tag, attempt.origin, left=str(left.left if left else 0))
    notices.queue(account, Template.RECOVERY_USED, attempt.origin, now, way=factor)
    return login.open_recovered(services, account, attempt, handle, now, factor)
