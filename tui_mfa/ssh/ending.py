"""The very end of a process that serves: it comes, whatever still runs."""

import logging
import os
import threading
from typing import Final

LOG = logging.getLogger("tui_mfa.ssh")

STILL: Final = 4.0
"""Seconds from the end of the service to that of its process. Python waits for threads, and for tasks that it has
cancelled, as long as they take: for a mail server that never has done, for ever. Nobody is here any more by then, what
the store has written stands, and mail that was not sent is still to be sent."""


def end_soon(within: float = STILL) -> None:
    """End the process with status 0 after some seconds, if it has not ended by itself.

    Args:
        within: Seconds from now.
    """
    timer = threading.Timer(within, _end)
    timer.daemon = True
    timer.start()


def _end() -> None:
    others = {thread.name for thread in threading.enumerate()} - {threading.current_thread().name}
    LOG.warning("ssh ends though something still runs threads=%s", ",".join(sorted(others)))
    os._exit(0)
