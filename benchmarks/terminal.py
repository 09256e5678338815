"""A program on a pty of 80x24, and when it says what."""

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, Self

DEADLINE: Final = 60
"""Seconds after which a program that says nothing more counts as stuck."""

_SEQUENCES: Final = re.compile(rb"\x1b\[[0-?]*[ -/]*[@-~]|\x1b[^\[]")
"""Control sequences, so that their letters are not taken for text."""

_TICKS: Final = os.sysconf("SC_CLK_TCK")


class Terminal:
    """Runs a program until the block ends.

    Args:
        command: The program and its arguments.
        environ: Variables beside those that every run has.
    """

    def __init__(self, command: Sequence[str], environ: Mapping[str, str]) -> None:
        self._main, side = pty.openpty()
        fcntl.ioctl(side, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        base = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        self.started = time.perf_counter()
        self.process = subprocess.Popen(
            command,
            stdin=side,
            stdout=side,
            stderr=side,
            env={**base, "TERM": "xterm-256color", "LANG": "C.UTF-8", **environ},
            start_new_session=True,
        )
        os.close(side)
        self._last = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self._main)

    def until(self, *texts: str) -> float:
        """Wait until all texts are drawn; return the seconds since the program was started.

        Raises:
            RuntimeError: The program ends or stays silent before.
        """
        wanted = [text.encode() for text in texts]
        seen = b""
        while not all(text in seen for text in wanted):
            seen += self._read(DEADLINE)
            drawn = time.perf_counter()
        return drawn - self.started

    def key(self, key: str) -> float:
        """Type a character; return the seconds until it is drawn."""
        wanted = key.encode()
        seen = b""
        typed = time.perf_counter()
        os.write(self._main, wanted)
        while wanted not in _SEQUENCES.sub(b"", seen):
            seen += self._read(DEADLINE)
            drawn = time.perf_counter()
        return drawn - typed

    def send(self, keys: str) -> None:
        """Type without waiting for anything."""
        os.write(self._main, keys.encode())

    def quiet(self, seconds: float) -> int:
        """Read until nothing comes for some seconds; return how many bytes came before."""
        count = 0
        while select.select([self._main], [], [], seconds)[0]:
            count += len(self._read(0))
        return count

    def listen(self, seconds: float) -> int:
        """Return how many bytes come within some seconds, whoever asked for them."""
        count, end = 0, time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if select.select([self._main], [], [], left)[0]:
                count += len(self._read(0))
        return count

    def cpu(self) -> float:
        """Return the seconds of processor time that the program has used (Linux)."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text("ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    def _read(self, seconds: float) -> bytes:
        if not select.select([self._main], [], [], seconds)[0]:
            raise RuntimeError(f"the program says nothing more; last: {self._last!r}")
        try:
            data = os.read(self._main, 65536)
        except OSError:
            data = b""
        if not data:
            raise RuntimeError(f"the program ended; it said: {self._last!r}")
        self._last = (self._last + data)[-500:]
        return data
