"""The one file that touches asyncssh's private parts: it keeps all variables that come, and cannot stop reading."""

import asyncio
from typing import Final

import asyncssh

from tui_mfa.ssh.portal import ENVIRONMENT

VALUE_MAX: Final = 64
"""Bytes of a value; ``portal.believed`` looks at what stands in it."""


class FewVariables(dict[bytes, bytes]):
    """Variables of a client: those that are believed, and nothing of others."""

    _names: Final = frozenset(name.encode() for name in ENVIRONMENT)

    def __setitem__(self, name: bytes, value: bytes) -> None:
        """Keep a variable, or leave it out."""
        if name in self._names and len(value) <= VALUE_MAX:
            super().__setitem__(name, value)


def keep_few(channel: asyncssh.SSHServerChannel[bytes]) -> None:
    """Have a channel keep few variables.

    Args:
        channel: Nothing was asked for on it yet.
    """
    channel._env = FewVariables()  # noqa: SLF001 - there is no public way; tests/ssh/test_variables.py holds it


def read_on(connection: asyncssh.SSHServerConnection, *, go: bool) -> None:
    """Read of a client, or read nothing more; what it sends meanwhile waits at its side.

    Args:
        connection: To the client.
        go: Whether to read.
    """
    transport = connection._transport  # noqa: SLF001 - there is no public way; tests/ssh/test_misbehaving.py holds it
    if isinstance(transport, asyncio.Transport):
        (transport.resume_reading if go else transport.pause_reading)()
