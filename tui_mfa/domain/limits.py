"""How often something may be tried: sliding windows over the times of failures, and a cap on failures in a row."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final


@dataclass(frozen=True, slots=True)
class Window:
    """At most ``count`` within ``span``."""

    count: int
    span: timedelta


GUESSES: Final = (
    Window(5, timedelta(minutes=5)),
    Window(20, timedelta(hours=1)),
    Window(50, timedelta(days=1)),
)
"""Failures per account and factor (SECURITY.md; RFC 4226 section 7.3, NIST SP 800-63B-4 section 3.2.2)."""

ADDRESS_GUESSES: Final = (Window(10, timedelta(minutes=5)),)
"""Failures per address, whatever the account (SECURITY.md)."""

ACCOUNT_MAILS: Final = (Window(6, timedelta(hours=1)),)
"""Mails with a code per account (S31)."""

ADDRESS_MAILS: Final = (Window(20, timedelta(hours=1)),)
"""Mails with a code per address (S31)."""

MAX_IN_A_ROW: Final = 100
"""So many failures without a success disable the factor until recovery (NIST SP 800-63B-4 section 3.2.2)."""

_LONGEST: Final = timedelta(days=1)


@dataclass(slots=True, kw_only=True)
class Tries:
    """The counter of one thing that is limited: times of the last day, oldest first, and the run of failures."""

    times: list[datetime] = field(default_factory=list)
    """When each try was counted, UTC."""
    in_a_row: int = 0
    """Tries since the last success."""


def wait_for(tries: Tries, windows: tuple[Window, ...], now: datetime) -> int:
    """Return the whole seconds until one more try is allowed; 0 when it is allowed now.

    A time that lies in the future (the clock went back) counts as now: a step of the clock neither opens a limit nor
    closes it for longer than the window.
    """
    wait = timedelta(0)
    for window in windows:
        inside = [min(time, now) for time in tries.times if min(time, now) > now - window.span]
        if len(inside) >= window.count:
            wait = max(wait, inside[-window.count] + window.span - now)
    return -int(-wait.total_seconds() // 1)


def count(tries: Tries, now: datetime) -> None:
    """Count one try as failed; a success takes everything back by ``clear``."""
    tries.times = [min(time, now) for time in tries.times if time > now - _LONGEST]
    tries.times.append(now)
    tries.in_a_row += 1


def clear(tries: Tries) -> None:
    """Forget the failures after a success of this very factor (NIST: disregard earlier failures)."""
    tries.times.clear()
    tries.in_a_row = 0


def take_back(tries: Tries, at: datetime) -> None:
    """Remove the one try counted at ``at``, and nothing else: for limits that a success must not empty."""
    if at in tries.times:
        tries.times.remove(at)
    tries.in_a_row = max(0, tries.in_a_row - 1)
