"""Make, list and revoke tokens: as the account's owner, as the operator, or as whoever found one."""

from collections.abc import Iterable

from tui_mfa.domain import notices
from tui_mfa.domain.account import Account
from tui_mfa.domain.api_tokens import access, rules
from tui_mfa.domain.api_tokens import token as text
from tui_mfa.domain.api_tokens.model import ApiToken, Checked, NewToken, Scope, State, TokensState, TokenView
from tui_mfa.domain.errors import InvalidInput, NoSuchAccount, NotAllowed
from tui_mfa.domain.events import Tag
from tui_mfa.domain.login import guard
from tui_mfa.domain.login.model import Session
from tui_mfa.domain.operator.flows import ORIGIN, find
from tui_mfa.domain.ports import Services, Template
from tui_mfa.domain.quota import flows as quota
from tui_mfa.domain.quota.model import API_TOKENS
from tui_mfa.domain.secret import Secret
from tui_mfa.domain.tokens import hash_token, new_id

NOT_OURS = "This is no token of ours: one begins with tmfa_ and has 36 characters more."
MISTYPED = "This token has a typing error: its checksum does not fit. Copy it again, whole."


def tokens(services: Services, session: Session) -> tuple[TokenView, ...]:
    """Return the account's tokens, live ones first; those that ended stay in the list for thirty days."""
    now = services.clock.now()
    account = guard.load(services.store, session.account_id)
    guard.find_session(account, session, services.policy, now)
    return rules.views(account, now)


def state(services: Services, session: Session) -> TokensState:
    """Return the account's live tokens in a word."""
    now = services.clock.now()
    account = guard.load(services.store, session.account_id)
    guard.find_session(account, session, services.policy, now)
    return rules.summary(account, now)


def create(
    services: Services,
    session: Session,
    name: str,
    scopes: Iterable[Scope] = (Scope.READ,),
    days: int = rules.DEFAULT_DAYS,
) -> NewToken:
    """Make a token and return it, once; only its hash is kept.

    Args:
        services: What the rules need.
        session: Whose.
        name: What it is for; unique among the live tokens.
        scopes: What it may do.
        days: How long it lives, from 1 to 365.

    Raises:
        InvalidInput: With the field.
        NotAllowed: A scope that only the operator grants.
        QuotaExceeded: The account's limit of live tokens is reached.
        ConfirmationRequired: Password and factor were proved more than fifteen minutes ago (S51).
    """
    with guard.in_session(services, session) as (account, record, now):
        name = rules.free_name(account, name, now)
        wanted = rules.wanted_scopes(scopes)
        end = rules.end_of(now, days)
        guard.require_confirmation(record, now, life=guard.KEY_CONFIRMATION_LIFE)
        rules.forget_old(account, now)
        quota.check(services, account, API_TOKENS)
        fresh = text.new(services.entropy)
        item = ApiToken(
            id=new_id(services.entropy, 4),
            name=name,
            hash=hash_token(fresh),
            last_four=fresh.reveal()[-text.SHOWN :],
            scopes=wanted,
            created_at=now,
            created_from=session.origin.label,
            expires_at=end,
            warned=rules.never_had(days),
        )
        account.api_tokens.append(item)
        account.record(
            now,
            Tag.API_TOKEN_CREATED,
            session.origin.label,
            token=text.hint(item.last_four),
            scopes=", ".join(wanted),
            days=str(days),
        )
        notices.queue(account, Template.API_TOKEN_CREATED, session.origin.label, now, **rules.mail_words(item))
        return NewToken(fresh, rules.view(item, now))


def revoke(services: Services, session: Session, token_id: str) -> TokenView:
    """Make a token worthless from this moment on; harmless when it is so already."""
    with guard.in_session(services, session) as (account, _record, now):
        item = _by_id(account, token_id)
        rules.revoke(account, item, session.origin.label, now)
        return rules.view(item, now)


