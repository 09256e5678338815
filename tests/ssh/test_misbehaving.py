"""Clients that say nothing, read nothing, come by the hundred or are cut off: the others go on, and nothing stays."""

import asyncio
import contextlib
import gc
import socket
import struct
from pathlib import Path

import asyncssh
import pytest
from asyncssh.constants import MSG_GLOBAL_REQUEST
from asyncssh.packet import Boolean, String

from tests.beside import PATIENCE
from tests.fakes import make_account, make_services
from tests.ssh.house import Screen, Street, app_of, eventually, give_key, log_in, street
from tui_mfa.domain.account import Method
from tui_mfa.ssh import auth, metrics
from tui_mfa.ssh.driver import STOP
from tui_mfa.ssh.gate import Limits
from tui_mfa.ssh.portal import SshApp
from tui_mfa.ssh.session import HIGH_WATER, PortalSession


def apps() -> int:
    gc.collect()
    return sum(isinstance(found, SshApp | PortalSession) for found in gc.get_objects())


async def emptied(here: Street, before: int) -> None:
    """Wait until nothing of anybody is left."""
    await eventually(lambda: not here.house.sessions and here.house.gate.live == 0, lambda: str(here.house.gate.live))
    end = asyncio.get_running_loop().time() + PATIENCE
    while apps() > before:
        assert asyncio.get_running_loop().time() < end, f"{apps()} are left"
        await asyncio.sleep(0.3)  # a timer that was cancelled stays for a while; looking costs much
    await eventually(lambda: len(asyncio.all_tasks()) == 1, lambda: str(asyncio.all_tasks()))


async def silent(port: int, number: int) -> socket.socket:
    """Connect from an address of one's own, 200 in each network, and say nothing."""
    found = socket.socket()
    found.setblocking(False)
    found.bind((f"127.0.{1 + number // 200}.{1 + number % 200}", 0))
    await asyncio.get_running_loop().sock_connect(found, ("127.0.0.1", port))
    return found


async def test_two_hundred_half_open_connections_keep_nobody_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They have places of their own, and the oldest of them are hung up on."""
    monkeypatch.setattr(auth, "LOOK_EVERY", 0.05)
    services = make_services(tmp_path)
    make_account(services, method=Method.DISABLED)
    before, limits = apps(), Limits(total=3, per_minute=1000)
    async with street(tmp_path, services, limits) as here, here.visitor() as first:
        await log_in(first)
        half = [await silent(here.port, number) for number in range(200)]
        await eventually(lambda: here.house.counts.read(metrics.ACCEPTED) == 201)
        for _ in range(2):
            async with here.visitor() as screen:
                await log_in(screen)
                assert here.house.gate.live == limits.half_open - 1 + 2
        left = limits.half_open - 1 + 1
        await eventually(lambda: here.house.counts.read(metrics.CONNECTIONS) == left, lambda: str(here.house.gate.live))
        assert b"More people want to log in" in half[0].recv(4096)
        first.chan.get_connection().close()
        for found in half:
            found.close()
        await emptied(here, before)


async def test_login_pages_of_few_addresses_keep_nobody_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever is logged in stays, and of the others the one who came first of those who have the most."""
    monkeypatch.setattr(auth, "LOOK_EVERY", 0.05)
    services = make_services(tmp_path)
    make_account(services, method=Method.DISABLED)
    async with (
        street(tmp_path, services, Limits(total=4, per_minute=1000)) as here,
        contextlib.AsyncExitStack() as stack,
    ):
        known = await stack.enter_async_context(here.visitor())
        await log_in(known)
        crowd = []
        for number in range(3):
            crowd.append(await stack.enter_async_context(here.visitor(local_addr=(f"127.0.1.{number + 1}", 0))))
            await crowd[-1].until("Username or e-mail")
        late = await stack.enter_async_context(here.visitor())
        await crowd[0].ended()
        assert crowd[0].status == 0
        assert STOP in crowd[0].seen.decode()
        assert "More people want to log in" in crowd[0].everything
        await log_in(late)
        for screen in (known, *crowd[1:]):
            assert not screen.closed.is_set()
        assert here.house.counts.read(metrics.ENDED, "gave_way") == 1


