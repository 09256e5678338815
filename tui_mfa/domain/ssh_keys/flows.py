"""Add, list, rename and delete SSH keys as their owner.

Two decisions. A key belongs to nobody but whoever added it: another account may have the same one, and is never told
(S55), since sshd asks for the keys of one username at a time. And the last key may go, because password and second
factor still open the portal; only where the operator says that logins take a key (``keep_last_key``) the last one that
works stays (S56).
"""

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime

from tui_mfa.domain import names, notices
from tui_mfa.domain.account import Account
from tui_mfa.domain.events import Tag
from tui_mfa.domain.login import guard
from tui_mfa.domain.login.model import Session
from tui_mfa.domain.ports import Services, Template
from tui_mfa.domain.quota import flows as quota
from tui_mfa.domain.quota.model import SSH_KEYS
from tui_mfa.domain.secret import Secret
from tui_mfa.domain.ssh_keys import parse, rules
from tui_mfa.domain.ssh_keys.model import Added, KeyView, SshKey
from tui_mfa.domain.ssh_keys.refusals import KeyRefused
from tui_mfa.domain.tokens import new_id


def keys(services: Services, session: Session) -> list[KeyView]:
    """Return the account's keys in the order in which they were added; raises ``SessionEnded``."""
    now = services.clock.now()
    account = guard.load(services.store, session.account_id)
    guard.find_session(account, session, services.policy, now)
    return [rules.view(key, services.policy.ssh_rsa_bits, now) for key in account.ssh_keys]


def not_added(lines: Iterable[str], present: Iterable[KeyView]) -> tuple[str, ...]:
    """Return which public keys of an SSH client could be added: each is one, and none is there already.

    Args:
        lines: ``type base64``.
        present: The account's keys.
    """
    found: dict[str, str] = {}
    for line in lines:
        with suppress(KeyRefused):
            found.setdefault(parse.judge(line).key.fingerprint, line)
    for key in present:
        found.pop(key.fingerprint, None)
    return tuple(found.values())


def add(services: Services, session: Session, text: Secret[str], *, title: str = "", expires: str = "") -> Added:
    """Add a key.

    Args:
        services: What the rules need.
        session: Whose.
        text: What was pasted or read; a secret, because people paste private keys.
        title: The person's name for the key; nothing takes the comment.
        expires: See ``rules.expiry``.

    Raises:
        KeyRefused: The text is not one acceptable key; see ``parse.judge`` and ``rules.require_acceptable``.
        InvalidInput: For title or expiry.
        QuotaExceeded: The account's limit of keys is reached.
        ConfirmationRequired: Password and factor were not proved in the last 15 minutes (S51).
    """
    judged = parse.judge(text.reveal())
    names.free_text(title, "title")
    rules.expiry(expires, services.clock.now())  # before anybody is asked for a password in vain
    with guard.in_session(services, session) as (account, record, now):
        guard.require_confirmation(record, now, life=guard.KEY_CONFIRMATION_LIFE)
        return put(services, account, judged, title=title, expires=expires, origin=session.origin.label, now=now)


def put(
    services: Services, account: Account, judged: parse.Judged, *, title: str, expires: str, origin: str, now: datetime
) -> Added:
    """Add a judged key to an open account whose owner, or a program of the owner's, was let in; raises as ``add``."""
    rules.require_acceptable(account, judged.key, services.policy)
    quota.check(services, account, SSH_KEYS)
    key = SshKey(
        id=_fresh_id(services, account),
        title=rules.title_for(account, title, judged.title, judged.key),
        blob=judged.key.text,
        added_at=now,
        added_from=origin,
        expires_at=rules.expiry(expires, now),
    )
    account.ssh_keys.append(key)
    view = rules.view(key, services.policy.ssh_rsa_bits, now)
    _tell(account, Tag.SSH_KEY_ADDED, Template.SSH_KEY_ADDED, view, origin, now)
    return Added(view, judged.dropped, judged.advice)


def rename(services: Services, session: Session, reference: str, title: str) -> KeyView:
    """Give a key another title; harmless when it has it already.

    Raises:
        NoSuchKey: By that id, title or fingerprint.
        InvalidInput: The title is empty, too long, cannot be shown, or is that of another key.
    """
    title = names.free_text(title, "title")
    with guard.in_session(services, session) as (account, _record, now):
        key = rules.find(account, reference)
        before = key.title
        rules.require_title(title)
        rules.require_free(account, title, beside=key.id)
        if title != before:
            key.title = title
            account.record(now, Tag.SSH_KEY_RENAMED, session.origin.label, title=title, before=before)
        return rules.view(key, services.policy.ssh_rsa_bits, now)


def delete(services: Services, session: Session, reference: str) -> KeyView:
    """Delete a key; it opens nothing from this moment on.

    Raises:
        NoSuchKey: By that id, title or fingerprint.
        NotAllowed: It is the last way in, where logins take a key.
    """
    with guard.in_session(services, session) as (account, _record, now):
        return take(services, account, reference, origin=session.origin.label, now=now)


def take(services: Services, account: Account, reference: str, *, origin: str, now: datetime) -> KeyView:
    """Delete a key from an open account; raises as ``delete``."""
    key = rules.find(account, reference)
    rules.require_not_last(account, key, services.policy, now)
    account.ssh_keys.remove(key)
    view = rules.view(key, services.policy.ssh_rsa_bits, now)
    _tell(account, Tag.SSH_KEY_DELETED, Template.SSH_KEY_DELETED, view, origin, now)
    return view


def _fresh_id(services: Services, account: Account) -> str:
    while True:
        fresh = new_id(services.entropy, 4)
        if all(fresh != key.id for key in account.ssh_keys):
            return fresh


def _tell(account: Account, tag: Tag, template: Template, view: KeyView, origin: str, now: datetime) -> None:
    """Record a change and queue its mail, in the open transaction.

    The mail has no title: whoever is in the session chose it, and one with a link in it would keep the mail back. For
    the same reason the fingerprint comes without its prefix: ``SHA256:`` and a hash that starts with ``//`` look like
    a link, and such a key can be searched for.
    """
    account.record(now, tag, origin, title=view.title, key=view.fingerprint)
    notices.queue(account, template, origin, now, kind=view.kind, fingerprint=view.fingerprint.removeprefix("SHA256:"))