def operator_list(services: Services, name: str) -> tuple[TokenView, ...]:
    """Return the tokens of an account, as its owner sees them."""
    return rules.views(find(services, name), services.clock.now())


def operator_revoke(services: Services, name: str, token: str) -> TokenView:
    """Revoke a token of an account, named by its id or its name.

    Raises:
        InvalidInput: There is no live token of that id or name.
    """
    now = services.clock.now()
    with services.store.account(find(services, name).id) as account:
        item = _named(account, token, services)
        rules.revoke(account, item, ORIGIN, now)
        return rules.view(item, now)


def grant_verify(services: Services, name: str, token: str) -> TokenView:
    """Give a live token the scope ``verify``; the owner is told. Harmless when it has it."""
    now = services.clock.now()
    with services.store.account(find(services, name).id) as account:
        if account.disabled_at is not None:
            raise NotAllowed("This account is disabled.")
        item = _named(account, token, services)
        if Scope.VERIFY not in item.scopes:
            item.scopes.append(Scope.VERIFY)
            account.record(
                now, Tag.API_TOKEN_GRANTED, ORIGIN, token=text.hint(item.last_four), scope=Scope.VERIFY.value
            )
            notices.queue(account, Template.API_TOKEN_GRANTED, ORIGIN, now, **rules.mail_words(item))
        return rules.view(item, now)


def check(services: Services, token: Secret[str]) -> Checked:
    """Say what a token is: whose, what it may do, and whether it is live.

    Raises:
        InvalidInput: It is mistyped, not one of ours, or of no account (any more).
    """
    account, item = _found(services, token)
    view = rules.view(item, services.clock.now())
    return Checked(view.state if access.is_open(account) else State.REVOKED, account.username, view)


def revoke_found(services: Services, token: Secret[str]) -> TokenView:
    """Revoke a token by showing it: whoever has it may end it, for example because it was published.

    Raises:
        InvalidInput: It is mistyped, not one of ours, or of no account (any more).
    """
    account, item = _found(services, token)
    now = services.clock.now()
    with services.store.account(account.id) as opened:
        found = _by_id(opened, item.id)
        rules.revoke(opened, found, ORIGIN, now)
        return rules.view(found, now)


def warn(services: Services) -> int:
    """Mail every owner whose token ends in 14, 7 or 1 days, or has ended; return how many mails that are.

    Made for a timer: however often it runs, each step is told once.
    """
    told = 0
    for account_id in services.store.ids():
        try:
            now = services.clock.now()
            if _is_quiet(services.store.get(account_id), services):
                continue
            with services.store.account(account_id) as account:
                told += rules.warn(account, now)
            notices.deliver(services, account_id)
        except NoSuchAccount:  # removed meanwhile
            continue
    return told


def _is_quiet(snapshot: Account, services: Services) -> bool:
    """Say whether there is nothing to tell, without a lock and a save; the snapshot is changed."""
    return not rules.warn(snapshot, services.clock.now())


def _by_id(account: Account, token_id: str) -> ApiToken:
    for item in account.api_tokens:
        if item.id == token_id:
            return item
    raise InvalidInput("This token is no longer there.", field="token")


def _named(account: Account, wanted: str, services: Services) -> ApiToken:
    now = services.clock.now()
    live = [item for item in account.api_tokens if rules.is_live(item, now)]
    for item in live:
        if wanted == item.id or wanted.casefold() == item.name.casefold():
            return item
    raise InvalidInput("There is no live token of that id or name.", field="token")


def _found(services: Services, token: Secret[str]) -> tuple[Account, ApiToken]:
    form = text.form(token)
    if form is not text.Form.GOOD:
        raise InvalidInput(NOT_OURS if form is text.Form.FOREIGN else MISTYPED, field="token")
    found = access.look_up(services, token)
    if found is None:
        raise InvalidInput("No account has this token, or it ended more than 30 days ago.", field="token")
    return found
