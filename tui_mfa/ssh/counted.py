"""A session, and the check of passwords, that are counted."""

from functools import partial
from typing import TYPE_CHECKING

from tui_mfa.domain.ports import PasswordHasher
from tui_mfa.domain.secret import Secret
from tui_mfa.ssh import metrics
from tui_mfa.ssh.metrics import Metrics
from tui_mfa.ssh.session import PortalSession

if TYPE_CHECKING:
    import asyncio


class CountedSession(PortalSession):
    """Serves one channel, and counts what passes through it."""

    _held_back = 0

    def session_started(self) -> None:
        """Run, and count it as long as it runs."""
        super().session_started()
        kind = "portal" if self._command is None else "command"
        self.house.counts.add(metrics.SESSIONS, kind)
        if self.task is not None:
            self.task.add_done_callback(partial(self._count_end, kind))

    def data_received(self, data: bytes, datatype: int | None) -> None:
        """Count what the client sent."""
        self.house.counts.add(metrics.RECEIVED, amount=len(data))
        super().data_received(data, datatype)
        self._count_held_back()

    def send(self, data: bytes) -> None:
        """Count what the client is sent."""
        if not self._chan.is_closing():
            self.house.counts.add(metrics.SENT, amount=len(data))
        super().send(data)

    def left_out(self) -> None:
        """Count what the client is not sent."""
        self.house.counts.add(metrics.LEFT_OUT)

    def _count_held_back(self) -> None:
        held, self._held_back = self._pump.held_back - self._held_back, self._pump.held_back
        if held:
            self.house.counts.add(metrics.HELD_BACK, amount=held)

    def _count_end(self, kind: str, task: "asyncio.Task[None]") -> None:
        del task
        counts = self.house.counts
        counts.add(metrics.SESSIONS, kind, amount=-1)
        counts.add(metrics.ENDED, metrics.ended(self._why))
        counts.add(metrics.SECONDS, amount=self.house.now() - self.started)
        self._count_held_back()


class CountedPasswords:
    """Checks passwords and recovery codes as another one does, and counts that; implements ``ports.PasswordHasher``.

    Args:
        hasher: Does the work.
        counts: Where to count.
    """

    def __init__(self, hasher: PasswordHasher, counts: Metrics) -> None:
        self._hasher, self._counts = hasher, counts

    def hash(self, value: Secret[str]) -> str:
        """Return the hash in PHC form."""
        return self._hasher.hash(value)

    def verify(self, hashed: str, value: Secret[str]) -> bool:
        """Say whether the value fits."""
        right = self._hasher.verify(hashed, value)
        self._counts.add(metrics.CHECKED, "typed", "right" if right else "wrong")
        return right

    def verify_nothing(self, value: Secret[str]) -> None:
        """Do the work of ``verify`` for an account that does not exist."""
        self._hasher.verify_nothing(value)
        self._counts.add(metrics.CHECKED, "typed", "wrong")

    def outdated(self, hashed: str) -> bool:
        """Say whether a hash was made with other parameters than today's."""
        return self._hasher.outdated(hashed)
