"""What the profile's screens and commands show; no hash and no secret is in here."""

from dataclasses import dataclass, field
from datetime import datetime

from tui_mfa.domain.account import Method
from tui_mfa.domain.api_tokens.model import TokensState
from tui_mfa.domain.login.model import RecoverySet
from tui_mfa.domain.quota.model import QuotaRow
from tui_mfa.domain.ssh_keys.model import KeysState


@dataclass(frozen=True, slots=True)
class SessionView:
    """One line of the list of sessions."""

    id: str
    factor: str
    started_at: datetime
    seen_at: datetime
    origin: str
    current: bool


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything the profile shows about an account."""

    username: str
    email: str
    email_verified: bool
    name: str
    company: str
    address: str
    country: str
    """Its name; empty when not given."""
    vat_id: str
    quotas: tuple[QuotaRow, ...]
    """All limits, in their usual order."""
    member_since: datetime
    password_changed_at: datetime
    method: Method
    mfa_required: bool
    """The operator does not allow the method ``disabled``."""
    may_disable: bool
    """The password is long enough to stand alone."""
    authenticator_since: datetime | None
    proof_owed: tuple[int, int] | None
    """Characters of the secret that are still asked for as proof that it was saved."""
    recovery: RecoverySet | None
    replace_owed: bool
    """The session was opened by recovery: the authenticator should be replaced."""
    confirmed: bool
    """A change of method is allowed right now, without a new confirmation."""
    sessions: tuple[SessionView, ...]
    ssh_keys: KeysState = field(default_factory=KeysState)
    api_tokens: TokensState = field(default_factory=TokensState)
