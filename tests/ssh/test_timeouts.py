"""Sessions and connections that would stay for ever, and how each ends."""

import asyncio
from pathlib import Path

import asyncssh
import pytest

from tests.beside import PATIENCE
from tests.fakes import make_account, make_services
from tests.ssh.house import Street, app_of, eventually, log_in, street
from tui_mfa.domain.account import Method
from tui_mfa.screens.messages import SessionLost
from tui_mfa.ssh import auth, server, watch
from tui_mfa.ssh import session as sessions
from tui_mfa.ssh.driver import STOP
from tui_mfa.ssh.watch import LOGIN_IDLE


class Clock:
    """The clock of a house, which moves when it is told to."""

    def __init__(self, here: Street, monkeypatch: pytest.MonkeyPatch) -> None:
        self.time = 1000.0
        monkeypatch.setattr(watch, "WATCH_EVERY", 0.01)
        here.house.now = self

    def __call__(self) -> float:
        return self.time


async def looks(count: int = 4) -> None:
    """Let the watch of a session look some times."""
    for _ in range(count):
        await asyncio.sleep(watch.WATCH_EVERY)


async def test_idle_before_the_login_ends_and_gives_the_terminal_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "tui_mfa.ssh")
    services = make_services(tmp_path)
    make_account(services)
    async with street(tmp_path, services) as here:
        clock = Clock(here, monkeypatch)
        async with here.visitor() as screen:
            await screen.until("Username or e-mail")
            clock.time += LOGIN_IDLE
            await looks()
            screen.type("jane")
            await screen.until("jane")
            clock.time += LOGIN_IDLE
            await looks()
            assert here.house.sessions, "the key did not count"
            clock.time += 0.1
            await screen.ended()
            assert screen.seen.endswith(STOP.encode())
            assert screen.status == 0
    assert "why=idle before the login" in caplog.text
    assert f"after={2 * LOGIN_IDLE:.0f}s" in caplog.text


@pytest.mark.parametrize("logged_in", [True, False])
async def test_a_session_is_open_for_so_long_and_no_longer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, logged_in: bool
) -> None:
    caplog.set_level("INFO", "tui_mfa.ssh")
    services = make_services(tmp_path)
    make_account(services, method=Method.DISABLED)
    async with street(tmp_path, services) as here:
        clock = Clock(here, monkeypatch)
        total = here.house.settings.session_lifetime.total_seconds()
        async with here.visitor() as screen:
            if logged_in:
                await log_in(screen)
            else:
                await screen.until("Username or e-mail")
                monkeypatch.setattr(watch, "LOGIN_IDLE", 2 * total)
            clock.time += total
            await looks()
            assert here.house.sessions
            clock.time += 0.1
            await screen.ended()
            assert screen.seen.endswith(STOP.encode())
    assert "why=open for too long" in caplog.text


async def test_after_the_login_it_is_the_portals_own_lock_that_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    services = make_services(tmp_path)
    make_account(services, method=Method.DISABLED)
    async with street(tmp_path, services) as here:
        clock = Clock(here, monkeypatch)
        async with here.visitor() as screen:
            await log_in(screen)
            clock.time += LOGIN_IDLE + 1
            await looks()
            assert app_of(here).session is not None


async def test_who_was_locked_finds_the_login_page_for_as_long_as_anybody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "tui_mfa.ssh")
    services = make_services(tmp_path)
    make_account(services, method=Method.DISABLED)
    async with street(tmp_path, services) as here:
        clock = Clock(here, monkeypatch)
        async with here.visitor() as screen:
            await log_in(screen)
            clock.time += LOGIN_IDLE + 1
            await looks()
            app_of(here).post_message(SessionLost("You were away."))
            await screen.until("You were away.")
            await looks()
            clock.time += LOGIN_IDLE
            await looks()
            assert here.house.sessions
            clock.time += 0.1
            await screen.ended()
    assert "why=idle before the login" in caplog.text


async def test_a_client_that_does_not_hang_up_is_hung_up_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The end of a session ends its connection, whose place somebody else can take."""
    monkeypatch.setattr(sessions, "HANG_UP_AFTER", 0.05)
    async with street(tmp_path, make_services(tmp_path)) as here, await here.connect() as conn:
        done = await conn.run("help")
        assert done.exit_status == 0
        await asyncio.wait_for(conn.wait_closed(), PATIENCE)
        await eventually(lambda: here.house.gate.live == 0)


@pytest.mark.parametrize("opened", [False, True])
async def test_a_connection_on_which_nothing_is_started_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, opened: bool
) -> None:
    caplog.set_level("INFO", "tui_mfa.ssh")
    monkeypatch.setattr(auth, "CHANNEL_WITHIN", 0.1)
    async with street(tmp_path, make_services(tmp_path)) as here, await here.connect() as conn:
        if opened:
            with pytest.raises(asyncssh.ChannelOpenError):
                await conn.create_session(asyncssh.SSHClientSession, subsystem="none")
        await asyncio.wait_for(conn.wait_closed(), PATIENCE)
        await eventually(lambda: here.house.gate.live == 0)
    assert "why=nothing was started" in caplog.text


async def test_what_was_started_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auth, "CHANNEL_WITHIN", 0.5)
    services = make_services(tmp_path)
    make_account(services)
    async with street(tmp_path, services) as here, here.visitor() as screen:
        await screen.until("Username or e-mail")
        late = await here.connect()
        await asyncio.wait_for(late.wait_closed(), PATIENCE)  # it came later, and its time is over
        screen.type("xyzzy")
        await screen.until("xyzzy")
        assert not screen.closed.is_set()


async def test_who_says_nothing_is_let_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half-open connections: asyncssh would wait for two minutes."""
    assert server._offered()["login_timeout"] == server.LOGIN_TIMEOUT <= 30
    monkeypatch.setattr(server, "LOGIN_TIMEOUT", 0.2)
    async with street(tmp_path, make_services(tmp_path)) as here:
        streams = [await asyncio.open_connection("127.0.0.1", here.port) for _ in range(5)]
        await eventually(lambda: here.house.gate.live == 5)
        for reader, writer in streams:
            await asyncio.wait_for(reader.read(), PATIENCE)
            writer.close()
        await eventually(lambda: here.house.gate.live == 0)
