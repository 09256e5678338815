"""Create an account: the address is proved by a mailed code before the first session."""

from itertools import islice

from tui_mfa.domain import limits, names
from tui_mfa.domain.account import Account, Email, Factor, Password, Purpose
from tui_mfa.domain.errors import InvalidInput, NameTaken, NoSuchAccount, NotAllowed
from tui_mfa.domain.events import Tag
from tui_mfa.domain.login import decoy, flows, guard
from tui_mfa.domain.login.model import CodeOwed, Origin
from tui_mfa.domain.ports import Claim, Services
from tui_mfa.domain.secret import Secret
from tui_mfa.domain.tokens import new_id

PRODUCT_WORDS = ("tui-mfa", "tuimfa")
"""Words that make a password guessable, besides the person's own (ASVS 6.2.11)."""


_A_FEW = 10
"""So many accounts are looked at to find out whether anybody ever came in."""


def is_open(services: Services) -> bool:
    """Say whether a stranger may create an account: by policy, or because nobody has proved the very first yet."""
    if services.policy.registration_open:
        return True
    if not services.policy.first_account_open:
        return False
    if services.store.is_empty():
        return True
    some = list(islice(services.store.ids(), _A_FEW + 1))
    return len(some) <= _A_FEW and all(_is_pending(services, account_id) for account_id in some)


def register(services: Services, username: str, email: str, password: Secret[str], origin: Origin) -> CodeOwed:
    """Create an account and start the attempt that proves its address.

    An address that is in use gets the same answer; its owner is told by mail when the code is asked for. Until the
    address is proved the account exists for nobody else: no login, no reset, and the next registration of one of its
    names takes its place. So nothing tells an address in use from a free one but the mail.

    Raises:
        InvalidInput: ``field`` says which one.
        NameTaken: The username is in use.
        NotAllowed: The operator does not let strangers register.
        TooManyAttempts: 20 registrations per hour came from this address.
    """
    if not is_open(services):
        raise NotAllowed("The operator of this service creates the accounts. Ask there.")
    account = new_account(services, username, email, password, origin.label, counted_from=origin)
    account.pending = True
    _free_pending(services, Claim.USERNAME, account.username)
    _free_pending(services, Claim.EMAIL, account.email.address)
    if services.store.find(Claim.USERNAME, account.username) is not None:
        raise NameTaken("This username is in use. Choose another.", field="username")
    try:
        services.store.create(account)
    except NameTaken as taken:
        if services.store.find(Claim.EMAIL, account.email.address) is None:  # the username, at this very moment
            raise NameTaken("This username is in use. Choose another.", field="username") from taken
        with services.store.bucket(f"decoy account:{account.id}") as kept:
            kept.times = [account.created_at]  # as much work as a new account
        handle = decoy.handle(services, Purpose.LOGIN, account.email.address, origin)
        return CodeOwed(handle, Factor.EMAIL, names.masked_email(account.email.address), verifying=True)
    owed = flows.begin_attempt(services, account.id, account.username, origin)
    if not isinstance(owed, CodeOwed):  # pragma: no cover - an unproved address always owes a code
        raise NotAllowed("Log in to go on.")
    return owed


def new_account(
    services: Services,
    username: str,
    email: str,
    password: Secret[str],
    origin: str,
    *,
    counted_from: Origin | None = None,
) -> Account:
    """Return an account that is not stored yet, with everything checked and the password hashed.

    Args:
        services: What the rules need.
        username: As typed.
        email: As typed.
        password: As typed.
        origin: From where, for the audit log.
        counted_from: Whose limit of registrations counts; ``None`` for the operator.
    """
    username, email = names.username(username), names.email(email)
    if counted_from is not None:
        _count(services, counted_from)
    hashed = new_password(services, password, (username, email), alone=False)
    now = services.clock.now()
    account = Account(
        id=new_id(services.entropy, 16),
        username=username,
        email=Email(address=email),
        password=hashed,
        created_at=now,
    )
    account.record(now, Tag.ACCOUNT_CREATED, origin)
    return account


def new_password(services: Services, text: Secret[str], own_words: tuple[str, ...], *, alone: bool) -> Password:
    """Check a new password against length, guessing and block lists, and return its hash.

    Raises ``InvalidInput`` with the reason.
    """
    value = names.password(text, alone=alone)
    words = tuple(word for text_ in own_words for word in (text_, *text_.split("@"))) + PRODUCT_WORDS
    problem = services.strength.problem(value, (*words, services.policy.issuer))
    if problem is not None:
        raise InvalidInput(problem, field="new_password")
    return Password(
        hash=services.passwords.hash(value), changed_at=services.clock.now(), stands_alone=names.stands_alone(value)
    )


def _count(services: Services, origin: Origin) -> None:
    now = services.clock.now()
    with services.store.bucket(f"registrations:{origin.address}") as tries:
        wait = limits.wait_for(tries, limits.ADDRESS_MAILS, now)
        if not wait:
            limits.count(tries, now)
    if wait:
        raise guard.too_many(wait, "registrations")


def _free_pending(services: Services, claim: Claim, value: str) -> None:
    """Remove an account that holds a name but never proved its address."""
    holder = services.store.find(claim, value)
    if holder is None:
        return
    try:
        with services.store.account(holder) as account:
            if not account.pending:
                return
            # Without an attempt nobody can prove it between here and its end.
            account.attempts.clear()
        services.store.delete(holder)
    except NoSuchAccount:
        return


def _is_pending(services: Services, account_id: str) -> bool:
    try:
        return services.store.get(account_id).pending
    except NoSuchAccount:
        return True
