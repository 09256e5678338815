"""What systemd is told, over real sockets, and the socket that it hands over."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.beside import machine
from tests.ssh.program import Program, free_port, in_time, running, serve, starting
from tui_mfa.domain.errors import Unavailable
from tui_mfa.ssh import sockets
from tui_mfa.ssh.notify import READY, STOPPING, Notifier


@contextmanager
def manager(address: str) -> Iterator[socket.socket]:
    """Be the service manager at an address, for as long as the block lasts."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
        sock.bind(f"\0{address[1:]}" if address.startswith("@") else address)
        sock.settimeout(60)
        yield sock


def environment(pid: int) -> bytes:
    return Path(f"/proc/{pid}/environ").read_bytes()


@pytest.fixture(params=["a path", "an abstract name"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return f"@tui-mfa-test-{os.getpid()}" if request.param == "an abstract name" else str(tmp_path / "notify")


def test_it_is_told_once_asked_for_and_no_child_can_speak_too(address: str) -> None:
    environ = {"NOTIFY_SOCKET": address}
    with manager(address) as sock:
        notifier = Notifier(environ)
        notifier.tell(READY)
        assert sock.recv(100) == b"READY=1"
    assert environ == {}
    notifier.tell(STOPPING)  # nobody is there any more, and nothing breaks
    Notifier(environ).tell(READY)


@pytest.mark.parametrize("workers", ["1", "2"])
async def test_the_service_is_ready_once_it_serves_and_says_that_it_stops(
    tmp_path: Path, address: str, workers: str
) -> None:
    with manager(address) as sock:
        environ = machine(tmp_path) | {"NOTIFY_SOCKET": address}
        with running(serve(environ, "--workers", workers), tmp_path) as program:
            assert sock.recv(100) == b"READY=1"
            serving = program.workers() or [program.process.pid]
            assert len(serving) == int(workers)
            for worker in serving:
                with program.only(worker):
                    async with program.visitor():
                        pass
            assert not [pid for pid in program.workers() if b"NOTIFY_SOCKET" in environment(pid)]
            program.process.send_signal(signal.SIGTERM)
            assert sock.recv(100) == b"STOPPING=1"
            assert program.process.wait(60) == 0
            sock.setblocking(False)
            with pytest.raises(BlockingIOError):
                sock.recv(100)


async def test_where_nobody_listens_it_serves_all_the_same(tmp_path: Path) -> None:
    environ = machine(tmp_path) | {"NOTIFY_SOCKET": str(tmp_path / "nobody")}
    with running(serve(environ), tmp_path) as program:
        async with program.visitor():
            pass
        assert "cannot tell systemd READY=1" in program.log.read_text()


LAUNCHER = """
import os, socket, sys
kind, pid, *command = sys.argv[1:]
if kind == "tcp" or kind == "two":
    sock = socket.create_server(("127.0.0.1", 0))
elif kind == "both":
    sock = socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True)
elif kind == "udp":
    sock = socket.socket(type=socket.SOCK_DGRAM)
elif kind == "connected":
    here, sock = socket.socketpair()
elif kind == "unix":
    sock = socket.socket(socket.AF_UNIX)
    sock.bind("")
    sock.listen()
elif kind == "deaf":
    sock = socket.socket()
    sock.bind(("127.0.0.1", 0))
else:
    sock = open("/dev/null")
os.dup2(sock.fileno(), 3)
os.set_inheritable(3, True)
os.environ["LISTEN_FDS"] = "2" if kind == "two" else "1"
os.environ["LISTEN_PID"] = pid if pid != "mine" else str(os.getpid())
os.environ["LISTEN_FDNAMES"] = "connection"
os.execvp(command[0], command)
"""


def launched(kind: str, command: list[str], pid: str = "mine") -> list[str]:
    """Return a command that starts another one as systemd does, which has listened already."""
    env, *rest = command
    at = next(number for number, word in enumerate(rest) if word == sys.executable)
    return [env, *rest[:at], sys.executable, "-c", LAUNCHER, kind, pid, *rest[at:]]


@pytest.mark.parametrize(("workers", "kind"), [("1", "tcp"), ("2", "tcp"), ("2", "both")])
async def test_a_socket_that_is_handed_over_is_served(tmp_path: Path, workers: str, kind: str) -> None:
    command = [*launched(kind, serve(machine(tmp_path), "--workers", workers)), "--port", "1"]
    with running(command, tmp_path) as program:
        assert program.port > 1, "the port of the command line counts for nothing"
        async with program.visitor():
            await in_time(lambda: "ssh portal begins" in program.log.read_text())
        assert not [pid for pid in program.workers() if b"LISTEN_" in environment(pid)]
        assert "from=127.0.0.1" in program.log.read_text(), "not as ::ffff:127.0.0.1"


async def test_a_socket_for_somebody_else_is_left_alone(tmp_path: Path) -> None:
    port = free_port()
    command = [*launched("tcp", serve(machine(tmp_path)), pid="1"), "--port", str(port)]
    with running(command, tmp_path) as program:
        assert program.port == port
        async with program.visitor():
            pass


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("two", "Hand over one socket"),
        ("a file", "What was handed over is no socket"),
        *((kind, "is no listening TCP socket") for kind in ("udp", "connected", "unix", "deaf")),
    ],
)
def test_whatever_else_is_handed_over_is_refused(tmp_path: Path, kind: str, words: str) -> None:
    command = launched(kind, serve(machine(tmp_path)))
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, words in done.stderr) == (3, True), done.stderr


async def test_systemd_itself_hands_it_over(tool: Callable[[str], Path], tmp_path: Path) -> None:
    """It starts the service when the first one connects."""
    port = free_port()
    variables = [f"--setenv={name}={value}" for name, value in machine(tmp_path).items()]
    activate = [str(tool("systemd-socket-activate")), "-l", f"127.0.0.1:{port}", *variables]
    with starting([*activate, sys.executable, "-m", "tui_mfa", "serve"], tmp_path) as (process, said):
        await in_time(lambda: "Listening on" in said.read_text(), said.read_text)
        program = Program(process, said, tmp_path / "data" / "tui-mfa.log", port)
        socket.create_connection(("127.0.0.1", port)).close()
        async with program.visitor():
            await in_time(lambda: f"Listening on port {port} ·" in said.read_text(), said.read_text)
        process.terminate()
        assert process.wait(60) == 0


def test_all_addresses_get_the_same_free_port() -> None:
    made = sockets.bind("", 0)
    try:
        assert len({sock.getsockname()[1] for sock in made}) == 1
        assert len({sock.family for sock in made}) == len(made)
        with pytest.raises(Unavailable, match="Nothing can listen on port"):
            sockets.bind("", made[0].getsockname()[1])
    finally:
        for sock in made:
            sock.close()


@pytest.mark.parametrize("host", ["no-such-host.invalid", "192.0.2.1"])
def test_an_address_that_is_not_here_is_said(host: str) -> None:
    with pytest.raises(Unavailable, match="Nothing can listen"):
        sockets.bind(host, 0)
