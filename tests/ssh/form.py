"""A form in a terminal that nobody sees, to type into as a client does, and to hold up where it should be slow."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from textual import events, on
from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.events import Key
from textual.screen import Screen
from textual.widgets import Input

from tests.ssh.house import eventually
from tui_mfa.ssh.driver import connect, driver_of
from tui_mfa.ssh.pump import Inside, Pump
from tui_mfa.widgets.text_input import TextInput

DEEP = 8
"""Boxes around the field: so many queues on a key's way up to the app, and none on that of a paste."""


class Leaps:
    """A clock on a machine that stands still for an hour between any two looks."""

    def __init__(self) -> None:
        self.time = 0.0

    def __call__(self) -> float:
        self.time += 3600
        return self.time


class Nobody:
    """A client that sends no more than it is asked for, on no channel, with no screen."""

    blocked = False

    def __init__(self) -> None:
        self.paused = False

    def pause_reading(self) -> None:
        self.paused = True

    def resume_reading(self) -> None:
        self.paused = False

    def send(self, data: bytes) -> None:
        pass

    def left_out(self) -> None:
        pass


class Box(Vertical):
    """Does a key only when its gate is open."""

    def __init__(self, *children: Vertical | Input, gate: asyncio.Event) -> None:
        super().__init__(*children)
        self.gate = gate

    async def on_key(self) -> None:
        await self.gate.wait()


class Pressed(Vertical):
    """Takes no focus; does a click of the mouse only when its gate is open."""

    DEFAULT_CSS = "Pressed { height: 1; dock: bottom; }"

    def __init__(self, gate: asyncio.Event) -> None:
        super().__init__()
        self.gate = gate

    async def on_mouse_down(self) -> None:
        await self.gate.wait()
        self.app.query_one("#second").focus()


class Slow(Vertical):
    """Takes a hundred turns of the loop to be made; its page has the focus nowhere before."""

    async def on_mount(self) -> None:
        for _ in range(100):
            await asyncio.sleep(0)


class Named(Screen[None]):
    """A page with a field that is called for, and is there after a while."""

    AUTO_FOCUS = "#renamed"

    def compose(self) -> ComposeResult:
        yield Slow(TextInput(id="renamed"))


class Opens(Vertical):
    """Opens the page when its field is sent off, and does not wait for it, as little as a page does."""

    def open(self) -> None:
        self.app.push_screen(Named())

    @on(Input.Submitted)
    def open_for(self, event: Input.Submitted) -> None:
        event.stop()
        self.open()


class Form(App[int]):
    """Two fields, the first one deep inside."""

    AUTO_FOCUS = "#first"
    BINDINGS = [
        Binding("tab", "to('second')", priority=True),
        Binding("shift+tab", "note('shift+tab')", priority=True),
        Binding("ctrl+o", "note('ctrl+o')", priority=True),
        Binding("escape", "to('second')"),
        Binding("ctrl+r", "fill"),
        Binding("ctrl+t", "to('second')"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.gate, self.app_gate = asyncio.Event(), asyncio.Event()
        self.gate.set()
        self.app_gate.set()
        self.sent: list[str] = []
        self.noted: list[str] = []
        self.hears: Callable[[Key], None] = lambda key: None

    def compose(self) -> ComposeResult:
        found: Vertical | Input = TextInput(id="first")
        for _ in range(DEEP):
            found = Box(found, gate=self.gate)
        yield found
        yield Opens(TextInput(id="second"))
        yield Pressed(self.gate)

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, Key) and not event.is_forwarded:
            self.hears(event)
            await self.app_gate.wait()
        await super().on_event(event)

    @on(Input.Submitted)
    def send_off(self, event: Input.Submitted) -> None:
        """Take what is in the field, as a page does with a password."""
        self.sent.append(event.input.value)
        event.input.value = ""

    @on(Input.Changed)
    def send_off_whole(self, event: Input.Changed) -> None:
        """Take it without Enter, as a page does with a code."""
        if event.value.endswith("!"):
            self.sent.append(event.input.value)
            event.input.value = ""

    def action_to(self, field: str) -> None:
        self.noted.append(field)
        self.screen.set_focus(self.query_one(f"#{field}"))

    def action_fill(self) -> None:
        self.query_one("#first", Input).value = "filled!"

    @on(Input.Blurred, "#first")
    async def begin_anew(self) -> None:
        """Empty the second field when somebody leaves the first one, after a while."""
        for _ in range(20):
            await asyncio.sleep(0)
        self.query_one("#second", Input).value = ""

    def action_note(self, key: str) -> None:
        self.noted.append(key)

    def value(self, field: str = "first") -> str:
        return self.screen.query_one(f"#{field}", Input).value


@asynccontextmanager
async def at(form: Form, now: Callable[[], float] | None = None) -> AsyncIterator[tuple[Callable[[str], None], Nobody]]:
    """Run an app as a session does, and yield what types into it."""
    failed: list[Exception] = []
    inside, nobody = Inside(failed.append), Nobody()
    connect(form, nobody, "256", {})
    task = asyncio.get_running_loop().create_task(form.run_async(size=(40, 30)), context=inside.context)
    pump = Pump(inside, now or Leaps(), lambda: driver_of(form) if form.is_running else None, lambda: True)
    try:
        await eventually(lambda: form.is_running and form.focused is not None)
        yield (lambda text: pump.feed(text.encode(), nobody)), nobody
    finally:
        form.gate.set()
        form.app_gate.set()
        pump.open = False
        form.exit(0)
        await task
    assert failed == []
