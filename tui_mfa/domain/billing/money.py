"""Dollars and cents: integers inside, words at the door and on the screen. No float is ever near them."""

import re
from typing import Final

from tui_mfa.domain.errors import InvalidInput

_AMOUNT: Final = re.compile(r"\$?(?P<dollars>[0-9]{1,7}|[0-9]{1,3}(?:,[0-9]{3}){1,2})(?:\.(?P<cents>[0-9]{2}))?")


def dollars(cents: int) -> str:
    """Return an amount as people read it: ``$1,000.00``, ``-$50.00``."""
    whole, rest = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}${whole:,}.{rest:02d}"


def plain(cents: int) -> str:
    """Return an amount as programs read it: ``1000.00``, ``-50.00``."""
    whole, rest = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}{whole}.{rest:02d}"


def amount(text: str, field: str, *, least: int, most: int) -> int:
    """Return the cents of ``25``, ``25.50``, ``$25`` or ``1,000.00``.

    Args:
        text: What was typed.
        field: The field it was typed into.
        least: Fewest cents that are taken.
        most: Most cents that are taken.

    Raises:
        InvalidInput: It is no amount, or not within the limits.
    """
    match = _AMOUNT.fullmatch(text.strip()) if text.isascii() else None
    if match is None:
        raise InvalidInput("Type an amount in US dollars, like 25 or 25.50.", field=field)
    cents = int(match["dollars"].replace(",", "")) * 100 + int(match["cents"] or 0)
    return within(cents, field, least=least, most=most)


def within(cents: int, field: str, *, least: int, most: int) -> int:
    """Return cents that are within the limits, or raise ``InvalidInput``."""
    if not least <= cents <= most:
        raise InvalidInput(f"Between {dollars(least)} and {dollars(most)}, please.", field=field)
    return cents
