"""Every route, one row each: what it takes, what it gives, and which scope of a token is enough.

No row reaches two-factor authentication, the address, the password, sessions or tokens (S59).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from types import MappingProxyType
from typing import Any, Final

from msgspec import Struct

from tui_mfa.api import account, verify
from tui_mfa.api.call import Call
from tui_mfa.api.model import Account, AccountChange, TwoFactor, VerifyAnswer, VerifyRequest
from tui_mfa.domain.api_tokens.model import Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One method of one path."""

    method: str
    path: str
    id: str
    summary: str
    scopes: tuple[Scope, ...]
    """One of them is enough."""
    handler: Callable[[Call[Any]], Struct | None]
    """Runs in a thread, after the token was let in and its scope checked; calls one use case."""
    request: type[Struct] | None = None
    """What the body holds; ``None`` takes no body."""
    response: type[Struct] | None = None
    """What the answer holds; ``None`` answers without a body."""
    status: HTTPStatus = HTTPStatus.OK
    refusals: tuple[HTTPStatus, ...] = ()
    """Refusals that only this route knows, beside those that every route has."""
    parameters: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Pattern of each parameter in the path."""


ROUTES: Final = (
    Route(
        method="GET",
        path="/v1/account",
        id="getAccount",
        summary="The token's own account",
        scopes=(Scope.READ, Scope.ADMIN),
        handler=account.show,
        response=Account,
    ),
    Route(
        method="PATCH",
        path="/v1/account",
        id="changeAccount",
        summary="Change name or company",
        scopes=(Scope.ADMIN,),
        handler=account.change,
        request=AccountChange,
        response=Account,
    ),
    Route(
        method="GET",
        path="/v1/two-factor",
        id="getTwoFactor",
        summary="How the account's logins are guarded",
        scopes=(Scope.READ, Scope.ADMIN),
        handler=account.two_factor,
        response=TwoFactor,
    ),
    Route(
        method="POST",
        path="/v1/verify",
        id="verifyCode",
        summary="Does this code satisfy this account's second factor now? A yes uses the code up.",
        scopes=(Scope.VERIFY,),
        handler=verify.answer,
        request=VerifyRequest,
        response=VerifyAnswer,
    ),
)
"""In the order of the schema."""
