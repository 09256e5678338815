"""What touches Textual's private parts, over a real pty where the driver has a say."""

import re
import sys
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console
from textual.app import App, ComposeResult
from textual.widgets import Static
from textual.worker import WorkerFailed

from tests.pty_terminal import Terminal
from tui_mfa.terminal import (
    EXIT_UNEXPECTED,
    ErrorBoundary,
    TerminalAbility,
    VisibleCursor,
    describe,
    error_line,
    forget_clipboard,
    show_cursor,
    terminal_ability,
)

LOG = "errors.log"

PROGRAM = """
import sys
from textual.app import App
from textual.binding import Binding
from textual.widgets import Static
from tui_mfa.terminal import ErrorBoundary, VisibleCursor
from tui_mfa.widgets.link_button import LinkButton
from tui_mfa.widgets.password_input import PasswordInput
from tui_mfa.widgets.text_input import TextInput

HOW, LOG = sys.argv[1:]

def fail(*_):
    password = "hunter2" + "-in-a-local"
    return 1 / (len(password) - 18)

def note(reference, details):
    with open(LOG, "a") as log:
        log.write(f"{reference} {details}\\n")

class Broken(Static):
    def render(self):
        return fail() if HOW == "render" else "fine"

    def on_mount(self):
        if HOW == "mount":
            fail()

class Program(ErrorBoundary[None], VisibleCursor[None]):
    CSS = "nonsense" if HOW == "css" else ""
    BINDINGS = [Binding("f5", "fail"), Binding("f6", "suspend_now")]

    def compose(self):
        if HOW == "compose":
            fail()
        yield LinkButton("Create an account")
        yield TextInput(compact=True)
        yield LinkButton("Forgotten password")
        yield PasswordInput(compact=True)
        yield Broken()

    def action_fail(self):
        if HOW == "timer":
            self.set_timer(0.001, fail)
        elif HOW == "worker":
            self.run_worker(fail, thread=True)
        elif HOW == "exit":
            self.exit(return_code=3, message="bye")
        else:
            fail()

    def action_suspend_now(self):
        with self.suspend():
            sys.__stderr__.write("SUSPENDED")
            sys.__stderr__.flush()

app = Program(note)
app.run()
sys.exit(app.return_code)
"""


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[str], Terminal]]:
    running: list[Terminal] = []
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)

    def run(how: str) -> Terminal:
        running.append(Terminal(sys.executable, program, how, tmp_path / LOG))
        return running[-1]

    yield run
    for terminal in running:
        terminal.close()


def test_the_terminals_cursor_is_shown_and_follows_the_focus(start: Callable[[str], Terminal]) -> None:
    terminal = start("cursor")
    terminal.until(lambda: terminal.cursor == terminal.place("Create an account") != (-1, -1))
    row = terminal.cursor[1]
    assert not terminal.screen.cursor.hidden
    terminal.send("\t")
    terminal.until(lambda: terminal.cursor == (0, row + 1))
    terminal.send("ab日")
    terminal.until(lambda: terminal.cursor == (4, row + 1))
    terminal.send("\t")
    terminal.until(lambda: terminal.cursor == terminal.place("Forgotten password"))
    assert terminal.cursor == (0, row + 2)
    terminal.send("\t")
    terminal.until(lambda: terminal.cursor == (0, row + 3))
    terminal.send("pw")
    terminal.until(lambda: terminal.cursor == (2, row + 3))
    assert not terminal.screen.cursor.hidden


def test_the_cursor_is_shown_again_after_a_suspension(start: Callable[[str], Terminal]) -> None:
    terminal = start("cursor")
    terminal.until(lambda: not terminal.screen.cursor.hidden and terminal.place("Create")[0] == 0)
    terminal.send("\x1b[17~")
    terminal.until(lambda: b"SUSPENDED" in terminal.raw)
    terminal.until(lambda: b"\x1b[?25l" in terminal.raw.partition(b"SUSPENDED")[2])
    terminal.until(lambda: terminal.raw.rindex(b"\x1b[?25h") > terminal.raw.rindex(b"\x1b[?25l"))


@pytest.mark.parametrize("how", ["key", "timer", "render", "mount", "compose", "css"])
def test_an_unexpected_error_ends_with_one_line_and_status_70(
    how: str, start: Callable[[str], Terminal], tmp_path: Path
) -> None:
    terminal = start(how)
    if how in {"key", "timer"}:
        terminal.until(lambda: terminal.place("Create")[0] == 0)
        terminal.send("\x1b[15~")
    assert terminal.to_the_end() == EXIT_UNEXPECTED
    logged = (tmp_path / LOG).read_text()
    reference = logged.split(maxsplit=1)[0]
    assert re.fullmatch("[0-9a-f]{8}", reference)
    printed = re.sub(rb"\x1b\[[^a-zA-Z]*[a-zA-Z]|\x1b][^\x07]*\x07", b"", terminal.raw.rpartition(b"\x1b[?1049l")[2])
    assert printed.decode().split("\r\n") == [error_line(reference), ""]
    for place in (terminal.raw.decode(errors="replace"), logged):
        assert "hunter2-in" not in place
    assert "Traceback" not in terminal.raw.decode(errors="replace")
    if how != "css":
        assert "ZeroDivisionError" in logged
        assert "in fail" in logged


