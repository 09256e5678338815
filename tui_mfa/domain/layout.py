"""How accounts are kept and found, for whatever reads them; a module that loads nothing else."""

import unicodedata
from enum import StrEnum
from typing import Final

SCHEMA: Final = 1
"""The layout of a stored account; a file with a higher number is refused, one with a lower is migrated."""


class Claim(StrEnum):
    """What must be unique over all accounts."""

    USERNAME = "username"
    EMAIL = "email"
    SERIES = "series"
    """The six characters that all invoice numbers of an account begin with."""
    TOKEN = "token"
    """SHA-256 of an API token, as hex."""


def folded(value: str) -> str:
    """Return the form in which a claim is unique: NFKC and case folded, so that ``JANE`` and ``jane`` are one."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", value).casefold())