async def test_who_has_proved_a_key_is_known_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auth, "LOOK_EVERY", 0.05)
    services, key = make_services(tmp_path), asyncssh.generate_private_key("ssh-ed25519")
    give_key(services, make_account(services).id, key)
    async with street(tmp_path, services, Limits(total=1, per_minute=1000)) as here:
        stranger = await here.connect()
        async with here.visitor(client_keys=[key]) as screen:
            await asyncio.wait_for(stranger.wait_closed(), PATIENCE)
            await screen.until("Code")
            with pytest.raises(asyncssh.DisconnectError, match="is full"):
                await here.connect()


async def test_a_storm_of_connections_that_are_cut_leaves_nothing(tmp_path: Path) -> None:
    """Some are cut before the first byte, some after the version, some as if the machine had gone (RST)."""
    services = make_services(tmp_path)
    before = apps()
    async with street(tmp_path, services, Limits(per_address=200, per_minute=1000)) as here:

        async def come_and_go(number: int) -> None:
            reader, writer = await asyncio.open_connection("127.0.0.1", here.port)
            if number % 3:
                await reader.readline()
                writer.write(b"SSH-2.0-storm\r\n" if number % 3 == 1 else b"\x00" * 5000)
                await writer.drain()
            found = writer.get_extra_info("socket")
            found.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.close()

        async with here.visitor() as screen:
            await screen.until("Username or e-mail")
            await asyncio.gather(*(come_and_go(number) for number in range(100)), return_exceptions=True)
            await eventually(lambda: here.house.gate.live == 1)
            screen.type("\x10")
            await screen.until("Change how it looks")
        await emptied(here, before)


async def test_a_session_that_is_cut_off_leaves_nothing(tmp_path: Path) -> None:
    services = make_services(tmp_path)
    make_account(services, method=Method.DISABLED)
    before = apps()
    async with street(tmp_path, services) as here:
        for stage in ("at once", "first frame", "logged in"):
            async with here.visitor() as screen:
                if stage != "at once":
                    await screen.until("Username or e-mail")
                if stage == "logged in":
                    await log_in(screen)
                screen.chan.get_connection().abort()
            await emptied(here, before)


class Still(Screen):
    """A terminal that can be told to read nothing."""

    def stop(self) -> None:
        self.chan.pause_reading()

    def go_on(self) -> None:
        self.chan.resume_reading()


ONE_FRAME = 50 * 200 * 40
"""More bytes than one drawing of the whole window takes."""


def drawn(here: Street) -> str:
    """Return what a fresh drawing of the page would show."""
    (session,) = here.house.sessions
    strips = session._inside.context.copy().run(app_of(here).screen._compositor.render_strips)
    return " ".join(" ".join(strip.text for strip in strips).split())


async def drawn_until_blocked(here: Street) -> None:
    """Have the page drawn until the client is known not to read, and some times more."""
    app, (session,) = app_of(here), here.house.sessions

    def draw() -> bool:
        app.call_later(app.screen.refresh)
        return session.blocked

    await eventually(draw)
    for _ in range(20):
        draw()
        await asyncio.sleep(0.02)


