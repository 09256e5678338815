"""Attempts for names that belong to nobody: the same answers, the same limits, the same work (ASVS 6.3.8).

A decoy is a handle whose account exists nowhere. What a real attempt keeps in its account, a decoy keeps in counters
named after its token and after the name that was typed.
"""

from datetime import timedelta

from tui_mfa.domain import limits
from tui_mfa.domain.account import Purpose
from tui_mfa.domain.errors import AttemptEnded, NotAllowed, TooManyAttempts, WrongCode
from tui_mfa.domain.login.guard import too_many
from tui_mfa.domain.login.model import (
    ATTEMPT_LIFE,
    CODE_LIFE,
    CODE_TRIES,
    COOL_DOWN,
    RESENDS,
    AttemptHandle,
    CodeSent,
    Origin,
)
from tui_mfa.domain.notices import words
from tui_mfa.domain.ports import Claim, Mail, Services, Template
from tui_mfa.domain.tokens import hash_token, new_id, new_token, request_id


def handle(services: Services, purpose: Purpose, name: str, origin: Origin) -> AttemptHandle:
    """Return a handle that leads nowhere."""
    token = new_token(services.entropy)
    return AttemptHandle(new_id(services.entropy, 16), token, purpose, name, origin, services.clock.now())


def send(services: Services, handle: AttemptHandle) -> CodeSent:
    """Answer like ``mailed_code.send``: talk to the mail server, but mail no code.

    When the name is somebody's address (a registration with an address that is in use), its owner is told.
    """
    now = services.clock.now()
    _require_life(services, handle)
    with services.store.bucket(f"decoy mails:{hash_token(handle.token)}") as tries:
        sent_before = len(tries.times)
        too_early = sent_before and now < tries.times[-1] + COOL_DOWN
        if not too_early and sent_before <= RESENDS:
            limits.count(tries, now)
        elif too_early:
            wait = int((tries.times[-1] + COOL_DOWN - now).total_seconds()) + 1
    if too_early:
        raise TooManyAttempts(f"A new code can be sent in {wait} s.", retry_after=wait)
    if sent_before > RESENDS:
        raise NotAllowed("This was the last mail for this try. Start again for more.")
    _tell_owner_or_nobody(services, handle)
    return CodeSent(request_id(services.entropy), now, now + CODE_LIFE, RESENDS - sent_before)


def refuse(services: Services, handle: AttemptHandle) -> WrongCode | AttemptEnded | TooManyAttempts:
    """Count a try at a decoy and return the refusal that a wrong code gets."""
    now = services.clock.now()
    _require_life(services, handle)
    with services.store.bucket(f"decoy name:{handle.name.casefold()}") as tries:
        wait = limits.wait_for(tries, limits.GUESSES, now)
        if not wait:
            limits.count(tries, now)
    with services.store.bucket(f"decoy codes:{hash_token(handle.token)}") as tries:
        spent = tries.in_a_row >= CODE_TRIES
        if not spent and not wait:
            limits.count(tries, now)
        left = CODE_TRIES - tries.in_a_row
    if spent:
        return AttemptEnded("Five wrong codes. Start again.")
    if wait:
        return too_many(wait)
    if left == 0:
        return WrongCode("This is not the code, and it was the last try. Start again.", tries_left=0)
    words_left = "One try" if left == 1 else f"{left} tries"
    return WrongCode(f"This is not the code. {words_left} left.", tries_left=left)


def _require_life(services: Services, handle: AttemptHandle) -> None:
    age = services.clock.now() - handle.started_at
    if not timedelta(0) <= age < ATTEMPT_LIFE:
        raise AttemptEnded("This took longer than 10 minutes, or was ended elsewhere. Start again.")


def _tell_owner_or_nobody(services: Services, handle: AttemptHandle) -> None:
    now = services.clock.now()
    owner = (
        services.store.find(Claim.EMAIL, handle.name)
        if "@" in handle.name and handle.purpose is not Purpose.RESET_PASSWORD
        else None
    )
    if owner is None:
        services.mailer.check()
        return
    with services.store.account(owner) as account:
        allowed = not limits.wait_for(account.mails, limits.ACCOUNT_MAILS, now)
        if allowed:
            limits.count(account.mails, now)
        params = {"username": account.username, "origin": handle.origin.label, "time": words(now)}
    if allowed:
        services.mailer.send(Mail(template=Template.ADDRESS_IN_USE, to=account.email.address, params=params))
    else:
        services.mailer.check()
