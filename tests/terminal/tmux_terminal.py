"""A program inside tmux: keys go in by send-keys, the screen comes out by capture-pane."""

import subprocess
import tempfile
import uuid
from pathlib import Path
from types import TracebackType
from typing import Self

import pyte
from PIL import Image, ImageDraw
from rich.color import Color, ColorSystem
from rich.style import Style

from tests.beside import eventually
from tests.qr_picture import CELL_HEIGHT, CELL_WIDTH, DARK_TERMINAL, _colours, _paint

COLUMNS, ROWS = 80, 24

NOTE_STATUS = '"$@"; echo $? >"$0"'
"""A shell's program that runs a command and writes its exit status down.

tmux 3.3 does not always learn of the end of a window's process (seen in about one of ten runs on a busy machine: the
process is a zombie, and ``pane_dead_status`` stays empty for good), so it is not asked.
"""


class Tmux:
    """A tmux server of its own with one window of 80×24; start and stop it by ``with``.

    Args:
        tmux: The program.
        command: What runs in the window.
    """

    def __init__(self, tmux: Path, *command: str) -> None:
        self._tmux = tmux
        self._socket = f"tui-mfa-{uuid.uuid4().hex}"
        self._folder = tempfile.TemporaryDirectory(prefix="tui-mfa-tmux-")
        self._status = Path(self._folder.name, "status")
        self._command = ("sh", "-c", NOTE_STATUS, str(self._status), *command)

    def __enter__(self) -> Self:
        self.run(
            *("new-session", "-d", "-x", str(COLUMNS), "-y", str(ROWS), *self._command, ";"),
            *("set-option", "-g", "status", "off", ";", "set-option", "-g", "remain-on-exit", "on", ";"),
            *("resize-window", "-x", str(COLUMNS), "-y", str(ROWS)),
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.run("kill-server")
        self._folder.cleanup()

    def run(self, *arguments: str) -> str:
        """Give the server one command and return what it says."""
        command = [str(self._tmux), "-L", self._socket, "-u", "-f", "/dev/null", *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
        return done.stdout

    def type(self, text: str) -> None:
        """Type a text."""
        self.run("send-keys", "-l", "--", text)

    def press(self, *keys: str) -> None:
        """Press keys by tmux' names: ``Enter``, ``Escape``, ``Tab``, ``BTab``."""
        self.run("send-keys", *keys)

    def text(self) -> str:
        """Return the screen, row by row."""
        return self.run("capture-pane", "-p")

    def said(self) -> str:
        """Return the screen as one line, with single spaces."""
        return " ".join(self.text().split())

    def until(self, text: str) -> None:
        """Wait until a text is on the screen."""
        eventually(lambda: text in self.said(), lambda: f"no {text!r} on\n{self.text()}")

    def status(self) -> int | None:
        """Return the program's exit status; ``None`` while it runs."""
        written = self._status.read_text() if self._status.exists() else ""
        return int(written) if written.endswith("\n") else None

    def picture(self) -> Image.Image:
        """Paint the screen with the colours that tmux gives to a terminal."""
        screen = pyte.Screen(COLUMNS, ROWS)
        captured = self.run("capture-pane", "-e", "-p").rstrip("\n")
        pyte.Stream(screen).feed(captured.replace("\n", "\r\n"))
        picture = Image.new("RGB", (COLUMNS * CELL_WIDTH, ROWS * CELL_HEIGHT), "magenta")
        draw = ImageDraw.Draw(picture)
        for row in range(ROWS):
            for column in range(COLUMNS):
                cell = screen.buffer[row][column]
                style = Style(color=_colour(cell.fg), bgcolor=_colour(cell.bg), reverse=cell.reverse)
                corner = (column * CELL_WIDTH, row * CELL_HEIGHT)
                _paint(draw, cell.data, corner, _colours(style, DARK_TERMINAL, ColorSystem.TRUECOLOR))
        return picture


def _colour(name: str) -> Color:
    """Return a colour by pyte's name for it: ``default``, six hexadecimal digits, or one of the sixteen."""
    if name == "default":
        return Color.default()
    try:
        return Color.parse(f"#{name}")
    except ValueError:
        return Color.parse(name.replace("bright", "bright_").replace("brown", "yellow"))
