"""Time-based one-time passwords (RFC 6238): SHA-1, six digits, steps of thirty seconds."""

import base64
import binascii
import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from pyotp import HOTP

from tui_mfa.domain.errors import InvalidInput
from tui_mfa.domain.ports import Entropy
from tui_mfa.domain.secret import Secret

STEP_SECONDS: Final = 30
"""Seconds of one time step (RFC 6238 section 5.2)."""

SECRET_BYTES: Final = 32
"""Size of a secret; 52 base32 characters (RFC 4226 requirement R6 asks for 16)."""

SECRET_CHARACTERS: Final = 52
"""Length of a secret as people see it."""

WINDOW: Final = (0, -1, 1)
"""Steps that are accepted, relative to the present one (SECURITY.md; RFC 6238 section 5.2)."""

SKEW_STEPS: Final = 60
"""How far a wrong clock is looked for at enrolment: half an hour either way."""


@dataclass(frozen=True, slots=True)
class Match:
    """The code fits a step inside the window."""

    step: int


@dataclass(frozen=True, slots=True)
class Skewed:
    """The code fits a step outside the window: the phone's clock is ``seconds`` fast (or slow, below zero)."""

    seconds: int


def new_secret(entropy: Entropy) -> Secret[bytes]:
    """Return 32 random bytes."""
    return Secret(entropy.token(SECRET_BYTES))


def to_base32(secret: Secret[bytes]) -> Secret[str]:
    """Return a secret as people see it: base32 without padding."""
    return Secret(base64.b32encode(secret.reveal()).decode().rstrip("="))


def from_base32(text: Secret[str]) -> Secret[bytes]:
    """Return the bytes of a secret that a person typed: any case, with spaces, hyphens or padding.

    Raises ``InvalidInput`` when it is no base32 or has not 52 characters.
    """
    raw = text.reveal() if len(text) <= 4 * SECRET_CHARACTERS else ""
    folded = raw.upper().replace(" ", "").replace("-", "").rstrip("=")
    if any(character in folded for character in "018"):
        raise InvalidInput("0, 1 and 8 are not part of a secret. Perhaps O, I or B?", field="secret")
    if len(folded) != SECRET_CHARACTERS:
        raise InvalidInput(f"A secret has {SECRET_CHARACTERS} characters; these are {len(folded)}.", field="secret")
    try:
        return Secret(base64.b32decode(folded + "=" * (-len(folded) % 8)))
    except (binascii.Error, ValueError):
        raise InvalidInput("A secret has only the letters A to Z and the digits 2 to 7.", field="secret") from None


def step_at(now: datetime) -> int:
    """Return the time step of a moment."""
    return int(now.timestamp()) // STEP_SECONDS


def seconds_left(now: datetime) -> int:
    """Return the whole seconds until the next step, 1 to 30."""
    return STEP_SECONDS - int(now.timestamp()) % STEP_SECONDS


def code_at(secret: Secret[bytes], step: int) -> Secret[str]:
    """Return the six digits of a step."""
    return Secret(HOTP(base64.b32encode(secret.reveal()).decode()).at(step))


def match(secret: Secret[bytes], code: str, now: datetime) -> Match | None:
    """Find the step inside the window that a code of six digits fits.

    All steps are compared, each in constant time, so the answer takes the same time whatever it is.
    """
    present = step_at(now)
    found = None
    for offset in WINDOW:
        if _fits(secret, code, present + offset) and found is None:
            found = Match(present + offset)
    return found


def find_skew(secret: Secret[bytes], code: str, now: datetime) -> Skewed | None:
    """Find out whether a code is right for another time, nearest first.

    Only for somebody who is logged in and looks at the secret: to a stranger, the answer would tell when a guessed
    code becomes good.
    """
    present = step_at(now)
    found = None
    for distance in range(2, SKEW_STEPS + 1):
        for offset in (distance, -distance):
            if _fits(secret, code, present + offset) and found is None:
                # The middle of the matching step is the best guess of the phone's time.
                middle = (present + offset) * STEP_SECONDS + STEP_SECONDS // 2
                found = Skewed(middle - int(now.timestamp()))
    return found


def _fits(secret: Secret[bytes], code: str, step: int) -> bool:
    if step < 0:
        return False
    return hmac.compare_digest(code_at(secret, step).reveal().encode(), code.encode())
