"""Installations to measure on: a data folder, a key file, accounts that look like used ones."""

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import patch

from tui_mfa.domain.account import Account, Authenticator, Email, Method, Password
from tui_mfa.domain.events import Tag
from tui_mfa.domain.ports import SecretBox
from tui_mfa.domain.secret import Secret
from tui_mfa.domain.two_factor import rules
from tui_mfa.security.box import AesGcmBox
from tui_mfa.security.keyfile import load_or_create
from tui_mfa.store.tinydb import TinyDBStore

SECRET = Secret(b"benchmark " * 3 + b"42")
"""The TOTP secret of every account."""


@dataclass(frozen=True, slots=True)
class Home:
    """An installation in a temporary folder."""

    folder: Path

    @property
    def data(self) -> Path:
        """The data folder."""
        return self.folder / "data"

    @property
    def environ(self) -> dict[str, str]:
        """The variables that lead a program here."""
        return {
            "TUI_MFA_DATA_DIR": str(self.data),
            "TUI_MFA_KEY_FILE": str(self.folder / "keys" / "keys"),
            "TUI_MFA_CONFIG": str(self.folder / "tui-mfa.toml"),
            "TUI_MFA_MAIL_FROM": "no-reply@example.com",
        }

    def box(self) -> SecretBox:
        """Return the keys' box."""
        return AesGcmBox(load_or_create(self.folder / "keys" / "keys", accounts_exist=False, environ={}))


Maker = Callable[[int, SecretBox], Account]
"""Makes the account with a number."""


@contextmanager
def installation(accounts: int, make: Maker | None = None) -> Iterator[Home]:
    """Make an installation with accounts named ``user0`` and so on; it is gone when the block ends.

    The store's own code writes them, only without waiting for the disk after each file; at the end the disk has all.

    Args:
        accounts: How many.
        make: Makes each; ``used_account`` when not given.
    """
    home = Home(Path(tempfile.mkdtemp(prefix="tui-mfa-bench-")))
    try:
        (home.folder / "tui-mfa.toml").touch(0o600)
        box = home.box()
        store = TinyDBStore(home.data)
        with patch("os.fsync"):
            for number in range(accounts):
                store.create((make or used_account)(number, box))
                progress(number, accounts)
        os.sync()
        yield home
    finally:
        shutil.rmtree(home.folder)


def account_id(number: int) -> str:
    """Return the id of an account, spread over the folders as random ones are."""
    return f"{number * 0x9E3779B97F4A7C15F39CC0605CEDC835 % 2**128:032x}"


def used_account(number: int, box: SecretBox) -> Account:
    """Return an account with an authenticator and twenty security events, about 4 kB as a file."""
    now = datetime.now(UTC)
    made = Account(
        id=account_id(number),
        username=f"user{number}",
        email=Email(address=f"user{number}@example.com", verified_at=now),
        password=Password(hash="$argon2id$never-verified-here", changed_at=now, stands_alone=True),
        created_at=now,
        method=Method.AUTHENTICATOR,
    )
    made.authenticator = Authenticator(
        id=f"{number:016x}",
        sealed=box.seal(SECRET, rules.context(made.id, f"{number:016x}")),
        last_step=0,
        last_step_at=now,
        enabled_at=now,
        proof_group=number % 13,
    )
    for days in range(20, 0, -1):
        made.record(now - timedelta(days=days), Tag.LOGIN_OK, "192.0.2.7", factor="authenticator")
    return made


def progress(number: int, total: int) -> None:
    """Tell on a terminal how far a long preparation is."""
    if total > 1000 and sys.stderr.isatty() and (number % 500 == 0 or number == total - 1):
        end = "\r" if number < total - 1 else "\r" + " " * 40 + "\r"
        sys.stderr.write(f"preparing account {number} of {total}{end}")
        sys.stderr.flush()
