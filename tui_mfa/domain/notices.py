"""Security mails: queued in the transaction that changes something, sent after it, kept until they are sent."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from tui_mfa.domain.account import Account, Notice
from tui_mfa.domain.errors import InvalidInput, MailUnavailable, NoSuchAccount
from tui_mfa.domain.events import Tag
from tui_mfa.domain.ports import Mail, Services, Template

MAX_WAITING: Final = 20
"""Notices of one account that wait; more push out the oldest."""


def words(now: datetime) -> str:
    """Return a time for a mail, in UTC."""
    return f"{now:%Y-%m-%d %H:%M} UTC"


def queue(account: Account, template: Template, origin: str, now: datetime, *more_addresses: str, **more: str) -> None:
    """Queue a notice to the account's address (and ``more_addresses``), inside the transaction it tells about.

    Args:
        account: The open account.
        template: Which mail.
        origin: From where the change was made.
        now: The time.
        more_addresses: Further addresses, for example the old one after a change.
        more: Further values for the template.
    """
    _queue_to((account.email.address, *more_addresses), account, template, origin, now, more)


def queue_for(address: str, account: Account, template: Template, origin: str, now: datetime, **more: str) -> None:
    """Queue a notice about an account to somebody else, the operator; its owner gets none.

    Args:
        address: To whom; with an empty one nothing is queued.
        account: The open account.
        template: Which mail.
        origin: From where the change was made.
        now: The time.
        more: Further values for the template.
    """
    if address:
        _queue_to((address,), account, template, origin, now, more)


def _queue_to(
    addresses: tuple[str, ...],
    account: Account,
    template: Template,
    origin: str,
    now: datetime,
    more: Mapping[str, str],
) -> None:
    params = {"username": account.username, "origin": origin, "time": words(now), **more}
    for to in dict.fromkeys(addresses):
        # event_count grows with each change, so the id is unique within the account.
        notice_id = f"{account.event_count}-{len(account.notices)}-{template}"
        account.notices.append(Notice(id=notice_id, template=template, to=to, params=params, queued_at=now))
    del account.notices[:-MAX_WAITING]


def deliver(services: Services, account_id: str) -> int:
    """Send the notices that wait for an account; return how many went out.

    A change stands even if its mail does not go out: the failure is recorded, and the next call tries again.
    """
    try:
        waiting = services.store.get(account_id).notices
        if not waiting:
            return 0
        sent: set[str] = set()
        dropped: set[str] = set()
        failed = False
        for notice in waiting:
            try:
                services.mailer.send(Mail(template=Template(notice.template), to=notice.to, params=notice.params))
            except InvalidInput:  # it can never go out, and must not hold up the others
                dropped.add(notice.id)
                continue
            except MailUnavailable:
                failed = True
                break
            sent.add(notice.id)
        with services.store.account(account_id) as account:
            account.notices = [notice for notice in account.notices if notice.id not in sent | dropped]
            if failed or dropped:
                account.record(services.clock.now(), Tag.MAIL_FAILED, "system", waiting=str(len(account.notices)))
    except NoSuchAccount:
        return 0
    return len(sent)
