"""What is counted while the portal is served: numbers alone, with labels from lists that stand here.

Each worker has a row of the shared memory that nobody else writes; a worker that is started again goes on with the row
of the one before. So nothing is lost with a killed worker, and nobody has to be asked who may be too busy to answer.
"""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tui_mfa.ssh.gate import Refusal
from tui_mfa.ssh.memory import Memory

_CELL: Final = 8
"""Bytes of a number: written by one instruction, so that no reader sees half of one."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One thing that is counted, or measured."""

    name: str
    words: str
    labels: tuple[str, ...] = ()
    values: tuple[tuple[str, ...], ...] = ((),)
    """All there can be."""
    gauge: bool = False
    """It can go down, and a worker that is gone has none of it."""
    per_worker: bool = False
    """A sum over workers would say nothing."""


ENDINGS: Final = {
    "left": "left",
    "connection lost": "connection_lost",
    "the client sent no more": "no_more_input",
    "the service ended": "service_ended",
    "unexpected error": "unexpected_error",
    "idle before the login": "idle",
    "gave way to others": "gave_way",
    "open for too long": "too_long",
}
"""Labels of the reasons for which sessions end; whatever else comes is ``other``."""

OTHER: Final = "other"

_GENERATIONS: Final = tuple((str(number),) for number in range(3))
_KINDS_OF_SESSION: Final = (("portal",), ("command",))

ACCEPTED: Final = Kind("connections_accepted", "Connections that were let in.")
REFUSED: Final = Kind(
    "connections_refused",
    "Connections that were not let in.",
    ("reason",),
    tuple((why.name.lower(),) for why in Refusal),
)
CONNECTIONS: Final = Kind("connections", "Connections at present.", gauge=True)
SESSIONS: Final = Kind("sessions", "Sessions at present.", ("kind",), _KINDS_OF_SESSION, gauge=True)
ENDED: Final = Kind(
    "sessions_ended", "Sessions that have ended.", ("reason",), tuple((label,) for label in (*ENDINGS.values(), OTHER))
)
SECONDS: Final = Kind("session_seconds", "How long ended sessions have lasted, in sum.")
CHECKED: Final = Kind(
    "credentials_checked",
    "Keys at a login; passwords and recovery codes at a login and wherever else they are asked for.",
    ("kind", "result"),
    tuple((kind, result) for kind in ("key", "typed") for result in ("right", "wrong")),
)
RECEIVED: Final = Kind("received_bytes", "What clients have sent in sessions: keys, pastes, standard input.")
SENT: Final = Kind("sent_bytes", "What was sent to clients in sessions.")
LEFT_OUT: Final = Kind("frames_left_out", "Drawings that were not sent because a client did not read.")
HELD_BACK: Final = Kind("keys_held_back", "Keys that came faster than a person types, and had to wait.")
LAG: Final = Kind("loop_lag_seconds", "By how much the last timer was late.", gauge=True, per_worker=True)
LAG_MAX: Final = Kind("loop_lag_max_seconds", "The same, the most of the last minute.", gauge=True, per_worker=True)
PASSES: Final = Kind("collector_passes", "Passes of the garbage collector.", ("generation",), _GENERATIONS)
PAUSES: Final = Kind("collector_pause_seconds", "How long they have stopped everybody.", ("generation",), _GENERATIONS)
PAUSE_MAX: Final = Kind(
    "collector_pause_max_seconds", "The longest one since the worker's start.", gauge=True, per_worker=True
)
STARTED: Final = Kind("worker_starts", "Workers that were started, the first ones included.")

KINDS: Final = (
    *(ACCEPTED, REFUSED, CONNECTIONS, SESSIONS, ENDED, SECONDS, CHECKED, RECEIVED, SENT, LEFT_OUT, HELD_BACK),
    *(LAG, LAG_MAX, PASSES, PAUSES, PAUSE_MAX, STARTED),
)

_CELLS: Final = {
    key: number for number, key in enumerate((kind.name, values) for kind in KINDS for values in kind.values)
}
_ROW: Final = len(_CELLS) * _CELL


def memory_size(rows: int) -> int:
    """Return how many bytes the rows of so many workers take."""
    return rows * _ROW


class Metrics:
    """The row of one worker.

    Args:
        memory: Of ``memory_size`` bytes; this process's own when not given.
        row: Which one, from 0.
    """

    def __init__(self, memory: Memory | None = None, row: int = 0) -> None:
        memory = memory or Memory(memory_size(1))
        self._cells = memoryview(memory.bytes)[row * _ROW : (row + 1) * _ROW].cast("d")
        # Passwords are checked in threads. The collector may run, and count, while it is held: hence reentrant.
        self._lock = threading.RLock()

    def add(self, kind: Kind, *labels: str, amount: float = 1.0) -> None:
        """Count.

        Args:
            kind: What.
            labels: A value for each of its labels.
            amount: How much.
        """
        cell = _CELLS[kind.name, labels]
        with self._lock:
            self._cells[cell] += amount

    def put(self, kind: Kind, value: float) -> None:
        """Note what was measured.

        Args:
            kind: What.
            value: How much it is now.
        """
        self._cells[_CELLS[kind.name, ()]] = value

    def read(self, kind: Kind, *labels: str) -> float:
        """Return what was counted, or measured last."""
        return float(self._cells[_CELLS[kind.name, labels]])

    def forget_present(self) -> None:
        """Clear what is no more once the worker is gone; counts stay."""
        for kind in KINDS:
            if kind.gauge:
                for values in kind.values:
                    self._cells[_CELLS[kind.name, values]] = 0.0


def ended(why: str) -> str:
    """Return the label of a reason for which a session ended."""
    return ENDINGS.get(why, OTHER)


def samples(kind: Kind, rows: list[Metrics]) -> Iterator[tuple[tuple[str, ...], float]]:
    """Yield the labels and the value of each number that is shown.

    Args:
        kind: What.
        rows: Of all workers.
    """
    for values in kind.values:
        found = [row.read(kind, *values) for row in rows]
        if kind.per_worker:
            yield from (((str(number), *values), value) for number, value in enumerate(found, start=1))
        else:
            yield values, sum(found)
