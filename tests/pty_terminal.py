"""Runs a program on a real pty and reads what it draws."""

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
from collections.abc import Callable
from pathlib import Path

import pyte

DEADLINE = 60
"""Seconds after which a program that says nothing more counts as stuck."""


class Terminal:
    """A program on a pty of 80x24, and the screen it draws.

    Args:
        command: The program and its arguments.
    """

    def __init__(self, *command: str | Path) -> None:
        self.main, side = pty.openpty()
        fcntl.ioctl(side, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        environ = {"TERM": "xterm-256color", "PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
        self.process = subprocess.Popen(
            command,
            stdin=side,
            stdout=side,
            stderr=side,
            env=environ,
            start_new_session=True,
        )
        os.close(side)
        self.raw = b""
        self.screen = pyte.Screen(80, 24)
        self.stream = pyte.ByteStream(self.screen)

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self.main)

    def read(self) -> bool:
        """Read what is there, waiting for it; return False at the program's end."""
        if not select.select([self.main], [], [], DEADLINE)[0]:
            raise AssertionError(f"the program says nothing more; last: {self.raw[-300:]!r}")
        try:
            data = os.read(self.main, 65536)
        except OSError:
            return False
        self.raw += data
        # Private-parameter sequences that pyte does not know would be drawn as text.
        self.stream.feed(re.sub(rb"\x1b\[[<>=?][\d;]*\$?[pu]", b"", data))
        return bool(data)

    def until(self, there: Callable[[], bool]) -> None:
        while not there():
            assert self.read(), f"the program ended; last: {self.raw[-300:]!r}"

    def to_the_end(self) -> int:
        while self.read():
            pass
        return self.process.wait(DEADLINE)

    def send(self, keys: str) -> None:
        os.write(self.main, keys.encode())

    def place(self, text: str) -> tuple[int, int]:
        """Return column and row of a text on the screen."""
        for row, line in enumerate(self.screen.display):
            if text in line:
                return line.index(text), row
        return -1, -1

    @property
    def cursor(self) -> tuple[int, int]:
        return self.screen.cursor.x, self.screen.cursor.y
