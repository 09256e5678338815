"""SIGTERM ends the service with status 0 whoever is there, and whatever they wait for or keep waiting."""

import asyncio
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import asyncssh
import pytest

from tests.beside import PATIENCE, machine, settings_of
from tests.fakes import make_account
from tests.ssh.house import Screen, give_key, log_in
from tests.ssh.program import Program, alive, in_time, running, serve
from tui_mfa import bootstrap
from tui_mfa.domain.account import Method
from tui_mfa.ssh import ending, session, workers
from tui_mfa.ssh.server import DRAIN

KEY = asyncssh.generate_private_key("ssh-ed25519")


async def half_open(program: Program) -> Callable[[], None]:
    sock = await asyncio.to_thread(socket.create_connection, ("127.0.0.1", program.port))
    await in_time(lambda: sock.recv(100))
    return sock.close


async def nothing_started(program: Program) -> Callable[[], None]:
    return (await program.connect()).abort


async def at_login(program: Program) -> Callable[[], None]:
    conn = await program.connect()
    await program.open(conn)
    return conn.abort


async def logged_in(program: Program) -> Callable[[], None]:
    conn = await program.connect()
    await log_in(await program.open(conn))
    return conn.abort


async def reads_nothing(program: Program) -> Callable[[], None]:
    conn = await program.connect()
    conn.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    screen = Screen(200, 50)
    await conn.create_session(
        lambda: screen, term_type="xterm-256color", term_size=(200, 50), encoding=None, window=2**31 - 1
    )
    await log_in(screen)
    assert isinstance(conn._transport, asyncio.Transport)
    conn._transport.pause_reading()
    for _ in range(50):
        screen.type("12")
    return conn.abort


async def asked_for_a_password(program: Program) -> Callable[[], None]:
    conn = await program.connect(client_keys=[KEY])
    process = await conn.create_process("tokens create deploy")
    await process.stderr.read(1)
    return conn.abort


Visit = Callable[[Program], Awaitable[Callable[[], None]]]


@asynccontextmanager
async def visited(folder: Path, visits: list[Visit], *options: str) -> AsyncIterator[Program]:
    """Run a server with visitors who do nothing more."""
    environ = machine(folder)
    services = bootstrap.build(settings_of(environ), environ)
    give_key(services, make_account(services, method=Method.DISABLED).id, KEY)
    with running(serve(environ, *options), folder) as program:
        ends = [await visit(program) for visit in visits]
        try:
            yield program
        finally:
            for end in ends:
                end()


@pytest.mark.parametrize("processes", ["1", "2"])
async def test_it_ends_whoever_is_there(tmp_path: Path, processes: str) -> None:
    visits: list[Visit] = [half_open, nothing_started, at_login, logged_in, reads_nothing, asked_for_a_password]
    async with visited(tmp_path, visits, "--workers", processes) as program:
        pids = program.workers()
        program.process.send_signal(signal.SIGTERM)
        assert await asyncio.to_thread(program.process.wait, PATIENCE) == 0
        assert not any(alive(pid) for pid in pids)
        log = program.log.read_text()
    assert "still runs" not in log
    assert "killed" not in log
    assert log.count("why=the service ended") == 4


HANGS = """
import asyncio, os, sys, threading, time
from pathlib import Path
import asyncssh
from tests.fakes import make_services
from tests.ssh.house import settings_in
from tui_mfa.ssh import sockets, worker
from tui_mfa.ssh.notify import Notifier
from tui_mfa.ssh.plan import Plan
folder = Path(sys.argv[1])

async def stubborn():
    while True:
        try:
            await asyncio.sleep(1)
        except asyncio.CancelledError:
            pass

kept = []

def say(port, metrics):
    loop = asyncio.get_running_loop()
    if sys.argv[2] == "thread":
        loop.run_in_executor(None, threading.Event().wait)
    else:
        kept.append(loop.create_task(stubborn()))
    print("ready", flush=True)

plan = Plan(sockets=sockets.bind("127.0.0.1", 0), say=say, notifier=Notifier())
key = asyncssh.generate_private_key("ssh-ed25519")
asyncio.run(worker.alone(plan, settings_in(folder), make_services(folder), key))
"""


@pytest.mark.parametrize("what", ["thread", "task"])
def test_it_ends_though_something_never_does(tmp_path: Path, what: str) -> None:
    """A thread waits for a mail server that never has done, or a task does not let itself be cancelled."""
    command = [sys.executable, "-c", HANGS, str(tmp_path), what]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            process.send_signal(signal.SIGTERM)
            _, said = process.communicate(timeout=PATIENCE)
        finally:
            process.kill()
        assert process.returncode == 0, said
        assert "something still runs" in said


def test_a_worker_ends_before_its_supervisor_kills_it() -> None:

    assert DRAIN + session.LEAVE_WITHIN + 1 + 1 + ending.STILL < workers.END_WITHIN
