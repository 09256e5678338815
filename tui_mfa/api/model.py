"""What travels in requests and responses; the schema at ``/openapi.json`` is made from these types."""

from datetime import datetime
from typing import Annotated, Final

from msgspec import UNSET, Meta, Struct, UnsetType

from tui_mfa.domain.account import Method
from tui_mfa.domain.two_factor.verify import Reason

ADDRESSES: Final = [{"const": ""}, {"format": "ipv4"}, {"format": "ipv6"}]
"""How the schema says that a text is an IP address, or nothing."""

Whole = Annotated[int, Meta(ge=0)]


class Problem(Struct, kw_only=True, omit_defaults=True):
    """A problem document (RFC 9457)."""

    type: str
    """Always ``about:blank``: the status says the kind, and ``code`` tells kinds apart."""
    title: str
    status: int
    detail: str
    """A sentence for people."""
    code: str
    """A stable name for programs."""
    field: str | None = None
    """The field of the request that is wrong."""
    retry_after: Whole | None = None
    """Seconds to wait, as in the header Retry-After."""


class Account(Struct, kw_only=True):
    """The token's own account."""

    username: str
    email: str
    email_verified: bool
    name: str
    company: str
    member_since: datetime


class AccountChange(Struct, kw_only=True, forbid_unknown_fields=True):
    """What may be changed; what is left out stays as it is."""

    name: Annotated[str, Meta(max_length=100)] | UnsetType = UNSET
    company: Annotated[str, Meta(max_length=100)] | UnsetType = UNSET


class RecoveryCodes(Struct, kw_only=True):
    """The recovery codes, without the codes."""

    set: str
    made_at: datetime
    left: Whole


class TwoFactor(Struct, kw_only=True):
    """How the account's logins are guarded."""

    method: Method
    mfa_required: bool
    authenticator_since: datetime | None
    secret_saved: bool | None
    recovery_codes: RecoveryCodes | None


class VerifyRequest(Struct, kw_only=True, forbid_unknown_fields=True):
    """A question about a code."""

    account: Annotated[str, Meta(min_length=1, max_length=254)]
    """A username or an e-mail address."""
    code: Annotated[str, Meta(pattern="^[0-9]{6}$")]
    client: Annotated[str, Meta(extra_json_schema={"anyOf": ADDRESSES})] = ""
    """The IP address of the person who typed the code, if known: limits per address count for it."""


class VerifyAnswer(Struct, kw_only=True):
    """Whether the code satisfies the account's second factor now; a yes uses it up."""

    valid: bool
    reason: Reason | None
    """Why not."""
    retry_after: Whole | None
    """Seconds until the app shows a code that was not used."""
