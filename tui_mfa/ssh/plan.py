"""How the portal is served: what one process and a supervisor of several have in common."""

import contextlib
import socket
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field

from tui_mfa.ssh.gate import Limits
from tui_mfa.ssh.metrics import Metrics
from tui_mfa.ssh.notify import READY, Notifier


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What the operator has asked for."""

    sockets: Sequence[socket.socket]
    """They listen already."""
    limits: Limits = field(default_factory=Limits)
    metrics_port: int | None = None
    """Where numbers are shown; nowhere if not given."""
    say: Callable[[int, int | None], None]
    """Called with the port, and that of the metrics, once connections are taken."""
    notifier: Notifier

    @property
    def measured(self) -> bool:
        """Whether numbers are shown."""
        return self.metrics_port is not None

    @contextlib.asynccontextmanager
    async def shown(self, rows: list[Metrics]) -> AsyncIterator[Callable[[int], None]]:
        """Show numbers, if asked for, until the block ends; give what is to be called once connections are taken.

        Args:
            rows: One for each worker.

        Raises:
            Unavailable: The port of the metrics cannot be used.
        """
        async with contextlib.AsyncExitStack() as stack:
            at: int | None = None
            if self.metrics_port is not None:
                from tui_mfa.ssh import exposition  # noqa: PLC0415 - most servers show nothing

                at = await stack.enter_async_context(exposition.shown(self.metrics_port, exposition.text_of(rows)))

            def ready(port: int) -> None:
                self.say(port, at)
                self.notifier.tell(READY)

            yield ready
