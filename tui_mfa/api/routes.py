"""Every route, one row each: what it takes, what it gives, and which scope of a token is enough.

No row reaches two-factor authentication, the address, the password, sessions or tokens (S59).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from types import MappingProxyType
from typing import Any, Final

from msgspec import Struct

from tui_mfa.api import account, money, ssh_keys, verify
from tui_mfa.api.call import Call
from tui_mfa.api.model import (
    Account,
    AccountChange,
    Invoices,
    NewSshKey,
    Quotas,
    SshKey,
    SshKeys,
    TwoFactor,
    VerifyAnswer,
    VerifyRequest,
)
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
        summary="Change name, company, address, country or VAT id",
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
        method="GET",
        path="/v1/ssh-keys",
        id="listSshKeys",
        summary="The account's SSH keys",
        scopes=(Scope.READ, Scope.KEYS, Scope.ADMIN),
        handler=ssh_keys.show,
        response=SshKeys,
    ),
    Route(
        method="POST",
        path="/v1/ssh-keys",
        id="addSshKey",
        summary="Add an SSH key",
        scopes=(Scope.KEYS, Scope.ADMIN),
        handler=ssh_keys.add,
        request=NewSshKey,
        response=SshKey,
        status=HTTPStatus.CREATED,
    ),
    Route(
        method="DELETE",
        path="/v1/ssh-keys/{id}",
        id="deleteSshKey",
        summary="Delete an SSH key; it opens nothing from this moment on",
        scopes=(Scope.KEYS, Scope.ADMIN),
        handler=ssh_keys.delete,
        status=HTTPStatus.NO_CONTENT,
        refusals=(HTTPStatus.NOT_FOUND,),
        parameters=MappingProxyType({"id": "^[0-9a-f]{8}$"}),
    ),
    Route(
        method="GET",
        path="/v1/invoices",
        id="listInvoices",
        summary="The account's invoices and its balance",
        scopes=(Scope.READ, Scope.ADMIN),
        handler=money.invoices,
        response=Invoices,
    ),
    Route(
        method="GET",
        path="/v1/quota",
        id="listQuotas",
        summary="The account's limits and how much of them is used",
        scopes=(Scope.READ, Scope.ADMIN),
        handler=money.quotas,
        response=Quotas,
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
