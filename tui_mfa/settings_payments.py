"""The settings about money: how each is read, and what must fit together."""

import ipaddress
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from tui_mfa.domain.secret import Secret

PAYMENTS: Final = ("offline", "stripe")
"""Ways to be paid."""

INSTRUCTIONS_MAX: Final = 300
"""Characters; they stand on every open invoice."""

URL_MAX: Final = 56
"""Characters of ``public_url``: with ``/c/`` and 19 more, the QR code is of version 4 (78 bytes) and fits 80×24."""

SECRETS_IN_FILE: Final = ("stripe_key", "stripe_webhook_secret")
"""Keys whose presence makes a settings file one that others must not read."""


def secret(value: object, _folder: Path) -> Secret[str] | None:
    """Read a secret without spaces; empty is none. Raises ``ValueError``."""
    text = value.reveal() if isinstance(value, Secret) else value
    if not isinstance(text, str):
        raise ValueError
    text = text.strip()
    if not text.isascii() or not text.isprintable() or " " in text:
        raise ValueError
    return Secret(text) if text else None


def instructions(value: object, _folder: Path) -> str:
    """Read one printable line, or nothing. Raises ``ValueError``."""
    if not isinstance(value, str):
        raise ValueError
    text = unicodedata.normalize("NFC", value.strip())
    if len(text) > INSTRUCTIONS_MAX or not text.isprintable():
        raise ValueError
    return text


def public_url(value: object, _folder: Path) -> str:
    """Read an https URL without a query, or nothing; http is taken for this machine alone. Raises ``ValueError``."""
    if not isinstance(value, str) or not value.isascii() or not value.isprintable():
        raise ValueError
    text = value.strip().rstrip("/")
    if not text:
        return ""
    parts = urlsplit(text)
    if not parts.hostname or parts.username is not None or "?" in text or "#" in text or len(text) > URL_MAX:
        raise ValueError
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_this_machine(parts.hostname)):
        raise ValueError
    return text


def problems_of(payments: str, given: Mapping[str, Any]) -> list[str]:
    """Return what is missing for the chosen way, a sentence each.

    Args:
        payments: The chosen way.
        given: The values that were read, by key.
    """
    if payments != "stripe":
        return []
    needed = ("stripe_key", "stripe_webhook_secret", "public_url")
    return [f"payments = stripe needs {key} too." for key in needed if not given.get(key)]


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
