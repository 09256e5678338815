"""What a client sends, cut into keys and pastes, and let through at the pace of a person.

One Textual key costs some 4 ms of the loop that all sessions share. Without a limit, one client that sends 60 kB of
keys stops everybody for 20 seconds (measured); a paste costs one event, however long it is.
"""

import codecs
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

KEYS_PER_SECOND: Final = 40
"""More than the 30 of a keyboard that repeats."""

KEYS_AT_ONCE: Final = 128
"""Typed ahead, or by a password manager that knows no bracketed paste: a name, Tab and a password."""

KEYS_PER_TURN: Final = 8
"""Keys before the loop looks at the other sessions again."""

PASTE_MAX: Final = 64 * 1024
"""Characters of a paste; the largest field takes 16 kB."""

PASTED_LIKE_A_KEY: Final = 512
"""Characters of a paste that count as one key: a paste of the largest size is followed by a pause of some seconds."""

PAUSE_ABOVE: Final = 128 * 1024
"""Characters that wait before the client is told to send no more."""

COMMAND_INPUT: Final = 4096
"""Bytes of standard input that a command may have sent before nothing more is read."""

_WHOLE: Final = 0.999
"""A token that counts as whole: sums of parts come out a little below one."""

_START: Final = "\x1b[200~"
_END: Final = "\x1b[201~"
_KEY: Final = re.compile(r"\x1b\[<[\d;]*[Mm]|\x1b\[[0-?]*[ -/]*[@-~]|\x1bO[@-~]|\x1b[^\x1b]?|.", re.DOTALL)
_MOVED: Final = re.compile(r"\x1b\[<(?:3[2-9]|[45]\d|6[0-3]);[\d;]*[Mm]")
"""A mouse that moved (SGR 1006: the button's number holds 32)."""


@dataclass(frozen=True, slots=True)
class Pasted:
    """A bracketed paste."""

    text: str


class Inlet:
    """The input of one session.

    Args:
        now: Seconds of a clock that never goes back.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self._waiting = ""
        self._paste: list[str] | None = None
        self._pasted = 0
        self._tokens = float(KEYS_AT_ONCE)
        self._filled = now()
        self.held_back = 0
        """Keys that had to wait, because of the pace, behind the one before them."""

    @property
    def backlog(self) -> int:
        """Characters that wait."""
        return len(self._waiting)

    @property
    def ready(self) -> bool:
        """Whether something waits that can be handed on without more input."""
        if self._paste is not None:
            return _END in self._waiting
        return bool(self._waiting) and not (len(self._waiting) > 1 and _is_cut(self._waiting))

    @property
    def pause(self) -> float:
        """Seconds until the next key may pass; 0 when it may, or when nothing waits."""
        self._fill()
        return 0.0 if self._tokens >= _WHOLE or not self._waiting else (1 - self._tokens) / KEYS_PER_SECOND

    def feed(self, data: bytes) -> None:
        """Take what came from the client, in pieces of any size."""
        self._waiting += self._decoder.decode(data)

    def take(self) -> Iterator[str | Pasted]:
        """Yield the keys and pastes of one turn: none when the pace does not allow it."""
        self._fill()
        for _ in range(KEYS_PER_TURN):
            if self._paste is not None:
                if (done := self._paste_on()) is None:
                    return
                yield done
            elif self._tokens < _WHOLE or not (key := self._next_key()):
                return
            else:
                self._tokens -= 1
                self.held_back += self._tokens < _WHOLE and bool(self._waiting)
                if key == _START:
                    self._paste, self._pasted = [], 0
                else:
                    yield key

    def _next_key(self) -> str:
        """Cut off one key; of moves of the mouse in a row, the last one."""
        found = _KEY.match(self._waiting)
        while found and _MOVED.fullmatch(found[0]):
            further = _KEY.match(self._waiting, found.end())
            if further is None or not _MOVED.fullmatch(further[0]):
                break
            found = further
        # The beginning of a paste may come in two pieces; Esc alone is a key.
        if found is None or (len(self._waiting) > 1 and _is_cut(self._waiting)):
            return ""
        self._waiting = self._waiting[found.end() :]
        return found[0]

    def _paste_on(self) -> Pasted | None:
        """Move on with the paste; return it when its end has come."""
        text, end, rest = self._waiting.partition(_END)
        keep = 0 if end else next((n for n in range(len(_END) - 1, 0, -1) if text.endswith(_END[:n])), 0)
        text, self._waiting = text[: len(text) - keep], rest if end else text[len(text) - keep :]
        paste = self._paste
        if paste is None:
            raise AssertionError("no paste has begun")
        paste.append(text[: max(0, PASTE_MAX - self._pasted)])
        self._pasted += len(paste[-1])
        if not end:
            return None
        self._paste = None
        self._tokens -= self._pasted / PASTED_LIKE_A_KEY
        return Pasted("".join(paste).replace("\x00", ""))

    def _fill(self) -> None:
        now = self._now()
        self._tokens = min(KEYS_AT_ONCE, self._tokens + (now - self._filled) * KEYS_PER_SECOND)
        self._filled = now


def _is_cut(text: str) -> bool:
    """Return whether a text is the beginning of the sign for a paste."""
    return text != _START and _START.startswith(text)
