"""What follows from failures: a line in the audit log, a mail to the owner."""

from datetime import datetime
from typing import Final

from tui_mfa.domain import limits, notices
from tui_mfa.domain.account import Account, Factor
from tui_mfa.domain.events import Tag
from tui_mfa.domain.ports import Template

WARN_AT: Final = 3
"""So many wrong codes after a right password are told to the owner by mail (ASVS 6.3.5)."""


def note(account: Account, factor: Factor, origin: str, now: datetime) -> None:
    """Note the failure that closed a limit; tell the owner of the third in a row and of the hundredth.

    The third is told only where a right password went before; the hundredth switches the factor off.
    """
    tries = account.tries_of(factor)
    if limits.wait_for(tries, limits.GUESSES, now):
        account.record(now, Tag.LOGIN_LOCKED, origin, factor=factor)
    if tries.in_a_row == WARN_AT and factor not in {Factor.PASSWORD, Factor.RESET_CODE}:
        notices.queue(account, Template.WRONG_CODES, origin, now)
    if tries.in_a_row == limits.MAX_IN_A_ROW:
        account.record(now, Tag.FACTOR_DISABLED, origin, factor=factor)
        notices.queue(account, Template.FACTOR_DISABLED, origin, now, factor=factor.replace("_", " "))
