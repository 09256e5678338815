"""How accounts and events look: as JSON values, and as words."""

from tui_mfa.cli.context import stamp
from tui_mfa.domain import limits
from tui_mfa.domain.account import Account
from tui_mfa.domain.events import SecurityEvent

Value = dict[str, object]


def account_value(account: Account) -> Value:
    """Return what ``accounts`` tells about an account; no hash and no secret is in it."""
    last = account.last_login
    return {
        "id": account.id,
        "username": account.username,
        "email": account.email.address,
        "email_verified": account.email.verified_at is not None,
        "method": account.method.value,
        "state": state(account),
        "created_at": stamp(account.created_at),
        "disabled_at": stamp(account.disabled_at),
        "last_login": {"at": stamp(last.at), "origin": last.origin} if last is not None else None,
        "failed_since_login": account.failed_since_login,
        "factors_switched_off": switched_off(account),
        "profile": {
            "name": account.profile.name,
            "company": account.profile.company,
            "address": account.profile.address,
            "country": account.profile.country,
            "vat_id": account.profile.vat_id,
        },
    }


def state(account: Account) -> str:
    """Return ``active``, ``disabled`` (by an operator) or ``pending`` (a stranger registered it, not proved yet)."""
    if account.disabled_at is not None:
        return "disabled"
    return "pending" if account.pending else "active"


def switched_off(account: Account) -> list[str]:
    """Return the factors that 100 wrong tries in a row switched off."""
    return [factor.value for factor, tries in account.tries.items() if tries.in_a_row >= limits.MAX_IN_A_ROW]


def factors_value(account: Account, *, required: bool) -> Value:
    """Return what ``mfa status`` tells about an account.

    Args:
        account: The account.
        required: Whether the operator requires a second factor.
    """
    authenticator, recovery = account.authenticator, account.recovery
    codes = recovery.codes if recovery is not None else []
    return {
        "username": account.username,
        "method": account.method.value,
        "mfa_required": required,
        "email_verified": account.email.verified_at is not None,
        "authenticator": {
            "enabled_at": stamp(authenticator.enabled_at),
            "secret_saved": authenticator.saved_at is not None,
        }
        if authenticator is not None
        else None,
        "recovery_codes": {
            "set": recovery.set_id,
            "made_at": stamp(recovery.made_at),
            "left": sum(code.used_at is None for code in codes),
        }
        if recovery is not None
        else None,
        "enrolment_pending": account.enrolment is not None,
        "factors_switched_off": switched_off(account),
    }


def event_value(event: SecurityEvent) -> Value:
    """Return one line of the audit log."""
    return {
        "seq": event.seq,
        "at": stamp(event.at),
        "tag": event.tag.value,
        "origin": event.origin,
        "detail": event.detail,
    }
