"""The door for programs: a token is shown, and every use case behind it checks that token again."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from tui_mfa.domain.account import Account
from tui_mfa.domain.api_tokens import rules
from tui_mfa.domain.api_tokens import token as text
from tui_mfa.domain.api_tokens.model import ApiToken, Bearer, Scope
from tui_mfa.domain.errors import InvalidToken, NoSuchAccount, OutOfScope
from tui_mfa.domain.ports import Claim, Services
from tui_mfa.domain.secret import Secret
from tui_mfa.domain.tokens import hash_token, same


def authenticate(services: Services, token: Secret[str], address: str) -> Bearer:
    """Let a program in by its token, and note that the token was used.

    Args:
        services: What the rules need.
        token: As it was shown.
        address: From where.

    Raises:
        InvalidToken: It is none, has ended, was revoked, or its account is closed: never told apart.
    """
    found = look_up(services, token) if text.form(token) is text.Form.GOOD else None
    now = services.clock.now()
    if found is None or not is_open(found[0]) or not rules.is_live(found[1], now):
        raise InvalidToken
    account, item = found
    bearer = Bearer(account.id, item.id, item.name, frozenset(item.scopes), f"api {address}")
    if _is_due(item, now):
        with changing(services, bearer) as (_account, used, now):
            used.last_used_at = now
            used.last_used_from = address
    return bearer


def require(bearer: Bearer, *enough: Scope) -> None:
    """Raise ``OutOfScope`` unless the token has one of the scopes."""
    if not bearer.scopes & set(enough):
        raise OutOfScope(tuple(scope.value for scope in enough))


def reading(services: Services, bearer: Bearer) -> Account:
    """Return a snapshot of the account of a token that is live now, or raise ``InvalidToken``."""
    try:
        account = services.store.get(bearer.account_id)
    except NoSuchAccount:
        raise InvalidToken from None
    _live(account, bearer, services.clock.now())
    return account


@contextmanager
def changing(services: Services, bearer: Bearer) -> Iterator[tuple[Account, ApiToken, datetime]]:
    """Open the account of a live token for a change: yields account, token and the time.

    Raises ``InvalidToken`` when the token is no longer live or the account is gone or closed.
    """
    now = services.clock.now()
    try:
        with services.store.account(bearer.account_id) as account:
            yield account, _live(account, bearer, now), now
    except NoSuchAccount:
        raise InvalidToken from None


def is_open(account: Account) -> bool:
    """Say whether an account's tokens open anything (S52)."""
    return account.disabled_at is None and not account.pending


def look_up(services: Services, token: Secret[str]) -> tuple[Account, ApiToken] | None:
    """Return the account and the record of a well-formed token, whatever its state.

    The store finds the account by the token's hash, so its time tells nothing about any part of a token; the record is
    then compared in constant time (S57).
    """
    fingerprint = hash_token(token)
    account_id = services.store.find(Claim.TOKEN, fingerprint)
    if account_id is None:
        return None
    try:
        account = services.store.get(account_id)
    except NoSuchAccount:
        return None
    return next(((account, item) for item in account.api_tokens if same(item.hash, fingerprint)), None)


def _live(account: Account, bearer: Bearer, now: datetime) -> ApiToken:
    if is_open(account):
        for item in account.api_tokens:
            if item.id == bearer.token_id and rules.is_live(item, now):
                return item
    raise InvalidToken


def _is_due(item: ApiToken, now: datetime) -> bool:
    """Say whether a use is noted: the first one, and then every ten minutes at most."""
    return item.last_used_at is None or not item.last_used_at <= now < item.last_used_at + rules.USE_GRAIN
