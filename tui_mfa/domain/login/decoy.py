"""Attempts for names that belong to nobody: the same answers, the same limits, the same work (ASVS 6.3.8).

A decoy is a handle whose account exists nowhere. What a real attempt keeps in its account, a decoy keeps in one
counter named after its token: the first time is its start, the others are those of its mails, and the run of failures
is that of its wrong codes.
"""

from datetime import datetime

from tui_mfa.domain import limits
from tui_mfa.domain.account import Purpose
from tui_mfa.domain.errors import AttemptEnded, DomainError, NoSuchAccount, NotAllowed, TooManyAttempts, WrongCode
from tui_mfa.domain.limits import Tries
from tui_mfa.domain.login import answers
from tui_mfa.domain.login.model import ATTEMPT_LIFE, CODE_LIFE, CODE_TRIES, RESENDS, AttemptHandle, CodeSent, Origin
from tui_mfa.domain.login.model import cool_down as seconds_until_next
from tui_mfa.domain.notices import words
from tui_mfa.domain.ports import Claim, Mail, Services, Template
from tui_mfa.domain.tokens import hash_token, new_id, new_token, request_id


def handle(services: Services, purpose: Purpose, name: str, origin: Origin) -> AttemptHandle:
    """Return a handle that leads nowhere."""
    now = services.clock.now()
    token = new_token(services.entropy)
    made = AttemptHandle(new_id(services.entropy, 16), token, purpose, name, origin, now)
    with services.store.bucket(_name(made)) as kept:
        kept.times = [now]
    return made


def send(services: Services, handle: AttemptHandle) -> CodeSent:
    """Answer like ``mailed_code.send``: talk to the mail server, but mail no code.

    When a registration was made with an address that is in use, its owner is told.
    """
    now = services.clock.now()
    with services.store.bucket(_name(handle)) as kept:
        _require_life(kept, now)
        refused = _may_send(kept, now)
        if refused is None:
            kept.times.append(now)
        left = RESENDS + 2 - len(kept.times)
    if refused is not None:
        raise refused
    try:
        if handle.purpose is Purpose.LOGIN:
            tell_owner(services, handle.name, handle.origin)
        else:
            services.mailer.check()
    except DomainError:
        with services.store.bucket(_name(handle)) as kept:
            if now in kept.times[1:]:
                kept.times = [kept.times[0], *(time for time in kept.times[1:] if time != now)]
        raise
    return CodeSent(request_id(services.entropy), now, now + CODE_LIFE, left)


def refuse(services: Services, handle: AttemptHandle) -> WrongCode | AttemptEnded:
    """Count a try at a decoy and return the refusal that a wrong code gets."""
    now = services.clock.now()
    with services.store.bucket(_name(handle)) as kept:
        _require_life(kept, now)
        if kept.in_a_row >= CODE_TRIES:
            return answers.spent()
        kept.in_a_row += 1
        return answers.wrong_code(CODE_TRIES - kept.in_a_row, under_way=len(kept.times) > 1)


def require_life(services: Services, handle: AttemptHandle) -> None:
    """Raise ``AttemptEnded`` when a real attempt would be over by now."""
    with services.store.bucket(_name(handle)) as kept:
        _require_life(kept, services.clock.now())


def tell_owner(services: Services, address: str, origin: Origin) -> None:
    """Tell the owner of an address that somebody tried to use it; talk to the mail server in any case."""
    now = services.clock.now()
    owner = services.store.find(Claim.EMAIL, address)
    mail = _in_use_mail(services, owner, origin, now) if owner is not None else None
    if mail is None:
        services.mailer.check()
    else:
        services.mailer.send(mail)


def _in_use_mail(services: Services, owner: str, origin: Origin, now: datetime) -> Mail | None:
    try:
        with services.store.account(owner) as account:
            if account.email.verified_at is None or limits.wait_for(account.unasked_mails, limits.ACCOUNT_MAILS, now):
                return None
            limits.count(account.unasked_mails, now)
            params = {"username": account.username, "origin": origin.label, "time": words(now)}
            return Mail(template=Template.ADDRESS_IN_USE, to=account.email.address, params=params)
    except NoSuchAccount:
        return None


def _may_send(kept: Tries, now: datetime) -> DomainError | None:
    if kept.in_a_row >= CODE_TRIES:
        return answers.spent()
    wait = seconds_until_next(kept.times[-1], now) if len(kept.times) > 1 else 0
    if wait:
        return TooManyAttempts(f"A new code can be sent in {wait} s.", retry_after=wait)
    if len(kept.times) > RESENDS + 1:
        return NotAllowed("This was the last mail for this try. Start again for more.")
    return None


def _require_life(kept: Tries, now: datetime) -> None:
    if not kept.times or now >= kept.times[-1] + ATTEMPT_LIFE:
        raise answers.too_old()


def _name(handle: AttemptHandle) -> str:
    return f"decoy:{hash_token(handle.token)}"
