"""The vocabulary of the audit log."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Tag(StrEnum):
    """Everything that is worth a line (ASVS 16.3.1-16.3.3)."""

    ACCOUNT_CREATED = "account.created"
    ACCOUNT_DISABLED = "account.disabled"
    ACCOUNT_ENABLED = "account.enabled"
    LOGIN_OK = "login.ok"
    LOGIN_FAILED = "login.failed"
    LOGIN_CODE_SENT = "login.code_sent"
    LOGIN_CODE_FAILED = "login.code_failed"
    LOGIN_LOCKED = "login.locked"
    LOGOUT = "logout"
    SESSION_EXPIRED = "session.expired"
    SESSION_ENDED_OTHER = "session.ended_other"
    CONFIRMED = "confirmation.ok"
    CONFIRMATION_FAILED = "confirmation.failed"
    TOTP_STARTED = "mfa.totp.started"
    TOTP_CANCELLED = "mfa.totp.cancelled"
    TOTP_ENABLED = "mfa.totp.enabled"
    TOTP_REPLACED = "mfa.totp.replaced"
    TOTP_SAVED = "mfa.totp.secret_saved"
    TOTP_REPLAY_REFUSED = "mfa.totp.replay_refused"
    TOTP_SKEW_SEEN = "mfa.totp.skew_seen"
    TOTP_CODE_FAILED = "mfa.totp.code_failed"
    FACTOR_DISABLED = "mfa.factor_disabled"
    EMAIL_ENABLED = "mfa.email.enabled"
    MFA_DISABLED = "mfa.disabled"
    RECOVERY_CODES_MADE = "recovery.codes_made"
    RECOVERY_CODE_USED = "recovery.code_used"
    RECOVERY_SECRET_USED = "recovery.secret_used"
    RECOVERY_KEY_USED = "recovery.key_used"
    RECOVERY_FAILED = "recovery.failed"
    PASSWORD_CHANGED = "password.changed"
    PASSWORD_RESET_ASKED = "password.reset_asked"
    PASSWORD_RESET = "password.reset"
    EMAIL_VERIFIED = "email.verified"
    EMAIL_CHANGE_ASKED = "email.change_asked"
    EMAIL_CHANGED = "email.changed"
    PROFILE_CHANGED = "profile.changed"
    SSH_KEY_ADDED = "ssh_key.added"
    SSH_KEY_RENAMED = "ssh_key.renamed"
    SSH_KEY_DELETED = "ssh_key.deleted"
    API_TOKEN_CREATED = "api_token.created"
    API_TOKEN_GRANTED = "api_token.granted"
    API_TOKEN_REVOKED = "api_token.revoked"
    API_TOKEN_EXPIRED = "api_token.expired"
    CODE_VERIFIED = "verify.ok"
    CODE_NOT_VERIFIED = "verify.failed"
    QUOTA_CHANGED = "quota.changed"
    QUOTA_ASKED = "quota.asked"
    QUOTA_REFUSED = "quota.refused"
    MAIL_FAILED = "mail.failed"
    TOP_UP_ASKED = "billing.top_up_asked"
    PAYMENT_PAID = "billing.paid"
    PAYMENT_FAILED = "billing.payment_failed"
    PAYMENT_EXPIRED = "billing.payment_expired"
    INVOICE_VOIDED = "billing.voided"
    CREDIT_NOTE_MADE = "billing.credit_note"
    CARD_SAVED = "billing.card_saved"
    CARD_REMOVED = "billing.card_removed"
    BILLING_SETTINGS = "billing.settings_changed"
    REFILL_SWITCHED_OFF = "billing.refill_switched_off"


@dataclass(slots=True, kw_only=True)
class SecurityEvent:
    """One line of the audit log; holds no secret, ever (ASVS 16.2.5)."""

    seq: int
    """Counts up from 1 within an account, without gaps."""
    at: datetime
    """When, UTC."""
    tag: Tag
    """What."""
    origin: str
    """From where: an address, or the terminal on this machine, or ``operator``."""
    detail: dict[str, str] = field(default_factory=dict)
    """Few words more: the method, the reason, the request id."""
