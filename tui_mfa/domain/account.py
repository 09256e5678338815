"""The account: everything that one transaction may change.

One account is one aggregate, one lock and one atomic save. Nothing in here is readable as a secret: TOTP secrets are
sealed (AES-GCM), codes are keyed or slow hashes, tokens are SHA-256 of 256 random bits.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from tui_mfa.domain.api_tokens.model import ApiToken
from tui_mfa.domain.billing.model import Billing
from tui_mfa.domain.events import SecurityEvent, Tag
from tui_mfa.domain.layout import SCHEMA as SCHEMA  # noqa: PLC0414 - known here by all that keep accounts
from tui_mfa.domain.limits import Tries
from tui_mfa.domain.quota.model import Quotas
from tui_mfa.domain.ssh_keys.model import SshKey


class Method(StrEnum):
    """The two-factor method; exactly one is current."""

    DISABLED = "disabled"
    EMAIL = "email"
    AUTHENTICATOR = "authenticator"


class Factor(StrEnum):
    """Whatever can be guessed, each with its own counter."""

    PASSWORD = "password"
    EMAIL = "email"
    """A code mailed to the proved address, at a login or a confirmation."""
    RESET_CODE = "reset_code"
    """A code mailed for a forgotten password: anyone may ask for one, so its guesses lock nothing else."""
    NEW_EMAIL = "new_email"
    """A code mailed to an address that is to become the account's."""
    AUTHENTICATOR = "authenticator"
    RECOVERY_CODE = "recovery_code"
    SAVED_SECRET = "saved_secret"
    RECOVERY_MAIL = "recovery_mail"
    """A code mailed to who came with an SSH key and has lost the app."""


class Purpose(StrEnum):
    """What a mailed code is good for; a code for one purpose is wrong for every other."""

    LOGIN = "login"
    RESET_PASSWORD = "reset_password"
    CHANGE_EMAIL = "change_email"
    CONFIRM = "confirm"
    RECOVER = "recover"


@dataclass(slots=True, kw_only=True)
class Email:
    """The e-mail address."""

    address: str
    verified_at: datetime | None = None
    """When a code proved it; ``None`` means that no session starts before that."""


@dataclass(slots=True, kw_only=True)
class Password:
    """The password's argon2id hash in PHC form."""

    hash: str
    changed_at: datetime
    stands_alone: bool
    """Long enough (15 bytes) to be the only factor; else the second factor cannot be disabled."""


@dataclass(slots=True, kw_only=True)
class Authenticator:
    """The TOTP factor in use."""

    id: str
    """16 hex digits; part of what the sealed secret is bound to."""
    sealed: str
    """The 32-byte secret, sealed with AES-256-GCM."""
    last_step: int
    """The highest accepted time step; no step at or below it passes again (RFC 6238 section 5.2)."""
    last_step_at: datetime
    """When that step was accepted."""
    enabled_at: datetime
    proof_group: int
    """Which group of four characters (0-12) is asked for as proof that the secret was saved."""
    saved_at: datetime | None = None
    """When the proof was given."""


@dataclass(slots=True, kw_only=True)
class Enrolment:
    """A secret that was shown but not yet validated; grants nothing."""

    id: str
    sealed: str
    started_at: datetime
    session_id: str
    """The session that may validate it."""
    wrong_codes: int = 0


@dataclass(slots=True, kw_only=True)
class RecoveryCode:
    """One recovery code at rest."""

    index: str
    """Two characters from a keyed hash of the code: finds the one entry that a try must be hashed against."""
    hash: str
    """argon2id, PHC form."""
    used_at: datetime | None = None


@dataclass(slots=True, kw_only=True)
class RecoveryCodes:
    """A set of ten recovery codes."""

    set_id: str
    """Two characters shown on screen and in the saved file, to tell one set from another."""
    made_at: datetime
    codes: list[RecoveryCode]


@dataclass(slots=True, kw_only=True)
class MailedCode:
    """The newest code that was mailed for an attempt; older ones are void."""

    request_id: str
    """A letter and a digit, on screen and in the mail, to tell one mail from another."""
    mac: str
    """HMAC-SHA-256 (server key) over account, attempt, purpose, salt and code, as hex."""
    salt: str
    address: str
    """Where it was sent: a code for an address that changed meanwhile is void."""
    sent_at: datetime
    expires_at: datetime


