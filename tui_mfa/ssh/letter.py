"""What a supervisor hands to a worker that it has started: a line of JSON, over a socket that both keep open.

The host key is in it, so that all workers have the same one, whatever happens to its file.
"""

import json
import socket
import stat
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from os import fstat
from typing import Final

from tui_mfa.domain.errors import Unavailable
from tui_mfa.ssh.gate import Limits

READY: Final = b"ready\n"
"""What a worker answers once it takes connections."""

_WITHIN: Final = 10.0
"""Seconds for the letter to come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """All that a worker needs beside the settings."""

    number: int
    """Of the worker, from 1."""
    workers: int
    """How many there are."""
    sockets: Sequence[int]
    gate: int
    counts: int
    """Handles: of what listens, of the limits' memory, of the metrics'."""
    limits: Limits
    measured: bool
    """Whether somebody looks at the metrics."""
    key: str
    """The host key, in OpenSSH's format."""

    @property
    def handles(self) -> tuple[int, ...]:
        """All that the worker inherits by this letter."""
        return *self.sockets, self.gate, self.counts

    def encoded(self) -> bytes:
        """Return it as a line."""
        return json.dumps(asdict(self)).encode() + b"\n"


def received(handle: int) -> tuple[Letter, socket.socket]:
    """Return the letter that comes by an inherited socket, and that socket.

    Args:
        handle: Its number.

    Raises:
        Unavailable: There is no such socket, or no letter comes.
    """
    try:
        if not stat.S_ISSOCK(fstat(handle).st_mode):
            raise OSError
        line = socket.socket(fileno=handle)
        line.settimeout(_WITHIN)
        with line.makefile("rb") as file:
            given = json.loads(file.readline())
        letter = Letter(**given | {"limits": Limits(**given["limits"])})
    except (OSError, ValueError, TypeError, KeyError):
        raise Unavailable("--worker is for what “serve --workers” starts by itself.") from None
    line.setblocking(False)
    line.set_inheritable(False)
    return letter, line
