"""JSON documents of commands, the same on this machine and over SSH; no hash and no secret is in one."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui_mfa.domain.account import Account
    from tui_mfa.domain.api_tokens.model import TokenView
    from tui_mfa.domain.errors import DomainError
    from tui_mfa.domain.ssh_keys.model import KeyView

Value = dict[str, object]


def stamp(moment: datetime | None) -> str | None:
    """Return a moment for JSON: ``2026-11-20T14:02:31Z``."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if moment is not None else None


def error_value(
    code: str, message: str, *, field: str | None = None, retry_after: int | None = None, step: str = ""
) -> Value:
    """Return the document of what was refused.

    Args:
        code: In a word for programs.
        message: In a sentence for people.
        field: Which input it is about.
        retry_after: Seconds until it may be tried again.
        step: What to do next.
    """
    return {
        "error": {"code": code, "message": message, "field": field, "retry_after": retry_after, "next": step or None}
    }


def refusal_value(error: "DomainError", step: str = "") -> Value:
    """Return the document of a refusal by a rule.

    Args:
        error: What was refused.
        step: What to do next.
    """
    wait = getattr(error, "retry_after", getattr(error, "wait", None))
    return error_value(error.code, error.user_message, field=error.field, retry_after=wait, step=step)


def key_value(key: "KeyView") -> Value:
    """Return a key as a JSON value."""
    return {
        "id": key.id,
        "title": key.title,
        "type": key.type,
        "kind": key.kind,
        "bits": key.bits,
        "hardware": key.hardware,
        "fingerprint": key.fingerprint,
        "added_at": stamp(key.added_at),
        "added_from": key.added_from,
        "last_used_at": stamp(key.last_used_at),
        "expires_at": stamp(key.expires_at),
        "expired": key.expired,
        "usable": key.usable,
        "problem": key.problem or None,
    }


def token_value(token: "TokenView") -> Value:
    """Return a token as a JSON value; the token itself is not in it."""
    return {
        "id": token.id,
        "name": token.name,
        "hint": token.hint,
        "scopes": [scope.value for scope in token.scopes],
        "state": token.state.value,
        "created_at": stamp(token.created_at),
        "created_from": token.created_from,
        "expires_at": stamp(token.expires_at),
        "revoked_at": stamp(token.revoked_at),
        "last_used_at": stamp(token.last_used_at),
        "last_used_from": token.last_used_from or None,
    }


TOKEN_HEAD = ("ID", "NAME", "TOKEN", "SCOPES", "LAST USED", "EXPIRES", "STATE")
"""The columns of a list of tokens."""


def token_row(token: "TokenView") -> tuple[str, ...]:
    """Return the cells of a token in such a list."""
    return (
        token.id,
        token.name,
        token.hint,
        ",".join(token.scopes),
        f"{token.last_used_at:%Y-%m-%d %H:%M}" if token.last_used_at else "never",
        f"{token.expires_at:%Y-%m-%d %H:%M}",
        token.state.value,
    )


def factors_value(account: "Account", *, required: bool) -> Value:
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


def switched_off(account: "Account") -> list[str]:
    """Return the factors that 100 wrong tries in a row switched off."""
    from tui_mfa.domain import limits  # noqa: PLC0415 - few commands need it

    return [factor.value for factor, tries in account.tries.items() if tries.in_a_row >= limits.MAX_IN_A_ROW]
