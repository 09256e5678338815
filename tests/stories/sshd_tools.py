"""A real sshd on this machine, without rights, with a configuration that is taken from the documentation."""

import getpass
import grp
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
GUIDE: Final = ROOT / "docs" / "operating.md"

USER: Final = getpass.getuser()
"""Who logs in: an sshd without rights can start a session of its own user only."""

SANDBOX: Final = Path("/run/sshd")
"""An sshd that is started by root wants this folder (it is the package's, and empty)."""


def guide_blocks() -> list[str]:
    """Return the blocks of sshd's configuration in the guide for operators."""
    return re.findall(r"^```sshdconfig\n(.*?)^```", GUIDE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


@dataclass
class Sshd:
    """One server, and the ways of a test to log in.

    Args:
        folder: For its files.
        environ: Of the program that it asks for keys.
        programs: Paths of sshd, ssh and ssh-keygen.
    """

    folder: Path
    environ: Mapping[str, str]
    programs: Mapping[str, str]
    port: int = 0

    def configuration(self) -> str:
        """Return the guide's configuration, with this test's folder, program and user."""
        match, force = guide_blocks()
        variables = " ".join(f"{name}={value}" for name, value in self.environ.items())
        program = f"/usr/bin/env {variables} {sys.executable} -m tui_mfa"
        system = "--system-users " if os.getuid() < 1000 else ""
        group = grp.getgrgid(os.getgid()).gr_name
        filled = f"{match}    {force}".replace("/opt/tui-mfa/bin/tui-mfa --config /etc/tui-mfa.toml", program)
        filled = filled.replace("Match Group portal", f"Match Group {group}")
        filled = filled.replace("AuthorizedKeysCommandUser tui-mfa", f"AuthorizedKeysCommandUser {USER}")
        filled = filled.replace("keys authorized %u", f"keys authorized {system}%u")
        server = [
            f"ListenAddress 127.0.0.1:{self.port}",
            f"HostKey {self.folder / 'host'}",
            "PidFile none",
            "UsePAM no",
            "KbdInteractiveAuthentication no",
            "PermitUserRC no",
        ]
        return "\n".join([*server, filled])

    @contextmanager
    def running(self) -> Iterator[None]:
        """Run it until the block ends."""
        self.folder.mkdir()
        host = str(self.folder / "host")
        subprocess.run([self.programs["ssh-keygen"], "-q", "-t", "ed25519", "-N", "", "-f", host], check=True)
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        file = self.folder / "sshd_config"
        file.write_text(self.configuration())
        if os.getuid() == 0:
            SANDBOX.mkdir(mode=0o755, exist_ok=True)
        command = [self.programs["sshd"], "-D", "-e", "-f", str(file)]
        with self._log.open("w") as log, subprocess.Popen(command, stderr=log, cwd=ROOT) as process:
            try:
                self._await_start(process)
                yield
            finally:
                process.terminate()

    def log_in(self, private: Path, command: str = "echo in") -> str | None:
        """Log in with a key and run a command; return its output, or ``None`` when the login was refused."""
        options = ["IdentitiesOnly=yes", "BatchMode=yes", "StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null"]
        asked = [
            *(self.programs["ssh"], "-F", "none", "-q", "-i", str(private), "-p", str(self.port)),
            *(word for option in options for word in ("-o", option)),
            *(f"{USER}@127.0.0.1", command),
        ]
        done = subprocess.run(asked, capture_output=True, text=True, check=False, timeout=60)
        return None if done.returncode == 255 else done.stdout

    def log(self) -> str:
        """Return what the server has said."""
        return self._log.read_text()

    @property
    def _log(self) -> Path:
        return self.folder / "log"

    def _await_start(self, process: subprocess.Popen[bytes]) -> None:
        """Wait until it listens."""
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
            except ConnectionRefusedError:
                if process.poll() is not None:
                    raise AssertionError(f"sshd did not start:\n{self.log()}") from None
                time.sleep(0.01)  # gives it the processor; the connection decides, not the time
            else:
                return
