"""An installation of its own for each test: a data folder, a key file, a clock, and the command line over them."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher

from tui_mfa import bootstrap
from tui_mfa.cli.run import run
from tui_mfa.domain.ports import Services
from tui_mfa.domain.secret import Secret
from tui_mfa.domain.two_factor import totp
from tui_mfa.security import system
from tui_mfa.security.passwords import Argon2Passwords
from tui_mfa.settings import load_settings

PASSWORD = "a long walk beside 7 lakes"

Line = str | Callable[[], str]
"""A line of standard input, or what makes it when it is read: a code is in the outbox only by then."""


class Lines:
    """Standard input without a terminal, one line at a time."""

    def __init__(self, *lines: Line) -> None:
        self.left = list(lines)

    def readline(self, size: int = -1, /) -> str:
        if not self.left:
            return ""
        line = self.left.pop(0)
        return (line if isinstance(line, str) else line()) + "\n"

    def isatty(self) -> bool:
        return False

    def fileno(self) -> int:
        raise OSError


class QuickPasswords(Argon2Passwords):
    """The same hashes with the least work that argon2 knows."""

    @cached_property
    def _hasher(self) -> PasswordHasher:
        return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


class Hands:
    """A clock that tests move."""

    def __init__(self) -> None:
        self.time = datetime(2026, 11, 24, 12, 30, 5, tzinfo=UTC)

    def now(self) -> datetime:
        return self.time

    def turn(self, seconds: int) -> None:
        self.time += timedelta(seconds=seconds)


@dataclass(frozen=True)
class Result:
    """What a command came to."""

    status: int
    out: str
    err: str

    @property
    def value(self) -> Any:
        """Standard output as the JSON document that it must be, whole."""
        return json.loads(self.out)

    @property
    def error(self) -> dict[str, Any]:
        (only,) = self.value.items()
        assert only[0] == "error"
        error: dict[str, Any] = only[1]
        assert set(error) == {"code", "message", "field", "retry_after", "next"}
        return error


class Home:
    """Runs commands inside this process, with the installation's clock."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.clock = Hands()
        self._patch = monkeypatch
        self._capture = capsys
        self.environ = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "XDG_CONFIG_HOME": str(folder / "config"),
            "LANG": "C.UTF-8",
            "TUI_MFA_DATA_DIR": str(self.data),
            "TUI_MFA_ZONE": "UTC",
        }
        for name in ("HOME", "XDG_CONFIG_HOME"):
            monkeypatch.setenv(name, self.environ[name])
        for module in (bootstrap, system):
            monkeypatch.setattr(module, "SystemClock", lambda: self.clock)
        monkeypatch.setattr(bootstrap, "Argon2Passwords", QuickPasswords)

    def run(self, *arguments: str, stdin: tuple[Line, ...] = ()) -> Result:
        """Run one command without a terminal."""
        lines = Lines(*stdin)
        self._patch.setattr(sys, "stdin", lines)
        status = run(arguments, self.environ)
        captured = self._capture.readouterr()
        assert "Traceback" not in captured.err
        return Result(status, captured.out, captured.err)

    def program(self, *arguments: str, stdin: str = "") -> Result:
        """Run one command in a process of its own, with the real clock."""
        done = subprocess.run(
            [sys.executable, "-m", "tui_mfa", *arguments],
            input=stdin,
            capture_output=True,
            text=True,
            env=self.environ,
            check=False,
        )
        return Result(done.returncode, done.stdout, done.stderr)

    def add(self, username: str = "jane", password: str = PASSWORD) -> None:
        """Create an account."""
        added = self.run("accounts", "add", username, f"{username}@example.com", "--password-stdin", stdin=(password,))
        assert added.status == 0, added

    def services(self) -> Services:
        return bootstrap.build(load_settings({}, self.environ), self.environ)

    def mails(self) -> list[Path]:
        return sorted((self.data / "outbox").glob("*.eml"))

    def mailed_code(self) -> str:
        """Return the code of the newest mail."""
        found = re.search(r"^(\d{3} \d{3})\r?$", self.mails()[-1].read_text(), re.MULTILINE)
        assert found is not None
        return found[1]

    def app_code(self, secret: str, *, steps: int = 0) -> str:
        """Return what an app shows now."""
        step = totp.step_at(self.clock.now()) + steps
        return totp.code_at(totp.from_base32(Secret(secret)), step).reveal()

    def enable_app(self, username: str = "jane", password: str = PASSWORD) -> str:
        """Give an account an authenticator and return its secret."""
        begun = self.run(
            "mfa", "enable-app", username, "--password-stdin", "--json", stdin=(password, self.mailed_code)
        ).value
        done = self.run("mfa", "confirm", username, self.app_code(begun["secret"]), stdin=(begun["resume"],))
        assert done.status == 0, done
        self.clock.turn(30)
        return str(begun["secret"])
