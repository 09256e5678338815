"""What systemd is told (``Type=notify``), by the protocol of sd_notify(3)."""

import logging
import os
import socket
from collections.abc import MutableMapping
from typing import Final

LOG = logging.getLogger("tui_mfa.ssh")

READY: Final = "READY=1"
STOPPING: Final = "STOPPING=1"


class Notifier:
    """Tells whoever started the process, if it has asked for that.

    Args:
        environ: The process's own; the variable is taken out of it, so that no child speaks in our name.
    """

    def __init__(self, environ: MutableMapping[str, str] = os.environ) -> None:
        self._address = environ.pop("NOTIFY_SOCKET", "")

    def tell(self, state: str) -> None:
        """Send a state; what cannot be sent is logged.

        Args:
            state: ``READY`` or ``STOPPING``.
        """
        if not self._address:
            return
        # "@" stands for the NUL byte at the beginning of an abstract name.
        address = f"\0{self._address[1:]}" if self._address.startswith("@") else self._address
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sock:
                sock.settimeout(1.0)
                sock.sendto(state.encode(), address)
        except OSError as error:
            LOG.warning("ssh cannot tell systemd %s: %s", state, error.strerror or error)