async def test_who_stops_reading_costs_little_and_then_sees_what_is_there_now(tmp_path: Path) -> None:
    services = make_services(tmp_path)
    make_account(services, method=Method.DISABLED)
    async with street(tmp_path, services) as here, await here.connect() as conn:
        screen = Still(200, 50)
        await conn.create_session(
            lambda: screen, term_type="xterm-256color", term_size=(200, 50), encoding=None, window=4096
        )
        await log_in(screen)
        (session,) = here.house.sessions
        screen.stop()
        await drawn_until_blocked(here)
        assert session._chan.get_write_buffer_size() < HIGH_WATER + ONE_FRAME
        before = drawn(here)
        screen.type("2")  # another tab
        await eventually(lambda: drawn(here) != before)
        assert screen.text() != drawn(here)
        screen.go_on()
        await eventually(lambda: screen.text() == drawn(here) and not session.blocked, screen.text)


async def test_a_window_without_end_and_a_socket_that_is_not_read_cost_little(tmp_path: Path) -> None:
    """Asyncssh keeps what the socket does not take, without a limit."""
    services = make_services(tmp_path)
    make_account(services, method=Method.DISABLED)
    async with street(tmp_path, services) as here, await here.connect() as conn:
        screen = Screen(200, 50)
        await conn.create_session(
            lambda: screen, term_type="xterm-256color", term_size=(200, 50), encoding=None, window=2**31 - 1
        )
        await log_in(screen)
        (session,) = here.house.sessions
        session._conn.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        conn._transport.pause_reading()  # type: ignore[union-attr]
        await drawn_until_blocked(here)
        transport = session._conn._transport
        assert transport is not None
        assert transport.get_write_buffer_size() < HIGH_WATER + ONE_FRAME
        conn._transport.resume_reading()  # type: ignore[union-attr]
        await eventually(lambda: not session.blocked)
        screen.type("?")
        await screen.until("What this page does")


@pytest.mark.parametrize("opened", [True, False])
async def test_requests_of_who_reads_no_answers_cost_little(tmp_path: Path, opened: bool) -> None:
    """Each is answered; what is not taken is kept, until nothing more of that client is read.

    That it is read again when it reads is shown by the test above.
    """
    services = make_services(tmp_path)
    make_account(services)
    async with street(tmp_path, services) as here, await here.connect() as conn:
        if opened:
            screen = Screen()
            await conn.create_session(lambda: screen, term_type="xterm-256color", term_size=(80, 24), encoding=None)
            await screen.until("Username or e-mail")
        served = (found for found in gc.get_objects() if isinstance(found, asyncssh.SSHServerConnection))
        (theirs,) = (found for found in served if found._transport is not None)
        transport, mine = theirs._transport, conn._transport
        assert isinstance(transport, asyncio.Transport)
        assert isinstance(mine, asyncio.Transport)
        theirs.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        conn.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        mine.pause_reading()
        await eventually(lambda: _ask(conn) and not transport.is_reading())
        assert transport.get_write_buffer_size() < 2 * HIGH_WATER + ONE_TURN
        conn.abort()


ONE_TURN = 256 * 1024
"""The most that asyncio reads at a time, whose requests are all answered."""


def _ask(conn: asyncssh.SSHClientConnection) -> bool:
    """Ask for what no server knows, some thousand times."""
    for _ in range(2000):
        conn.send_packet(MSG_GLOBAL_REQUEST, String("nothing@example.net"), Boolean(True))
    return True


def send_away(here: Street) -> None:
    for session in list(here.house.sessions):
        session.leave("the test says so")


async def test_a_stalled_client_keeps_nobody_waiting_and_is_sent_away(tmp_path: Path) -> None:
    services = make_services(tmp_path)
    make_account(services, method=Method.DISABLED)
    before = apps()
    async with street(tmp_path, services) as here:
        with contextlib.suppress(asyncssh.Error):
            async with await here.connect() as conn:
                screen = Still(200, 50)
                await conn.create_session(
                    lambda: screen, term_type="xterm-256color", term_size=(200, 50), encoding=None, window=1024
                )
                await eventually(lambda: here.house.sessions)
                screen.stop()
                async with here.visitor() as other:
                    await log_in(other)
                send_away(here)
                await eventually(lambda: not here.house.sessions)
        await emptied(here, before)
