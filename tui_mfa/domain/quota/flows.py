"""Limits as their owner meets them: look, be stopped by one, ask for more."""

from datetime import timedelta
from typing import Final

from tui_mfa.domain import notices
from tui_mfa.domain.account import Account
from tui_mfa.domain.errors import InvalidInput, NotAllowed, QuotaExceeded, TooManyAttempts
from tui_mfa.domain.events import Tag
from tui_mfa.domain.login import guard
from tui_mfa.domain.login.model import Session
from tui_mfa.domain.ports import Services, Template
from tui_mfa.domain.quota import rules
from tui_mfa.domain.quota.model import IncreaseRequest, QuotaKind, QuotaRow
from tui_mfa.domain.tokens import new_id

REQUESTS_A_DAY: Final = 10
"""Requests of one account in 24 hours: a person asks once for each limit, a program gone wild fills no record."""

_DAY: Final = timedelta(days=1)


def rows(services: Services, account: Account) -> tuple[QuotaRow, ...]:
    """Return all limits of an account.

    Args:
        services: For the operator's limits and the time.
        account: A snapshot, or an open account.
    """
    return rules.rows(account, rules.kinds(services.store.installation()), services.clock.now())


def check(services: Services, account: Account, name: str) -> None:
    """Raise ``QuotaExceeded`` unless one more fits; to be called in the transaction that adds it.

    Args:
        services: For the operator's limits and the time.
        account: The open account, before anything is added.
        name: A name of ``BUILT_IN``.
    """
    kind = rules.kinds(services.store.installation())[name]
    limit, used = rules.limit_of(account, name, kind), rules.used_of(account, name, services.clock.now())
    if limit is None or used is None or used < limit:
        return
    raise QuotaExceeded(
        f"The limit “{kind.label}” of {limit} is reached: there are {used}. Delete one first, or ask for a higher "
        "limit under Service Quota.",
        quota=name,
        limit=limit,
    )


def request_increase(services: Services, session: Session, name: str, wanted: str, reason: str) -> IncreaseRequest:
    """Ask for a higher limit; a request about the same limit that is still open is replaced.

    Args:
        services: What the rules need.
        session: Whose.
        name: Which limit.
        wanted: The new limit, as typed.
        reason: Why, in the person's words.

    Raises:
        InvalidInput: Field ``quota``, ``amount`` or ``reason``.
        NotAllowed: Nothing is limited there.
        TooManyAttempts: ``REQUESTS_A_DAY`` were made.
    """
    known = rules.kinds(services.store.installation())
    name = rules.known_name(known, name)
    number = rules.amount(wanted, "amount")
    reason = rules.line(reason, "reason", rules.REASON_MAX)
    if not reason:
        raise InvalidInput("Say in a few words what you need it for.", field="reason")
    with guard.in_session(services, session) as (account, _record, now):
        present = rules.limit_of(account, name, known[name])
        if present is None:
            raise NotAllowed(f"“{known[name].label}” is unlimited for you already.")
        if number <= present:
            raise InvalidInput(f"The limit is {present}. Ask for more than that.", field="amount")
        recent = [other.asked_at for other in account.quotas.requests if other.asked_at > now - _DAY]
        if len(recent) >= REQUESTS_A_DAY:
            wait = int((min(recent) + _DAY - now).total_seconds()) + 1
            raise TooManyAttempts(f"You asked {len(recent)} times in a day. Ask again later.", retry_after=wait)
        request = IncreaseRequest(
            id=new_id(services.entropy, 4), quota=name, wanted=number, reason=reason, asked_at=now
        )
        rules.keep_request(account, request)
        account.record(now, Tag.QUOTA_ASKED, session.origin.label, quota=name, wanted=str(number))
        _tell_operator(services, account, known[name], request, session.origin.label)
        return request


def _tell_operator(
    services: Services, account: Account, kind: QuotaKind, request: IncreaseRequest, origin: str
) -> None:
    """Queue a mail to the operator; it says no word that the person typed, so it can carry nobody's message."""
    notices.queue_for(
        services.policy.support_address,
        account,
        Template.QUOTA_ASKED,
        origin,
        request.asked_at,
        quota=kind.label,
        limit=rules.words(rules.limit_of(account, request.quota, kind), kind),
        wanted=rules.words(request.wanted, kind),
        request_id=request.id,
    )
