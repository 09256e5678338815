"""Memory of an idle session beside the same in Go: Wish and Bubble Tea, with similar screens (``wish/main.go``)."""

import asyncio
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from benchmarks.measure import Budget, Result, compared
from benchmarks.ssh_client import Visitor, arrive
from benchmarks.ssh_house import Usage, inhabited, serving

_SOURCE: Final = Path(__file__).with_name("wish") / "main.go"

_GOPATH: Final = Path("/usr/share/gocode")
"""Where Debian puts the sources of its packages."""

_NEEDED: Final = {
    "wish": "golang-github-charmbracelet-wish-dev",
    "bubbletea": "golang-github-charmbracelet-bubbletea-dev",
    "bubbles": "golang-github-charmbracelet-bubbles-dev",
    "lipgloss": "golang-github-charmbracelet-lipgloss-dev",
}
"""Debian's packages by their folder."""

_FORM: Final = ("Enter your account", "No account yet?")
_PROFILE: Final = ("Your profile", "1-6 another tab")
"""Texts from the top and the bottom of the peer's pages."""

_CONNECTING: Final = 8

_SETTLED: Final = 2.0


def missing() -> list[str]:
    """Return Debian's packages that the peer is built from and that are not here."""
    sources = _GOPATH / "src" / "github.com" / "charmbracelet"
    found = [package for folder, package in _NEEDED.items() if not (sources / folder).is_dir()]
    return found if shutil.which("go") else ["golang-go", *found]


def memory(people: int) -> Result:
    """Measure the memory of idle sessions, all of them on the profile, beside as many of the peer.

    Args:
        people: Sessions of each.
    """
    if lacking := missing():
        return Result("ssh-wish", None, skipped=True, note=f"not measured; install {' '.join(lacking)}")
    with inhabited(people) as home, ExitStack() as stack:
        server, (port, peer) = stack.enter_context(serving(home)), stack.enter_context(_wish())
        empty = server.memory(), peer.memory()
        ours = asyncio.run(_ours(server.port, people, server))
        theirs = asyncio.run(_theirs(port, people, peer))
    added = (ours - empty[0]) / people, (theirs - empty[1]) / people
    note = (
        f"{people} sessions; the empty servers have {empty[0]:.0f} : {empty[1]:.0f} MB, "
        f"each session adds {added[0]:.2f} : {added[1]:.2f} MB"
    )
    samples = [ours / people], [theirs / people]
    return compared("ssh-wish", Budget(10, 5), samples, unit="MB", scale=1, note=note)


async def _ours(port: int, people: int, usage: Usage) -> float:
    return await _idle(await arrive(port, range(people), logged_in=True), usage)


async def _theirs(port: int, people: int, usage: Usage) -> float:
    turns = asyncio.Semaphore(_CONNECTING)

    async def one(number: int) -> Visitor:
        async with turns:
            visitor = await Visitor(number).connect(port)
            await visitor.until(*_FORM)
            for keys in (visitor.name, "\r", "secret", "\r"):  # this Bubble Tea takes keys that come together for one
                visitor.type(keys)
                await visitor.quiet(0.05)
            await visitor.until(*_PROFILE)
            return visitor

    return await _idle(list(await asyncio.gather(*(one(number) for number in range(people)))), usage)


async def _idle(visitors: list[Visitor], usage: Usage) -> float:
    """Return what the server takes once everything is over that the logins began."""
    await asyncio.sleep(_SETTLED)
    taken = usage.memory()
    for visitor in visitors:
        visitor.cut()
    return taken


@contextmanager
def _wish() -> Iterator[tuple[int, Usage]]:
    """Build the peer and serve until the block ends.

    Raises:
        RuntimeError: It does not start.
    """
    with tempfile.TemporaryDirectory(prefix="tui-mfa-wish-") as name:
        folder = Path(name)
        variables = {"GO111MODULE": "off", "GOPATH": str(_GOPATH), "GOCACHE": str(folder / "cache"), "HOME": name}
        go = shutil.which("go") or "go"
        subprocess.run([go, "build", "-o", folder / "peer", _SOURCE], check=True, env={**_path(), **variables})
        with subprocess.Popen([folder / "peer", folder], stdout=subprocess.PIPE, text=True) as process:
            try:
                said = process.stdout.readline() if process.stdout is not None else ""
                found = re.search(r"Listening on port (\d+)", said)
                if found is None:
                    raise RuntimeError(f"the peer did not start: {said}")
                yield int(found[1]), Usage(process.pid)
            finally:
                process.kill()


def _path() -> dict[str, str]:
    return {"PATH": os.environ["PATH"]}
