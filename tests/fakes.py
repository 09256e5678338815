"""Services for tests: the real adapters where they run in memory, and a clock and chance that obey.

Nothing here is a mock: the store, the mailer, argon2id (with cheap parameters), zxcvbn and AES-GCM are the real ones.
"""

import random
import threading
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from tempfile import gettempdir
from typing import Any, Final, cast

from argon2 import PasswordHasher

from tui_mfa.domain import notices
from tui_mfa.domain.account import Account, Authenticator, Method
from tui_mfa.domain.errors import DomainError
from tui_mfa.domain.login import confirmation, flows, mailed_code
from tui_mfa.domain.login.model import AttemptHandle, CodeOwed, LoggedIn, Origin, Session
from tui_mfa.domain.operator import flows as operator
from tui_mfa.domain.ports import Mail, Policy, Services, Template
from tui_mfa.domain.secret import Secret
from tui_mfa.domain.tokens import new_id
from tui_mfa.domain.two_factor import flows as two_factor
from tui_mfa.domain.two_factor import rules, totp
from tui_mfa.domain.two_factor.model import AuthenticatorEnabled
from tui_mfa.mail.memory import MemoryMailer
from tui_mfa.payments.offline import OfflinePayments
from tui_mfa.security.box import AesGcmBox
from tui_mfa.security.keyring import KeyRing
from tui_mfa.security.passwords import Argon2Passwords
from tui_mfa.security.strength import ZxcvbnMeter
from tui_mfa.store.files import HomeFiles
from tui_mfa.store.memory import MemoryStore

ORIGIN: Final = Origin("192.0.2.7", "192.0.2.7")
"""From where the owner acts (an address of RFC 5737)."""

ATTACKER: Final = Origin("198.51.100.66", "198.51.100.66")
"""From where somebody else acts."""

PASSWORD: Final = "ochre tugboat vexes marmots"
"""Long enough to stand alone, and hard to guess."""

OTHER_PASSWORD: Final = "quartz bagpipe under zinnias"
"""Another good one."""

WRONG: Final = "not the password, sorry"
"""One that is nobody's."""

START: Final = datetime(2026, 11, 24, 14, 2, 5, tzinfo=UTC)
"""When every test begins."""


class FakeClock:
    """A clock that stands still until it is told to move; implements ``ports.Clock``."""

    def __init__(self, start: datetime = START) -> None:
        self._now = start

    def now(self) -> datetime:
        """Return the time that was set."""
        return self._now

    def set(self, now: datetime) -> None:
        """Jump to a time, forth or back."""
        self._now = now

    def advance(self, *, seconds: float = 0, **more: float) -> None:
        """Move on by seconds, minutes, hours or days; below zero the clock goes back."""
        self._now += timedelta(seconds=seconds, **more)


