"""The authenticator app on the demo's phone: it reads key URIs as any app does, and shows their codes."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest

import pyotp

from tui_mfa.domain.secret import Secret
from tui_mfa.domain.two_factor import totp

USUAL = (6, totp.STEP_SECONDS, hashlib.sha1)
"""Digits, seconds and hash that every app takes when a URI names none; the portal's URIs never do."""


class NotReadable(ValueError):
    """What was scanned is no key URI of a time-based code."""


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """One account in the app."""

    issuer: str
    account: str
    secret: Secret[bytes]

    def code(self, now: datetime) -> Secret[str]:
        """Return the six digits of a moment."""
        return totp.code_at(self.secret, totp.step_at(now))


class Authenticator:
    """The app: its accounts, newest first, and the one that is chosen. A replaced one stays, as on real phones."""

    def __init__(self) -> None:
        self._entries: list[Entry] = []
        self.chosen = 0
        """Index of the entry whose code is shown large."""

    @property
    def entries(self) -> Sequence[Entry]:
        """All accounts, the newest first."""
        return tuple(self._entries)

    @property
    def current(self) -> Entry | None:
        """The chosen account; None while there is none at all."""
        return self._entries[self.chosen] if self._entries else None

    def scan(self, uri: Secret[str]) -> Entry:
        """Take an account from a QR code and choose it; one that is known already is only chosen.

        Raises:
            NotReadable: It is no key URI of a time-based code with the usual parameters.
        """
        entry = _parsed(uri)
        for index, known in enumerate(self._entries):
            if compare_digest(known.secret.reveal(), entry.secret.reveal()):
                self.chosen = index
                return known
        self._entries.insert(0, entry)
        self.chosen = 0
        return entry

    def knows(self, uri: Secret[str]) -> bool:
        """Say whether the account of a QR code is in the app."""
        try:
            secret = _parsed(uri).secret
        except NotReadable:
            return False
        return any(compare_digest(known.secret.reveal(), secret.reveal()) for known in self._entries)

    def step(self, by: int) -> None:
        """Choose a neighbour; the list does not wrap around."""
        self.chosen = max(0, min(len(self._entries) - 1, self.chosen + by))


def _parsed(uri: Secret[str]) -> Entry:
    try:
        parsed = pyotp.parse_uri(uri.reveal())
        secret = Secret(parsed.byte_secret())
    except ValueError:
        raise NotReadable from None
    if not isinstance(parsed, pyotp.TOTP) or (parsed.digits, parsed.interval, parsed.digest) != USUAL:
        raise NotReadable
    return Entry(parsed.issuer or "", parsed.name, secret)
