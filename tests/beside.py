"""What a person has beside the terminal: a mailbox, an authenticator app, and a machine to start the program on."""

import os
import re
import sys
from collections.abc import Callable, Mapping
from datetime import datetime
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from time import monotonic, sleep
from typing import TypeVar

import pyotp
from PIL import Image

from tests.mail_server import MailServer
from tests.qr_picture import read_qr
from tui_mfa.domain.secret import Secret
from tui_mfa.mail.message import text_of
from tui_mfa.settings import Settings, load_settings

T = TypeVar("T")

PATIENCE = 60
"""Seconds after which something that is waited for counts as never coming; a busy machine is no failure."""

LOOK_AGAIN = 0.02
"""Seconds between two looks at what another process does."""


def eventually(look: Callable[[], T | None], what: Callable[[], str] = str) -> T:
    """Look until there is something, and return it.

    Args:
        look: Returns nothing (or False) as long as it is not there.
        what: Says what is there instead, for the failure.
    """
    end = monotonic() + PATIENCE
    while True:
        if found := look():
            return found
        if monotonic() > end:
            raise AssertionError(f"it never came; there is: {what()}")
        sleep(LOOK_AGAIN)


def machine(folder: Path, server: MailServer | None = None) -> dict[str, str]:
    """Return the environment of a program on a fresh machine.

    Args:
        folder: Everything is kept in here.
        server: Where mail goes; the outbox without one.
    """
    environ = {
        "PATH": os.environ["PATH"],
        "LANG": "C.UTF-8",
        "HOME": str(folder / "home"),
        "XDG_CONFIG_HOME": str(folder / "config"),
        "TUI_MFA_DATA_DIR": str(folder / "data"),
        "TUI_MFA_KEY_FILE": str(folder / "config" / "keys"),
        "TUI_MFA_SAVE_DIR": str(folder / "home"),
        "TUI_MFA_MAIL_FROM": "noreply@example.net",
        "TUI_MFA_ISSUER": "Elestio",
    }
    (folder / "home").mkdir(exist_ok=True)
    if server is not None:
        environ |= {"TUI_MFA_SMTP": server.url().reveal(), "TUI_MFA_SMTP_CA_FILE": str(server.ca_file)}
    return environ


def settings_of(environ: Mapping[str, str]) -> Settings:
    """Return the settings that the program reads from such an environment."""
    return load_settings({}, environ, None)


def portal(environ: Mapping[str, str], *before: str) -> list[str]:
    """Return the command that starts the portal with this environment and nothing else of ours.

    Args:
        environ: From ``machine``.
        before: More variables, ``NAME=VALUE``.
    """
    return ["env", *(f"{name}={value}" for name, value in environ.items()), *before, sys.executable, "-m", "tui_mfa"]


def code_in(content: bytes) -> str:
    """Return the six digits that stand alone on a line of a mail."""
    text = text_of(message_from_bytes(content, policy=default))
    return re.sub(r"\D", "", re.findall(r"(?m)^ *(\d{3} ?\d{3}) *$", text)[0])


def mailed(server: MailServer, count: int) -> str:
    """Wait for the ``count``-th mail that carries a code, and return the code."""

    def look() -> str | None:
        codes = [mail.content for mail in server.messages if re.search(rb"(?m)^ *\d{3} ?\d{3} *\r?$", mail.content)]
        return code_in(codes[count - 1]) if len(codes) >= count else None

    return eventually(look, lambda: f"{len(server.messages)} mails")


class Phone:
    """A phone with an authenticator app that follows RFC 6238: it scans a picture and shows codes from then on."""

    def __init__(self) -> None:
        self.uri = ""

    def scan(self, picture: Image.Image) -> bool:
        """Read the QR code in a picture; say whether there was one."""
        found = read_qr(picture)
        if found:
            (self.uri,) = found
        return bool(found)

    def code(self, now: datetime | None = None) -> str:
        """Return the six digits that it shows."""
        app = pyotp.parse_uri(self.uri)
        assert isinstance(app, pyotp.TOTP)
        return app.at(now) if now is not None else app.now()

    @property
    def secret(self) -> str:
        """The secret that it holds."""
        return pyotp.parse_uri(self.uri).secret


def saved_secret(folder: Path) -> str:
    """Return the secret from the file that the person saved."""
    (file,) = folder.glob("*-secret-*.txt")
    groups = re.findall(r"(?m)^((?:[A-Z2-7]{4} ){12}[A-Z2-7]{4})$", file.read_text())
    return "".join(groups[0].split())


def kept_out(secrets: Mapping[str, Secret[str] | str], texts: Mapping[str, str]) -> list[str]:
    """Return which of some secrets stand in which of some texts, to be compared with an empty list."""
    plain = {name: value.reveal() if isinstance(value, Secret) else value for name, value in secrets.items()}
    return [f"{name} in {where}" for where, text in texts.items() for name, value in plain.items() if value in text]
