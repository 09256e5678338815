"""What the demo starts with: one account with a past, real rules and ciphers, and nothing that touches the disk."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from tui_mfa.demo import api_tokens, limits, ssh_keys, year
from tui_mfa.demo.payments import PUBLIC_URL, DemoPayments
from tui_mfa.domain.account import Account, Email, LastLogin, Password, Profile, SessionRecord
from tui_mfa.domain.billing.invoices import new_series
from tui_mfa.domain.events import Tag
from tui_mfa.domain.names import stands_alone
from tui_mfa.domain.ports import Clock, Entropy, Policy, Services
from tui_mfa.domain.secret import Secret
from tui_mfa.domain.tokens import hash_token, new_id, new_token
from tui_mfa.mail.memory import Kept, MemoryMailer
from tui_mfa.security.box import AesGcmBox
from tui_mfa.security.keyring import KeyRing
from tui_mfa.security.passwords import Argon2Passwords
from tui_mfa.security.strength import ZxcvbnMeter
from tui_mfa.security.system import SystemClock, SystemEntropy
from tui_mfa.store.memory import MemoryStore

USERNAME: Final = "jane"

ADDRESS: Final = "jane@example.com"

PASSWORD: Final = "quiet-orange-kettle"
"""Shown on the panel: it guards nothing. Long enough to stand alone, so that disabling can be shown too."""

ISSUER: Final = "Elestio"

SENDER: Final = "security@example.com"

SUPPORT: Final = "support@example.com"

_HERE: Final = "this machine (pts/3)"
_OFFICE: Final = "203.0.113.24"
_STRANGER: Final = "198.51.100.77"
"""Addresses of RFC 5737, which belong to nobody."""

_KEY: Final = 32
"""Bytes of a key (AES-256)."""


class NothingSaved:
    """Takes files and forgets them; implements ``ports.PrivateFiles``."""

    def save(self, name: str, text: Secret[str]) -> str:  # noqa: ARG002 - the text is what is not kept
        """Return, in the place of a path, words that say that there is no file."""
        return f"nowhere, since the demo saves nothing: {name}"

    def save_bytes(self, name: str, data: bytes) -> str:  # noqa: ARG002 - the same
        """Return the same words."""
        return f"nowhere, since the demo saves nothing: {name}"


@dataclass(frozen=True, slots=True)
class Seeded:
    """The demo's services, and the mailer among them whose mails can be read."""

    services: Services
    mailer: MemoryMailer
    account_id: str
    """Whose account it is that the demo is about."""


def seed(
    on_mail: Callable[[Kept], None] | None = None, clock: Clock | None = None, entropy: Entropy | None = None
) -> Seeded:
    """Return the services of a demo with its one account.

    Args:
        on_mail: Called with each mail, in the thread that sent it.
        clock: The machine's when not given.
        entropy: The machine's when not given.
    """
    clock = clock or SystemClock()
    mailer = MemoryMailer(SENDER, ISSUER, SUPPORT, clock, on_mail)
    services = Services(
        store=MemoryStore(),
        mailer=mailer,
        clock=clock,
        entropy=entropy or SystemEntropy(),
        passwords=Argon2Passwords(),
        strength=ZxcvbnMeter(),
        box=AesGcmBox(_keys()),
        files=NothingSaved(),
        payments=DemoPayments(clock),
        policy=Policy(issuer=ISSUER, support_address=SUPPORT, registration_open=True, public_url=PUBLIC_URL),
    )
    account = _jane(services)
    limits.fill(services.store, account, clock.now())
    services.store.create(account)
    return Seeded(services, mailer, account.id)


def _keys() -> KeyRing:
    active = f"k{secrets.token_hex(4)}"
    return KeyRing(
        active=active,
        keys={active: Secret(secrets.token_bytes(_KEY))},
        mac=Secret(secrets.token_bytes(_KEY)),
        source="the demo's memory",
    )


def _jane(services: Services) -> Account:
    now = services.clock.now()
    created, changed = now - timedelta(days=year.DAYS + 1), now - timedelta(days=63)
    password = Secret(PASSWORD)
    account = Account(
        id=new_id(services.entropy, 16),
        username=USERNAME,
        email=Email(address=ADDRESS, verified_at=created + timedelta(minutes=2)),
        password=Password(
            hash=services.passwords.hash(password), changed_at=changed, stands_alone=stands_alone(password)
        ),
        created_at=created,
        profile=Profile(
            name="Jane Doe",
            company="Lighthouse Bakery",
            address="12 Harbour Road, Cork T12 X2Y3",
            country="IE",
            vat_id="IE6433435F",
        ),
    )
    year.fill(account, now, new_series(services.entropy))
    _remember(account, now, created, changed)
    account.sessions = [_office_session(services, now)]
    account.last_login = LastLogin(at=now - timedelta(minutes=38), origin=_OFFICE)
    account.failed_since_login = 1
    return account


def _office_session(services: Services, now: datetime) -> SessionRecord:
    """Return a session that is open elsewhere, so that there is one to end."""
    started = now - timedelta(minutes=38)
    return SessionRecord(
        id=new_id(services.entropy, 4),
        token_hash=hash_token(new_token(services.entropy)),
        factor="email",
        started_at=started,
        seen_at=now - timedelta(minutes=2),
        expires_at=started + services.policy.session_lifetime,
        origin=_OFFICE,
        confirmed_at=started,
    )


def _remember(account: Account, now: datetime, created: datetime, changed: datetime) -> None:
    """Give the account a past, oldest first."""
    account.record(created, Tag.ACCOUNT_CREATED, _HERE)
    account.record(created + timedelta(minutes=2), Tag.EMAIL_VERIFIED, _HERE)
    account.record(created + timedelta(minutes=2), Tag.LOGIN_OK, _HERE, factor="email")
    ssh_keys.fill(account, now, _HERE)
    account.record(changed, Tag.PASSWORD_CHANGED, _HERE)
    api_tokens.fill(account, now, _HERE)
    for ago, origin, request in ((timedelta(days=1, hours=3), _HERE, "R4"), (timedelta(minutes=38), _OFFICE, "M7")):
        sent = now - ago - timedelta(seconds=41)
        account.record(sent, Tag.LOGIN_CODE_SENT, origin, purpose="login", request=request)
        account.record(now - ago, Tag.LOGIN_OK, origin, factor="email")
        if origin == _HERE:
            account.record(now - ago + timedelta(minutes=19), Tag.LOGOUT, origin)
    account.record(now - timedelta(minutes=12), Tag.LOGIN_FAILED, _STRANGER, reason="password")
