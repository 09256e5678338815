"""Codes sent by mail: one at a time, bound to account, attempt, purpose and address, kept only as a keyed hash."""

from datetime import datetime
from typing import Final

from tui_mfa.domain import limits
from tui_mfa.domain.account import Account, Attempt, Factor, MailedCode, Purpose
from tui_mfa.domain.errors import (
    AttemptEnded,
    DomainError,
    MailUnavailable,
    NoSuchAccount,
    NotAllowed,
    TooManyAttempts,
    WrongCode,
)
from tui_mfa.domain.events import Tag
from tui_mfa.domain.login import decoy, guard
from tui_mfa.domain.login.model import CODE_LIFE, CODE_TRIES, COOL_DOWN, RESENDS, AttemptHandle, CodeSent
from tui_mfa.domain.notices import words
from tui_mfa.domain.ports import Mail, SecretBox, Services, Template
from tui_mfa.domain.secret import Secret
from tui_mfa.domain.tokens import request_id, same

_TEMPLATES: Final = {
    Purpose.LOGIN: Template.LOGIN_CODE,
    Purpose.RESET_PASSWORD: Template.RESET_CODE,
    Purpose.CHANGE_EMAIL: Template.NEW_ADDRESS_CODE,
    Purpose.CONFIRM: Template.CONFIRM_CODE,
}


def send(services: Services, handle: AttemptHandle) -> CodeSent:
    """Mail a new code for an attempt; the one before becomes void.

    The number of tries is that of the attempt: a resend never gives new ones (NIST SP 800-63B-4 section 3.1.3.2).

    Raises:
        TooManyAttempts: Within the cool-down, or above the hourly limit of the account or the address.
        NotAllowed: After the third resend.
        MailUnavailable: The mail was not handed over; the attempt stands, and nothing was used up.
    """
    _reserve_address(services, handle)
    now = services.clock.now()
    try:
        with services.store.account(handle.account_id) as account:
            attempt = guard.find_attempt(account, handle, now, handle.purpose)
            refused = _may_send(account, attempt, now)
            if refused is None:
                mail, sent = _issue(services, account, attempt, now)
    except NoSuchAccount:
        return decoy.send(services, handle)
    if refused is not None:
        raise refused
    try:
        services.mailer.send(mail)
    except MailUnavailable:
        _take_back(services, handle, sent, now)
        raise
    return sent


def check(account: Account, attempt: Attempt, code: str, now: datetime, box: SecretBox) -> DomainError | None:
    """Judge a mailed code inside the account's transaction; every try is counted first.

    Args:
        account: The open account.
        attempt: Its live attempt.
        code: Six digits.
        now: The time.
        box: For the keyed hash.
    """
    if attempt.wrong_codes >= CODE_TRIES:
        return AttemptEnded("Five wrong codes. Start again.")
    refused = guard.reserve(account, Factor.EMAIL, now)
    if refused is not None:
        return refused
    attempt.wrong_codes += 1
    left = CODE_TRIES - attempt.wrong_codes
    mailed = attempt.mailed
    if mailed is None:
        return WrongCode("No code is under way. Ask for a new one.", tries_left=left)
    right = same(mailed.mac, _mac(box, account, attempt, mailed.salt, code)) and mailed.address == attempt.address
    if not right:
        return WrongCode(_wrong_words(mailed.request_id, left), tries_left=left)
    if not mailed.sent_at <= max(now, mailed.sent_at) < mailed.expires_at:
        return WrongCode("This code is older than 10 minutes. Ask for a new one.", tries_left=left)
    attempt.mailed = None
    attempt.wrong_codes -= 1
    limits.clear(account.tries_of(Factor.EMAIL))
    return None


def _wrong_words(request: str, left: int) -> str:
    if left == 0:
        return "This is not the code, and it was the last try. Start again."
    tries = "one try" if left == 1 else f"{left} tries"
    return f"This is not the code of request {request}. {tries.capitalize()} left."


def _reserve_address(services: Services, handle: AttemptHandle) -> None:
    now = services.clock.now()
    with services.store.bucket(f"mails:{handle.origin.address}") as tries:
        wait = limits.wait_for(tries, limits.ADDRESS_MAILS, now)
        if not wait:
            limits.count(tries, now)
    if wait:
        raise guard.too_many(wait, "mails")


def _may_send(account: Account, attempt: Attempt, now: datetime) -> DomainError | None:
    if attempt.wrong_codes >= CODE_TRIES:
        return AttemptEnded("Five wrong codes. Start again.")
    if attempt.mailed is not None and now < attempt.mailed.sent_at + COOL_DOWN:
        wait = int((attempt.mailed.sent_at + COOL_DOWN - now).total_seconds()) + 1
        return TooManyAttempts(f"A new code can be sent in {wait} s.", retry_after=wait)
    if attempt.mails_sent > RESENDS:
        return NotAllowed("This was the last mail for this try. Start again for more.")
    wait = limits.wait_for(account.mails, limits.ACCOUNT_MAILS, now)
    return guard.too_many(wait, "mails") if wait else None


def _issue(services: Services, account: Account, attempt: Attempt, now: datetime) -> tuple[Mail, CodeSent]:
    code = f"{services.entropy.below(1_000_000):06d}"
    salt = services.entropy.token(16).hex()
    before = attempt.mailed.request_id if attempt.mailed else ""
    request = request_id(services.entropy, not_this=before)
    attempt.mailed = MailedCode(
        request_id=request,
        mac=_mac(services.box, account, attempt, salt, code),
        salt=salt,
        address=attempt.address,
        sent_at=now,
        expires_at=now + CODE_LIFE,
    )
    attempt.mails_sent += 1
    attempt.expires_at = max(attempt.expires_at, now + CODE_LIFE)
    limits.count(account.mails, now)
    account.record(now, Tag.LOGIN_CODE_SENT, attempt.origin, purpose=attempt.purpose, request=request)
    template = _TEMPLATES[attempt.purpose]
    if template is Template.LOGIN_CODE and account.email.verified_at is None:
        template = Template.VERIFY_CODE
    params = {
        "username": account.username,
        "origin": attempt.origin,
        "time": words(now),
        "request_id": request,
        "valid_until": f"{now + CODE_LIFE:%H:%M} UTC",
    }
    sent = CodeSent(request, now, now + CODE_LIFE, RESENDS + 1 - attempt.mails_sent)
    return Mail(template=template, to=attempt.address, params=params, code=Secret(code)), sent


def _take_back(services: Services, handle: AttemptHandle, sent: CodeSent, now: datetime) -> None:
    """Undo what an undelivered mail used up, unless something newer has taken its place."""
    with services.store.account(handle.account_id) as account:
        account.record(services.clock.now(), Tag.MAIL_FAILED, handle.origin.label, request=sent.request_id)
        limits.take_back(account.mails, now)
        attempt = guard.find_attempt(account, handle, now, handle.purpose)
        if attempt.mailed is not None and attempt.mailed.request_id == sent.request_id:
            attempt.mailed = None
            attempt.mails_sent -= 1


def _mac(box: SecretBox, account: Account, attempt: Attempt, salt: str, code: str) -> str:
    bound = (account.id, attempt.id, attempt.purpose, attempt.address, salt, code)
    return box.mac("mailed code", "|".join(bound).encode())
