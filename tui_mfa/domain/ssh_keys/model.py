"""SSH keys as they are kept, and as screens and commands show them."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(slots=True, kw_only=True)
class SshKey:
    """One public key of an account.

    Options and the comment of the pasted line are not part of it, so that they can never come out again (S54).
    """

    id: str
    """8 hex digits, for screens and commands."""
    title: str
    """The person's name for it, unique within the account."""
    blob: str
    """The key exactly as it was given, in base64: type, curve and application stand inside."""
    added_at: datetime
    added_from: str
    expires_at: datetime | None = None
    """From this moment on it opens nothing; ``None`` never comes."""
    last_used_at: datetime | None = None
    """When a login with it was last reported, to within ten minutes."""


@dataclass(slots=True, kw_only=True)
class Holder:
    """The part of an account that decides which keys open a login: read alone, it is read fast."""

    id: str
    username: str
    address: str
    closed: bool
    """An operator disabled the account, or nobody has proved its address yet: no key of it opens anything."""
    ssh_keys: list[SshKey]


@dataclass(frozen=True, slots=True)
class KeyView:
    """One line of the list of keys."""

    id: str
    title: str
    type: str
    """The type string of OpenSSH; empty when the stored key cannot be read."""
    kind: str
    """The same in words, with the size: ``ED25519``, ``RSA 4096``, ``ED25519-SK, hardware``."""
    bits: int
    hardware: bool
    """The private half lives in a security key."""
    fingerprint: str
    """As ``ssh-keygen -lf`` shows it: ``SHA256:`` and 43 characters."""
    added_at: datetime
    added_from: str
    expires_at: datetime | None
    expired: bool
    last_used_at: datetime | None
    problem: str
    """Why it opens nothing although it has not expired, as a sentence; usually empty."""

    @property
    def usable(self) -> bool:
        """Whether it opens anything."""
        return not self.expired and not self.problem


@dataclass(frozen=True, slots=True)
class Added:
    """What became of a pasted key."""

    key: KeyView
    dropped: tuple[str, ...]
    """Names of the options that stood before the key and were not kept."""
    advice: str
    """A sentence about a key that is accepted but weaker than advised; usually empty."""


@dataclass(frozen=True, slots=True)
class KeysState:
    """The account's keys in a word, for the Security tab."""

    count: int = 0
    last_used_at: datetime | None = None
    expired: int = 0
