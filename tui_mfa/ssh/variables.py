"""What is kept of the variables that a client sends: asyncssh keeps all that come, without a limit."""

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
