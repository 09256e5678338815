"""What the rules need from the outside, as protocols; ``bootstrap`` is the only place that fills them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from tui_mfa.domain.layout import Claim as Claim  # noqa: PLC0414 - part of the port

if TYPE_CHECKING:
    # Only for annotations: the first page is drawn before the account is loaded.
    from tui_mfa.domain.account import Account
    from tui_mfa.domain.billing.gateway import Payments
    from tui_mfa.domain.events import SecurityEvent
    from tui_mfa.domain.limits import Tries
    from tui_mfa.domain.quota.model import Installation
    from tui_mfa.domain.secret import Secret


class Store(Protocol):
    """Where accounts live. Synchronous; every call is safe from any thread and any process.

    All methods raise ``StoreUnavailable`` when the disk or database does not answer, ``Corrupt`` for a damaged
    record, and ``NewerSchema`` for one that a newer program wrote.
    """

    def create(self, account: Account) -> None:
        """Save a new account and claim its username and e-mail address, or raise ``NameTaken``."""

    def get(self, account_id: str) -> Account:
        """Return a snapshot that is the caller's own, or raise ``NoSuchAccount``."""

    def find(self, claim: Claim, value: str) -> str | None:
        """Return the id of the account that holds a name, an address (compared case-insensitively) or a token."""

    def account(self, account_id: str) -> AbstractContextManager[Account]:
        """Lock an account, load it, and save it atomically when the block ends without an exception.

        An exception that leaves the block discards every change, so a refusal that must be counted is raised after
        the block. Whatever must be unique and is new is claimed first; ``NameTaken`` then discards the change.
        """

    def delete(self, account_id: str) -> None:
        """Remove an account, its claims and its events; ``NoSuchAccount`` when there is none."""

    def ids(self) -> Iterator[str]:
        """Yield the ids of all accounts, in no order."""

    def is_empty(self) -> bool:
        """Say whether there is no account at all; cheap."""

    def events(self, account_id: str) -> list[SecurityEvent]:
        """Return the whole audit log of an account, oldest first, each ``seq`` once."""

    def bucket(self, name: str) -> AbstractContextManager[Tries]:
        """Lock a counter that belongs to no account (an address, an unknown name), saved like an account.

        The name is kept only as a hash; a counter that saw nothing for a day may be forgotten.
        """

    def installation(self) -> Installation:
        """Return a snapshot of what belongs to no account; takes no lock, so it may be read while one is open."""

    def change_installation(self) -> AbstractContextManager[Installation]:
        """Lock what belongs to no account, and save it atomically when the block ends without an exception."""


class Clock(Protocol):
    """The only source of time."""

    def now(self) -> datetime:
        """Return the time now, aware, UTC."""


class Entropy(Protocol):
    """The only source of chance; cryptographically secure in a release."""

    def token(self, size: int) -> bytes:
        """Return ``size`` random bytes."""

    def below(self, limit: int) -> int:
        """Return a uniform random integer in ``[0, limit)``."""


class PasswordHasher(Protocol):
    """A slow hash for what people can remember or type (argon2id, ASVS 11.4.2)."""

    def hash(self, value: Secret[str]) -> str:
        """Return the hash in PHC form, with its salt and parameters."""

    def verify(self, hashed: str, value: Secret[str]) -> bool:
        """Say whether the value fits; a broken hash fits nothing."""

    def verify_nothing(self, value: Secret[str]) -> None:
        """Do the work of ``verify`` for an account that does not exist."""

    def outdated(self, hashed: str) -> bool:
        """Say whether a hash was made with other parameters than today's."""


class StrengthMeter(Protocol):
    """Judges new passwords against guessing and block lists."""

    def problem(self, password: Secret[str], own_words: tuple[str, ...]) -> str | None:
        """Return why a password is too easy to guess, as a sentence, or ``None``."""


class SecretBox(Protocol):
    """Encrypts what is stored, bound to its place (AES-256-GCM, ASVS 11.3)."""

    def seal(self, secret: Secret[bytes], context: str) -> str:
        """Return the sealed form; it opens only with the same context."""

    def open(self, sealed: str, context: str) -> Secret[bytes]:
        """Return the secret, or raise ``KeyUnavailable`` when key or context do not fit."""

    def outdated(self, sealed: str) -> bool:
        """Say whether it was sealed with a key that is no longer the active one."""

    def mac(self, purpose: str, data: bytes) -> str:
        """Return HMAC-SHA-256 with a key derived for the purpose, as 64 hex digits."""


