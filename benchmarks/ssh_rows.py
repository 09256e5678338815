"""Rows of the budget for one person at a time: memory, login, first page, profile, idleness."""

import asyncio
import statistics
from contextlib import ExitStack

from benchmarks.measure import Budget, Result, compared, in_turns
from benchmarks.screens import FORM
from benchmarks.ssh_client import Visitor, arrive
from benchmarks.ssh_house import Usage, inhabited, serving
from benchmarks.ssh_peer import logged_in, sshd

_PEERS = 5
"""Processes of the peer that stand for as many as there are sessions."""

_SETTLED = 2.0
"""Seconds after which a login is over for the server, too."""


def memory(people: int) -> Result:
    """Measure the memory of idle sessions, all of them on the profile, beside one process for each.

    Args:
        people: Sessions.
    """
    with inhabited(people + _PEERS) as home, ExitStack() as stack:
        server = stack.enter_context(serving(home))
        empty = server.memory()
        peers = [stack.enter_context(logged_in(home, people + number)) for number in range(_PEERS)]

        async def with_all() -> float:
            visitors = await arrive(server.port, range(people), logged_in=True)
            await asyncio.sleep(_SETTLED)
            taken = server.memory()
            for visitor in visitors:
                visitor.cut()
            return taken

        full = asyncio.run(with_all())
        theirs = [Usage(terminal.process.pid).memory() for terminal in peers]
    note = f"{people} sessions; the empty server has {empty:.0f} MB, each session adds {(full - empty) / people:.2f} MB"
    return compared(
        "ssh-memory", Budget(1 / 10, 1 / 20), ([full / people] * _PEERS, theirs), unit="MB", scale=1, note=note
    )


def login(rounds: int) -> Result:
    """Measure the processor time from the connection to the profile, the hash of the password included."""
    with inhabited(1) as home, serving(home) as server, asyncio.Runner() as runner:

        async def visit() -> float:
            before = server.cpu()
            visitor = await Visitor(0).connect(server.port)
            await visitor.log_in()
            await asyncio.sleep(_SETTLED / 4)
            taken = server.cpu() - before
            visitor.cut()
            await asyncio.sleep(_SETTLED / 4)  # its end belongs to nobody's login
            return taken

        def peer() -> float:
            with logged_in(home, 0) as terminal:
                terminal.listen(_SETTLED / 4)
                return terminal.cpu()

        samples = in_turns(lambda: runner.run(visit()), peer, rounds, warm_up=2)
    return compared("ssh-login", Budget(1 / 2, 1 / 4), samples, note="processor time; both include one argon2 hash")


def first(rounds: int) -> Result:
    """Measure from the connection to the login page, beside sshd that starts the portal."""
    with inhabited(1) as home, serving(home) as server, sshd(home) as other, asyncio.Runner() as runner:

        async def visit(port: int, username: str | None, keys: object) -> float:
            visitor = await Visitor(0).connect(port, username, client_keys=keys)
            taken = await visitor.until(*FORM) - visitor.started
            await visitor.quiet(0.05)
            visitor.cut()
            await asyncio.sleep(_SETTLED / 4)
            return taken

        samples = in_turns(
            lambda: runner.run(visit(server.port, None, None)),
            lambda: runner.run(visit(other.port, other.user, [other.key])),
            rounds,
            warm_up=2,
        )
    return compared("ssh-first", Budget(1 / 2, 1 / 4), samples, note="connection to login page")


def profile(rounds: int) -> Result:
    """Measure from the end of the password's check to the profile, beside the way to the login page before it."""
    with inhabited(1) as home, serving(home) as server, asyncio.Runner() as runner:

        async def visit() -> tuple[float, float]:
            visitor = await Visitor(0).connect(server.port)
            page = await visitor.until(*FORM) - visitor.started
            await visitor.log_in()
            drawn = visitor.drawn - float(server.ask("accepted")["at"])
            await visitor.quiet(0.05)
            visitor.cut()
            await asyncio.sleep(_SETTLED / 4)
            return drawn, page

        pairs = [runner.run(visit()) for _ in range(max(rounds, 5) + 2)][2:]
    samples = [drawn for drawn, _page in pairs], [page for _drawn, page in pairs]
    return compared("ssh-profile", Budget(1, 0.4), samples, note="beside connection to login page, same session")


def idle(people: int, seconds: float) -> Result:
    """Measure the processor time of sessions in which nobody types.

    Args:
        people: Sessions, each on the profile.
        seconds: How long.
    """
    with inhabited(people) as home, serving(home) as server:

        async def watched() -> list[float]:
            visitors = await arrive(server.port, range(people), logged_in=True)
            await asyncio.sleep(_SETTLED * 2)
            sent = sum(len(visitor.seen) for visitor in visitors)
            taken = []
            for _ in range(3):
                before = server.cpu()
                await asyncio.sleep(seconds)
                taken.append((server.cpu() - before) / seconds)
            if sent != sum(len(visitor.seen) for visitor in visitors):
                raise RuntimeError("something was sent to somebody who did nothing")
            return taken

        taken = asyncio.run(watched())
    note = f"{people} sessions, 3 × {seconds:g} s, of a core; median {statistics.median(taken):.2%}"
    return compared("ssh-idle", Budget(0.01, 0.005), (taken, [1.0] * 3), unit="cores", scale=1, note=note)
