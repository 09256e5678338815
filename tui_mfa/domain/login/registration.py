"""Create an account: the address is proved by a mailed code before the first session."""

from datetime import datetime

from tui_mfa.domain import names
from tui_mfa.domain.account import Account, Email, Factor, Password, Purpose
from tui_mfa.domain.errors import InvalidInput, NameTaken, NoSuchAccount, NotAllowed
from tui_mfa.domain.events import Tag
from tui_mfa.domain.login import decoy, flows
from tui_mfa.domain.login.model import UNVERIFIED_LIFE, CodeOwed, Origin
from tui_mfa.domain.ports import Claim, Services
from tui_mfa.domain.secret import Secret
from tui_mfa.domain.tokens import new_id

PRODUCT_WORDS = ("tui-mfa", "tuimfa")
"""Words that make a password guessable, besides the person's own (ASVS 6.2.11)."""


def is_open(services: Services) -> bool:
    """Say whether a stranger may create an account: by policy, or because it is the very first."""
    return services.policy.registration_open or services.store.is_empty()


def register(services: Services, username: str, email: str, password: Secret[str], origin: Origin) -> CodeOwed:
    """Create an account and start the attempt that proves its address.

    An address that is in use gets the same answer; its owner is told by mail when the code is asked for.

    Raises:
        InvalidInput: ``field`` says which one.
        NameTaken: The username is in use.
        NotAllowed: The operator does not let strangers register.
    """
    if not is_open(services):
        raise NotAllowed("The operator of this service creates the accounts. Ask there.")
    account = new_account(services, username, email, password, origin.label)
    _free_stale(services, Claim.USERNAME, account.username)
    _free_stale(services, Claim.EMAIL, account.email.address)
    if services.store.find(Claim.USERNAME, account.username) is not None:
        raise NameTaken("This username is in use. Choose another.", field="username")
    try:
        services.store.create(account)
    except NameTaken:
        handle = decoy.handle(services, Purpose.LOGIN, account.email.address, origin)
        return CodeOwed(handle, Factor.EMAIL, names.masked_email(account.email.address), verifying=True)
    owed = flows.begin_attempt(services, account.id, account.username, origin)
    if not isinstance(owed, CodeOwed):  # pragma: no cover - an unproved address always owes a code
        raise NotAllowed("Log in to go on.")
    return owed


def new_account(services: Services, username: str, email: str, password: Secret[str], origin: str) -> Account:
    """Return an account that is not stored yet, with everything checked and the password hashed."""
    username, email = names.username(username), names.email(email)
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


def _free_stale(services: Services, claim: Claim, value: str) -> None:
    """Remove an account that holds a name but never proved its address within a day."""
    holder = services.store.find(claim, value)
    if holder is None:
        return
    try:
        account = services.store.get(holder)
        if _is_stale(account, services.clock.now()):
            services.store.delete(holder)
    except NoSuchAccount:
        return


def _is_stale(account: Account, now: datetime) -> bool:
    never_in = account.email.verified_at is None and account.last_login is None
    return never_in and now - account.created_at > UNVERIFIED_LIFE
