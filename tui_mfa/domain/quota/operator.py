"""Limits as the operator keeps them: set, report, answer."""

from collections.abc import Mapping

from tui_mfa.domain import notices
from tui_mfa.domain.account import Account
from tui_mfa.domain.errors import InvalidInput, NotAllowed
from tui_mfa.domain.events import Tag
from tui_mfa.domain.operator.flows import ORIGIN, accounts, find
from tui_mfa.domain.ports import Services, Template
from tui_mfa.domain.quota import rules
from tui_mfa.domain.quota.model import BUILT_IN, IncreaseRequest, QuotaKind, QuotaRow, RequestState, Usage


def defaults(services: Services) -> dict[str, QuotaKind]:
    """Return every limit with what is in force for accounts that have none of their own."""
    return rules.kinds(services.store.installation())


def set_default(
    services: Services, name: str, limit: str, *, label: str | None = None, unit: str | None = None
) -> QuotaKind:
    """Set a limit for every account, or make a new one.

    Args:
        services: What the rules need.
        name: Which; a new name makes a new limit.
        limit: A number or ``unlimited``.
        label: For people; the name itself when a new limit has none.
        unit: Stands behind amounts.

    Raises:
        InvalidInput: Field ``quota``, ``limit``, ``label`` or ``unit``.
    """
    name, number = rules.name(name), rules.limit(limit)
    label = rules.line(label, "label", rules.LABEL_MAX) if label is not None else None
    unit = rules.line(unit, "unit", rules.UNIT_MAX) if unit is not None else None
    with services.store.change_installation() as installation:
        known = rules.kinds(installation)
        before = known.get(name, QuotaKind(label=name.replace("-", " ").capitalize()))
        if name not in known and len(known) >= rules.KINDS_MAX:
            raise InvalidInput(f"There are {rules.KINDS_MAX} limits already; remove one first.", field="quota")
        kind = QuotaKind(label=label or before.label, unit=before.unit if unit is None else unit, limit=number)
        installation.quotas[name] = kind
        return kind


def remove(services: Services, name: str) -> None:
    """Remove a limit; one that the program counts itself goes back to what it came with.

    What accounts keep about it is shown no more, and comes back when it is made again.
    """
    with services.store.change_installation() as installation:
        name = rules.known_name(rules.kinds(installation), name)
        if name not in installation.quotas:
            raise NotAllowed(f"{name} is counted by the program itself and stays. Set it to unlimited instead.")
        del installation.quotas[name]


def rows(services: Services, name: str) -> tuple[Account, tuple[QuotaRow, ...]]:
    """Return an account and its limits, or raise ``NoSuchAccount``."""
    account = find(services, name)
    return account, rules.rows(account, defaults(services), services.clock.now())


def set_limit(services: Services, name: str, quota: str, limit: str) -> tuple[Account, QuotaRow]:
    """Give one account a limit of its own, or with the word ``default`` take it away; the owner is told.

    An open request for no more than that is granted by it. Raises ``InvalidInput``, field ``quota`` or ``limit``.
    """
    known = defaults(services)
    quota = rules.known_name(known, quota)
    back = limit.strip().casefold() == "default"
    number = None if back else rules.limit(limit)
    now = services.clock.now()
    with services.store.account(find(services, name).id) as account:
        before = rules.limit_of(account, quota, known[quota])
        if back:
            account.quotas.limits.pop(quota, None)
        else:
            account.quotas.limits[quota] = number
        after = rules.limit_of(account, quota, known[quota])
        for request in account.quotas.requests:
            reached = after is None or after >= request.wanted
            if request.quota == quota and request.state is RequestState.OPEN and reached:
                request.state, request.answered_at, request.granted = RequestState.GRANTED, now, after
        if after != before:
            _tell_changed(account, services, quota, known[quota])
        return account, rules.row(account, quota, known[quota], now)


def report(services: Services, name: str, amounts: Mapping[str, str]) -> tuple[Account, tuple[QuotaRow, ...]]:
    """Note how much an account uses; all amounts or none.

    Args:
        services: What the rules need.
        name: A username or an address.
        amounts: By limit, as typed.

    Raises:
        InvalidInput: Field ``quota`` or ``amount``.
        NotAllowed: The program counts one of them itself.
    """
    known = defaults(services)
    numbers = {rules.known_name(known, quota): rules.amount(text, "amount") for quota, text in amounts.items()}
    for quota in numbers:
        if quota in BUILT_IN:
            raise NotAllowed(f"{quota} is counted by the program itself. Nothing was noted.")
    now = services.clock.now()
    with services.store.account(find(services, name).id) as account:
        account.quotas.used.update((quota, Usage(amount=number, reported_at=now)) for quota, number in numbers.items())
        return account, rules.rows(account, {quota: known[quota] for quota in numbers}, now)


