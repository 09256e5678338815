"""What a login hands to a screen or a command."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from tui_mfa.domain.login.origin import Origin as Origin  # noqa: PLC0414 - handed around with the rest

if TYPE_CHECKING:
    # Only for annotations: the first page is drawn before the account is loaded.
    from tui_mfa.domain.account import Factor, LastLogin, Purpose
    from tui_mfa.domain.secret import Secret

ATTEMPT_LIFE: Final = timedelta(minutes=10)
"""How long an attempt may take (ASVS 7.2; as long as a mailed code lives)."""

CODE_LIFE: Final = timedelta(minutes=10)
"""Life of a mailed code, from issue (NIST SP 800-63B-4 section 3.1.3.2)."""

CODE_TRIES: Final = 5
"""Wrong codes per attempt in total, whatever is resent."""

COOL_DOWN: Final = timedelta(seconds=60)
"""Between two mails of one attempt."""

RESENDS: Final = 3
"""Mails of one attempt after the first."""

RECOVERED_LIFE: Final = timedelta(minutes=10)
"""How long a login by recovery stands for the confirmation that Replace wants."""


def cool_down(sent_at: datetime, now: datetime) -> int:
    """Return the whole seconds until the next mail; never more than 60, even when the clock went back."""
    left = COOL_DOWN - max(now - sent_at, timedelta(0))
    return max(0, -int(-left.total_seconds() // 1))


@dataclass(frozen=True, slots=True)
class AttemptHandle:
    """What a screen holds between the password and the code; grants nothing by itself."""

    account_id: str
    """The account, or an id that exists nowhere when the name was unknown."""
    token: Secret[str]
    purpose: Purpose
    name: str
    """What was typed as the name."""
    origin: Origin
    started_at: datetime


@dataclass(frozen=True, slots=True)
class Session:
    """What a logged-in screen holds; every use case looks the session up and checks it again."""

    account_id: str
    id: str
    token: Secret[str]
    origin: Origin


@dataclass(frozen=True, slots=True)
class RecoverySet:
    """Which recovery codes would be accepted, for the prompt: their set, date and how many are left."""

    set_id: str
    made_at: datetime
    left: int


@dataclass(frozen=True, slots=True)
class CodeOwed:
    """The attempt goes on: a code is owed."""

    handle: AttemptHandle
    factor: Factor
    """``EMAIL`` or ``AUTHENTICATOR``."""
    masked_address: str | None
    """Where a mailed code goes, masked; ``None`` when that would tell something about an account."""
    verifying: bool = False
    """The mailed code proves an address that is not proved yet."""
    recovery: RecoverySet | None = None
    """The recovery codes that could stand for the factor."""
    by_key: bool = False
    """An SSH key stood for the password, which recovery wants as well."""


@dataclass(frozen=True, slots=True)
class CodeSent:
    """A mail with a code was handed over."""

    request_id: str
    sent_at: datetime
    valid_until: datetime
    resends_left: int


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """A session began."""

    session: Session
    previous: LastLogin | None
    """The login before this one."""
    failed_since: int
    """Failed attempts between the two."""
