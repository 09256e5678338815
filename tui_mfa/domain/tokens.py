"""Random values that stand for somebody: session tokens, attempt tokens, short public ids."""

import base64
import hashlib
import hmac
from typing import Final

from tui_mfa.domain.ports import Entropy
from tui_mfa.domain.secret import Secret

TOKEN_BYTES: Final = 32
"""256 bits (ASVS 7.2.3 asks for 128)."""

CROCKFORD: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base32 digits: no I, L, O, U."""


def new_token(entropy: Entropy) -> Secret[str]:
    """Return a fresh 256-bit token in base64url."""
    return Secret(base64.urlsafe_b64encode(entropy.token(TOKEN_BYTES)).decode().rstrip("="))


def hash_token(token: Secret[str]) -> str:
    """Return SHA-256 of a token as hex: enough for 256 random bits (ASVS 6.5.2 asks for a slow hash below 112)."""
    return hashlib.sha256(token.reveal().encode()).hexdigest()


def same(left: str, right: str) -> bool:
    """Compare two texts in constant time (ASVS 11.2.4)."""
    return hmac.compare_digest(left.encode("utf-8", "surrogatepass"), right.encode("utf-8", "surrogatepass"))


def new_id(entropy: Entropy, size: int) -> str:
    """Return a random public id of ``size`` bytes as hex."""
    return entropy.token(size).hex()


def request_id(entropy: Entropy, *, not_this: str = "") -> str:
    """Return a letter and a digit that are easy to read aloud, other than ``not_this``."""
    letters, digits = "ABCDEFGHJKMNPQRSTVWXYZ", "23456789"
    while True:
        fresh = letters[entropy.below(len(letters))] + digits[entropy.below(len(digits))]
        if fresh != not_this:
            return fresh
