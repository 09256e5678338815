"""The real ``tui-mfa serve`` in processes of its own, seen from outside."""

import asyncio
import os
import re
import signal
import socket
import subprocess
import urllib.request
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncssh
from prometheus_client.parser import text_string_to_metric_families

from tests.beside import eventually, portal
from tests.ssh.house import Person, Screen

FRONT = "Your account, from the terminal"
"""On the first page."""


@dataclass
class Program:
    """A server that runs.

    Args:
        process: The one that was started.
        said: What it wrote.
        log: Its log.
        port: Where it listens.
    """

    process: subprocess.Popen[bytes]
    said: Path
    log: Path
    port: int

    def workers(self) -> list[int]:
        """Return the processes that it has started and that live."""
        pid = self.process.pid
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

    @contextmanager
    def only(self, worker: int) -> Iterator[None]:
        """Have one worker take whoever connects."""
        others = [pid for pid in self.workers() if pid != worker]
        for pid in others:
            os.kill(pid, signal.SIGSTOP)
            # A process is stopped at the end of its turn on the processor, and not at once.
            eventually(lambda pid=pid: Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] == "T")  # type: ignore[misc]
        try:
            yield
        finally:
            for pid in others:
                os.kill(pid, signal.SIGCONT)

    async def connect(self, username: str = "jane", **options: Any) -> asyncssh.SSHClientConnection:
        """Connect, from 127.0.0.1 if nothing else is said."""
        given: dict[str, Any] = {"client_keys": None, "agent_path": None, "config": None, "known_hosts": None} | options
        return await asyncssh.connect("127.0.0.1", self.port, username=username, client_factory=Person, **given)

    async def open(self, conn: asyncssh.SSHClientConnection) -> Screen:
        """Open the portal."""
        screen = Screen()
        await conn.create_session(lambda: screen, term_type="xterm-256color", term_size=(80, 24), encoding=None)
        await screen.until(FRONT)
        return screen

    @asynccontextmanager
    async def visitor(self, username: str = "jane", **options: Any) -> AsyncIterator[Screen]:
        """Open the portal until the block ends."""
        conn = await self.connect(username, **options)
        async with conn:
            yield await self.open(conn)

    def shown(self) -> dict[str, float]:
        """Return the metrics, as Prometheus reads them: by ``name{label=value}``."""
        return parsed(self.metrics())

    def metrics(self) -> str:
        """Return the text of the metrics."""
        with urllib.request.urlopen(self.metrics_url(), timeout=30) as answer:
            body: bytes = answer.read()
        return body.decode()

    def metrics_url(self) -> str:
        """Return where the metrics are shown."""
        found = eventually(lambda: re.search(r"http://\S+", self.said.read_text()), self.said.read_text)
        return found[0]


def parsed(text: str) -> dict[str, float]:
    """Return metrics by ``name{label=value}``, without the prefix that all have."""
    found: dict[str, float] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            labels = ",".join(f"{name}={value}" for name, value in sorted(sample.labels.items()))
            found[sample.name.removeprefix("tui_mfa_ssh_") + (f"{{{labels}}}" if labels else "")] = sample.value
    return found


def serve(environ: Mapping[str, str], *options: str) -> list[str]:
    """Return the command that serves on a free port of 127.0.0.1."""
    return [*portal(environ), "serve", "--host", "127.0.0.1", "--port", "0", *options]


@contextmanager
def starting(command: list[str], folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    """Start a program until the block ends, and leave nothing of it behind; give it, and where it writes to.

    Args:
        command: What to start.
        folder: Of the machine.
    """
    said = folder / "said"
    with said.open("wb") as file, subprocess.Popen(command, stdout=file, stderr=file) as process:
        try:
            yield process, said
        finally:
            workers = _children(process.pid)
            process.terminate()
            try:
                process.wait(60)
            finally:
                process.kill()
                for pid in workers:
                    eventually(lambda pid=pid: not alive(pid))  # type: ignore[misc]


@contextmanager
def running(command: list[str], folder: Path) -> Iterator[Program]:
    """Run a server until the block ends.

    Args:
        command: Starts it.
        folder: Of the machine.
    """
    with starting(command, folder) as (process, said):
        found = eventually(
            lambda: re.search(r"Listening on port (\d+)", said.read_text()) or process.poll() is not None,
            said.read_text,
        )
        assert isinstance(found, re.Match), said.read_text()
        yield Program(process, said, folder / "data" / "tui-mfa.log", int(found[1]))


def _children(pid: int) -> list[int]:
    try:
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def alive(pid: int) -> bool:
    """Say whether there is such a process that is more than a name."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] not in "ZX"
    except OSError:
        return False


def waits_for_connections(pid: int, port: int) -> bool:
    """Say whether the loop of a process looks at the socket that listens, which it inherited long before."""
    lines = [line.split() for line in Path(f"/proc/{pid}/net/tcp").read_text().splitlines()[1:]]
    (inode,) = (line[9] for line in lines if line[3] == "0A" and line[1].endswith(f":{port:04X}"))
    handles = {link.name: str(link.readlink()) for link in Path(f"/proc/{pid}/fd").iterdir()}
    listens = [name for name, leads_to in handles.items() if leads_to == f"socket:[{inode}]"]
    polls = [name for name, leads_to in handles.items() if "eventpoll" in leads_to]
    looked_at = "".join(Path(f"/proc/{pid}/fdinfo/{name}").read_text() for name in polls)
    return any(re.search(rf"(?m)^tfd:\s+{name}\b", looked_at) for name in listens)


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody listens on by now."""
    with socket.create_server(("127.0.0.1", 0)) as sock:
        port: int = sock.getsockname()[1]
        return port


async def in_time(look: Any, what: Any = str) -> Any:
    """Wait for something outside of this process, as ``eventually`` does, while the clients here go on."""
    return await asyncio.to_thread(eventually, look, what)
