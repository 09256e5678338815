"""Rows of the budget for many people at once: typing, a flood of keys, the collector."""

import asyncio
import random
import statistics
import time
from collections.abc import Sequence

from benchmarks.measure import Budget, Result, compared
from benchmarks.ssh_client import FIELD, Visitor, arrive
from benchmarks.ssh_house import Server, inhabited, serving

_PACE = 2.0
"""Keys that a person types in a second."""

_FLOOD = 60_000
"""Bytes of keys that one session sends at once."""

_DEFAULT = "700,10,10"
"""Python's own thresholds of the collector."""

_LEFT = 1.0
"""Seconds after which nothing of the phase before is under way."""


def typing(people: int, rounds: int, seconds: float) -> Result:
    """Measure a key until it is drawn while many type, beside the same while one does; all stay connected.

    Args:
        people: Sessions on the login page.
        rounds: Phases of each kind.
        seconds: Of a phase.
    """
    with inhabited(people) as home, serving(home) as server:
        alone, crowd, used = asyncio.run(_typing(server, people, rounds, seconds))
    together = [_percentile(times, 99) for times in crowd], [_percentile(times, 99) for times in alone]
    note = (
        f"p99, {people} people with {_PACE:g} keys/s beside one; p50 {_p50(crowd):.1f} : {_p50(alone):.1f} ms; "
        f"the server used {statistics.median(used):.0%} of a core"
    )
    return compared("ssh-typing", Budget(4, 2), together, note=note)


async def _typing(
    server: Server, people: int, rounds: int, seconds: float
) -> tuple[list[list[float]], list[list[float]], list[float]]:
    visitors = await arrive(server.port, range(people), logged_in=False)
    await asyncio.sleep(_LEFT)
    alone: list[list[float]] = []
    crowd: list[list[float]] = []
    used: list[float] = []
    for _ in range(rounds):
        alone.append(await _typists(visitors[:1], seconds * 3))
        await asyncio.sleep(_LEFT)
        before = server.cpu()
        crowd.append(await _typists(visitors, seconds))
        used.append((server.cpu() - before) / seconds)
        await asyncio.sleep(_LEFT)
    return alone, crowd, used


async def _typists(visitors: Sequence[Visitor], seconds: float) -> list[float]:
    """Have people type, each at a time of their own; return how long each key took."""
    times: list[float] = []

    async def one(visitor: Visitor) -> None:
        chance = random.Random(visitor.number)
        await asyncio.sleep(chance.random() / _PACE)
        typed, end = 0, time.monotonic() + seconds
        while time.monotonic() < end:
            started = time.monotonic()
            if typed == FIELD:
                await visitor.empty()
                typed = 0
            else:
                times.append(await visitor.key())
                typed += 1
            pause = chance.uniform(0.5, 1.5) / _PACE
            await asyncio.sleep(max(0.0, pause - (time.monotonic() - started)))
        await visitor.empty()

    await asyncio.gather(*(one(visitor) for visitor in visitors))
    return times


def flood(seconds: float) -> Result:
    """Measure the slowest of another person's keys while one session sends 60 kB of keys at once.

    Args:
        seconds: How long the other person types: keys that wait for their turn go on being drawn.
    """
    with inhabited(2) as home, serving(home) as server:

        async def watched() -> list[float]:
            rude, other = await arrive(server.port, range(2), logged_in=False)
            await asyncio.sleep(_LEFT)
            rude.type("x" * _FLOOD)
            return await _hurried(other, seconds)

        times = asyncio.run(watched())
    note = f"slowest of {len(times)} keys in {seconds:g} s; p50 {statistics.median(times) * 1000:.1f} ms"
    return compared("ssh-flood", Budget(1, 0.2), ([max(times)], [1.0]), note=note)


async def _hurried(visitor: Visitor, seconds: float) -> list[float]:
    """Type at the pace of a quick person, without the pauses of ``_typists``."""
    times: list[float] = []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        times.append(await visitor.key())
        await asyncio.sleep(0.1)
        if len(times) % FIELD == 0:
            await visitor.empty()
    return times


def collector(people: int) -> Result:
    """Measure the collector's longest pause while people log in and type, beside Python's own settings.

    Args:
        people: Sessions on the profile at the end.
    """
    ours, theirs = (_pauses(people, after) for after in ("", _DEFAULT))
    note = (
        f"{people} logins; passes {ours['passes']} beside {theirs['passes']}; "
        f"in all {ours['total']:.1f} : {theirs['total']:.1f} s"
    )
    return compared("ssh-collector", Budget(1 / 20, 1 / 50), ([ours["longest"]], [theirs["longest"]]), note=note)


def _pauses(people: int, after: str) -> dict[str, float]:
    with inhabited(people) as home, serving(home, collect_after=after) as server:

        async def crowd() -> dict[str, float]:
            server.ask("gc")  # the pass over what was loaded, before anybody connects, is everybody's
            visitors = await arrive(server.port, range(people), logged_in=True)
            for visitor in visitors:
                visitor.type("2")
            await asyncio.sleep(_LEFT * 3)
            for visitor in visitors[: people // 2]:
                visitor.cut()
            rest = visitors[people // 2 :]
            for key in "345612":
                for visitor in rest:
                    visitor.type(key)
                await asyncio.sleep(_LEFT)
            return server.ask("gc")

        return asyncio.run(crowd())


def _percentile(times: Sequence[float], percent: int) -> float:
    return statistics.quantiles(times, n=100, method="inclusive")[percent - 1]


def _p50(phases: Sequence[Sequence[float]]) -> float:
    return statistics.median([taken for times in phases for taken in times]) * 1000
