"""Decisions about the second factor, made inside the account's transaction."""

from datetime import datetime, timedelta
from typing import Final

from tui_mfa.domain import limits
from tui_mfa.domain.account import Account, Authenticator, Enrolment, Factor
from tui_mfa.domain.errors import ClockSkew, CodeAlreadyUsed, DomainError, NotAllowed, WrongCode
from tui_mfa.domain.login import guard
from tui_mfa.domain.ports import SecretBox
from tui_mfa.domain.two_factor import totp

ENROLMENT_LIFE: Final = timedelta(minutes=10)
"""How long a shown secret can be validated."""

ENROLMENT_TRIES: Final = 5
"""Wrong codes after which a shown secret is dropped."""

WORD: Final = "disable"
"""What has to be typed to disable two-factor authentication."""

PROOF_GROUPS: Final = totp.SECRET_CHARACTERS // 4
"""Groups of four characters in a secret."""


def context(account_id: str, factor_id: str) -> str:
    """Return what a sealed secret is bound to: account and factor."""
    return f"account:{account_id}|totp:{factor_id}"


def check_totp(account: Account, code: str, now: datetime, box: SecretBox) -> DomainError | None:
    """Judge a code of the authenticator; every try is counted first, a used step never passes again.

    Args:
        account: The open account.
        code: Six digits.
        now: The time.
        box: Opens the secret.
    """
    authenticator = account.authenticator
    if authenticator is None:
        return NotAllowed("There is no authenticator on this account.")
    refused = guard.reserve(account, Factor.AUTHENTICATOR, now)
    if refused is not None:
        return refused
    place = context(account.id, authenticator.id)
    secret = box.open(authenticator.sealed, place)
    found = totp.match(secret, code, now)
    if found is None:
        return WrongCode("This is not the code. Codes depend on the time: is the phone's clock set automatically?")
    if found.step <= authenticator.last_step:
        return already_used(authenticator, now)
    authenticator.last_step = found.step
    authenticator.last_step_at = now
    if box.outdated(authenticator.sealed):
        authenticator.sealed = box.seal(secret, place)
    limits.clear(account.tries_of(Factor.AUTHENTICATOR))
    return None


def already_used(authenticator: Authenticator, now: datetime) -> CodeAlreadyUsed:
    """Return the refusal of a code whose step, or a later one, was accepted before."""
    # The first moment at which the phone shows a code of a step that was not accepted yet.
    free = (authenticator.last_step + 1) * totp.STEP_SECONDS
    wait = max(free - int(now.timestamp()), 1)
    at = authenticator.last_step_at
    return CodeAlreadyUsed(
        f"This code was already used at {at:%H:%M} UTC. Wait {wait} s for the next one.", used_at=at, wait=wait
    )


def check_enrolment(
    enrolment: Enrolment, place: str, code: str, now: datetime, box: SecretBox
) -> totp.Match | DomainError:
    """Judge the first code of a new secret; the wrong ones are counted on the enrolment."""
    secret = box.open(enrolment.sealed, place)
    found = totp.match(secret, code, now)
    if found is not None:
        return found
    enrolment.wrong_codes += 1
    left = ENROLMENT_TRIES - enrolment.wrong_codes
    if left <= 0:
        return WrongCode("Five wrong codes: this secret was dropped. Scan the new one.", tries_left=0)
    skew = totp.find_skew(secret, code, now)
    if skew is not None:
        way = "fast" if skew.seconds > 0 else "slow"
        return ClockSkew(
            f"The phone's clock is about {abs(skew.seconds)} s {way}. Turn on automatic time, then try the next code.",
            seconds=skew.seconds,
        )
    return WrongCode(f"This is not the code. Did you scan this very picture? {left} tries left.", tries_left=left)


def positions(group: int) -> tuple[int, int]:
    """Return the first and last character (from 1) of a group of four."""
    return group * 4 + 1, group * 4 + 4
