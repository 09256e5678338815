"""The only place that turns settings into services, and a terminal into a context."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from tui_mfa.domain.login.origin import Origin
from tui_mfa.domain.ports import Services
from tui_mfa.payments.offline import OfflinePayments
from tui_mfa.security.box import AesGcmBox
from tui_mfa.security.keyfile import load_or_create
from tui_mfa.security.passwords import Argon2Passwords
from tui_mfa.security.strength import ZxcvbnMeter
from tui_mfa.security.system import SystemClock, SystemEntropy
from tui_mfa.settings import Settings
from tui_mfa.store.files import HomeFiles
from tui_mfa.store.open import open_store

if TYPE_CHECKING:
    from tui_mfa.domain.billing.gateway import Payments
    from tui_mfa.domain.ports import Clock, Mail, Mailer
    from tui_mfa.mail.outbox import OutboxEntry
    from tui_mfa.mail.smtp import SmtpMailer, SmtpProbe


def build(settings: Settings, environ: Mapping[str, str]) -> Services:
    """Return the services of an installation.

    The key file is made at the very first start, and never again once there are accounts.

    Args:
        settings: The operator's decisions.
        environ: For the service manager's credentials folder.

    Raises:
        Unavailable: The store, the key file or the mail route cannot be used; the message says what to do.
    """
    store = open_store(settings.store)
    keys = load_or_create(settings.key_file, accounts_exist=lambda: not store.is_empty(), environ=environ)
    clock = SystemClock()
    return Services(
        store=store,
        mailer=LaterMailer(settings, clock),
        clock=clock,
        entropy=SystemEntropy(),
        passwords=Argon2Passwords(),
        strength=ZxcvbnMeter(),
        box=AesGcmBox(keys),
        files=HomeFiles(settings.save_dir),
        payments=_payments(settings),
        policy=settings.policy(),
    )


def one_of(services: Services, processes: int) -> Services:
    """Return the services for one of several processes, which share the cores that hash passwords.

    Args:
        services: From ``build``.
        processes: How many there are.
    """
    return replace(services, passwords=Argon2Passwords(processes=processes))


def local_origin() -> Origin:
    """Return where somebody at this machine acts from: the limits are per system user, the words name the terminal."""
    terminal = ""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        try:
            terminal = os.ttyname(stream.fileno()).removeprefix("/dev/")
            break
        except (OSError, ValueError):
            continue
    return Origin(f"local:{os.getuid()}", f"this machine ({terminal})" if terminal else "this machine")


def system_user() -> str:
    """Return the name of the system's user, to be proposed as a username."""
    import getpass  # noqa: PLC0415 - most starts ask for nothing

    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""


def outbox(settings: Settings) -> list[OutboxEntry]:
    """Return what the outbox holds, oldest first; raises ``MailUnavailable``."""
    from tui_mfa.mail.outbox import list_outbox  # noqa: PLC0415 - mail is loaded when it is used

    return list_outbox(settings.outbox_dir)


def outbox_mail(settings: Settings, name: str) -> tuple[list[tuple[str, str]], str]:
    """Return the headers and the text of one mail in the outbox.

    Raises:
        InvalidInput: There is no mail of that name.
        MailUnavailable: It cannot be read.
    """
    from tui_mfa.mail.message import text_of  # noqa: PLC0415 - the same
    from tui_mfa.mail.outbox import read_outbox  # noqa: PLC0415 - the same

    message = read_outbox(settings.outbox_dir, name)
    headers = [(header, str(value)) for header, value in message.items()]
    try:
        return headers, text_of(message)
    except KeyError:  # not one of ours: a mail of several parts, or of something other than text
        return headers, "(This mail holds no plain text.)"


def probe_mail(settings: Settings, services: Services) -> SmtpProbe | None:
    """Talk to the mail server up to the point of sending; ``None``, after a look at the outbox, where there is none.

    Raises:
        MailUnavailable: Mail cannot be sent; ``SmtpFailed.detail`` holds what the server said.
    """
    if settings.smtp is None:
        services.mailer.check()
        return None
    return _smtp(settings, services.clock).probe()


class LaterMailer:
    """The mailer that the settings ask for, made when the first mail goes out: most starts need none.

    Args:
        settings: The operator's decisions.
        clock: Gives the Date.
    """

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock

    @property
    def delivers(self) -> bool:
        """False when mail goes to the outbox folder on this machine instead of to people."""
        return self._settings.smtp is not None

    def send(self, mail: Mail) -> None:
        """Hand one mail over; see ``ports.Mailer``."""
        self._mailer.send(mail)

    def check(self) -> None:
        """Do what ``send`` does up to the point of sending; see ``ports.Mailer``."""
        self._mailer.check()

    @cached_property
    def _mailer(self) -> Mailer:
        settings = self._settings
        if settings.smtp is not None:
            return _smtp(settings, self._clock)
        from tui_mfa.mail.outbox import OutboxMailer  # noqa: PLC0415 - most starts need only one of the two

        return OutboxMailer(
            settings.outbox_dir, settings.mail_from, settings.issuer, settings.support_address, self._clock
        )


def _payments(settings: Settings) -> Payments:
    """Return the way to be paid that the settings name."""
    if settings.payments != "stripe":
        return OfflinePayments()
    from tui_mfa.payments.stripe import StripePayments  # noqa: PLC0415 - only where it is used

    if settings.stripe_key is None or settings.stripe_webhook_secret is None:
        raise ValueError("the settings were not checked")
    return StripePayments(settings.stripe_key, settings.stripe_webhook_secret, settings.public_url)


def _smtp(settings: Settings, clock: Clock) -> SmtpMailer:
    """Return the mailer of the mail server in the settings."""
    from tui_mfa.mail.smtp import SmtpMailer  # noqa: PLC0415 - the same

    if settings.smtp is None:
        raise ValueError("there is no mail server in the settings")
    return SmtpMailer(
        settings.smtp,
        settings.mail_from,
        settings.issuer,
        settings.support_address,
        clock,
        ca_file=settings.smtp_ca_file,
    )
