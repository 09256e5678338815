"""How a saved card is written."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final

from tui_mfa.domain.billing.model import Card
from tui_mfa.presentation import safe_text

BRANDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "amex": "American Express",
        "cartes_bancaires": "Cartes Bancaires",
        "diners": "Diners Club",
        "discover": "Discover",
        "jcb": "JCB",
        "link": "Link",
        "mastercard": "Mastercard",
        "sepa_debit": "SEPA debit",
        "unionpay": "UnionPay",
        "visa": "Visa",
    }
)
"""How the provider's names of brands are written."""


def brand_words(card: Card) -> str:
    """Return a brand as it is written."""
    return BRANDS.get(card.brand, card.brand.capitalize())


def card_words(card: Card) -> str:
    """Return a card in words: ``Visa •••• 4242``."""
    return safe_text(f"{brand_words(card)} •••• {card.last4}", 40)


def expiry_words(card: Card, now: datetime) -> str:
    """Return ``expired``, ``expires this month`` or nothing; a card is good to the end of its month."""
    if not card.exp_year:
        return ""
    month, this = (card.exp_year, card.exp_month), (now.year, now.month)
    return "! expired" if month < this else "! expires this month" if month == this else ""
