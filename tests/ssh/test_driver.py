"""Each private name of Textual that the driver uses is there, and does what it is used for."""

import asyncio
import gc
import inspect
import os
import signal
import sys
import weakref
import webbrowser
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console
from textual._styles_cache import StylesCache
from textual._xterm_parser import XTermParser
from textual.app import App, ComposeResult
from textual.color import Color
from textual.driver import Driver
from textual.events import AppFocus, Event, Key, MouseDown, MouseEvent, Paste
from textual.filter import Monochrome
from textual.geometry import Size
from textual.keys import Keys
from textual.widgets import Static

from tests.ssh.house import eventually
from tui_mfa.ssh.driver import STOP, ChannelDriver, ClientParser, connect, driver_of, forget_ended_sessions


class Paper:
    """A client that writes everything down; see ``driver.Wire``."""

    def __init__(self) -> None:
        self.packets: list[bytes] = []
        self.blocked = False
        self.dropped = 0

    def send(self, data: bytes) -> None:
        self.packets.append(data)

    def left_out(self) -> None:
        self.dropped += 1

    @property
    def all(self) -> bytes:
        return b"".join(self.packets)


class Small(App[int]):
    """Notes what reaches it."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[Event] = []

    def compose(self) -> ComposeResult:
        yield Static("hello", id="text", markup=False)

    async def on_event(self, event: Event) -> None:
        if not any(event is known for known in self.heard):  # it comes again when no widget takes it
            self.heard.append(event)
        await super().on_event(event)

    @property
    def keys(self) -> list[str]:
        return [event.key for event in self.heard if isinstance(event, Key)]


@asynccontextmanager
async def shown(ability: str = "256") -> AsyncIterator[tuple[Small, ChannelDriver, Paper]]:
    app, paper = Small(), Paper()
    connect(app, paper, ability, {"TERM": "xterm"})
    task = asyncio.create_task(app.run_async(size=(40, 10)))
    try:
        await eventually(lambda: app.is_running and b"hello" in paper.all)
        found = driver_of(app)
        assert found is not None
        yield app, found, paper
    finally:
        app.exit(0)
        await task


async def test_parser_feed_makes_keys_of_what_a_terminal_sends() -> None:
    """``XTermParser.feed``."""
    async with shown() as (app, driver, _):
        for text in ("a", "\x1b[A", "\x1b[97;5u", "\x1bOP", "é", "\x1b[I", "\x1b[<0;3;4M"):
            driver.feed(text)
        driver.paste("two\nlines")
        await eventually(lambda: any(isinstance(event, Paste) for event in app.heard))
    assert app.keys == ["a", "up", "ctrl+a", "f1", "é"]
    assert any(isinstance(event, AppFocus) for event in app.heard)
    (click,) = (event for event in app.heard if isinstance(event, MouseDown))
    assert (click.x, click.y) == (2, 3)


async def test_parser_tick_makes_a_key_of_an_escape_that_nothing_follows() -> None:
    """``XTermParser.tick``."""
    async with shown() as (app, driver, _):
        driver.feed("\x1b")
        await eventually(lambda: app.keys == ["escape"])


@pytest.mark.parametrize(
    "sequence",
    ["\x1b[99999999;1u", "\x1b[1114112;1u", "\x1b[1;1;99999999u", "\x1b[::;1u", "\x1b[97:65;5u", "\x1b[55296;1u"],
)
async def test_a_key_that_no_keyboard_has_does_not_make_a_session_deaf(sequence: str) -> None:
    async with shown() as (app, driver, _):
        driver.feed(sequence)
        driver.feed("a")
        await eventually(lambda: app.keys == ["a"])


def test_parse_extended_key_keeps_no_parser() -> None:
    """``XTermParser._parse_extended_key.__wrapped__``, and ``Keys.Ignore``, which its caller leaves out."""
    parser = ClientParser()
    (key,) = parser.feed("\x1b[97;5u")
    assert isinstance(key, Key)
    assert key.key == "ctrl+a"
    assert list(parser.feed("\x1b[99999999u")) == []
    assert Keys.Ignore
    kept = weakref.ref(parser)
    for _ in parser.feed(""):
        pass
    del parser
    gc.collect()
    assert kept() is None
    assert hasattr(XTermParser._parse_extended_key, "cache_info"), "Textual keeps nothing any more: the subclass can go"


@pytest.mark.parametrize("first", [0, 1])
async def test_capture_stdout_leaves_the_processes_streams_in_whatever_order_apps_end(first: int) -> None:
    """``App._capture_stdout`` and ``App._capture_stderr``."""
    plain = Small()
    assert plain._capture_stdout is not sys.stdout, "Textual swaps nothing any more: the lines can go"
    assert plain._capture_stderr is not sys.stderr
    before = sys.stdout, sys.stderr
    apps = [Small(), Small()]
    for app in apps:
        connect(app, Paper(), "256", {})
    tasks = [asyncio.create_task(app.run_async(size=(40, 10))) for app in apps]
    await eventually(lambda: all(app.is_running for app in apps))
    assert (sys.stdout, sys.stderr) == before
    for number in (first, 1 - first):
        apps[number].exit(0)
        await tasks[number]
        assert (sys.stdout, sys.stderr) == before


@pytest.mark.parametrize(("ability", "grey"), [("none", True), ("256", False)])
def test_filters_are_the_clients(ability: str, grey: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """``App._filters``: the server's NO_COLOR is not the client's."""
    monkeypatch.setenv("NO_COLOR", "" if grey else "1")
    app = Small()
    connect(app, Paper(), ability, {})
    assert any(isinstance(found, Monochrome) for found in app._filters) is grey
    assert app.no_color is grey


def test_the_console_knows_nothing_of_the_servers_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """``Console(_environ=)``, of Rich."""
    monkeypatch.setenv("COLUMNS", "33")
    monkeypatch.setenv("TERM", "dumb")
    assert "_environ" in inspect.signature(Console).parameters
    app = Small()
    connect(app, Paper(), "256", {"TERM": "xterm"})
    assert not app.console.is_dumb_terminal
    assert app.console.size.width != 33
    assert app.console.color_system == "truecolor"


def test_get_inner_outer_keeps_no_styles_cache() -> None:
    """``StylesCache.get_inner_outer``: with Textual's own, the last lines of ended sessions stay."""
    forget_ended_sessions()
    kept = StylesCache()
    assert kept.get_inner_outer(Color(1, 2, 3), Color(4, 5, 6))[1].background == Color(1, 2, 3)
    seen = weakref.ref(kept)
    del kept
    gc.collect()
    assert seen() is None


