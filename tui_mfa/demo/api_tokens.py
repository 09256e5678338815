"""The demo account's API tokens: records without a token, so that nobody has one."""

import hashlib
from datetime import datetime, timedelta
from typing import Final

from tui_mfa.domain.account import Account
from tui_mfa.domain.api_tokens import rules, token
from tui_mfa.domain.api_tokens.model import ApiToken, Scope
from tui_mfa.domain.events import Tag

_PROGRAM: Final = "203.0.113.80"
"""From where the program asks (an address of RFC 5737)."""


def fill(account: Account, now: datetime, origin: str) -> None:
    """Give an account two tokens and the events of making them: one in use, and one that was revoked.

    Args:
        account: The account, before its other events are recorded.
        now: The time.
        origin: From where they were made.
    """
    backup = _made("nightly backup", [Scope.READ], now - timedelta(days=60), 90, origin)
    backup.last_used_at, backup.last_used_from = now - timedelta(hours=11), _PROGRAM
    ci = _made("build server", [Scope.READ, Scope.KEYS], now - timedelta(days=40), 365, origin)
    ci.last_used_at, ci.last_used_from = now - timedelta(days=13), _PROGRAM
    ci.revoked_at = now - timedelta(days=12)
    for item in (backup, ci):
        account.api_tokens.append(item)
        hint = token.hint(item.last_four)
        account.record(item.created_at, Tag.API_TOKEN_CREATED, origin, token=hint, scopes=", ".join(item.scopes))
    account.record(ci.revoked_at, Tag.API_TOKEN_REVOKED, origin, token=token.hint(ci.last_four))


def _made(name: str, scopes: list[Scope], at: datetime, days: int, origin: str) -> ApiToken:
    nobodys = hashlib.sha256(name.encode()).hexdigest()  # of a text that has not the form of a token
    return ApiToken(
        id=nobodys[:8],
        name=name,
        hash=nobodys,
        last_four=nobodys[-token.SHOWN :],
        scopes=scopes,
        created_at=at,
        created_from=origin,
        expires_at=at + timedelta(days=days),
        warned=rules.never_had(days),
    )
