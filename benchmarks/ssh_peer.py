"""What the server is compared with: one portal, a Textual process, for each person."""

import getpass
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncssh

from benchmarks.homes import Home
from benchmarks.screens import FORM, portal
from benchmarks.ssh_client import PROFILE
from benchmarks.ssh_house import PASSWORD, environ
from benchmarks.terminal import Terminal


@contextmanager
def logged_in(home: Home, number: int) -> Iterator[Terminal]:
    """Start the portal on a pty and log in; it is killed when the block ends.

    Args:
        home: The installation.
        number: Of the person.
    """
    with portal(home) as terminal:
        terminal.until(*FORM)
        for keys in (f"user{number}\r", PASSWORD):
            terminal.send(keys)
            terminal.quiet(0.05)
        terminal.send("\r")
        terminal.until(*PROFILE)
        yield terminal


@dataclass(frozen=True, slots=True)
class Sshd:
    """A real sshd that starts the portal for whoever connects."""

    port: int
    key: asyncssh.SSHKey
    user: str
    """Who logs in: an sshd without rights can start a session of its own user only."""


@contextmanager
def sshd(home: Home) -> Iterator[Sshd]:
    """Run OpenSSH's server, on a free port of this machine, until the block ends.

    Args:
        home: The installation of the portal that it starts.

    Raises:
        FileNotFoundError: There is no sshd.
    """
    program = shutil.which("sshd", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        raise FileNotFoundError("there is no sshd on this machine")
    folder = home.folder / "sshd"
    folder.mkdir()
    key = asyncssh.generate_private_key("ssh-ed25519")
    asyncssh.generate_private_key("ssh-ed25519").write_private_key(folder / "host")
    (folder / "host").chmod(0o600)
    key.write_public_key(folder / "authorized")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    (folder / "config").write_text(_configuration(folder, port, environ(home)))
    if os.getuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)  # an sshd that root starts wants it
    with subprocess.Popen([program, "-D", "-e", "-f", folder / "config"], stderr=subprocess.DEVNULL) as process:
        try:
            _await_start(process, port)
            yield Sshd(port, key, getpass.getuser())
        finally:
            process.terminate()


def _configuration(folder: Path, port: int, variables: Mapping[str, str]) -> str:
    given = " ".join(f"{name}={value}" for name, value in variables.items())
    return "\n".join(
        [
            f"ListenAddress 127.0.0.1:{port}",
            f"HostKey {folder / 'host'}",
            f"AuthorizedKeysFile {folder / 'authorized'}",
            "PidFile none",
            "UsePAM no",
            "StrictModes no",
            "PasswordAuthentication no",
            f"ForceCommand /usr/bin/env {given} {Path(sys.executable).with_name('tui-mfa')}\n",
        ]
    )


def _await_start(process: subprocess.Popen[bytes], port: int) -> None:
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            if process.poll() is not None:
                raise RuntimeError("sshd did not start") from None
            time.sleep(0.01)
        else:
            return
