"""A real xterm on a display of its own, keys by XTEST, pictures by xwd."""

import os
import struct
import subprocess
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from PIL import Image, ImageChops

from tests.beside import eventually

FONT = ("-fa", "DejaVu Sans Mono", "-fs", "12")


class Xterm:
    """An xterm of 80×24 under Xvfb; start and stop it by ``with``.

    Args:
        tool: Finds the programs.
        colours: Ground and ink, by X11's names.
        command: What runs in it.
    """

    def __init__(self, tool: Callable[[str], Path], colours: tuple[str, str], *command: str) -> None:
        self._programs = {name: str(tool(name)) for name in ("Xvfb", "xterm", "xwd", "xdotool")}
        self._colours = colours
        self._command = command
        self._running: list[subprocess.Popen[bytes]] = []
        self._environ: dict[str, str] = {}

    def __enter__(self) -> Self:
        try:
            self._environ = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "DISPLAY": f":{self._display()}"}
            ground, ink = self._colours
            look = ("-u8", *FONT, "-geometry", "80x24+0+0", "-bg", ground, "-fg", ink)
            self._start(self._programs["xterm"], *look, "-e", *self._command)
            self._do("mousemove", "40", "40")  # without a window manager, keys go where the mouse is
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stop()

    def type(self, text: str) -> None:
        """Type a text."""
        self._do("type", "--delay", "15", text)

    def press(self, *keys: str) -> None:
        """Press keys by X11's names."""
        self._do("key", "--delay", "15", *keys)

    def picture(self) -> Image.Image:
        """Take a picture of the whole display."""
        command = [self._programs["xwd"], "-root", "-silent"]
        dump = subprocess.run(command, env=self._environ, capture_output=True, check=True, timeout=60).stdout
        return read_xwd(dump)

    def until_drawn(self, before: Image.Image | None = None) -> Image.Image:
        """Wait until there is a page, another one than before, and the picture stays so for two looks.

        Args:
            before: The page before; ``None`` when there was only the empty window.
        """
        last = [self.picture()]

        def look() -> Image.Image | None:
            previous, last[0] = last[0], self.picture()
            settled = ImageChops.difference(previous, last[0]).getbbox() is None
            another = inked(last[0]) > SOME if before is None else differing(before, last[0]) > MUCH
            return last[0] if settled and another else None

        return eventually(look, lambda: f"{inked(last[0]):.3f} of the window is inked")

    def _display(self) -> int:
        """Start Xvfb on a free display and return its number."""
        reading, writing = os.pipe()
        # Without -noreset the server starts anew when its last client goes: xdotool, while xterm is on its way.
        screen = ("-screen", "0", "1000x600x24", "-noreset", "-nolisten", "tcp")
        options = (*screen, "-displayfd", str(writing))
        self._start(self._programs["Xvfb"], *options, pass_fds=(writing,))
        os.close(writing)
        with os.fdopen(reading) as pipe:
            return int(pipe.readline())

    def _start(self, *command: str, pass_fds: tuple[int, ...] = ()) -> None:
        environ = self._environ or {"PATH": os.environ["PATH"]}
        quiet = subprocess.DEVNULL
        process = subprocess.Popen(command, env=environ, stdout=quiet, stderr=quiet, pass_fds=pass_fds)
        self._running.append(process)

    def _do(self, *arguments: str) -> None:
        subprocess.run([self._programs["xdotool"], *arguments], env=self._environ, check=True, timeout=60)

    def _stop(self) -> None:
        for process in reversed(self._running):
            process.terminate()
            process.wait(60)


MUCH = 0.04
"""Part of the picture that another page changes (measured: 0.07), and a name and a password do not (0.018)."""

SOME = 0.03
"""Part of the window that the first page draws (measured: 0.057); an empty window has its cursor."""


def inked(picture: Image.Image) -> float:
    """Return which part of the window at the top left is not of its most frequent colour, 0 to 1."""
    counts = picture.crop((0, 0, 800, 480)).getcolors(1 << 24)
    assert counts is not None
    return 1 - max(count for count, _ in counts) / sum(count for count, _ in counts)


def differing(one: Image.Image, other: Image.Image) -> float:
    """Return which part of two pictures differs, 0 to 1."""
    counts = ImageChops.difference(one, other).convert("L").point(lambda value: 255 if value else 0).histogram()
    return counts[255] / sum(counts)


def read_xwd(dump: bytes) -> Image.Image:
    """Read an X window dump: ZPixmap, 32 bits per pixel, least significant byte first (X11/XWDFile.h, version 7)."""
    words = struct.unpack(">25I", dump[:100])
    header, version, depth, width, height = words[0], words[1], words[3], words[4], words[5]
    bits, line, colours = words[11], words[12], words[19]
    assert (version, depth, bits, words[7]) == (7, 24, 32, 0), words
    start = header + colours * 12
    return Image.frombuffer("RGB", (width, height), dump[start : start + line * height], "raw", "BGRX", line, 1)