def requests(
    services: Services, name: str | None = None, *, answered: bool = False
) -> list[tuple[Account, IncreaseRequest]]:
    """Return what was asked for, oldest first.

    Args:
        services: What the rules need.
        name: Of one account alone.
        answered: Those that are no longer open, too.
    """
    found = [find(services, name)] if name is not None else accounts(services)
    listed = [(account, request) for account in found for request in account.quotas.requests]
    wanted = [pair for pair in listed if answered or pair[1].state is RequestState.OPEN]
    return sorted(wanted, key=lambda pair: pair[1].asked_at)


def grant(
    services: Services, name: str, request_id: str, limit: str | None = None, answer: str = ""
) -> tuple[Account, IncreaseRequest]:
    """Raise a limit as it was asked for, or to another amount; the owner is told.

    Args:
        services: What the rules need.
        name: Whose request.
        request_id: Which.
        limit: In place of the wanted amount.
        answer: What the owner reads beside it.

    Raises:
        InvalidInput: Field ``request``, ``limit`` or ``answer``.
        NotAllowed: It was answered or withdrawn.
    """
    number = rules.amount(limit, "limit") if limit is not None else None
    answer = rules.line(answer, "answer", rules.REASON_MAX)
    known = defaults(services)
    now = services.clock.now()
    with services.store.account(find(services, name).id) as account:
        request = _open_request(account, request_id)
        kind = known[rules.known_name(known, request.quota)]
        granted = request.wanted if number is None else number
        _require_higher(granted, rules.limit_of(account, request.quota, kind))
        request.state, request.answered_at, request.answer = RequestState.GRANTED, now, answer
        request.granted = granted
        account.quotas.limits[request.quota] = request.granted
        _tell_changed(account, services, request.quota, kind)
        return account, request


def refuse(services: Services, name: str, request_id: str, answer: str) -> tuple[Account, IncreaseRequest]:
    """Leave a limit as it is, and say why; the owner is told.

    Raises ``InvalidInput`` (field ``request`` or ``answer``) or ``NotAllowed`` when it was answered or withdrawn.
    """
    answer = rules.line(answer, "answer", rules.REASON_MAX)
    if not answer:
        raise InvalidInput("Say in a few words why: the owner reads it.", field="answer")
    known = defaults(services)
    now = services.clock.now()
    with services.store.account(find(services, name).id) as account:
        request = _open_request(account, request_id)
        request.state, request.answered_at, request.answer = RequestState.REFUSED, now, answer
        kind = known.get(request.quota, QuotaKind(label=request.quota))
        account.record(now, Tag.QUOTA_REFUSED, ORIGIN, quota=request.quota, wanted=str(request.wanted))
        stays = rules.words(rules.limit_of(account, request.quota, kind), kind)
        notices.queue(account, Template.QUOTA_REFUSED, ORIGIN, now, quota=kind.label, limit=stays)
        return account, request


def _open_request(account: Account, request_id: str) -> IncreaseRequest:
    request_id = request_id.strip().casefold()
    request = next((one for one in account.quotas.requests if one.id == request_id), None)
    if request is None:
        raise InvalidInput("This account has no request of that id.", field="request")
    if request.state is not RequestState.OPEN:
        raise NotAllowed(f"This request is {request.state.value} already. Nothing was changed.")
    return request


def _require_higher(granted: int, present: int | None) -> None:
    if present is None:
        raise NotAllowed("The limit is unlimited by now. Refuse the request, and say so.")
    if granted <= present:
        raise InvalidInput(f"The limit is {present} already. Grant more than that, or refuse.", field="limit")


def _tell_changed(account: Account, services: Services, quota: str, kind: QuotaKind) -> None:
    now = services.clock.now()
    limit = rules.words(rules.limit_of(account, quota, kind), kind)
    account.record(now, Tag.QUOTA_CHANGED, ORIGIN, quota=quota, limit=limit)
    notices.queue(account, Template.QUOTA_GRANTED, ORIGIN, now, quota=kind.label, limit=limit)
