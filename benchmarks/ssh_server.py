"""``tui-mfa serve`` with ears, in a process of its own: ``python -m benchmarks.ssh_server [--collect-after A,B,C]``.

It serves with the program's own code. What it counts beside that, it tells on standard output when a line asks for it
on standard input: ``gc`` (the collector's passes since the last time) or ``accepted`` (when a password was last right).
"""

import gc
import json
import sys
import threading
import time
from typing import Any

from tui_mfa.cli import run
from tui_mfa.domain.login import flows
from tui_mfa.ssh import server


class Collector:
    """Notes how long the collector stops everybody."""

    def __init__(self) -> None:
        self._started = 0.0
        self.forget()

    def forget(self) -> None:
        """Begin anew."""
        self.longest, self.total, self.passes = 0.0, 0.0, [0, 0, 0]

    def __call__(self, phase: str, info: dict[str, int]) -> None:
        """Take note of a pass; see ``gc.callbacks``."""
        if phase == "start":
            self._started = time.perf_counter()
            return
        took = time.perf_counter() - self._started
        self.longest, self.total = max(self.longest, took), self.total + took
        self.passes[info["generation"]] += 1

    def told(self) -> dict[str, object]:
        """Return what was noted, and forget it."""
        told = {"longest": self.longest, "total": self.total, "passes": self.passes}
        self.forget()
        return told


class Accepted:
    """Notes when the check of a password has ended, which takes as long as its hash."""

    def __init__(self) -> None:
        self._log_in = flows.log_in
        self.at = 0.0

    def __call__(self, *given: Any) -> object:
        """Check a password."""
        answer = self._log_in(*given)
        self.at = time.perf_counter()
        return answer


def main() -> int:
    """Serve until told to end."""
    arguments = sys.argv[1:]
    if arguments[0] == "--collect-after":
        after, arguments = arguments[1], arguments[2:]
        server.COLLECTED_AFTER = tuple(map(int, after.split(",")))  # type: ignore[misc, assignment]
        gc.freeze = lambda: None
    collector, accepted = Collector(), Accepted()
    flows.log_in = accepted  # type: ignore[assignment]
    gc.callbacks.append(collector)

    def listen() -> None:
        for line in sys.stdin:
            told = collector.told() if line.strip() == "gc" else {"at": accepted.at}
            print(json.dumps(told), flush=True)

    threading.Thread(target=listen, daemon=True).start()
    return run.run(arguments)


if __name__ == "__main__":
    sys.exit(main())