class Template(StrEnum):
    """Every mail the program sends; the text stands in ``mail/templates``."""

    LOGIN_CODE = "login_code"
    RESET_CODE = "reset_code"
    NEW_ADDRESS_CODE = "new_address_code"
    CONFIRM_CODE = "confirm_code"
    LOST_DEVICE_CODE = "lost_device_code"
    VERIFY_CODE = "verify_code"
    ADDRESS_IN_USE = "address_in_use"
    AUTHENTICATOR_ENABLED = "authenticator_enabled"
    AUTHENTICATOR_REPLACED = "authenticator_replaced"
    EMAIL_ENABLED = "email_enabled"
    MFA_DISABLED = "mfa_disabled"
    FACTOR_DISABLED = "factor_disabled"
    RECOVERY_CODES_MADE = "recovery_codes_made"
    RECOVERY_USED = "recovery_used"
    PASSWORD_CHANGED = "password_changed"
    EMAIL_CHANGED = "email_changed"
    WRONG_CODES = "wrong_codes"
    ACCOUNT_DISABLED = "account_disabled"
    CREDIT_LOW = "credit_low"
    REFILL_DONE = "refill_done"
    REFILL_FAILED = "refill_failed"
    PAYMENT_RECEIVED = "payment_received"
    SSH_KEY_ADDED = "ssh_key_added"
    SSH_KEY_DELETED = "ssh_key_deleted"
    QUOTA_ASKED = "quota_asked"
    QUOTA_GRANTED = "quota_granted"
    QUOTA_REFUSED = "quota_refused"
    API_TOKEN_CREATED = "api_token_created"
    API_TOKEN_GRANTED = "api_token_granted"
    API_TOKEN_REVOKED = "api_token_revoked"
    API_TOKEN_EXPIRES = "api_token_expires"
    API_TOKEN_EXPIRED = "api_token_expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """One mail to one address.

    ``params`` are the values that its template names: ``username``, ``origin`` and ``time`` (text, UTC) always;
    with a code also ``request_id`` and ``valid_until``.
    """

    template: Template
    to: str
    params: Mapping[str, str]
    code: Secret[str] | None = None
    """The six digits, for the templates that carry a code."""


class Mailer(Protocol):
    """Hands mails over."""

    @property
    def delivers(self) -> bool:
        """False when mail goes to the outbox folder on this machine instead of to people."""

    def send(self, mail: Mail) -> None:
        """Hand one mail over, or raise ``MailUnavailable`` within ten seconds; ``InvalidInput`` for a bad address."""

    def check(self) -> None:
        """Do what ``send`` does up to the point of sending, or raise ``MailUnavailable``."""


class PrivateFiles(Protocol):
    """Saves what a person wants to keep, readable by them alone."""

    def save(self, name: str, text: Secret[str]) -> str:
        """Write a new file (mode 0600, never over an existing one) and return its path."""

    def save_bytes(self, name: str, data: bytes) -> str:
        """Do the same with bytes that are no secret."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What the operator decides; see the settings of the same names."""

    issuer: str = "tui-mfa"
    support_address: str = ""
    registration_open: bool = False
    first_account_open: bool = True
    """Whoever comes first may create the first account: right at the machine itself, wrong where strangers connect."""
    mfa_required: bool = False
    idle_lock: timedelta = timedelta(minutes=15)
    session_lifetime: timedelta = timedelta(hours=12)
    ssh_rsa_bits: int = 2048
    """Bits of an RSA key at least; keys from before that have fewer stay listed and open nothing."""
    keep_last_key: bool = False
    """Logins take a key: the last one that works cannot be deleted."""
    public_url: str = ""
    """Where people reach ``tui-mfa api``, for short URLs; empty where they do not."""
    payment_instructions: str = ""
    """How an open invoice is paid that has no page of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Everything a use case may ask for."""

    store: Store
    mailer: Mailer
    clock: Clock
    entropy: Entropy
    passwords: PasswordHasher
    strength: StrengthMeter
    box: SecretBox
    files: PrivateFiles
    payments: Payments
    policy: Policy = field(default_factory=Policy)