async def test_driver_parts_are_where_the_driver_looks() -> None:
    """``App._driver``; ``Driver._app``, ``_loop`` and ``_size``."""
    async with shown() as (app, driver, _):
        assert isinstance(driver, Driver)
        assert app._driver is driver
        assert driver._app is app
        assert driver._loop is asyncio.get_running_loop()
        assert driver._size == (40, 10)
        assert app.size == Size(40, 10)


async def test_what_is_written_in_one_turn_is_one_packet_and_the_terminal_is_given_back() -> None:
    async with shown() as (app, driver, paper):
        for text in "☀☁☂":
            driver.write(text)
        await eventually(lambda: "☂".encode() in paper.all)
        (packet,) = [packet for packet in paper.packets if any(text.encode() in packet for text in "☀☁☂")]
        assert "☀☁☂".encode() in packet  # maybe behind a frame that the app drew in the same turn
        assert paper.all.startswith(b"\x1b[?1049h")
    assert paper.packets[-1] == STOP.encode()
    assert app.return_code == 0


def modes(data: bytes, end: bytes) -> set[bytes]:
    """Return the private modes that are set (h) or reset (l)."""
    return {part.split(end)[0] for part in data.split(b"\x1b[?")[1:] if part.split(end)[0].isdigit()}


async def test_only_buttons_and_drags_of_the_mouse_are_asked_for_and_all_that_was_asked_for_is_undone() -> None:
    async with shown() as (_, _, paper):
        asked, undone = modes(paper.all, b"h"), modes(STOP.encode(), b"l")
    assert {mode for mode in asked if mode.startswith(b"10")} == {b"1049", b"1000", b"1002", b"1006", b"1004"}
    assert not asked & {b"1003", b"1015", b"1016", b"2048"}
    assert asked - {b"25"} <= undone
    assert b"\x1b[?25h" in STOP.encode()


async def test_of_a_client_that_reads_nothing_frames_are_left_out_and_the_end_is_not() -> None:
    async with shown() as (app, driver, paper):
        paper.blocked = True
        before = len(paper.packets)
        for number in range(20):
            app.query_one("#text", Static).update(f"frame {number}")
            await asyncio.sleep(0)
        await eventually(lambda: driver._dropped)
        assert len(paper.packets) == before
        assert paper.dropped >= 1
        paper.blocked = False
        driver.resumed()
        await eventually(lambda: b"frame 19" in paper.all)
        paper.blocked = True
    assert paper.packets[-1] == STOP.encode()


async def test_nothing_is_opened_written_or_stopped_on_the_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    opened: list[str] = []
    stopped: list[int] = []

    def note(url: str, **_: object) -> None:
        opened.append(url)

    monkeypatch.setattr(webbrowser, "open", note)
    before: Callable[..., object] | int | None = signal.signal(signal.SIGTSTP, lambda number, _: stopped.append(number))
    try:
        async with shown() as (app, driver, paper):
            app.open_url("https://example.com")
            app.deliver_text(StringIO("text"), save_filename="text.txt")
            app.deliver_screenshot("picture.svg")
            app.action_suspend_process()
            assert not driver.can_suspend
            await eventually(lambda: not app._message_queue.qsize())
    finally:
        signal.signal(signal.SIGTSTP, before)
    assert (opened, stopped, [*await asyncio.to_thread(os.listdir, tmp_path)]) == ([], [], [])
    assert paper.packets


async def test_a_mouse_far_outside_is_survived() -> None:
    async with shown() as (app, driver, _):
        for place in ("99999999999;99999999999", "-5;-5", "0;0", "41;11"):
            driver.feed(f"\x1b[<0;{place}M")
            driver.feed(f"\x1b[<32;{place}M")
            driver.feed(f"\x1b[<0;{place}m")
        driver.feed("\x1b[9999999999;9999999999R")
        driver.feed("\x1b[?2048;2$y")
        driver.feed("z")
        await eventually(lambda: "z" in app.keys)
        assert any(isinstance(event, MouseEvent) for event in app.heard)
        assert not driver._parser.mouse_pixels


async def test_a_key_is_done_with_once_it_has_gone_its_way_up_to_the_app() -> None:
    """``MessagePump._parent``: the app hears of a key once more when no widget has taken it."""
    async with shown() as (app, driver, _):
        assert app.screen._parent is app
        done: list[list[str]] = []
        driver.feed("z")
        driver.when_handled(lambda: done.append(app.keys))
        await eventually(lambda: done)
        assert done == [["z"]]
