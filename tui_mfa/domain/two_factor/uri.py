"""The key URI that an authenticator app reads from the QR code."""

import re
from urllib.parse import quote

BASE32 = re.compile(r"[A-Z2-7]+")
"""Unpadded base32 (RFC 4648 section 6): authenticator apps disagree about ``=`` in a URI."""


def provisioning_uri(secret_base32: str, issuer: str, label: str) -> str:
    """Build the shortest standard key URI of a TOTP secret.

    Algorithm, digits and period are left out: SHA-1, 6 and 30 s are what every app assumes, some apps ignore the
    parameters anyway, and the 34 characters would cost the QR code up to two versions.

    Args:
        secret_base32: The secret, base32 without padding.
        issuer: Who asks for the code; stands both before the label and as a parameter, as apps expect.
        label: The account's name or e-mail address.

    Returns:
        ``otpauth://totp/{issuer}:{label}?secret={secret_base32}&issuer={issuer}``, percent-encoded.

    Raises:
        ValueError: The secret is not unpadded base32, or issuer or label are empty, hold ``:`` (which separates
            the two) or a character that cannot be UTF-8. The secret is not part of the message.
    """
    if not BASE32.fullmatch(secret_base32):
        raise ValueError("the secret must be base32 without padding")
    for name, text in (("issuer", issuer), ("label", label)):
        if not text or ":" in text:
            raise ValueError(f"the {name} of a key URI must not be empty and must not hold ':'")
    sender = _encoded(issuer)
    return f"otpauth://totp/{sender}:{_encoded(label)}?secret={secret_base32}&issuer={sender}"


def _encoded(text: str) -> str:
    """Percent-encode all but unreserved characters and ``@``.

    ``@`` may stand as it is in a path segment and in a query (RFC 3986 section 3.3 and 3.4), which saves two
    characters. The sub-delimiters may too, but apps read ``+`` as a space and ``&`` as the end of a parameter.
    """
    return quote(text, safe="@")
