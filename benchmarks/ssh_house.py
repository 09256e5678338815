"""A real ``tui-mfa serve`` in a process of its own, with people who have accounts in it."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from benchmarks.homes import Home, installation, used_account
from tui_mfa.domain.account import Account, Method, Password
from tui_mfa.domain.ports import SecretBox
from tui_mfa.domain.secret import Secret
from tui_mfa.security.passwords import Argon2Passwords

PASSWORD: Final = "correct horse battery staple"
"""Of everybody."""

_TICKS: Final = os.sysconf("SC_CLK_TCK")


class Usage:
    """What a process takes, by its id (Linux)."""

    def __init__(self, pid: int) -> None:
        self._proc = Path("/proc") / str(pid)

    def memory(self) -> float:
        """Return the proportional set size, in MB."""
        rollup = (self._proc / "smaps_rollup").read_text("ascii")
        return int(re.findall(r"^Pss:\s+(\d+)", rollup, re.MULTILINE)[0]) / 1024

    def cpu(self) -> float:
        """Return the seconds of processor time until now."""
        fields = (self._proc / "stat").read_text("ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS


class Server(Usage):
    """A server that is running.

    Args:
        process: Its process, from ``serving``.
        port: Where it listens.
        log: The program's log, in which each session has its lines.
    """

    def __init__(self, process: subprocess.Popen[str], port: int, log: Path) -> None:
        super().__init__(process.pid)
        self.process, self.port, self.log = process, port, log

    def ask(self, question: str) -> dict[str, Any]:
        """Ask what it has counted; see ``ssh_server``."""
        if self.process.stdin is None or self.process.stdout is None:
            raise AssertionError("the server was started without pipes")
        self.process.stdin.write(f"{question}\n")
        self.process.stdin.flush()
        answer: dict[str, Any] = json.loads(self.process.stdout.readline())
        return answer


@contextmanager
def serving(home: Home, *, collect_after: str = "", settings: Mapping[str, str] | None = None) -> Iterator[Server]:
    """Serve until the block ends.

    Args:
        home: The installation, with its people.
        collect_after: Thresholds of the collector in place of the server's own, which then walks everything.
        settings: Settings of the installation beside its own, as variables.

    Raises:
        RuntimeError: The server does not start.
    """
    thresholds = ["--collect-after", collect_after] if collect_after else []
    command = [sys.executable, "-m", "benchmarks.ssh_server", *thresholds, "serve"]
    options = ["--host", "127.0.0.1", "--port", "0", "--max-sessions", "5000"]
    pipe = subprocess.PIPE
    with subprocess.Popen(
        [*command, *options],
        env={**environ(home), **(settings or {})},
        stdin=pipe,
        stdout=pipe,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            yield Server(process, _port(process), home.data / "tui-mfa.log")
        finally:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(30)
            process.kill()


def environ(home: Home) -> Mapping[str, str]:
    """Return the variables of a program that works in an installation."""
    return {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "HOME": str(home.folder), **home.environ}


def _port(process: subprocess.Popen[str]) -> int:
    said = []
    for line in process.stdout or ():
        said.append(line)
        if found := re.search(r"Listening on port (\d+)", line):
            if process.stdout is not None:
                process.stdout.readline()  # "Try it"
            return int(found[1])
    raise RuntimeError(f"the server did not start: {''.join(said)}")


@contextmanager
def inhabited(people: int) -> Iterator[Home]:
    """Make an installation whose people log in with ``PASSWORD`` alone, so that no code has to be waited for.

    Args:
        people: How many: ``user0`` and so on.
    """
    hashed = Argon2Passwords().hash(Secret(PASSWORD))

    def made(number: int, box: SecretBox) -> Account:
        account = used_account(number, box)
        account.method, account.authenticator = Method.DISABLED, None
        account.password = Password(hash=hashed, changed_at=datetime.now(UTC), stands_alone=True)
        return account

    with installation(people, made) as home:
        yield home