class SeededEntropy:
    """The same chance in every run, from any thread; implements ``ports.Entropy``."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._lock = threading.Lock()

    def token(self, size: int) -> bytes:
        """Return ``size`` bytes."""
        with self._lock:
            return self._random.randbytes(size)

    def below(self, limit: int) -> int:
        """Return an integer in ``[0, limit)``."""
        with self._lock:
            return self._random.randrange(limit)


class CheapPasswords(Argon2Passwords):
    """argon2id with the smallest parameters that exist."""

    @cached_property
    def _hasher(self) -> PasswordHasher:
        return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def make_keys(active: str = "k1") -> KeyRing:
    """Return a ring of two fixed keys."""
    keys = {name: Secret(name.encode() * 16) for name in ("k1", "k2")}
    return KeyRing(active=active, keys=keys, mac=Secret(b"m" * 32), source="test.key")


def make_services(folder: Path | None = None, **overrides: Any) -> Services:
    """Return services on which every use case runs.

    Args:
        folder: Where saved files go, usually ``tmp_path``.
        overrides: Fields of ``Services`` to be others.
    """
    clock = overrides.pop("clock", None) or FakeClock()
    filled: dict[str, Any] = {
        "store": MemoryStore(),
        "mailer": MemoryMailer("noreply@example.net", "tui-mfa", "", clock),
        "clock": clock,
        "entropy": SeededEntropy(20261124),
        "passwords": CheapPasswords(),
        "strength": ZxcvbnMeter(),
        "box": AesGcmBox(make_keys()),
        "files": HomeFiles(folder or Path(gettempdir()) / "tui-mfa-tests"),
        "payments": OfflinePayments(),
        "policy": Policy(registration_open=True),
    }
    return Services(**(filled | overrides))


def clock_of(services: Services) -> FakeClock:
    """Return the clock of ``make_services``, to be moved."""
    return cast("FakeClock", services.clock)


def mailer_of(services: Services) -> MemoryMailer:
    """Return the mailer of ``make_services``, to be read."""
    return cast("MemoryMailer", services.mailer)


def mails(services: Services) -> list[Mail]:
    """Return every mail that was sent, oldest first."""
    return [kept.mail for kept in mailer_of(services).kept]


def last_code(mailer: MemoryMailer) -> str:
    """Return the six digits of the newest mail that carries some."""
    return next(kept.mail.code.reveal() for kept in reversed(mailer.kept) if kept.mail.code is not None)


def wrong_code(right: str) -> str:
    """Return six digits that are surely others."""
    return f"{(int(right) + 1) % 1_000_000:06d}"


def make_account(
    services: Services,
    username: str = "jane",
    email: str | None = None,
    password: str = PASSWORD,
    method: Method = Method.EMAIL,
    *,
    verified: bool = True,
) -> Account:
    """Store an account and return a snapshot; with an authenticator, its phone is ``app_code``."""
    made = operator.add(services, username, email or f"{username}@example.com", Secret(password))
    with services.store.account(made.id) as account:
        now = services.clock.now()
        account.method = method
        account.email.verified_at = now if verified else None
        if method is Method.AUTHENTICATOR:
            factor_id = new_id(services.entropy, 8)
            secret = totp.new_secret(services.entropy)
            account.authenticator = Authenticator(
                id=factor_id,
                sealed=services.box.seal(secret, rules.context(account.id, factor_id)),
                last_step=0,
                last_step_at=now,
                enabled_at=now,
                proof_group=2,
            )
    return services.store.get(made.id)


def secret_of(services: Services, account_id: str) -> Secret[bytes]:
    """Return the secret that is in force."""
    authenticator = services.store.get(account_id).authenticator
    assert authenticator is not None
    return services.box.open(authenticator.sealed, rules.context(account_id, authenticator.id))


def app_code(services: Services, account_id: str, offset: int = 0) -> str:
    """Return what the phone shows now, or ``offset`` steps later."""
    step = totp.step_at(services.clock.now()) + offset
    return totp.code_at(secret_of(services, account_id), step).reveal()


def unused_app_code(services: Services, account_id: str) -> str:
    """Wait, by the fake clock, until the phone shows a code that was not accepted yet, and return it."""
    authenticator = services.store.get(account_id).authenticator
    assert authenticator is not None
    while totp.step_at(services.clock.now()) <= authenticator.last_step:
        clock_of(services).advance(seconds=totp.seconds_left(services.clock.now()))
    return app_code(services, account_id)


def start_login(services: Services, name: str = "jane", password: str = PASSWORD, origin: Origin = ORIGIN) -> CodeOwed:
    """Enter name and password of an account that has a second factor."""
    owed = flows.log_in(services, name, Secret(password), origin)
    assert isinstance(owed, CodeOwed)
    return owed


def mailed(services: Services, handle: AttemptHandle) -> str:
    """Ask for the mailed code of an attempt and read it."""
    mailed_code.send(services, handle)
    return last_code(mailer_of(services))


def enter(services: Services, handle: AttemptHandle, code: str) -> type[DomainError] | None:
    """Enter a code at the login prompt and return how it was refused; ``None`` when it was right."""
    try:
        flows.enter_code(services, handle, Secret(code))
    except DomainError as error:
        return type(error)
    return None


def log_in(services: Services, name: str = "jane", password: str = PASSWORD, origin: Origin = ORIGIN) -> Session:
    """Log in by the real flows, whatever the method, and return the session."""
    step = flows.log_in(services, name, Secret(password), origin)
    while isinstance(step, CodeOwed):
        by_mail = step.factor.value == "email"
        handle = step.handle
        code = mailed(services, handle) if by_mail else unused_app_code(services, handle.account_id)
        step = flows.enter_code(services, handle, Secret(code))
    assert isinstance(step, LoggedIn)
    return step.session


def confirm(services: Services, session: Session, password: str = PASSWORD) -> None:
    """Prove password and current factor once more, by the real flow."""
    owed = confirmation.begin(services, session)
    if owed is None:
        confirmation.finish(services, session, None, Secret(password), Secret(""))
        return
    by_mail = owed.factor.value == "email"
    code = mailed(services, owed.handle) if by_mail else unused_app_code(services, session.account_id)
    confirmation.finish(services, session, owed.handle, Secret(password), Secret(code))


def enrol(services: Services, session: Session) -> tuple[Secret[str], AuthenticatorEnabled]:
    """Enable or replace the authenticator by the real flow; return the 52 characters and what the screen gets."""
    shown = two_factor.begin(services, session).secret
    code = totp.code_at(totp.from_base32(shown), totp.step_at(services.clock.now()))
    return shown, two_factor.confirm(services, session, code)


def tags(services: Services, account_id: str, since: int = 0) -> list[str]:
    """Return the tags of an account's events, oldest first, without the first ``since``."""
    return [event.tag.value for event in services.store.events(account_id)][since:]


def delivered(services: Services, account_id: str) -> list[tuple[str, str]]:
    """Send what waits for an account, and return template and address of each mail without a code so far."""
    notices.deliver(services, account_id)
    return [(Template(mail.template).value, mail.to) for mail in mails(services) if mail.code is None]
