"""Limits as they are kept, and as screens, commands and programs see them. All amounts are whole numbers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

SSH_KEYS: Final = "ssh-keys"
"""Name of the limit that adding an SSH key is checked against."""

API_TOKENS: Final = "api-tokens"
"""Name of the limit that making an API token is checked against."""


@dataclass(slots=True, kw_only=True)
class QuotaKind:
    """One thing that is limited, with the limit of every account that has none of its own."""

    label: str
    """For people: ``CPU cores``."""
    unit: str = ""
    """Stands behind amounts, like ``GB``; usually empty."""
    limit: int | None = None
    """``None`` is unlimited."""


BUILT_IN: Final[Mapping[str, QuotaKind]] = MappingProxyType(
    {
        API_TOKENS: QuotaKind(label="API tokens", limit=20),
        SSH_KEYS: QuotaKind(label="SSH keys", limit=50),
    }
)
"""What the program itself counts, with the limits in force until the operator sets others: more than a person who
cleans up has, and few enough for one list."""


class RequestState(StrEnum):
    """Where a request for more stands."""

    OPEN = "open"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    """Its owner asked again before it was answered; the newer one counts."""


@dataclass(slots=True, kw_only=True)
class IncreaseRequest:
    """Somebody asked for a higher limit."""

    id: str
    """8 hex digits, for commands."""
    quota: str
    """Name of the limit."""
    wanted: int
    """The limit that is asked for."""
    reason: str
    asked_at: datetime
    state: RequestState = RequestState.OPEN
    answered_at: datetime | None = None
    granted: int | None = None
    """The limit that came of it, which may differ from the wanted one; ``None`` with a granted one is unlimited."""
    answer: str = ""
    """What the operator says to it."""


@dataclass(slots=True, kw_only=True)
class Usage:
    """How much was used when it was last reported."""

    amount: int
    reported_at: datetime


@dataclass(slots=True, kw_only=True)
class Quotas:
    """What an account keeps about its limits."""

    limits: dict[str, int | None] = field(default_factory=dict)
    """Limits of its own, by name; ``None`` is unlimited, a name that is missing has the default."""
    used: dict[str, Usage] = field(default_factory=dict)
    """Reported amounts, by name; what the program counts itself is not in here."""
    requests: list[IncreaseRequest] = field(default_factory=list)
    """Oldest first."""


class Level(StrEnum):
    """How full a limit is, in words."""

    OK = "ok"
    NEAR = "near"
    """From 70 % on."""
    ALMOST_FULL = "almost full"
    """From 90 % on."""
    FULL = "full"
    """Nothing more fits."""
    UNLIMITED = "unlimited"
    UNKNOWN = "not reported"
    """Nobody reported yet how much is used."""


@dataclass(frozen=True, slots=True)
class QuotaRow:
    """One limit of an account."""

    name: str
    """Its stable name: ``ssh-keys``."""
    label: str
    unit: str
    used: int | None
    """``None`` while nobody reported it."""
    limit: int | None
    """``None`` is unlimited."""
    own: bool
    """The limit was set for this account and is not the default."""
    percent: int | None
    """Used of the limit, rounded down; above 100 when the limit was lowered. ``None`` where there is nothing to say."""
    level: Level
    reported_at: datetime | None
    """When the amount was reported; ``None`` for what is counted live, and for what nobody reported."""
    request: IncreaseRequest | None
    """The newest request for more."""


@dataclass(slots=True, kw_only=True)
class Installation:
    """What belongs to no account: kept once, changed by the operator alone."""

    quotas: dict[str, QuotaKind] = field(default_factory=dict)
    """Limits that the operator set for everybody, by name, over ``BUILT_IN``."""
