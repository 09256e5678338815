"""Numbers for Prometheus: right, over all workers, for this machine alone, and without a word of anybody's."""

import asyncio
import contextlib
import gc
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import AsyncIterator
from pathlib import Path

import asyncssh
import pytest

from tests.beside import machine, portal
from tests.fakes import PASSWORD, make_account, make_services
from tests.ssh.house import Street, eventually, give_key, street
from tests.ssh.program import in_time, parsed, running, serve
from tui_mfa.domain.account import Method
from tui_mfa.ssh import exposition, metrics, vitals
from tui_mfa.ssh.gate import Limits, Refusal
from tui_mfa.ssh.inlet import KEYS_AT_ONCE
from tui_mfa.ssh.metrics import Metrics

MARK = "zanzibar"
"""In all that somebody here gives or types."""


class Numbers:
    """The metrics of a server in this loop.

    Args:
        here: The server.
        port: Where they are shown.
    """

    def __init__(self, here: Street, port: int) -> None:
        self.here, self.port = here, port

    async def text(self, path: str = "/metrics") -> str:
        def get() -> str:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=30) as answer:
                assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
                body: bytes = answer.read()
            return body.decode()

        return await asyncio.to_thread(get)

    async def now(self) -> dict[str, float]:
        return parsed(await self.text())

    async def all_gone(self) -> None:
        """Wait until nobody is there."""
        count = self.here.house.counts
        await eventually(lambda: not self.here.house.sessions and not count.read(metrics.CONNECTIONS))
        await eventually(lambda: not any(count.read(metrics.SESSIONS, kind) for kind in ("portal", "command")))


@contextlib.asynccontextmanager
async def counted(here: Street) -> AsyncIterator[Numbers]:
    async with exposition.shown(0, exposition.text_of([here.house.counts])) as port:
        yield Numbers(here, port)


async def test_what_people_do_is_counted_and_nothing_of_them_is_shown(tmp_path: Path) -> None:
    services, key = make_services(tmp_path), asyncssh.generate_private_key("ssh-ed25519")
    made = make_account(services, username=MARK, method=Method.DISABLED)
    give_key(services, made.id, key)
    async with street(tmp_path, services) as here, counted(here) as numbers:
        async with here.visitor(MARK) as screen:
            await screen.until("Username or e-mail")
            screen.type(f"{MARK}\r{MARK} is wrong\r")
            await screen.until("not right")
            there = await numbers.now()
            screen.type(f"{PASSWORD}\r")
            await screen.until("User Profile")
            screen.type("q")
            await screen.ended()
        await numbers.all_gone()
        assert there["connections"] == 1
        assert (there["sessions{kind=portal}"], there["sessions{kind=command}"]) == (1, 0)
        assert there["credentials_checked_total{kind=typed,result=wrong}"] == 1
        assert there["credentials_checked_total{kind=typed,result=right}"] == 0
        async with await here.connect(MARK, client_keys=[key]) as conn:
            assert (await conn.run(f"keys list {MARK} --json")).exit_status == 2
        async with here.visitor(f"{MARK}2", term=MARK) as screen:
            await screen.until("Username or e-mail")
        await numbers.all_gone()
        text = await numbers.text()
    found = parsed(text)
    assert found["connections_accepted_total"] == 3
    assert found["credentials_checked_total{kind=typed,result=right}"] == 1
    assert found["credentials_checked_total{kind=key,result=right}"] == 1
    assert {name: value for name, value in found.items() if "sessions" in name and value} == {
        "sessions_ended_total{reason=left}": 3
    }
    assert found["session_seconds_total"] > 0
    assert found["received_bytes_total"] == len(f"{MARK}\r{MARK} is wrong\r{PASSWORD}\rq")
    assert found["sent_bytes_total"] > 1000
    assert MARK not in text
    assert "127.0.0" not in text
    assert made.id not in text


