"""The keys of one installation, in memory."""

from collections.abc import Mapping
from dataclasses import dataclass

from tui_mfa.domain.secret import Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRing:
    """Several keys that open, one that seals, and one for hashes."""

    active: str
    """The id of the key that seals."""
    keys: Mapping[str, Secret[bytes]]
    """All keys that may still open something, by id; 32 bytes each."""
    mac: Secret[bytes]
    """What the keyed hashes derive from, 32 bytes; the same for ever, since a hash cannot be made again."""
    source: str
    """The path of the key file, to be named in errors."""
