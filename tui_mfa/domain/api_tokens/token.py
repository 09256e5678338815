"""The text of a token: made, and judged without looking anything up.

``tmfa_`` + 30 random characters + 6 of a checksum. The checksum tells typing errors and foreign tokens at once, and
lets scanners find ours in published files; it protects nothing.
"""

import re
import string
import zlib
from enum import StrEnum
from typing import Final

from tui_mfa.domain.ports import Entropy
from tui_mfa.domain.secret import Secret
from tui_mfa.domain.tokens import same

PREFIX: Final = "tmfa_"
"""Begins every token; its underscore lets a double click select all of it."""

ALPHABET: Final = string.digits + string.ascii_uppercase + string.ascii_lowercase
"""The digits of base62, by value."""

RANDOM_CHARACTERS: Final = 30
"""178.6 bits (ASVS 11.5.1 asks for 128)."""

CHECK_CHARACTERS: Final = 6
"""The CRC-32 of what stands before, in base62, filled up with ``0`` at the left."""

SHOWN: Final = 4
"""Characters at the end that stay visible in lists."""

_FORM: Final = re.compile(rf"{PREFIX}[0-9A-Za-z]{{{RANDOM_CHARACTERS + CHECK_CHARACTERS}}}")


class Form(StrEnum):
    """What a text is, as a token."""

    GOOD = "good"
    """Well formed; whether it is a token of an account is another question."""
    MISTYPED = "mistyped"
    """It begins like one of ours and is none: a character is wrong, missing or too many."""
    FOREIGN = "foreign"
    """Not one of ours."""


def new(entropy: Entropy) -> Secret[str]:
    """Return a fresh token; each character is drawn by itself, so that none is likelier than another."""
    head = PREFIX + "".join(ALPHABET[entropy.below(len(ALPHABET))] for _ in range(RANDOM_CHARACTERS))
    return Secret(head + checksum(head))


def checksum(head: str) -> str:
    """Return the six characters that follow prefix and random part."""
    rest, digits = zlib.crc32(head.encode("ascii")), ""
    for _ in range(CHECK_CHARACTERS):
        rest, digit = divmod(rest, len(ALPHABET))
        digits = ALPHABET[digit] + digits
    return digits


def form(text: Secret[str]) -> Form:
    """Say what a text is, without looking anything up."""
    raw = text.reveal()
    if not raw.startswith(PREFIX):
        return Form.FOREIGN
    if not _FORM.fullmatch(raw) or not same(checksum(raw[:-CHECK_CHARACTERS]), raw[-CHECK_CHARACTERS:]):
        return Form.MISTYPED
    return Form.GOOD


def hint(last_four: str) -> str:
    """Return how a token is named in lists: ``tmfa_…Ab3d``."""
    return f"{PREFIX}…{last_four}"