async def test_a_confirmation_is_no_login_and_not_called_one(tmp_path: Path) -> None:
    services, key = make_services(tmp_path), asyncssh.generate_private_key("ssh-ed25519")
    give_key(services, make_account(services, method=Method.DISABLED).id, key)
    async with street(tmp_path, services) as here, counted(here) as numbers:
        async with await here.connect(client_keys=[key]) as conn:
            done = await conn.run("tokens create deploy", input=f"{PASSWORD}\n")
            assert done.exit_status == 0
        found = await numbers.now()
        text = await numbers.text()
    checked = {name: value for name, value in found.items() if value and "check" in name}
    assert checked == {
        "credentials_checked_total{kind=key,result=right}": 1,
        "credentials_checked_total{kind=typed,result=right}": 1,
    }
    assert not [line for line in text.splitlines() if line.startswith("tui_mfa_ssh_") and "login" in line]
    assert "passwords and recovery codes at a login and wherever else" in text


async def test_ends_are_told_apart_and_refusals_too(tmp_path: Path) -> None:
    services = make_services(tmp_path)
    async with street(tmp_path, services, Limits(per_address=1, per_minute=3)) as here, counted(here) as numbers:
        async with here.visitor() as screen:
            await screen.until("Username or e-mail")
            with pytest.raises(asyncssh.DisconnectError, match="your address"):
                await here.connect()
            screen.chan.write_eof()
            await screen.ended()
        await numbers.all_gone()
        conn = await here.connect()
        done = asyncio.create_task(conn.run(term_type="xterm"))
        await eventually(lambda: here.house.counts.read(metrics.SESSIONS, "portal"))
        conn.abort()
        with contextlib.suppress(asyncssh.Error):
            await done
        await numbers.all_gone()
        with pytest.raises(asyncssh.DisconnectError, match="in a minute"):
            await here.connect()
        here.house.closing = True
        with pytest.raises(asyncssh.DisconnectError, match="about to end"):
            await here.connect()
        found = await numbers.now()
    ended = {name: value for name, value in found.items() if name.startswith("sessions_ended") and value}
    assert ended == {"sessions_ended_total{reason=no_more_input}": 1, "sessions_ended_total{reason=connection_lost}": 1}
    refused = {name: value for name, value in found.items() if name.startswith("connections_refused") and value}
    assert refused == {f"connections_refused_total{{reason={why}}}": 1 for why in ("address", "rate", "closing")}
    assert {why.name.lower() for why in Refusal} == {"address", "rate", "closing", "full", "crowded"}


async def test_keys_that_come_too_fast_and_frames_for_nobody_are_counted(tmp_path: Path) -> None:
    services = make_services(tmp_path)
    make_account(services)  # where there is none, the focus leaves the field for the button that makes one
    async with street(tmp_path, services) as here, counted(here) as numbers:
        here.house.now = lambda: time.monotonic() / 10  # a busy machine draws no faster than a person may type
        async with here.visitor() as screen:
            await screen.until("Username or e-mail")
            screen.type("x" * 400)
            (there,) = here.house.sessions
            await eventually(lambda: there._pump.held_back)
            there.pause_writing()
            await eventually(lambda: here.house.counts.read(metrics.LEFT_OUT))
            there.resume_writing()
        await numbers.all_gone()
        found = await numbers.now()
    assert 0 < found["keys_held_back_total"] < 400 - KEYS_AT_ONCE
    assert found["frames_left_out_total"] >= 1


async def test_a_loop_that_is_late_and_a_collector_that_stops_it_show(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vitals, "EVERY", 0.01)
    counts = Metrics()
    measured = vitals.Vitals(counts)
    try:
        asyncio.get_running_loop().call_soon(time.sleep, 0.1)
        await eventually(lambda: counts.read(metrics.LAG_MAX) >= 0.08)
        before = counts.read(metrics.PASSES, "2")
        gc.collect()
        assert counts.read(metrics.PASSES, "2") == before + 1
        assert counts.read(metrics.PAUSE_MAX) >= counts.read(metrics.PAUSES, "2") / counts.read(metrics.PASSES, "2") > 0
    finally:
        measured.stop()
    gc.collect()
    assert counts.read(metrics.PASSES, "2") == before + 1


