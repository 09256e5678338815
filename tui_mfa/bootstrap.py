"""The only place that turns settings into services, and a terminal into a context."""

import getpass
import os
import sys
from collections.abc import Mapping

from tui_mfa.domain.login.model import Origin
from tui_mfa.domain.ports import Mailer, Services
from tui_mfa.security.box import AesGcmBox
from tui_mfa.security.keyfile import load_or_create
from tui_mfa.security.passwords import Argon2Passwords
from tui_mfa.security.strength import ZxcvbnMeter
from tui_mfa.security.system import SystemClock, SystemEntropy
from tui_mfa.settings import Settings
from tui_mfa.store.files import HomeFiles
from tui_mfa.store.open import open_store


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
    keys = load_or_create(settings.key_file, accounts_exist=not store.is_empty(), environ=environ)
    clock = SystemClock()
    return Services(
        store=store,
        mailer=_mailer(settings, clock),
        clock=clock,
        entropy=SystemEntropy(),
        passwords=Argon2Passwords(),
        strength=ZxcvbnMeter(),
        box=AesGcmBox(keys),
        files=HomeFiles(settings.save_dir),
        policy=settings.policy(),
    )


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
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""


def _mailer(settings: Settings, clock: SystemClock) -> Mailer:
    if settings.smtp is not None:
        from tui_mfa.mail.smtp import SmtpMailer  # noqa: PLC0415 - most starts need only one of the two

        return SmtpMailer(
            settings.smtp,
            settings.mail_from,
            settings.issuer,
            settings.support_address,
            clock,
            ca_file=settings.smtp_ca_file,
        )
    from tui_mfa.mail.outbox import OutboxMailer  # noqa: PLC0415

    return OutboxMailer(settings.outbox_dir, settings.mail_from, settings.issuer, settings.support_address, clock)
