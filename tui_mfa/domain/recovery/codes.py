"""Recovery codes: 80 random bits in Crockford's base32, kept as argon2id with a keyed two-character index."""

from typing import Final

from tui_mfa.domain.errors import InvalidInput
from tui_mfa.domain.ports import Entropy, SecretBox
from tui_mfa.domain.secret import Secret
from tui_mfa.domain.tokens import CROCKFORD

COUNT: Final = 10
"""Codes of a set."""

CHARACTERS: Final = 16
"""Characters of a code: 80 bits (NIST SP 800-63B-4 section 4.2.1.1 asks for 64)."""

_FOLD: Final = str.maketrans({"I": "1", "L": "1", "O": "0", " ": None, "-": None})


def new_code(entropy: Entropy) -> Secret[str]:
    """Return a fresh code without hyphens."""
    return Secret("".join(CROCKFORD[entropy.below(32)] for _ in range(CHARACTERS)))


def shown(code: Secret[str]) -> Secret[str]:
    """Return a code as people see it: ``XXXX-XXXX-XXXX-XXXX``."""
    raw = code.reveal()
    return Secret("-".join(raw[start : start + 4] for start in range(0, CHARACTERS, 4)))


def parse(text: Secret[str]) -> Secret[str]:
    """Return the sixteen characters of a typed code, in any case, with spaces or hyphens, I L O read as 1 1 0."""
    raw = text.reveal() if len(text) <= 64 else ""  # noqa: PLR2004 - any bound
    folded = raw.upper().translate(_FOLD)
    if len(folded) != CHARACTERS or any(character not in CROCKFORD for character in folded):
        raise InvalidInput("A recovery code looks like XXXX-XXXX-XXXX-XXXX.", field="recovery_code")
    return Secret(folded)


def index(box: SecretBox, account_id: str, code: Secret[str]) -> str:
    """Return the two characters that find a code among ten: keyed, so that they tell nothing without the key."""
    digest = int(box.mac("recovery index", f"{account_id}|{code.reveal()}".encode())[:4], 16)
    return CROCKFORD[digest >> 11] + CROCKFORD[(digest >> 6) & 31]
