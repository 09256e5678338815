"""API tokens as they are kept, and as screens, commands and programs see them."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from tui_mfa.domain.secret import Secret


class Scope(StrEnum):
    """What a token may do; none reaches two-factor authentication, the address, the password or tokens (S59)."""

    READ = "read"
    """Look at the account."""
    KEYS = "keys"
    """List, add and delete SSH keys."""
    ADMIN = "admin"
    """Both, and change name and company."""
    VERIFY = "verify"
    """Ask whether a code satisfies an account's second factor; granted by the operator only."""


class State(StrEnum):
    """How a token is now."""

    LIVE = "live"
    EXPIRED = "expired"
    REVOKED = "revoked"


@dataclass(slots=True, kw_only=True)
class ApiToken:
    """One token of an account; the token itself is not in here and cannot be had from it."""

    id: str
    """8 hex digits, for screens and commands."""
    name: str
    """The person's name for it, unique among the account's live tokens."""
    hash: str
    """SHA-256 of the whole token, as hex: enough for 178 random bits (ASVS 6.5.2)."""
    last_four: str
    """The token's last four characters, to tell one from another."""
    scopes: list[Scope]
    created_at: datetime
    created_from: str
    expires_at: datetime
    last_used_at: datetime | None = None
    """To within ten minutes."""
    last_used_from: str = ""
    revoked_at: datetime | None = None
    warned: list[int] = field(default_factory=list)
    """Days before the end that were told by mail, or that its life never had."""


@dataclass(frozen=True, slots=True)
class TokenView:
    """One line of the list of tokens."""

    id: str
    name: str
    hint: str
    """``tmfa_…Ab3d``: enough to tell which token it is."""
    scopes: tuple[Scope, ...]
    state: State
    created_at: datetime
    created_from: str
    expires_at: datetime
    revoked_at: datetime | None
    last_used_at: datetime | None
    last_used_from: str


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token that was just made; shown once."""

    token: Secret[str]
    view: TokenView


@dataclass(frozen=True, slots=True)
class TokensState:
    """The account's live tokens in a word, for the Security tab."""

    count: int = 0
    next_expiry: datetime | None = None
    """When the first of them ends."""


@dataclass(frozen=True, slots=True)
class Bearer:
    """A program that showed a live token; every use case looks the token up and checks it again."""

    account_id: str
    token_id: str
    token_name: str
    scopes: frozenset[Scope]
    origin: str
    """From where, for the audit log: ``api 203.0.113.5``."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What a token that somebody found turns out to be."""

    state: State
    username: str
    view: TokenView
