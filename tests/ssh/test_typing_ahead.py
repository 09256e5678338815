"""Keys, sizes and copies at their extremes: typed before there is a page, in one packet, by the thousand."""

import asyncio
from pathlib import Path
from typing import Any

import asyncssh
import pytest

from tests.fakes import PASSWORD, app_code, make_account, make_services
from tests.ssh.house import Screen, app_of, eventually, give_key, street
from tui_mfa.domain.account import Method
from tui_mfa.ssh.driver import ChannelDriver
from tui_mfa.ssh.portal import COPY_MAX, TOO_LONG
from tui_mfa.ssh.pump import Inside, Pump


@pytest.mark.parametrize("pieces", ["at once", "key by key"])
async def test_what_is_typed_ahead_of_the_first_frame_gets_where_it_belongs(tmp_path: Path, pieces: str) -> None:
    """The password must never stand in the field that shows it."""
    services = make_services(tmp_path)
    make_account(services, method=Method.DISABLED)
    async with street(tmp_path, services) as here, await here.connect() as conn:
        screen = Screen()
        await conn.create_session(lambda: screen, term_type="xterm-256color", term_size=(80, 24), encoding=None)
        keys = f"jane\r{PASSWORD}\r"
        for part in [keys] if pieces == "at once" else keys:
            screen.type(part)
        await screen.until("User Profile")
        assert PASSWORD[:4] not in screen.everything


@pytest.mark.parametrize("pieces", ["at once", "key by key"])
async def test_a_code_that_is_typed_ahead_after_a_key_gets_to_its_field(tmp_path: Path, pieces: str) -> None:
    """The login page is there for a moment, with a field that shows what is typed."""
    services, key = make_services(tmp_path), asyncssh.generate_private_key("ssh-ed25519")
    made = make_account(services, method=Method.AUTHENTICATOR)
    give_key(services, made.id, key)
    async with street(tmp_path, services) as here, await here.connect(client_keys=[key]) as conn:
        screen = Screen()
        await conn.create_session(lambda: screen, term_type="xterm-256color", term_size=(80, 24), encoding=None)
        code = app_code(services, made.id)
        for part in [code] if pieces == "at once" else code:
            screen.type(part)
        await screen.until("User Profile")
        assert code[:4] not in screen.everything


@pytest.mark.parametrize("keys", ["jayn\x7f\x7fne\r", "xx\x7f\x7fjane\r", "ane\x1b[Hj\r", "xjane\x1b[H\x1b[3~\r"])
async def test_keys_that_come_in_one_packet_are_done_in_their_order(tmp_path: Path, keys: str) -> None:
    """Backspace goes its way up to the app, Enter stops at the field: it must not come first."""
    services = make_services(tmp_path)
    make_account(services, method=Method.DISABLED)
    async with street(tmp_path, services) as here, here.visitor() as screen:
        await screen.until("Username or e-mail")
        screen.type(f"{keys}{PASSWORD[:-3]}xy\x7f\x7f{PASSWORD[-3:]}\r")
        await screen.until("User Profile")
        await screen.until("jane · Logout")
        assert PASSWORD[:4] not in screen.everything


async def test_what_is_typed_behind_a_password_is_no_part_of_it(tmp_path: Path) -> None:
    """What is typed ahead of the answer, the code say, must not make the password wrong: that costs a try."""
    services = make_services(tmp_path)
    make_account(services, method=Method.DISABLED)
    async with street(tmp_path, services) as here, here.visitor() as screen:
        await screen.until("Username or e-mail")
        screen.type(f"jane\r{PASSWORD}\rxyz")
        await screen.until("jane · Logout")


async def test_a_clipboard_takes_no_more_than_terminals_do(tmp_path: Path) -> None:
    async with street(tmp_path, make_services(tmp_path)) as here, here.visitor() as screen:
        await screen.until("Username or e-mail")
        app = app_of(here)
        app.call_later(app.copy_to_clipboard, "x" * COPY_MAX)
        await eventually(lambda: b"\x1b]52;c;" in screen.seen)
        sent = len(screen.seen)
        app.call_later(app.copy_to_clipboard, "é" * (COPY_MAX // 2 + 1))
        await screen.until(TOO_LONG[:20])
        assert b"\x1b]52;c;" not in screen.seen[sent:]


@pytest.mark.parametrize("size", [(0, 0), (2**32 - 1, 2**32 - 1), (1, 2**32 - 1), (2**32 - 1, 0)])
async def test_no_size_of_a_terminal_is_too_much(tmp_path: Path, size: tuple[int, int]) -> None:
    async with street(tmp_path, make_services(tmp_path)) as here, await here.connect() as conn:
        screen = Screen(500, 200)
        await conn.create_session(lambda: screen, term_type="xterm-256color", term_size=size, encoding=None)
        await eventually(lambda: screen.seen)
        await eventually(lambda: here.house.sessions and app_of(here).is_running)
        width, height = app_of(here).size
        assert 20 <= width <= 500
        assert 5 <= height <= 200


async def test_of_a_flood_of_sizes_few_are_drawn_and_the_last_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[tuple[int, int]] = []
    resize = ChannelDriver.resize

    def note(self: ChannelDriver, width: int, height: int) -> None:
        drawn.append((width, height))
        resize(self, width, height)

    monkeypatch.setattr(ChannelDriver, "resize", note)
    async with street(tmp_path, make_services(tmp_path)) as here, here.visitor() as screen:
        await screen.until("Username or e-mail")
        for number in range(1000):
            screen.chan.change_terminal_size(60 + number % 100, 24)
            await asyncio.sleep(0)  # each in a packet of its own
        screen.chan.change_terminal_size(2**32 - 1, 0)
        screen.chan.change_terminal_size(81, 25)
        await eventually(lambda: app_of(here).size == (81, 25))
        assert len(drawn) < 200


async def test_a_size_that_comes_before_the_app_is_there_is_not_lost() -> None:
    sizes: list[tuple[int, int]] = []
    found: list[Any] = []

    class Found:
        def resize(self, width: int, height: int) -> None:
            sizes.append((width, height))

    loop = asyncio.get_running_loop()
    pump = Pump(Inside(lambda error: None), loop.time, lambda: found[0] if found else None, lambda: True)
    pump.resize(90, 30)
    pump.resize(91, 31)
    await asyncio.sleep(0)
    found.append(Found())
    await eventually(lambda: sizes)
    assert sizes == [(91, 31)]
