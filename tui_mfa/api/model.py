"""What travels in requests and responses; the schema at ``/openapi.json`` is made from these types."""

from datetime import datetime
from typing import Annotated, Final

from msgspec import UNSET, Meta, Struct, UnsetType

from tui_mfa.domain.account import Method
from tui_mfa.domain.billing.model import InvoiceKind, InvoiceStatus
from tui_mfa.domain.quota.model import Level
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
    address: str
    country: str
    """Two letters (ISO 3166-1 alpha-2), or nothing."""
    vat_id: str
    member_since: datetime


class AccountChange(Struct, kw_only=True, forbid_unknown_fields=True):
    """What may be changed; what is left out stays as it is."""

    name: Annotated[str, Meta(max_length=100)] | UnsetType = UNSET
    company: Annotated[str, Meta(max_length=100)] | UnsetType = UNSET
    address: Annotated[str, Meta(max_length=200)] | UnsetType = UNSET
    country: Annotated[str, Meta(max_length=100)] | UnsetType = UNSET
    """Two letters, or a name as the portal lists it."""
    vat_id: Annotated[str, Meta(max_length=40)] | UnsetType = UNSET


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


class SshKey(Struct, kw_only=True):
    """One SSH key of the account."""

    id: str
    title: str
    type: str
    bits: int
    hardware: bool
    """The private half lives in a security key."""
    fingerprint: str
    added_at: datetime
    added_from: str
    last_used_at: datetime | None
    expires_at: datetime | None
    usable: bool
    """Whether it opens anything."""


class SshKeys(Struct, kw_only=True):
    """The account's SSH keys, in the order in which they were added."""

    keys: list[SshKey]


class NewSshKey(Struct, kw_only=True, forbid_unknown_fields=True):
    """An SSH key to add."""

    key: Annotated[str, Meta(min_length=1, max_length=16_384)]
    """The line of a .pub file."""
    title: Annotated[str, Meta(max_length=100)] = ""
    """Without one, the comment of the key serves."""
    expires: Annotated[str, Meta(max_length=20)] = ""
    """``never``, days like 90, or the last day like 2027-01-31."""


class Invoice(Struct, kw_only=True):
    """One invoice, or a credit note."""

    number: str
    kind: InvoiceKind
    status: InvoiceStatus
    issued_at: datetime
    settled_at: datetime | None
    cents: int
    """US cents; below zero on a credit note."""
    text: str


class Invoices(Struct, kw_only=True):
    """The account's invoices, newest first, and its balance."""

    balance_cents: int
    invoices: list[Invoice]


class Quota(Struct, kw_only=True):
    """One limit."""

    name: str
    label: str
    unit: str
    used: int | None
    """``null`` while nobody reported it."""
    limit: int | None
    """``null`` is unlimited."""
    percent: int | None
    level: Level


class Quotas(Struct, kw_only=True):
    """The account's limits."""

    quotas: list[Quota]


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
