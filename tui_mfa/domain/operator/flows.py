"""Add, look at, close, open and remove accounts."""

from tui_mfa.domain import limits, names, notices
from tui_mfa.domain.account import Account, Email, Factor, Method
from tui_mfa.domain.api_tokens import rules as token_rules
from tui_mfa.domain.errors import InvalidInput, NoSuchAccount
from tui_mfa.domain.events import Tag
from tui_mfa.domain.login.registration import new_account, new_password
from tui_mfa.domain.operator.lookup import find as find  # noqa: PLC0414 - one of the flows, too
from tui_mfa.domain.ports import Services, Template
from tui_mfa.domain.profile import details
from tui_mfa.domain.secret import Secret

ORIGIN = "operator"
"""From where the operator acts, as the audit log says it."""


def accounts(services: Services) -> list[Account]:
    """Return a snapshot of every account, by username."""
    found = []
    for account_id in services.store.ids():
        try:
            found.append(services.store.get(account_id))
        except NoSuchAccount:  # removed meanwhile
            continue
    return sorted(found, key=lambda account: account.username.casefold())


def add(services: Services, username: str, email: str, password: Secret[str]) -> Account:
    """Create an account; its address is proved at the first login."""
    account = new_account(services, username, email, password, ORIGIN)
    services.store.create(account)
    return account


def set_email(services: Services, name: str, address: str) -> Account:
    """Change an address; it must be proved at the next login, and the old one is told."""
    address = names.email(address)
    now = services.clock.now()
    with services.store.account(find(services, name).id) as account:
        before = account.email.address
        account.email = Email(address=address)
        account.pending = False
        account.attempts.clear()
        account.sessions.clear()
        account.enrolment = None
        limits.clear(account.tries_of(Factor.EMAIL))
        account.record(now, Tag.EMAIL_CHANGED, ORIGIN)
        shown = names.masked_email(address)
        notices.queue(account, Template.EMAIL_CHANGED, ORIGIN, now, before, address=shown)
        return account


def edit(services: Services, account_name: str, /, **given: str | None) -> Account:
    """Change what an account tells about its owner; see ``profile.details.change``."""
    now = services.clock.now()
    with services.store.account(find(services, account_name).id) as account:
        details.change(account, ORIGIN, now, **given)
        return account


def set_password(services: Services, name: str, password: Secret[str]) -> Account:
    """Set a password, end all sessions, and tell the owner."""
    snapshot = find(services, name)
    own_words = (snapshot.username, snapshot.email.address, snapshot.profile.name)
    fresh = new_password(services, password, own_words, alone=snapshot.method is Method.DISABLED)
    now = services.clock.now()
    with services.store.account(snapshot.id) as account:
        if account.method is Method.DISABLED and not fresh.stands_alone:
            raise InvalidInput(
                "The second factor was disabled meanwhile: 15 characters at least.", field="new_password"
            )
        account.password = fresh
        account.sessions.clear()
        account.attempts.clear()
        account.pending = False
        account.enrolment = None
        for factor in (Factor.PASSWORD, Factor.RESET_CODE):
            limits.clear(account.tries_of(factor))
        account.record(now, Tag.PASSWORD_CHANGED, ORIGIN)
        notices.queue(account, Template.PASSWORD_CHANGED, ORIGIN, now)
        return account


def disable(services: Services, name: str) -> Account:
    """Close an account: sessions, attempts and API tokens end at once, nobody logs in. Harmless when it is closed."""
    now = services.clock.now()
    with services.store.account(find(services, name).id) as account:
        if account.disabled_at is None:
            account.disabled_at = now
            account.sessions.clear()
            account.attempts.clear()
            account.enrolment = None
            token_rules.revoke_all(account, ORIGIN, now)
            account.record(now, Tag.ACCOUNT_DISABLED, ORIGIN)
            notices.queue(account, Template.ACCOUNT_DISABLED, ORIGIN, now)
        return account


def enable(services: Services, name: str) -> Account:
    """Open a closed account, and a factor that 100 wrong tries switched off. Harmless when nothing was closed."""
    now = services.clock.now()
    with services.store.account(find(services, name).id) as account:
        locked = [factor for factor, tries in account.tries.items() if tries.in_a_row >= limits.MAX_IN_A_ROW]
        for factor in locked:
            limits.clear(account.tries[factor])
        if account.disabled_at is not None or locked:
            account.disabled_at = None
            account.record(now, Tag.ACCOUNT_ENABLED, ORIGIN, factors=",".join(locked))
        return account


def delete(services: Services, name: str) -> None:
    """Remove an account with everything that belongs to it."""
    services.store.delete(find(services, name).id)
