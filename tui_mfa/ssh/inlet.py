"""What a client sends, cut into keys and pastes, and let through at the pace of a person, one at a time.

One Textual key costs some two milliseconds of the loop that all sessions share. Without a limit, one client that sends
60 kB of keys stops everybody for 20 seconds (measured); a paste costs one event, however long it is.
"""

import asyncio
import codecs
import re
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final, Generic, TypeVar

T = TypeVar("T")
_Act = Callable[[], None]
_Step = Callable[[bool], None]

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

LOOK_EVERY: Final = 0.5
"""Seconds between two questions to an app that is not yet done with a key."""

GIVEN_UP_AFTER: Final = 60
"""Answers of an app, one after the other, after which a key that gets no further counts as lost: half a minute at
least, and as much more as the machine is late, since it is late with the answers, too."""

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
            return len(self._waiting) >= len(_END)  # a paste is moved on with as it comes, however long it is
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

    def drop(self) -> None:
        """Throw away what waits, of a paste also what is still to come."""
        while self.ready:
            self._tokens = max(self._tokens, 1.0)
            for _ in self.take():
                pass

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


class Line(Generic[T]):
    """Hands over one thing at a time: the next one when the one before is done with, however long that takes.

    Time does not count: a machine that stood still has done nothing meanwhile. What gets no further though its app
    works is taken back in the end, with all that waits behind it, so that nobody is deaf and nothing overtakes it.

    Args:
        hand: Hands one over, and calls back with each step on its way, at the end with True; returns how to take it
            back, so that it does nothing any more.
        ask: Has the app call back once it has done what waits for it by now.
    """

    def __init__(self, hand: Callable[[T, _Step], _Act], ask: Callable[[_Act], object]) -> None:
        self._hand, self._ask = hand, ask
        self._waiting: deque[T] = deque()
        self._take_back: _Act | None = None  # what was handed over, as long as it is not done with
        self._number = 0  # of what was handed over; what was given up may still call back
        self._asked, self._answers = False, 0
        self._timer: asyncio.TimerHandle | None = None
        self._done: _Act | None = None
        self._lost: _Act | None = None

    def put(self, thing: T) -> None:
        """Hand something over as soon as nothing is before it."""
        self._waiting.append(thing)
        if self._take_back is None:
            self._next()

    def when_done(self, done: _Act, lost: _Act) -> None:
        """Call back once all that was put in is done with.

        Args:
            done: Called then; at once if there is nothing.
            lost: Called in its place if something was given up, with all behind it.
        """
        self._done, self._lost = done, lost
        if self._take_back is None:
            self._end(done)

    def close(self) -> None:
        """Hand over nothing more, and call nobody back."""
        self._waiting.clear()
        if self._take_back is not None:
            self._take_back()
        self._end(None)
        if self._timer is not None:
            self._timer.cancel()

    def _next(self) -> None:
        if self._waiting:
            self._number, self._answers = self._number + 1, 0
            if self._timer is None:
                self._timer = asyncio.get_running_loop().call_later(LOOK_EVERY, self._look)
            self._take_back = self._hand(self._waiting.popleft(), partial(self._stepped, self._number))
        else:
            self._end(self._done)

    def _end(self, then: _Act | None) -> None:
        self._take_back = self._done = self._lost = None
        if then is not None:
            then()

    def _stepped(self, number: int, end: bool) -> None:
        if self._take_back is not None and number == self._number:
            self._answers = 0
            if end:
                self._next()

    def _look(self) -> None:
        self._timer = None  # one timer for many keys
        if self._take_back is not None:
            self._timer = asyncio.get_running_loop().call_later(LOOK_EVERY, self._look)
            if not self._asked:
                self._asked = True
                self._ask(partial(self._answered, self._number))

    def _answered(self, number: int) -> None:
        self._asked = False
        if self._take_back is None or number != self._number:
            return
        self._answers += 1
        if self._answers >= GIVEN_UP_AFTER:
            self._waiting.clear()
            self._take_back()
            self._end(self._lost)


def _is_cut(text: str) -> bool:
    """Return whether a text is the beginning of the sign for a paste."""
    return text != _START and _START.startswith(text)
