"""Several processes on one port, as their clients see them."""

import asyncio
import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import asyncssh
import pytest

from tests.beside import eventually, machine, portal
from tests.ssh.program import FRONT, Program, alive, in_time, running, serve, starting, waits_for_connections
from tui_mfa.ssh import gate, letter, metrics, sockets
from tui_mfa.ssh.gate import Limits
from tui_mfa.ssh.memory import Memory

LEAVE = "\x11"
"""Ctrl+Q."""


@pytest.fixture
def program(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Program]:
    """Two workers."""
    options = getattr(request, "param", ())
    with running(serve(machine(tmp_path), "--workers", "2", *options), tmp_path) as program:
        yield program


@pytest.mark.parametrize(
    "program", [("--max-per-address", "4", "--max-sessions", "6", "--metrics", "0")], indirect=True
)
async def test_both_serve_and_limits_hold_over_both(program: Program) -> None:
    one, two = program.workers()
    taken = []
    for worker in (one, two, one, two):
        with program.only(worker):
            taken.append(await program.connect())
    await program.open(taken[0])
    await program.open(taken[1])
    for worker in (one, two):
        with program.only(worker), pytest.raises(asyncssh.DisconnectError, match="from your address"):
            await program.connect()
    with program.only(two):
        # Of those before the login, the first of the largest network gives way: five of six places are theirs.
        taken += [await program.connect(local_addr=("127.0.1.1", 0)) for _ in range(2)]
    await taken[0].wait_closed()
    await in_time(lambda: program.shown()["connections"] == 5)
    assert program.shown()["connections_refused_total{reason=crowded}"] == 1
    for conn in taken:
        conn.close()


@pytest.mark.parametrize("program", [("--max-per-address", "2")], indirect=True)
async def test_a_killed_worker_takes_its_own_sessions_alone_and_another_one_comes(program: Program) -> None:
    one, two = program.workers()
    with program.only(one):
        lost = await program.connect()
    with program.only(two):
        stays = await program.connect()
    lost_screen, screen = await program.open(lost), await program.open(stays)
    os.kill(one, signal.SIGKILL)
    await lost_screen.ended()
    new = await in_time(lambda: [pid for pid in program.workers() if pid not in {one, two}])
    assert not alive(one)
    screen.type("somebody")
    await screen.until("somebody")
    with program.only(new[0]):  # the place of the lost one is free again; it was the second and last of this address
        async with program.visitor():
            with pytest.raises(asyncssh.DisconnectError, match="from your address"):
                await program.connect()
    assert re.search(r"ssh worker died number=1 status=-9", program.log.read_text())
    stays.close()


async def test_who_waits_while_all_workers_are_killed_is_served_by_the_next(program: Program) -> None:
    killed = program.workers()
    for pid in killed:
        os.kill(pid, signal.SIGSTOP)
    waiting = asyncio.create_task(program.connect())
    reader, writer = await asyncio.open_connection("127.0.0.1", program.port)
    for pid in killed:
        os.kill(pid, signal.SIGKILL)
    async with await waiting as conn:
        await program.open(conn)
    assert (await reader.readline()).startswith(b"SSH-2.0-tui-mfa"), "taken by a worker that was started later"
    writer.close()


async def test_told_to_end_it_tells_everybody_and_gives_the_terminals_back(program: Program) -> None:
    one, two = program.workers()
    with program.only(one):
        first = await program.connect()
    with program.only(two):
        second = await program.connect()
    leaves, stays = await program.open(first), await program.open(second)
    program.process.send_signal(signal.SIGTERM)
    for screen in (leaves, stays):
        await screen.until("The service ends in")
    with pytest.raises(ConnectionRefusedError):
        await program.connect()
    leaves.type(LEAVE)
    for screen in (leaves, stays):  # one by itself, one when the time is over
        await screen.ended()
        assert screen.status == 0
        assert b"\x1b[?1049l" in screen.seen, "the terminal was not given back"
    assert await asyncio.to_thread(program.process.wait, 60) == 0
    assert not alive(one)
    assert not alive(two)
    assert "died" not in program.log.read_text()
    for conn in (first, second):
        conn.close()


async def test_without_its_supervisor_no_worker_stays(program: Program) -> None:
    workers = program.workers()
    async with program.visitor() as screen:
        program.process.kill()
        await screen.until("The service ends in")
        screen.type(LEAVE)
        await screen.ended()
        assert b"\x1b[?1049l" in screen.seen
    for pid in workers:
        await in_time(lambda pid=pid: not alive(pid))
    assert program.log.read_text().count("its supervisor is gone") == 2


