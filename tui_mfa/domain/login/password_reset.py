"""The forgotten password: a mailed code allows a new one, and nothing else; the second factor is still asked."""

from tui_mfa.domain import limits, names, notices
from tui_mfa.domain.account import Account, Attempt, Factor, Purpose
from tui_mfa.domain.errors import AttemptEnded, NoSuchAccount, TooManyAttempts, WrongCode
from tui_mfa.domain.events import Tag
from tui_mfa.domain.login import decoy, flows, guard, mailed_code
from tui_mfa.domain.login.model import ATTEMPT_LIFE, AttemptHandle, CodeOwed, CodeSent, Origin
from tui_mfa.domain.login.registration import new_password
from tui_mfa.domain.ports import Services, Template
from tui_mfa.domain.secret import Secret
from tui_mfa.domain.tokens import hash_token, new_id, new_token


def ask(services: Services, name: str, origin: Origin) -> CodeOwed:
    """Start a reset for a username or an address; the answer is the same for one that is nobody's.

    Raises ``TooManyAttempts`` above the hourly limit of the name or the address.
    """
    now = services.clock.now()
    with services.store.bucket(f"reset:{name.strip().casefold()[: names.EMAIL_MAX]}") as tries:
        wait = limits.wait_for(tries, limits.ACCOUNT_MAILS, now)
        if not wait:
            limits.count(tries, now)
    if wait:
        raise guard.too_many(wait, "resets")
    account_id = flows.find_account(services, name)
    handle = _start(services, account_id, name, origin) if account_id else None
    handle = handle or decoy.handle(services, Purpose.RESET_PASSWORD, name, origin)
    return CodeOwed(handle, Factor.EMAIL, masked_address=None)


def send(services: Services, handle: AttemptHandle) -> CodeSent:
    """Mail the code of a reset; where the account's own limit stands in the way, answer as if it was sent."""
    try:
        return mailed_code.send(services, handle)
    except TooManyAttempts as refused:
        if refused.user_message.startswith("Too many mails"):
            return decoy.send(services, handle)
        raise


def prove(services: Services, handle: AttemptHandle, code: Secret[str]) -> None:
    """Check the mailed code of a reset; afterwards ``finish`` is allowed within the life of the attempt."""
    digits = names.code(code)
    with guard.address_limit(services, handle.origin):
        now = services.clock.now()
        try:
            with services.store.account(handle.account_id) as account:
                attempt = guard.find_attempt(account, handle, now, Purpose.RESET_PASSWORD)
                verdict = mailed_code.check(account, attempt, digits, now, services.box)
                if verdict is None:
                    attempt.proved = True
                elif isinstance(verdict, WrongCode):
                    account.record(now, Tag.LOGIN_CODE_FAILED, attempt.origin, purpose=attempt.purpose)
                    flows.note_failures(account, Factor.EMAIL, attempt.origin, now)
        except NoSuchAccount:
            verdict = decoy.refuse(services, handle)
        if verdict is not None:
            raise verdict


def finish(services: Services, handle: AttemptHandle, password: Secret[str]) -> None:
    """Set the new password and end every session; the next login asks for the second factor as always.

    Raises:
        InvalidInput: The password is too short or too easy to guess; the attempt stands.
        AttemptEnded: No code was proved, or it took too long.
    """
    now = services.clock.now()
    snapshot = guard.load(services.store, handle.account_id, AttemptEnded)
    _proved(snapshot, handle, services)
    own_words = (snapshot.username, snapshot.email.address)
    fresh = new_password(services, password, own_words, alone=snapshot.method == "disabled")
    with services.store.account(handle.account_id) as account:
        attempt = _proved(account, handle, services)
        account.password = fresh
        account.attempts = [other for other in account.attempts if other is not attempt]
        account.sessions.clear()
        account.enrolment = None
        limits.clear(account.tries_of(Factor.PASSWORD))
        if account.email.verified_at is None:
            # The code came by the address: that proves it.
            account.email.verified_at = now
            account.record(now, Tag.EMAIL_VERIFIED, handle.origin.label)
        account.record(now, Tag.PASSWORD_RESET, handle.origin.label)
        notices.queue(account, Template.PASSWORD_CHANGED, handle.origin.label, now)


def _proved(account: Account, handle: AttemptHandle, services: Services) -> Attempt:
    attempt = guard.find_attempt(account, handle, services.clock.now(), Purpose.RESET_PASSWORD)
    if not attempt.proved or attempt.address != account.email.address:
        raise AttemptEnded("The code must be entered first.")
    return attempt


def _start(services: Services, account_id: str, name: str, origin: Origin) -> AttemptHandle | None:
    now = services.clock.now()
    token = new_token(services.entropy)
    try:
        with services.store.account(account_id) as account:
            if account.disabled_at is not None:
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
