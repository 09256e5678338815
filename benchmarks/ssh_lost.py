"""A check, not a time: nobody is harmed by those who come and go in whatever way, and their memory is used again."""

import asyncio
import random
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import asyncssh

from benchmarks.measure import Result
from benchmarks.ssh_client import Visitor, address, arrive
from benchmarks.ssh_house import Server, inhabited, serving
from benchmarks.terminal import DEADLINE

_GROWTH = 1.1
"""What the memory may be, with as many people as before, of what it was then."""

_DEAF = 5
"""Clients that never read, while their screens change all the time."""

_STORM = 60
"""Connections that come at the same moment, half of which go before they see anything."""

_LOGIN_TIMEOUT = 25
"""Seconds after which the server has hung up on those who say nothing."""

_SETTLED = 5.0

_SETTINGS = {"TUI_MFA_IDLE_LOCK": "60m"}
"""With 550 people on two cores it takes longer than the 15 minutes after which who does nothing is logged out."""


@dataclass
class Story:
    """What happened."""

    alone: float = 0
    """MB, with those who stay and nobody else."""
    full: list[float] = field(default_factory=list)
    """The same with everybody, each time that the others have come."""
    left: float = 0
    """The same at the end, with those who stayed."""
    harmed: list[str] = field(default_factory=list)
    seen: int = 0
    """Bytes on the screens that were searched for other people's names."""


def lost(idle: int, active: int, half_open: int, generations: int) -> Result:
    """Let half of the people stay, and the other half, and many more, come and go without goodbye.

    Args:
        idle: People on the profile who do nothing; half of them stay.
        active: People who change tabs all the time; half of them stay.
        half_open: Connections that never say anything.
        generations: How often the other half comes and goes.
    """
    people = (idle + active) * 2 + _STORM + _DEAF
    with inhabited(people) as home, serving(home, settings=_SETTINGS) as server:
        story = asyncio.run(_story(server, (idle, active, half_open, generations)))
        wrong = re.findall("unexpected error.*", server.log.read_text(encoding="utf-8"))
    growth, harmed = story.full[-1] / story.full[0], story.harmed
    note = (
        f"{idle} idle, {active} active, {half_open} half-open, {generations} × half cut; "
        f"memory of all {' → '.join(f'{full:.0f}' for full in story.full)} MB ({growth - 1:+.0%}), "
        f"of those who stay {story.alone:.0f} → {story.left:.0f}; "
        f"harmed {len(harmed)}{': ' + harmed[0] if harmed else ''}; {story.seen / 1e6:.1f} MB of screens; "
        f"{len(wrong)} unexpected errors in the log"
    )
    extra = {"alone": story.alone, "full": story.full[0], "full_again": story.full[-1], "left": story.left}
    extra |= {"harmed": len(harmed), "errors": len(wrong)}
    return Result("ssh-lost", None, passed=growth <= _GROWTH and not harmed, note=note, extra=extra)


async def _story(server: Server, scale: tuple[int, int, int, int]) -> Story:
    idle, active, half_open, generations = scale
    stay = range((idle + active) // 2)
    go = range(len(stay), len(stay) * 2)
    storm = range(go.stop, go.stop + _STORM)
    deaf = range(storm.stop, storm.stop + _DEAF)
    story = Story()
    staying = await arrive(server.port, stay, logged_in=True)
    busy = asyncio.create_task(_change_tabs(staying[: active // 2]))
    await asyncio.sleep(_SETTLED)
    story.alone = server.memory()
    for _ in range(generations):
        silent = await _half_open(server, half_open)
        dull = [await _deaf(server, number) for number in deaf]
        going = await arrive(server.port, go, logged_in=True)
        await _storm(server, storm)
        await asyncio.sleep(_SETTLED)
        story.full.append(server.memory())
        for visitor in (*going, *dull):
            visitor.cut()
        await asyncio.sleep(_LOGIN_TIMEOUT)
        for writer in silent:
            writer.close()
    busy.cancel()
    await asyncio.wait([busy])
    await asyncio.sleep(_SETTLED)
    story.left = server.memory()
    for visitor in staying:
        story.harmed += await _harmed(visitor)
        story.seen += len(visitor.seen)
    return story


async def _change_tabs(visitors: Sequence[Visitor]) -> None:
    """Go through all tabs, for ever."""
    chance = random.Random(1)
    while True:
        for visitor in visitors:
            visitor.chan.write(chance.choice("123456").encode())
        await asyncio.sleep(2)


async def _half_open(server: Server, count: int) -> list[asyncio.StreamWriter]:
    """Connect without a word."""
    writers = []
    for number in range(count):
        source = (address(100_000 + number), 0)
        _reader, writer = await asyncio.open_connection("127.0.0.1", server.port, local_addr=source)
        writers.append(writer)
    return writers


async def _deaf(server: Server, number: int) -> Visitor:
    """Log in, then never read again, and ask for one drawing after the other."""
    (visitor,) = await arrive(server.port, range(number, number + 1), logged_in=True)
    visitor.chan.pause_reading()
    for _ in range(100):
        visitor.chan.write(b"123456")
    return visitor


async def _storm(server: Server, numbers: range) -> None:
    """Connect all at once; half of them go at some moment before they see anything."""

    async def one(number: int) -> None:
        coming = asyncio.ensure_future(Visitor(number).connect(server.port))
        if number % 2:
            await asyncio.wait([coming], timeout=random.Random(number).uniform(0.01, 1.0))
        else:
            await asyncio.wait([coming], timeout=DEADLINE)
        if not coming.done():
            coming.cancel()
        with suppress(asyncio.CancelledError, OSError, asyncssh.Error):
            (await coming).cut()

    await asyncio.gather(*(one(number) for number in numbers))


async def _harmed(visitor: Visitor) -> list[str]:
    """Say what is wrong with somebody who stayed: cut off, stuck, or shown another person's name."""
    if visitor.ended:
        return [f"{visitor.name} was cut off"]
    # While somebody types, the beginning of their own name is drawn.
    others = [name for name in re.findall(rb"user\d+", visitor.seen) if not visitor.name.startswith(name.decode())]
    if others:
        return [f"{visitor.name} saw {others[0].decode()}"]
    visitor.type("1")
    await visitor.quiet(0.3)
    visitor.type("5")
    try:
        await visitor.until("Manage SSH Keys")
    except RuntimeError:
        return [f"{visitor.name} is stuck"]
    return []