async def test_a_worker_that_is_told_to_end_lets_people_finish_and_is_replaced(program: Program) -> None:
    one, two = program.workers()
    with program.only(one):
        conn = await program.connect()
    screen = await program.open(conn)
    os.kill(one, signal.SIGTERM)
    await screen.until("The service ends in")
    async with program.visitor() as other:
        assert FRONT in other.text()
    screen.type(LEAVE)
    await screen.ended()
    await in_time(lambda: len({*program.workers()} - {one, two}) == 1)
    conn.close()


@pytest.fixture
def reports(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[bytes], socket.socket, int, bytes]]:
    """A worker that waits for its letter; the line to it, the port, and the letter."""
    limits, environ = Limits(), machine(tmp_path)
    places, counts = gate.memory_for(limits, several=True), Memory.for_several(metrics.memory_size(1))
    assert places.handle is not None
    assert counts.handle is not None
    ours, theirs = socket.socketpair()
    (listening,) = sockets.bind("127.0.0.1", 0)
    written = letter.Letter(
        number=1,
        workers=1,
        sockets=[listening.fileno()],
        gate=places.handle,
        counts=counts.handle,
        limits=limits,
        measured=False,
        key=asyncssh.generate_private_key("ssh-ed25519").export_private_key().decode("ascii"),
    )
    with ours, theirs, listening, (tmp_path / "said").open("wb") as said:
        handles = (*written.handles, theirs.fileno())
        command = [*portal(environ), "serve", "--worker", str(theirs.fileno())]
        with subprocess.Popen(command, pass_fds=handles, stdout=said, stderr=said) as process:
            theirs.close()
            ours.settimeout(60)
            try:
                yield process, ours, listening.getsockname()[1], written.encoded()
            finally:
                process.kill()


def test_a_worker_reports_once_it_takes_connections(
    reports: tuple[subprocess.Popen[bytes], socket.socket, int, bytes],
) -> None:
    """What it reports makes the whole service ready; so it is stopped right after, and looked at."""
    process, line, port, written = reports
    line.sendall(written)
    assert line.recv(100) == letter.READY
    process.send_signal(signal.SIGSTOP)
    assert waits_for_connections(process.pid, port)
    process.send_signal(signal.SIGCONT)
    line.close()
    assert process.wait(60) == 0


@pytest.mark.parametrize("told", [True, False])
def test_a_worker_whose_supervisor_dies_meanwhile_does_not_stay(
    tmp_path: Path, reports: tuple[subprocess.Popen[bytes], socket.socket, int, bytes], told: bool
) -> None:
    process, line, _, written = reports
    if told:
        line.sendall(written)
    line.close()
    assert process.wait(60) == (0 if told else 3)
    assert "Traceback" not in (tmp_path / "said").read_text()


@pytest.mark.parametrize("turn", range(4))
def test_a_supervisor_that_is_killed_while_it_starts_workers_leaves_none(tmp_path: Path, turn: int) -> None:
    """At the first worker's start, and some moments later: before its letter, while it loads, when it serves."""
    environ = machine(tmp_path)

    def ours() -> list[int]:
        mark = f"TUI_MFA_DATA_DIR={environ['TUI_MFA_DATA_DIR']}\0".encode()
        pids = [int(found.name) for found in Path("/proc").iterdir() if found.name.isdecimal()]
        return [pid for pid in pids if alive(pid) and mark in env_of(pid)]

    with starting(serve(environ, "--workers", "3"), tmp_path) as (process, said):
        eventually(lambda: process.poll() is not None or len(ours()) > 1, said.read_text)
        time.sleep(0.2 * turn)  # what is to be tried is any moment
        process.kill()
        process.wait()
        eventually(lambda: not ours(), lambda: str(ours()))


def env_of(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/environ").read_bytes()
    except OSError:
        return b""


def test_workers_that_cannot_start_end_the_service(tmp_path: Path) -> None:
    settings = tmp_path / "tui-mfa.toml"
    settings.write_text("")
    environ = machine(tmp_path) | {"TUI_MFA_CONFIG": str(settings)}
    with running(serve(environ, "--workers", "2"), tmp_path) as program:
        settings.write_text("no_such_key = 1")
        one, two = program.workers()
        os.kill(one, signal.SIGKILL)
        assert program.process.wait(60) == 3
        assert "do not stay alive" in program.said.read_text()
        assert not alive(two)


@pytest.mark.parametrize(
    ("options", "status", "words"),
    [
        (["--worker", "99"], 3, "starts by itself"),
        (["--workers", "0"], 2, "--workers"),
        (["--workers", "2"], 2, "belong to one process"),
    ],
)
def test_what_cannot_be_is_refused(tmp_path: Path, options: list[str], status: int, words: str) -> None:
    environ = machine(tmp_path) | {"TUI_MFA_STORE": "memory:"}
    done = subprocess.run([*portal(environ), "serve", *options], capture_output=True, text=True, check=False)
    assert (done.returncode, words in done.stderr) == (status, True), done.stderr
