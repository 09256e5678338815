"""Codes sent by mail: one at a time, bound to account, attempt, purpose and address, kept only as a keyed hash."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Final

from tui_mfa.domain import limits
from tui_mfa.domain.account import Account, Attempt, Factor, MailedCode, Purpose
from tui_mfa.domain.errors import DomainError, NoSuchAccount, NotAllowed, TooManyAttempts, WrongCode
from tui_mfa.domain.events import Tag
from tui_mfa.domain.limits import Tries
from tui_mfa.domain.login import answers, decoy, guard
from tui_mfa.domain.login.model import CODE_LIFE, CODE_TRIES, RESENDS, AttemptHandle, CodeSent, Origin, cool_down
from tui_mfa.domain.notices import words
from tui_mfa.domain.ports import Claim, Mail, Policy, SecretBox, Services, Template
from tui_mfa.domain.secret import Secret
from tui_mfa.domain.tokens import hash_token, request_id, same

_TEMPLATES: Final = {
    Purpose.LOGIN: Template.LOGIN_CODE,
    Purpose.RESET_PASSWORD: Template.RESET_CODE,
    Purpose.CHANGE_EMAIL: Template.NEW_ADDRESS_CODE,
    Purpose.CONFIRM: Template.CONFIRM_CODE,
    Purpose.RECOVER: Template.LOST_DEVICE_CODE,
}

FACTORS: Final = {
    Purpose.LOGIN: Factor.EMAIL,
    Purpose.CONFIRM: Factor.EMAIL,
    Purpose.RESET_PASSWORD: Factor.RESET_CODE,
    Purpose.CHANGE_EMAIL: Factor.NEW_EMAIL,
    Purpose.RECOVER: Factor.RECOVERY_MAIL,
}
"""Whose counter a guess at a code of a purpose goes to."""


def send(services: Services, handle: AttemptHandle) -> CodeSent:
    """Mail a new code for an attempt; the one before becomes void.

    The number of tries is that of the attempt: a resend never gives new ones (NIST SP 800-63B-4 section 3.1.3.2).

    Raises:
        TooManyAttempts: Within the cool-down, or above the hourly limit of the account or the address.
        NotAllowed: After the third resend, or when the attempt wants no mailed code.
        AttemptEnded: Start again.
        MailUnavailable: The mail was not handed over; the attempt stands, and nothing was used up.
    """
    now = services.clock.now()
    with _address_mail(services, handle.origin, now):
        try:
            with services.store.account(handle.account_id) as account:
                attempt = guard.find_attempt(account, handle, now, handle.purpose)
                refused = _may_send(account, attempt, services.policy, now)
                # A stranger must not learn that there is an account: above its limit no mail goes out, unsaid.
                held = attempt.purpose is Purpose.RESET_PASSWORD and isinstance(refused, _MailsSpent)
                if refused is None or held:
                    mail, sent = _issue(services, account, attempt, now, held=held)
        except NoSuchAccount:
            return decoy.send(services, handle)
        if refused is not None and not held:
            raise refused
        try:
            _hand_over(services, handle, mail, held=held)
        except DomainError:
            _take_back(services, handle, sent, now, held=held)
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
        return answers.spent()
    factor = FACTORS[attempt.purpose]
    refused = guard.reserve(account, factor, now)
    if refused is not None:
        return refused
    attempt.wrong_codes += 1
    left = CODE_TRIES - attempt.wrong_codes
    mailed = attempt.mailed
    if mailed is None:
        return answers.wrong_code(left, under_way=False)
    if not same(mailed.mac, _mac(box, account, attempt, mailed.salt, code)) or mailed.address != attempt.address:
        return answers.wrong_code(left, under_way=True)
    if now >= mailed.expires_at:
        return WrongCode("This code is older than 10 minutes. Ask for a new one.", tries_left=left)
    attempt.mailed = None
    attempt.wrong_codes -= 1
    limits.clear(account.tries_of(factor))
    return None


class _MailsSpent(TooManyAttempts):
    """The hourly limit of the account is reached."""


@contextmanager
def _address_mail(services: Services, origin: Origin, now: datetime) -> Iterator[None]:
    """Count a mail against the address that asks for it; take it back when none goes out."""
    name = f"mails:{origin.address}"
    with services.store.bucket(name) as tries:
        wait = limits.wait_for(tries, limits.ADDRESS_MAILS, now)
        if not wait:
            limits.count(tries, now)
    if wait:
        raise guard.too_many(wait, "mails")
    try:
        yield
    except DomainError:
        with services.store.bucket(name) as tries:
            limits.take_back(tries, now)
        raise


def _may_send(account: Account, attempt: Attempt, policy: Policy, now: datetime) -> DomainError | None:
    if attempt.wrong_codes >= CODE_TRIES:
        return answers.spent()
    if FACTORS[attempt.purpose] is Factor.EMAIL and guard.owed(account, policy) is not Factor.EMAIL:
        return NotAllowed("The code is in the authenticator app; none is mailed.")
    wait = cool_down(attempt.mailed.sent_at, now) if attempt.mailed is not None else 0
    if wait:
        return TooManyAttempts(f"A new code can be sent in {wait} s.", retry_after=wait)
    if attempt.mails_sent > RESENDS:
        return NotAllowed("This was the last mail for this try. Start again for more.")
    wait = limits.wait_for(_budget(account, attempt.purpose), limits.ACCOUNT_MAILS, now)
    if wait:
        words_for_it = guard.too_many(wait, "mails").user_message
        return _MailsSpent(words_for_it, retry_after=wait)
    return None


def _budget(account: Account, purpose: Purpose) -> Tries:
    return account.unasked_mails if purpose is Purpose.RESET_PASSWORD else account.mails


def _hand_over(services: Services, handle: AttemptHandle, mail: Mail, *, held: bool) -> None:
    if held:
        services.mailer.check()
        return
    if handle.purpose is Purpose.CHANGE_EMAIL:
        owner = services.store.find(Claim.EMAIL, mail.to)
        if owner not in {None, handle.account_id}:
            decoy.tell_owner(services, mail.to, handle.origin)
            return
    services.mailer.send(mail)


def _issue(
    services: Services, account: Account, attempt: Attempt, now: datetime, *, held: bool
) -> tuple[Mail, CodeSent]:
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
    detail = {"purpose": attempt.purpose.value, "request": request}
    if held:
        detail["held"] = "hourly limit"
    else:
        limits.count(_budget(account, attempt.purpose), now)
    account.record(now, Tag.LOGIN_CODE_SENT, attempt.origin, **detail)
    sent = CodeSent(request, now, now + CODE_LIFE, RESENDS + 1 - attempt.mails_sent)
    return _mail(account, attempt, Secret(code), request, now), sent


def _mail(account: Account, attempt: Attempt, code: Secret[str], request: str, now: datetime) -> Mail:
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
    return Mail(template=template, to=attempt.address, params=params, code=code)


def _take_back(services: Services, handle: AttemptHandle, sent: CodeSent, now: datetime, *, held: bool) -> None:
    """Undo what an undelivered mail used up, unless something newer has taken its place."""
    try:
        with services.store.account(handle.account_id) as account:
            account.record(services.clock.now(), Tag.MAIL_FAILED, handle.origin.label, request=sent.request_id)
            if not held:
                limits.take_back(_budget(account, handle.purpose), now)
            for attempt in account.attempts:
                mine = same(attempt.token_hash, hash_token(handle.token))
                if mine and attempt.mailed is not None and attempt.mailed.request_id == sent.request_id:
                    attempt.mailed = None
                    attempt.mails_sent -= 1
    except NoSuchAccount:
        return


def _mac(box: SecretBox, account: Account, attempt: Attempt, salt: str, code: str) -> str:
    bound = (account.id, attempt.id, attempt.purpose, attempt.address, salt, code)
    return box.mac("mailed code", "|".join(bound).encode())
