"""Other programs ask: does this code satisfy this account's second factor now?

The same rules as at a login hold, in the account's own transaction: each try is counted before it is judged, a step is
accepted once over logins, confirmations and programs alike, and five wrong codes in five minutes pause them all.
"""

import ipaddress
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from tui_mfa.domain import limits, names
from tui_mfa.domain.account import Account, Factor, Method
from tui_mfa.domain.api_tokens import access
from tui_mfa.domain.api_tokens.model import Bearer, Scope
from tui_mfa.domain.errors import (
    CodeAlreadyUsed,
    DomainError,
    FactorDisabled,
    InvalidInput,
    NoSuchAccount,
    WrongCode,
)
from tui_mfa.domain.events import Tag
from tui_mfa.domain.limits import Window
from tui_mfa.domain.login import failures, guard
from tui_mfa.domain.login.lookup import find_account
from tui_mfa.domain.login.model import Origin
from tui_mfa.domain.ports import Services
from tui_mfa.domain.secret import Secret
from tui_mfa.domain.two_factor import rules

TOKEN_GUESSES: Final = (Window(100, timedelta(minutes=5)),)
"""Answers other than yes per token, whatever the accounts: a stolen token is no way to try many accounts quickly. The
limit per address (10 per 5 minutes) is too small here, for one program asks on behalf of many people."""


class Reason(StrEnum):
    """Why the answer is no."""

    WRONG_CODE = "wrong_code"
    ALREADY_USED = "already_used"
    """The code was accepted before, or a later one was (RFC 6238 section 5.2)."""
    SWITCHED_OFF = "switched_off"
    """100 wrong codes in a row; only its owner, or the operator, opens it again."""
    NO_AUTHENTICATOR = "no_authenticator"
    """No open account of that name has an authenticator app; the reasons for that are not told apart."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer."""

    valid: bool
    reason: Reason | None = None
    wait: int | None = None
    """Seconds until the app shows a code that was not used, after ``ALREADY_USED``."""


class _No(Exception):
    """An answer on its way through the limits, which stay counted."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__()
        self.verdict = verdict


def verify(services: Services, bearer: Bearer, name: str, code: Secret[str], client: str = "") -> Verdict:
    """Judge a code for another program; a yes uses the code up.

    Args:
        services: What the rules need.
        bearer: The program; its token has the scope ``verify``.
        name: A username or an e-mail address.
        code: As typed.
        client: The address of the person, if the program knows it: it then has the same limit as at a login.

    Raises:
        OutOfScope: The token may not ask.
        InvalidToken: The token is no longer live.
        InvalidInput: This is no code, or no address.
        TooManyAttempts: A limit was reached; nothing was judged.
    """
    access.require(bearer, Scope.VERIFY)
    access.reading(services, bearer)
    digits = names.code(code)
    address = _address(client)
    origin = f"{bearer.origin}, for {address}" if address else bearer.origin
    by_address = guard.address_limit(services, Origin(address, address)) if address else nullcontext()
    try:
        with by_address, _token_limit(services, bearer):
            verdict = _answer(services, name, digits, origin)
            if not verdict.valid:
                raise _No(verdict)
    except _No as no:
        return no.verdict
    return verdict


def _answer(services: Services, name: str, digits: str, origin: str) -> Verdict:
    nobody = Verdict(False, Reason.NO_AUTHENTICATOR)
    account_id = find_account(services, name)
    if account_id is None:
        return nobody
    try:
        with services.store.account(account_id) as account:
            if not access.is_open(account) or account.method is not Method.AUTHENTICATOR:
                return nobody
            refused = _judge(services, account, digits, origin)
    except NoSuchAccount:
        return nobody
    return Verdict(True) if refused is None else _no(refused)


def _judge(services: Services, account: Account, digits: str, origin: str) -> DomainError | None:
    now = services.clock.now()
    refused = rules.check_totp(account, digits, now, services.box)
    if refused is None:
        account.record(now, Tag.CODE_VERIFIED, origin)
        return None
    tag = Tag.TOTP_REPLAY_REFUSED if isinstance(refused, CodeAlreadyUsed) else Tag.CODE_NOT_VERIFIED
    account.record(now, tag, origin, reason=refused.code)
    if isinstance(refused, WrongCode):
        failures.note(account, Factor.AUTHENTICATOR, origin, now)
    return refused


def _no(refused: DomainError) -> Verdict:
    """Return the answer for a refusal; raise it when nothing was judged."""
    if isinstance(refused, CodeAlreadyUsed):
        return Verdict(False, Reason.ALREADY_USED, refused.wait)
    if isinstance(refused, WrongCode):
        return Verdict(False, Reason.WRONG_CODE)
    if isinstance(refused, FactorDisabled):
        return Verdict(False, Reason.SWITCHED_OFF)
    raise refused


@contextmanager
def _token_limit(services: Services, bearer: Bearer) -> Iterator[None]:
    """Count an answer against the token before it is found, and take it back after a yes."""
    bucket, now = f"verify:{bearer.token_id}", services.clock.now()
    with services.store.bucket(bucket) as tries:
        wait = limits.wait_for(tries, TOKEN_GUESSES, now)
        if not wait:
            limits.count(tries, now)
    if wait:
        raise guard.too_many(wait)
    yield
    with services.store.bucket(bucket) as tries:
        limits.take_back(tries, now)


def _address(client: str) -> str:
    if not client:
        return ""
    try:
        return str(ipaddress.ip_address(client))
    except ValueError:
        raise InvalidInput("This is no IP address.", field="client") from None