async def close(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with contextlib.suppress(ConnectionError):
        await writer.wait_closed()


async def test_only_the_one_question_is_answered() -> None:
    async def ask(port: int, data: bytes) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(data)
        try:
            return await reader.read()
        except ConnectionError:
            return b""
        finally:
            await close(writer)

    async with exposition.shown(0, lambda: b"the numbers") as port:
        right = b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n"
        assert (await ask(port, right)).endswith(b"the numbers")
        assert (await ask(port, right.replace(b"metrics", b"metrics?x=1"))).endswith(b"the numbers")
        for wrong in (
            b"POST /metrics HTTP/1.1\r\n\r\n",
            b"GET / HTTP/1.1\r\n\r\n",
            b"\x00\r\n\r\n",
            b"GET /metrics\r\n\r\n",
        ):
            assert (await ask(port, wrong)).startswith(b"HTTP/1.1 404")
        assert await ask(port, b"GET /metrics HTTP/1.1\r\nX: " + b"x" * exposition.REQUEST_MAX * 3) == b""
        silent = [await asyncio.open_connection("127.0.0.1", port) for _ in range(exposition.AT_ONCE)]
        assert await ask(port, right) == b"", "those who say nothing take a bounded number of handles"
        await close(silent.pop()[1])
        answers: list[bytes] = []  # the place is given back in its own time
        while not any(answers):
            answers.append(await ask(port, right))
        for _, writer in silent:
            await close(writer)


async def test_numbers_of_all_workers_are_summed_and_outlive_a_killed_one(tmp_path: Path) -> None:
    with running(serve(machine(tmp_path), "--workers", "2", "--metrics", "0"), tmp_path) as program:
        one, two = program.workers()
        conns = []
        for worker in (one, two):
            with program.only(worker):
                conns.append(await program.connect())
            await program.open(conns[-1])
        found = await asyncio.to_thread(program.shown)
        assert (found["connections_accepted_total"], found["sessions{kind=portal}"]) == (2, 2)
        assert (found["worker_starts_total"], found["connections"]) == (2, 2)
        assert {name for name in found if name.startswith("loop_lag_seconds")} == {
            "loop_lag_seconds{worker=1}",
            "loop_lag_seconds{worker=2}",
        }
        os.kill(one, signal.SIGKILL)
        await in_time(lambda: len({*program.workers()} - {one}) == 2)
        found = await asyncio.to_thread(program.shown)
        assert (found["connections_accepted_total"], found["sessions{kind=portal}"]) == (2, 1)
        assert (found["worker_starts_total"], found["connections"]) == (3, 1)
        with program.only(next(pid for pid in program.workers() if pid not in {one, two})):
            conns.append(await program.connect())
        found = await asyncio.to_thread(program.shown)
        assert (found["connections_accepted_total"], found["connections"]) == (3, 2)
        for conn in conns:
            conn.close()


def test_nobody_but_this_machine_is_shown_anything(tmp_path: Path) -> None:
    with running(serve(machine(tmp_path), "--metrics", "0"), tmp_path) as program:
        assert program.shown()["worker_starts_total"] == 1
        port = int(program.metrics_url().rpartition(":")[2].partition("/")[0])
        for address in {"127.0.0.2", socket.gethostbyname(socket.gethostname())} - {"127.0.0.1"}:
            with pytest.raises(ConnectionRefusedError):
                socket.create_connection((address, port))


@pytest.mark.parametrize("given", ["0.0.0.0:9000", "::1", "65536", "-1"])
def test_there_is_no_way_to_show_them_to_others(tmp_path: Path, given: str) -> None:
    command = [*portal(machine(tmp_path)), "serve", "--metrics", given]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, "--metrics" in done.stderr) == (2, True), done.stderr


def test_a_port_that_is_taken_is_said(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        command = serve(machine(tmp_path), "--metrics", str(taken.getsockname()[1]))
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, "Nothing can listen on port" in done.stderr) == (3, True), done.stderr


def test_without_the_option_nothing_is_shown(tmp_path: Path) -> None:
    with running(serve(machine(tmp_path)), tmp_path) as program:
        assert "Metrics" not in program.said.read_text()
        listening = Path(f"/proc/{program.process.pid}/net/tcp").read_text()
        mine = {link.readlink().name for link in Path(f"/proc/{program.process.pid}/fd").iterdir() if link.is_symlink()}
        states = [line.split() for line in listening.splitlines()[1:]]
        assert len([row for row in states if row[3] == "0A" and f"socket:[{row[9]}]" in mine]) == 1