@dataclass(slots=True, kw_only=True)
class Attempt:
    """A step of proof that is under way (a login, a reset, an e-mail change, a confirmation); grants nothing."""

    id: str
    token_hash: str
    """SHA-256 of the 256-bit token that the screen holds, as hex."""
    purpose: Purpose
    started_at: datetime
    expires_at: datetime
    origin: str
    address: str
    """The e-mail address that codes of this attempt go to."""
    session_id: str | None = None
    """The session it belongs to, for purposes inside one."""
    mails_sent: int = 0
    wrong_codes: int = 0
    proved: bool = False
    """For a reset: the mailed code was right, a new password may be set."""
    mailed: MailedCode | None = None
    by_key: bool = False
    """For a login: an SSH key stood for the password, so that what follows is no confirmation (S51)."""
    password_proved: bool = False
    """For a login by key: the password was given as well, for recovery or for a confirmation."""


@dataclass(slots=True, kw_only=True)
class SessionRecord:
    """A logged-in presence in one terminal."""

    id: str
    """8 hex digits, to be shown in the list of sessions."""
    token_hash: str
    """SHA-256 of the session's 256-bit token, as hex (ASVS 7.2.3)."""
    factor: str
    """How the second factor was proved, in a word for the list."""
    started_at: datetime
    seen_at: datetime
    expires_at: datetime
    origin: str
    confirmed_at: datetime | None
    """When password and factor were last proved together."""
    recovered_at: datetime | None = None
    """Set when a recovery code or the saved secret stood for the factor: allows Replace for ten minutes, no more."""


@dataclass(slots=True, kw_only=True)
class LastLogin:
    """What the line after a login tells about the one before."""

    at: datetime
    origin: str


@dataclass(slots=True, kw_only=True)
class Notice:
    """A security mail that waits to be sent; holds no secret."""

    id: str
    template: str
    to: str
    params: dict[str, str]
    queued_at: datetime


@dataclass(slots=True, kw_only=True)
class Profile:
    """What the person tells about themselves."""

    name: str = ""
    company: str = ""
    address: str = ""
    """Street, postcode and place in one line."""
    country: str = ""
    """Two letters (ISO 3166-1 alpha-2); empty when not given."""
    vat_id: str = ""
    """In its compact form, as ``domain/profile/vat.py`` makes it."""


@dataclass(slots=True, kw_only=True)
class Account:
    """One person's record."""

    id: str
    """32 hex digits."""
    username: str
    email: Email
    password: Password
    created_at: datetime
    method: Method = Method.EMAIL
    disabled_at: datetime | None = None
    """When an operator closed the account; no login, no session."""
    pending: bool = False
    """A stranger registered it and has not proved the address yet: to everybody else it does not exist, and the next
    registration with one of its names replaces it."""
    authenticator: Authenticator | None = None
    enrolment: Enrolment | None = None
    recovery: RecoveryCodes | None = None
    attempts: list[Attempt] = field(default_factory=list)
    sessions: list[SessionRecord] = field(default_factory=list)
    tries: dict[Factor, Tries] = field(default_factory=dict)
    mails: Tries = field(default_factory=Tries)
    """Mails with a code, for the hourly limit."""
    unasked_mails: Tries = field(default_factory=Tries)
    """Mails that somebody without the password caused, with an hourly limit of their own: they lock nobody out."""
    profile: Profile = field(default_factory=Profile)
    billing: Billing = field(default_factory=Billing)
    quotas: Quotas = field(default_factory=Quotas)
    ssh_keys: list[SshKey] = field(default_factory=list)
    api_tokens: list[ApiToken] = field(default_factory=list)
    last_login: LastLogin | None = None
    failed_since_login: int = 0
    notices: list[Notice] = field(default_factory=list)
    events: list[SecurityEvent] = field(default_factory=list)
    """The newest events; the store moves older ones into the audit log."""
    event_count: int = 0

    def record(self, now: datetime, tag: Tag, origin: str, **detail: str) -> None:
        """Append a security event.

        Args:
            now: When, UTC.
            tag: What.
            origin: From where.
            detail: Few words more, never a secret.
        """
        self.event_count += 1
        self.events.append(SecurityEvent(seq=self.event_count, at=now, tag=tag, origin=origin, detail=detail))

    def tries_of(self, factor: Factor) -> Tries:
        """Return the counter of a factor, made on first use."""
        return self.tries.setdefault(factor, Tries())
