"""Decisions about limits: what is in force, how full it is, what may be typed."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from tui_mfa.domain import names
from tui_mfa.domain.account import Account
from tui_mfa.domain.errors import InvalidInput
from tui_mfa.domain.quota.model import (
    API_TOKENS,
    BUILT_IN,
    SSH_KEYS,
    IncreaseRequest,
    Installation,
    Level,
    QuotaKind,
    QuotaRow,
    RequestState,
)

UNLIMITED: Final = "unlimited"
"""The word that stands for no limit."""

NEAR: Final = 70
"""Per cent from which a limit is called near."""

ALMOST_FULL: Final = 90
"""Per cent from which a limit is called almost full."""

AMOUNT_MAX: Final = 10**12
"""The highest amount: more than anything that is counted, and its digits fit a line."""

REASON_MAX: Final = 300
"""Characters of a reason or an answer."""

LABEL_MAX: Final = 40
"""Characters of a limit's name for people."""

UNIT_MAX: Final = 12
"""Characters of a unit."""

KINDS_MAX: Final = 50
"""Limits of an installation; more would fit no screen."""

REQUESTS_KEPT: Final = 50
"""Requests of one account that are kept; more push out the oldest that is answered."""

_NAME: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?")
_DIGITS: Final = re.compile(r"[0-9]{1,13}")


def kinds(installation: Installation) -> dict[str, QuotaKind]:
    """Return every limit by name, those of the program among them, in the order in which lists show them."""
    known = {**BUILT_IN, **installation.quotas}
    return dict(sorted(known.items(), key=lambda item: (item[1].label.casefold(), item[0])))


def limit_of(account: Account, name: str, kind: QuotaKind) -> int | None:
    """Return the limit in force for an account; ``None`` is unlimited."""
    return account.quotas.limits.get(name, kind.limit)


def used_of(account: Account, name: str, now: datetime) -> int | None:
    """Return how much an account uses: counted here for what the program itself keeps, else as it was reported."""
    if name == SSH_KEYS:
        return len(account.ssh_keys)
    if name == API_TOKENS:
        return sum(token.revoked_at is None and now < token.expires_at for token in account.api_tokens)
    usage = account.quotas.used.get(name)
    return usage.amount if usage is not None else None


def percent_of(used: int | None, limit: int | None) -> int | None:
    """Return how full a limit is, rounded down, so that 100 means that nothing more fits."""
    if used is None or limit is None:
        return None
    return 100 * used // limit if limit else 100


def level_of(used: int | None, limit: int | None) -> Level:
    """Return how full a limit is, in words."""
    if limit is None:
        return Level.UNLIMITED
    percent = percent_of(used, limit)
    if percent is None:
        return Level.UNKNOWN
    steps = ((100, Level.FULL), (ALMOST_FULL, Level.ALMOST_FULL), (NEAR, Level.NEAR))
    return next((level for least, level in steps if percent >= least), Level.OK)


def row(account: Account, name: str, kind: QuotaKind, now: datetime) -> QuotaRow:
    """Return one limit of an account."""
    limit, used = limit_of(account, name, kind), used_of(account, name, now)
    usage = account.quotas.used.get(name) if name not in BUILT_IN else None
    return QuotaRow(
        name=name,
        label=kind.label,
        unit=kind.unit,
        used=used,
        limit=limit,
        own=name in account.quotas.limits,
        percent=percent_of(used, limit),
        level=level_of(used, limit),
        reported_at=usage.reported_at if usage is not None else None,
        request=newest_request(account, name),
    )


def rows(account: Account, known: Mapping[str, QuotaKind], now: datetime) -> tuple[QuotaRow, ...]:
    """Return all limits of an account in their usual order."""
    return tuple(row(account, name, kind, now) for name, kind in known.items())


def newest_request(account: Account, name: str) -> IncreaseRequest | None:
    """Return the last request about a limit."""
    return next((request for request in reversed(account.quotas.requests) if request.quota == name), None)


def keep_request(account: Account, request: IncreaseRequest) -> None:
    """Add a request; an open one about the same limit is withdrawn by it, and the oldest answered ones may go."""
    requests = account.quotas.requests
    for other in requests:
        if other.quota == request.quota and other.state is RequestState.OPEN:
            other.state, other.answered_at = RequestState.WITHDRAWN, request.asked_at
    requests.append(request)
    surplus = len(requests) - REQUESTS_KEPT
    answered = [other.id for other in requests if other.state is not RequestState.OPEN][: max(0, surplus)]
    account.quotas.requests = [other for other in requests if other.id not in answered]


def words(amount: int | None, kind: QuotaKind | QuotaRow) -> str:
    """Return a limit or an amount in words: ``16``, ``100 GB``, ``unlimited``."""
    if amount is None:
        return UNLIMITED
    return f"{amount} {kind.unit}" if kind.unit else str(amount)


def amount(text: str, field: str) -> int:
    """Return a whole number from 0 on, or raise ``InvalidInput``; spaces, commas and underscores may group it."""
    digits = re.sub(r"[ ,_]", "", text.strip()) if len(text) <= names.TEXT_MAX else ""
    if not _DIGITS.fullmatch(digits) or int(digits) > AMOUNT_MAX:
        raise InvalidInput(f"Type a whole number from 0 to {AMOUNT_MAX}.", field=field)
    return int(digits)


def limit(text: str, field: str = "limit") -> int | None:
    """Return a limit from a number or the word ``unlimited``, or raise ``InvalidInput``."""
    if text.strip().casefold() == UNLIMITED:
        return None
    try:
        return amount(text, field)
    except InvalidInput as error:
        raise InvalidInput(f"{error.user_message[:-1]}, or the word {UNLIMITED}.", field=field) from None


def name(text: str) -> str:
    """Return a name for a new limit, or raise ``InvalidInput``."""
    text = text.strip()
    if not _NAME.fullmatch(text):
        raise InvalidInput(
            "A limit's name has 1 to 32 small letters, digits and hyphens, like cpu-cores.", field="quota"
        )
    return text


def line(text: str, field: str, longest: int) -> str:
    """Return a line that somebody typed, or raise ``InvalidInput``."""
    return names.free_text(text, field, longest)


def known_name(known: Mapping[str, QuotaKind], text: str) -> str:
    """Return the name of a limit that there is, or raise ``InvalidInput`` with those that there are."""
    text = text.strip().casefold()
    if text not in known:
        raise InvalidInput(f"There is no limit of that name. There are: {', '.join(known)}.", field="quota")
    return text
