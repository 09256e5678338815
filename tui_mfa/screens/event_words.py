"""The audit log in plain words."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from tui_mfa.domain.events import SecurityEvent, Tag

WORDS: Final[Mapping[Tag, str]] = MappingProxyType(
    {
        Tag.ACCOUNT_CREATED: "The account was created",
        Tag.ACCOUNT_DISABLED: "The operator disabled the account",
        Tag.ACCOUNT_ENABLED: "The operator enabled the account",
        Tag.LOGIN_OK: "Logged in",
        Tag.LOGIN_FAILED: "Failed login",
        Tag.LOGIN_CODE_SENT: "A code was mailed",
        Tag.LOGIN_CODE_FAILED: "A wrong code was entered",
        Tag.LOGIN_LOCKED: "Logins paused after too many tries",
        Tag.LOGOUT: "Logged out",
        Tag.SESSION_EXPIRED: "A session ran out",
        Tag.SESSION_ENDED_OTHER: "Other sessions were ended",
        Tag.CONFIRMED: "Password and factor confirmed",
        Tag.CONFIRMATION_FAILED: "Failed confirmation",
        Tag.TOTP_STARTED: "Set-up of an authenticator began",
        Tag.TOTP_CANCELLED: "Set-up of an authenticator was left",
        Tag.TOTP_ENABLED: "Authenticator App enabled",
        Tag.TOTP_REPLACED: "Authenticator App replaced",
        Tag.TOTP_SAVED: "The saved secret was proved",
        Tag.TOTP_REPLAY_REFUSED: "A used code was refused",
        Tag.TOTP_SKEW_SEEN: "The phone's clock was off",
        Tag.TOTP_CODE_FAILED: "Wrong code at set-up",
        Tag.FACTOR_DISABLED: "A factor was switched off after 100 tries",
        Tag.EMAIL_ENABLED: "Email Based enabled",
        Tag.MFA_DISABLED: "Two-factor authentication disabled",
        Tag.RECOVERY_CODES_MADE: "New recovery codes made",
        Tag.RECOVERY_CODE_USED: "Logged in with a recovery code",
        Tag.RECOVERY_SECRET_USED: "Logged in with the saved secret",
        Tag.RECOVERY_KEY_USED: "Logged in with SSH key and mailed code",
        Tag.RECOVERY_FAILED: "Failed recovery",
        Tag.PASSWORD_CHANGED: "Password changed",
        Tag.PASSWORD_RESET_ASKED: "A password reset was asked for",
        Tag.PASSWORD_RESET: "Password reset",
        Tag.EMAIL_VERIFIED: "E-mail address verified",
        Tag.EMAIL_CHANGE_ASKED: "A new e-mail address was asked for",
        Tag.EMAIL_CHANGED: "E-mail address changed",
        Tag.PROFILE_CHANGED: "User info changed",
        Tag.SSH_KEY_ADDED: "An SSH key was added",
        Tag.SSH_KEY_RENAMED: "An SSH key was renamed",
        Tag.SSH_KEY_DELETED: "An SSH key was deleted",
        Tag.API_TOKEN_CREATED: "An API token was made",
        Tag.API_TOKEN_GRANTED: "An API token may verify codes",
        Tag.API_TOKEN_REVOKED: "An API token was revoked",
        Tag.API_TOKEN_EXPIRED: "An API token ran out",
        Tag.CODE_VERIFIED: "A code was verified for a program",
        Tag.CODE_NOT_VERIFIED: "A program asked about a wrong code",
        Tag.QUOTA_CHANGED: "A limit was changed by the operator",
        Tag.QUOTA_ASKED: "A higher limit was asked for",
        Tag.QUOTA_REFUSED: "A higher limit was refused by the operator",
        Tag.MAIL_FAILED: "A mail could not be sent",
        Tag.TOP_UP_ASKED: "Credits asked for",
        Tag.PAYMENT_PAID: "A payment came in",
        Tag.PAYMENT_FAILED: "A payment failed",
        Tag.PAYMENT_EXPIRED: "A payment expired",
        Tag.INVOICE_VOIDED: "An invoice was voided",
        Tag.CREDIT_NOTE_MADE: "A credit note was made",
        Tag.CARD_SAVED: "A card was saved",
        Tag.CARD_REMOVED: "A card was removed",
        Tag.BILLING_SETTINGS: "Auto-refill or warning limit changed",
        Tag.REFILL_SWITCHED_OFF: "Auto-refill switched off after failures",
    }
)
"""What each event means to the account's owner."""


def words_of(event: SecurityEvent) -> str:
    """Return what happened; an event of a newer program is shown by its tag.

    Args:
        event: One line of the log.
    """
    return WORDS.get(event.tag, str(event.tag))


def details_of(event: SecurityEvent) -> str:
    """Return the few words more that an event carries.

    Args:
        event: One line of the log.
    """
    return ", ".join(f"{name.replace('_', ' ')}: {value.replace('_', ' ')}" for name, value in event.detail.items())
