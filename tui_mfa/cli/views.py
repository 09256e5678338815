"""How accounts and events look: as JSON values, and as words."""

from tui_mfa.documents import Value, stamp, switched_off
from tui_mfa.domain.account import Account
from tui_mfa.domain.events import SecurityEvent


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


def event_value(event: SecurityEvent) -> Value:
    """Return one line of the audit log."""
    return {
        "seq": event.seq,
        "at": stamp(event.at),
        "tag": event.tag.value,
        "origin": event.origin,
        "detail": event.detail,
    }