def test_a_workers_error_leaves_the_app_running(start: Callable[[str], Terminal], tmp_path: Path) -> None:
    terminal = start("worker")
    terminal.until(lambda: terminal.place("Create")[0] == 0)
    terminal.send("\x1b[15~")
    terminal.until(lambda: "Something went wrong (reference" in "\n".join(terminal.screen.display))
    reference = (tmp_path / LOG).read_text().split(maxsplit=1)[0]
    terminal.until(lambda: reference in "\n".join(terminal.screen.display))
    terminal.send("\x11")
    assert terminal.to_the_end() == 0
    assert "ZeroDivisionError" in (tmp_path / LOG).read_text()
    assert b"hunter2-in" not in terminal.raw


def test_an_ordinary_end_is_left_alone(start: Callable[[str], Terminal], tmp_path: Path) -> None:
    terminal = start("exit")
    terminal.until(lambda: terminal.place("Create")[0] == 0)
    terminal.send("\x1b[15~")
    assert terminal.to_the_end() == 3
    assert terminal.raw.rstrip().endswith(b"bye")
    assert not (tmp_path / LOG).exists()


class Failing(ErrorBoundary[None], VisibleCursor[None]):
    """Fails where a test asks it to."""

    def compose(self) -> ComposeResult:
        yield Static("here")

    async def work(self) -> None:
        raise LookupError("in a worker")


async def test_a_test_run_raises_the_error_again() -> None:
    """No pilot test passes over an unexpected error, not even a survivable one."""
    seen: list[tuple[str, str]] = []
    app = Failing(lambda reference, details: seen.append((reference, details)))
    with pytest.raises(WorkerFailed, match="in a worker"):
        async with app.run_test():
            await app.workers.wait_for_complete([app.run_worker(app.work)])
    assert app.return_code is None
    assert app.last_words is None
    assert len(seen) == 1
    assert "LookupError: in a worker" in seen[0][1]


async def test_a_sink_that_fails_does_not_hide_the_error() -> None:
    def full(reference: str, details: str) -> None:
        raise OSError("disk full")

    class Dying(Failing):
        def on_mount(self) -> None:
            raise LookupError("at the start")

    app = Dying(full)
    with pytest.raises(LookupError, match="at the start"):
        async with app.run_test():
            pass
    assert app.return_code == EXIT_UNEXPECTED
    assert app.last_words is not None
    assert re.fullmatch(re.escape(error_line("x" * 8)).replace("x" * 8, "[0-9a-f]{8}"), app.last_words)


def test_a_description_has_no_control_characters() -> None:
    try:
        raise ValueError("\x1b]52;c;aGk=\x07 \u202e")
    except ValueError as error:
        details = describe(error)
    assert details.startswith("Traceback")
    assert all(line.isprintable() for line in details.split("\n"))


def test_the_line_fits_a_terminal() -> None:
    assert len(error_line("1a2b3c4d")) <= 79


async def test_the_clipboard_inside_the_app_is_forgotten() -> None:
    """S68."""
    app: App[None] = App()
    async with app.run_test():
        app.copy_to_clipboard("MRJG26KD")
        assert app.clipboard == "MRJG26KD"
        forget_clipboard(app)
        assert app.clipboard == ""


def test_showing_the_cursor_without_a_terminal_does_nothing() -> None:
    show_cursor(App())


@pytest.mark.parametrize(
    "environ",
    [
        {},
        {"TERM": "dumb"},
        {"TERM": "unknown"},
        {"TERM": "linux"},
        {"TERM": "xterm"},
        {"TERM": "xterm-16color"},
        {"TERM": "xterm-256color"},
        {"TERM": "tmux-256color", "COLORTERM": "truecolor"},
        {"TERM": "XTERM-256COLOR", "COLORTERM": " 24BIT "},
        {"TERM": "xterm-kitty"},
        {"TERM": "dumb", "COLORTERM": "truecolor"},
    ],
)
def test_the_colours_are_those_that_will_be_drawn(environ: dict[str, str]) -> None:
    console = Console(file=StringIO(), force_terminal=True, _environ=environ or {"TERM": "dumb"})
    drawn = {None: "none", "standard": "16"}.get(console.color_system, console.color_system)
    assert terminal_ability(environ, "utf-8").colours == drawn


@pytest.mark.parametrize(
    ("environ", "encoding", "expected"),
    [
        ({"TERM": "xterm", "NO_COLOR": ""}, "utf-8", TerminalAbility("xterm", True, "none")),
        ({"TERM": "xterm", "TERM_PROGRAM": "vscode"}, "UTF8", TerminalAbility("vscode", True, "16")),
        ({"TERM": "vt\x1b[2J"}, "ascii", TerminalAbility("vt\ufffd[2j", False, "16")),
        ({}, None, TerminalAbility("unknown", False, "none")),
        ({}, "no such\x00encoding", TerminalAbility("unknown", False, "none")),
    ],
)
def test_the_terminals_ability(environ: dict[str, str], encoding: str | None, expected: TerminalAbility) -> None:
    assert terminal_ability(environ, encoding) == expected
