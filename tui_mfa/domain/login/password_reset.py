"""The forgotten password: a mailed code allows a new one, and nothing else; the second factor is still asked."""

from datetime import datetime

from tui_mfa.domain import limits, names, notices
from tui_mfa.domain.account import Account, Attempt, Factor, Method, Password, Purpose
from tui_mfa.domain.errors import DomainError, FactorDisabled, InvalidInput, NoSuchAccount, WrongCode
from tui_mfa.domain.events import Tag
from tui_mfa.domain.limits import Window
from tui_mfa.domain.login import answers, decoy, failures, guard, mailed_code
from tui_mfa.domain.login.lookup import find_account
from tui_mfa.domain.login.model import ATTEMPT_LIFE, CODE_TRIES, AttemptHandle, CodeOwed, CodeSent, Origin
from tui_mfa.domain.login.registration import new_password
from tui_mfa.domain.ports import Services, Template
from tui_mfa.domain.secret import Secret
from tui_mfa.domain.tokens import hash_token, new_id, new_token


def ask(services: Services, name: str, origin: Origin) -> CodeOwed:
    """Start a reset for a username or an address; the answer is the same for one that is nobody's.

    Raises ``TooManyAttempts`` above the hourly limit of the name or the address.
    """
    _count(services, f"resets from:{origin.address}", limits.ADDRESS_MAILS, "resets")
    _count(services, f"reset:{names.comparable(name)}", limits.ACCOUNT_MAILS, "resets")
    account_id = find_account(services, name)
    handle = _start(services, account_id, name, origin) if account_id else None
    handle = handle or decoy.handle(services, Purpose.RESET_PASSWORD, name, origin)
    return CodeOwed(handle, Factor.EMAIL, masked_address=None)


def send(services: Services, handle: AttemptHandle) -> CodeSent:
    """Mail the code of a reset; where the account's own limit stands in the way, the answer is as if it was sent."""
    return mailed_code.send(services, handle)


def prove(services: Services, handle: AttemptHandle, code: Secret[str]) -> None:
    """Check the mailed code of a reset; afterwards ``finish`` is allowed within the life of the attempt."""
    digits = names.code(code)
    bucket = f"reset codes:{names.comparable(handle.name)}"
    with guard.address_limit(services, handle.origin):
        now = services.clock.now()
        # The limit of the name is met first, whether or not there is an account with a limit of its own.
        _count(services, bucket, limits.GUESSES, "tries")
        try:
            with services.store.account(handle.account_id) as account:
                verdict = _judge(services, account, handle, digits)
        except NoSuchAccount:
            verdict = decoy.refuse(services, handle)
        if verdict is not None:
            raise verdict
        with services.store.bucket(bucket) as tries:
            limits.take_back(tries, now)


def finish(services: Services, handle: AttemptHandle, password: Secret[str]) -> None:
    """Set the new password and end every session; the next login asks for the second factor as always.

    Raises:
        InvalidInput: The password is too short or too easy to guess; the attempt stands.
        AttemptEnded: No code was proved, or it took too long.
    """
    now = services.clock.now()
    try:
        snapshot = services.store.get(handle.account_id)
    except NoSuchAccount:
        decoy.require_life(services, handle)
        raise answers.not_proved() from None
    _proved(snapshot, handle, services)
    own_words = (snapshot.username, snapshot.email.address, snapshot.profile.name)
    fresh = new_password(services, password, own_words, alone=snapshot.method is Method.DISABLED)
    try:
        _set(services, handle, fresh, now)
    except NoSuchAccount:
        raise answers.too_old() from None


def _set(services: Services, handle: AttemptHandle, fresh: Password, now: datetime) -> None:
    with services.store.account(handle.account_id) as account:
        _proved(account, handle, services)
        if account.method is Method.DISABLED and not fresh.stands_alone:
            raise InvalidInput(
                "The second factor was disabled meanwhile: 15 characters at least.", field="new_password"
            )
        account.password = fresh
        # A login that the old password began ends with it.
        account.attempts.clear()
        account.sessions.clear()
        account.enrolment = None
        limits.clear(account.tries_of(Factor.PASSWORD))
        if account.email.verified_at is None:
            # The code came by the address: that proves it.
            account.email.verified_at = now
            account.record(now, Tag.EMAIL_VERIFIED, handle.origin.label)
        account.record(now, Tag.PASSWORD_RESET, handle.origin.label)
        notices.queue(account, Template.PASSWORD_CHANGED, handle.origin.label, now)


def _count(services: Services, bucket: str, windows: tuple[Window, ...], what: str) -> None:
    now = services.clock.now()
    with services.store.bucket(bucket) as tries:
        wait = limits.wait_for(tries, windows, now)
        if not wait:
            limits.count(tries, now)
    if wait:
        raise guard.too_many(wait, what)


def _judge(services: Services, account: Account, handle: AttemptHandle, digits: str) -> DomainError | None:
    now = services.clock.now()
    attempt = guard.find_attempt(account, handle, now, Purpose.RESET_PASSWORD)
    verdict = mailed_code.check(account, attempt, digits, now, services.box)
    if verdict is None:
        attempt.proved = True
        return None
    if isinstance(verdict, FactorDisabled):
        # The same words as for a name that is nobody's; the owner was told by mail.
        attempt.wrong_codes += 1
        return answers.wrong_code(CODE_TRIES - attempt.wrong_codes, under_way=attempt.mailed is not None)
    if isinstance(verdict, WrongCode):
        account.record(now, Tag.LOGIN_CODE_FAILED, attempt.origin, purpose=attempt.purpose)
        failures.note(account, Factor.RESET_CODE, attempt.origin, now)
    return verdict


def _proved(account: Account, handle: AttemptHandle, services: Services) -> Attempt:
    attempt = guard.find_attempt(account, handle, services.clock.now(), Purpose.RESET_PASSWORD)
    if not attempt.proved or attempt.address != account.email.address:
        raise answers.not_proved()
    return attempt


def _start(services: Services, account_id: str, name: str, origin: Origin) -> AttemptHandle | None:
    now = services.clock.now()
    token = new_token(services.entropy)
    try:
        with services.store.account(account_id) as account:
            if account.disabled_at is not None or account.pending:
                return None
            attempt = Attempt(
                id=new_id(services.entropy, 8),
                token_hash=hash_token(token),
                purpose=Purpose.RESET_PASSWORD,
                started_at=now,
                expires_at=now + ATTEMPT_LIFE,
                origin=origin.label,
                address=account.email.address,
            )
            guard.add_attempt(account, attempt, now)
            account.record(now, Tag.PASSWORD_RESET_ASKED, origin.label)
    except NoSuchAccount:
        return None
    return AttemptHandle(account_id, token, Purpose.RESET_PASSWORD, name, origin, now)
