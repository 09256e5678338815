"""What the server offers, judged by ssh-audit, and reached by OpenSSH."""

import asyncio
import json
import sys
from collections.abc import Callable
from pathlib import Path

from tests.fakes import make_services
from tests.ssh.house import street


def notes(found: object, kind: str) -> list[str]:
    """Return every note of a kind in ssh-audit's report, wherever it stands."""
    if isinstance(found, dict):
        here = [str(note) for key, value in found.items() if key == kind and isinstance(value, list) for note in value]
        return here + [note for value in found.values() for note in notes(value, kind)]
    if isinstance(found, list):
        return [note for value in found for note in notes(value, kind)]
    return []


async def test_ssh_audit_finds_nothing_but_the_older_key_exchange(tmp_path: Path) -> None:
    async with street(tmp_path, make_services(tmp_path)) as here:
        program = Path(sys.executable).with_name("ssh-audit")
        process = await asyncio.create_subprocess_exec(
            str(program), "-jj", "--skip-rate-test", "-p", str(here.port), "127.0.0.1", stdout=asyncio.subprocess.PIPE
        )
        out, _ = await process.communicate()
    report = json.loads(out)
    assert report["kex"], "there is nothing in the report"
    assert notes(report, "fail") == []
    assert {note for note in notes(report, "warn") if "post-quantum" not in note} == set()


async def test_openssh_runs_a_command(tmp_path: Path, tool: Callable[[str], Path]) -> None:
    async with street(tmp_path, make_services(tmp_path)) as here:
        options = ["StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "LogLevel=ERROR", "IdentityAgent=none"]
        process = await asyncio.create_subprocess_exec(
            *(str(tool("ssh")), "-F", "none", "-p", str(here.port)),
            *(word for option in options for word in ("-o", option)),
            *("jane@127.0.0.1", "help"),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
        )
        out, _ = await process.communicate()
    assert process.returncode == 0
    assert b"keys list" in out
