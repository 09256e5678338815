"""Secrets at rest: AES-256-GCM bound to their place (ASVS 11.3.2-11.3.4), and keyed hashes (S22, S32).

A sealed secret reads ``v1.<key id>.<base64url of nonce and ciphertext>``. ``cryptography`` is imported when the first
one is made or opened: commands that need none start without it.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from typing import Final

from tui_mfa.domain.errors import KeyUnavailable
from tui_mfa.domain.secret import Secret
from tui_mfa.security.keyring import KeyRing

_VERSION: Final = "v1"

_NONCE: Final = 12
"""Bytes, random (NIST SP 800-38D section 8.2.2: safe for 2**32 messages under one key)."""


class AesGcmBox:
    """Seals and opens with the keys of a ring; implements ``ports.SecretBox``.

    Args:
        keys: The ring, as the key file was when the program started.
    """

    def __init__(self, keys: KeyRing) -> None:
        self._keys = keys

    def seal(self, secret: Secret[bytes], context: str) -> str:
        """Return the sealed form; it opens only with the same context."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - see the module's docstring

        key_id = self._keys.active
        nonce = secrets.token_bytes(_NONCE)
        cipher = AESGCM(self._keys.keys[key_id].reveal())
        sealed = nonce + cipher.encrypt(nonce, secret.reveal(), _bound_to(key_id, context))
        return f"{_VERSION}.{key_id}.{base64.urlsafe_b64encode(sealed).decode()}"

    def open(self, sealed: str, context: str) -> Secret[bytes]:
        """Return the secret.

        Raises:
            KeyUnavailable: It is damaged, belongs elsewhere, or was sealed with a key that is not in the ring.
        """
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415 - see the module's docstring
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - see the module's docstring

        key_id, data = self._taken_apart(sealed)
        cipher = AESGCM(self._keys.keys[key_id].reveal())
        try:
            return Secret(cipher.decrypt(data[:_NONCE], data[_NONCE:], _bound_to(key_id, context)))
        except (InvalidTag, ValueError):
            raise KeyUnavailable(
                f"A stored secret does not open: it was changed or moved, or {self._keys.source} holds another key "
                f"under the name {key_id}. Restore the key file that belongs to the accounts."
            ) from None

    def outdated(self, sealed: str) -> bool:
        """Say whether it was sealed with a key that is no longer the active one."""
        return not sealed.startswith(f"{_VERSION}.{self._keys.active}.")

    def mac(self, purpose: str, data: bytes) -> str:
        """Return HMAC-SHA-256 with a key derived for the purpose, as 64 hex digits."""
        return hmac.digest(_derived(self._keys.mac.reveal(), purpose), data, "sha256").hex()

    def _taken_apart(self, sealed: str) -> tuple[str, bytes]:
        version, _, rest = sealed.partition(".")
        key_id, _, text = rest.partition(".")
        if version != _VERSION:
            raise KeyUnavailable("A stored secret has a form that this tui-mfa does not know.")
        if key_id not in self._keys.keys:
            raise KeyUnavailable(
                f"A stored secret needs a key that was not in {self._keys.source} when this program started. Start it "
                "again after a rotation; otherwise restore the key file that belongs to the accounts."
            )
        try:
            return key_id, base64.b64decode(text, altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            raise KeyUnavailable("A stored secret is damaged. Restore the account from a backup.") from None


def _bound_to(key_id: str, context: str) -> bytes:
    """Return the associated data; a key id holds no dot, so no two pairs give the same."""
    return f"{_VERSION}.{key_id}.{context}".encode()


def _derived(key: bytes, purpose: str) -> bytes:
    """Return a key of its own for a purpose: HKDF-SHA-256 without salt, one block (RFC 5869 sections 2.2 and 2.3)."""
    extracted = hmac.digest(bytes(hashlib.sha256().digest_size), key, "sha256")
    return hmac.digest(extracted, b"tui-mfa mac " + purpose.encode() + b"\x01", "sha256")
