"""Questions and answers of a command over SSH, with a terminal at the other end or without one."""

import asyncio
from typing import Final, Protocol

from tui_mfa.domain.secret import Secret
from tui_mfa.ssh.commands import Outcome

LINE_MAX: Final = 1100
"""Bytes of an answer: the longest password (1,024) and a little more, for the rules to refuse."""

ANSWER_WITHIN: Final = 600
"""Seconds to type an answer: as long as a mailed code is good."""

_ENTER: Final = b"\r\n"
_BACKSPACE: Final = b"\x7f\x08"
_GIVE_UP: Final = b"\x03\x04"
"""Ctrl+C and Ctrl+D."""


class Line(Protocol):
    """The channel of a command."""

    input: asyncio.StreamReader

    def send(self, data: bytes) -> None:
        """Write to standard output."""

    def complain(self, text: str, end: str = "\n") -> None:
        """Write to standard error."""


class Talk:
    """Asks, and writes what came out.

    Args:
        line: The channel.
        terminal: A terminal is at the other end, which shows nothing by itself and sends a carriage return for Enter.
    """

    def __init__(self, line: Line, *, terminal: bool) -> None:
        self._line = line
        self.terminal = terminal
        """What is typed is hidden."""
        self._new_line = "\r\n" if terminal else "\n"
        self._ahead = b""

    def say(self, words: str) -> None:
        """Write a line to standard error."""
        self._line.complain(words, self._new_line)

    def end(self, outcome: Outcome) -> int:
        """Write an outcome and return its status."""
        if outcome.out:
            self._line.send(outcome.out.replace("\n", self._new_line).encode())
        if outcome.err:
            self._line.complain(outcome.err.rstrip("\n").replace("\n", self._new_line), self._new_line)
        return outcome.status

    async def ask(self, question: str) -> Secret[str] | None:
        """Ask on standard error and return the line that comes; None when none comes, or the person gives up.

        What stands behind the line is kept for the next question, so that a script can send all answers at once.

        Args:
            question: As it is shown.
        """
        self._line.complain(question, "")
        try:
            async with asyncio.timeout(ANSWER_WITHIN):
                typed = await (self._typed() if self.terminal else self._read())
        except TimeoutError:
            return None
        if self.terminal:
            self.say("")
        text = (typed or b"").decode("utf-8", "replace").strip("\r\n")
        return Secret(text) if text.strip() else None

    async def _byte(self) -> bytes:
        """Return the next byte; none at the end."""
        if not self._ahead:
            self._ahead = await self._line.input.read(LINE_MAX)
        byte, self._ahead = self._ahead[:1], self._ahead[1:]
        return byte

    async def _read(self) -> bytes:
        """Read a line of a script, or what is surely no answer."""
        typed = b""
        while len(typed) < LINE_MAX and (byte := await self._byte()) and byte != b"\n":
            typed += byte
        return typed

    async def _typed(self) -> bytes | None:
        """Read what somebody types, with what takes a character back."""
        typed = bytearray()
        while len(typed) < LINE_MAX and (byte := await self._byte()) and byte not in _ENTER:
            if byte in _GIVE_UP:
                return None
            if byte not in _BACKSPACE:
                typed += byte
                continue
            while typed and typed.pop() & 0xC0 == 0x80:  # noqa: PLR2004 - UTF-8: what follows a first byte
                pass
        return bytes(typed)
