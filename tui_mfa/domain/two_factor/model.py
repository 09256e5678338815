"""What the two-factor use cases hand to a screen or a command."""

from dataclasses import dataclass
from datetime import datetime

from tui_mfa.domain.secret import Secret


@dataclass(frozen=True, slots=True)
class NewSecret:
    """A secret to be scanned or typed, not yet in force."""

    secret: Secret[str]
    """52 base32 characters."""
    uris: tuple[Secret[str], ...]
    """Provisioning URIs, best first: labelled with the address, with the username."""
    replaces: bool
    """An authenticator is in force until the new one is validated."""
    valid_until: datetime


@dataclass(frozen=True, slots=True)
class NewRecoveryCodes:
    """Ten recovery codes, shown once."""

    set_id: str
    made_at: datetime
    codes: tuple[Secret[str], ...]
    """Each ``XXXX-XXXX-XXXX-XXXX``."""


@dataclass(frozen=True, slots=True)
class AuthenticatorEnabled:
    """The new authenticator is in force."""

    replaced: bool
    codes: NewRecoveryCodes
    proof: tuple[int, int]
    """First and last character of the secret that are asked for as proof that it was saved."""
    other_sessions: int
    """How many other sessions could be ended now."""
