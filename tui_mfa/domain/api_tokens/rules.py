"""Decisions about tokens, made inside the account's transaction."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from tui_mfa.domain import names, notices
from tui_mfa.domain.account import Account
from tui_mfa.domain.api_tokens import token as text
from tui_mfa.domain.api_tokens.model import ApiToken, Scope, State, TokensState, TokenView
from tui_mfa.domain.errors import InvalidInput, NotAllowed
from tui_mfa.domain.events import Tag
from tui_mfa.domain.ports import Template

DEFAULT_DAYS: Final = 30
"""Life of a token, in days, when nothing else is chosen (S58)."""

MAX_DAYS: Final = 365
"""The longest life of a token, in days (S58)."""

WARN_DAYS: Final = (14, 7, 1, 0)
"""Days before the end at which the owner is told by mail; 0 is the end itself (S58)."""

LISTED_FOR: Final = timedelta(days=30)
"""How long an expired or revoked token stays in the list."""

USE_GRAIN: Final = timedelta(minutes=10)
"""Between two notes of a token's use (S58)."""

CHOOSABLE: Final = (Scope.READ, Scope.KEYS, Scope.ADMIN)
"""What an owner may give; ``verify`` is granted by the operator."""


def state(item: ApiToken, now: datetime) -> State:
    """Return how a token is."""
    if item.revoked_at is not None:
        return State.REVOKED
    return State.LIVE if now < item.expires_at else State.EXPIRED


def is_live(item: ApiToken, now: datetime) -> bool:
    """Say whether a token opens anything."""
    return state(item, now) is State.LIVE


def view(item: ApiToken, now: datetime) -> TokenView:
    """Return a token as lists show it."""
    return TokenView(
        id=item.id,
        name=item.name,
        hint=text.hint(item.last_four),
        scopes=tuple(item.scopes),
        state=state(item, now),
        created_at=item.created_at,
        created_from=item.created_from,
        expires_at=item.expires_at,
        revoked_at=item.revoked_at,
        last_used_at=item.last_used_at,
        last_used_from=item.last_used_from,
    )


def views(account: Account, now: datetime) -> tuple[TokenView, ...]:
    """Return the account's tokens, live ones first, each group by age, newest first."""
    listed = [item for item in account.api_tokens if not _is_forgotten(item, now)]
    newest_first = sorted(listed, key=lambda item: item.created_at, reverse=True)
    return tuple(view(item, now) for item in sorted(newest_first, key=lambda item: not is_live(item, now)))


def summary(account: Account, now: datetime) -> TokensState:
    """Return the account's live tokens in a word."""
    ends = [item.expires_at for item in account.api_tokens if is_live(item, now)]
    return TokensState(len(ends), min(ends, default=None))


def free_name(account: Account, name: str, now: datetime) -> str:
    """Return a name that a new token may have, or raise ``InvalidInput``."""
    name = names.free_text(name, "name")
    if not name:
        raise InvalidInput("Give the token a name that says what it is for.", field="name")
    if any(item.name.casefold() == name.casefold() and is_live(item, now) for item in account.api_tokens):
        raise InvalidInput("There is a live token of that name. Revoke it first, or choose another name.", field="name")
    return name


def wanted_scopes(scopes: Iterable[Scope]) -> list[Scope]:
    """Return the scopes of a new token in their usual order; raise when it is none, or not the owner's to give."""
    wanted = set(scopes)
    if not wanted:
        raise InvalidInput("Choose what the token may do: at least one scope.", field="scopes")
    if Scope.VERIFY in wanted:
        raise NotAllowed("The scope “verify” is granted by the operator, with: tui-mfa tokens grant")
    return [scope for scope in CHOOSABLE if scope in wanted]


def end_of(now: datetime, days: int) -> datetime:
    """Return when a token of so many days ends, or raise ``InvalidInput``."""
    if not 1 <= days <= MAX_DAYS:
        raise InvalidInput(f"A token lives from 1 to {MAX_DAYS} days.", field="days")
    return now + timedelta(days=days)


def revoke(account: Account, item: ApiToken, origin: str, now: datetime, *, tell: bool = True) -> None:
    """Make a token worthless from this moment on; harmless when it is no longer live.

    Args:
        account: The open account.
        item: Its token.
        origin: From where.
        now: The time.
        tell: Whether this token is worth a mail of its own.
    """
    if not is_live(item, now):
        return
    item.revoked_at = now
    account.record(now, Tag.API_TOKEN_REVOKED, origin, token=text.hint(item.last_four))
    if tell:
        notices.queue(account, Template.API_TOKEN_REVOKED, origin, now, **mail_words(item))


def revoke_all(account: Account, origin: str, now: datetime) -> None:
    """Revoke every token of an account that is closed (S52); the mail about the account says so."""
    for item in account.api_tokens:
        revoke(account, item, origin, now, tell=False)


def warn(account: Account, now: datetime) -> int:
    """Queue one mail for each token whose end came nearer than a step of ``WARN_DAYS``; return how many.

    Steps that were missed meanwhile are told by the nearest one alone, and each step at most once.
    """
    told = 0
    for item in account.api_tokens:
        reached = [days for days in WARN_DAYS if now >= item.expires_at - timedelta(days=days)]
        fresh = [days for days in reached if days not in item.warned]
        if item.revoked_at is not None or not fresh or min(reached) in item.warned:
            continue
        item.warned = reached
        over = 0 in reached
        template = Template.API_TOKEN_EXPIRED if over else Template.API_TOKEN_EXPIRES
        notices.queue(account, template, "the portal", now, **mail_words(item))
        if over:
            account.record(now, Tag.API_TOKEN_EXPIRED, "system", token=text.hint(item.last_four))
        told += 1
    return told


def never_had(days: int) -> list[int]:
    """Return the steps of ``WARN_DAYS`` that a life of so many days begins behind: nobody is told about those."""
    return [step for step in WARN_DAYS if step >= days]


def forget_old(account: Account, now: datetime) -> None:
    """Drop the tokens that ended more than thirty days ago."""
    account.api_tokens = [item for item in account.api_tokens if not _is_forgotten(item, now)]


def mail_words(item: ApiToken) -> dict[str, str]:
    """Return what a mail says about a token: never its name, which may hold a link or more."""
    return {
        "token": text.hint(item.last_four).replace("…", "..."),
        "scopes": ", ".join(item.scopes),
        "expires": notices.words(item.expires_at),
    }


def _is_forgotten(item: ApiToken, now: datetime) -> bool:
    ended = item.expires_at if item.revoked_at is None else min(item.revoked_at, item.expires_at)
    return now >= ended + LISTED_FOR
