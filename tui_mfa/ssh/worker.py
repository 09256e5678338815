"""A process that serves: the only one, or one of several that share sockets, limits and numbers."""

import asyncio
import contextlib
import logging
import socket
import time
from collections.abc import Iterator

import asyncssh

from tui_mfa.domain.ports import Services
from tui_mfa.settings import Settings
from tui_mfa.ssh import gate, metrics
from tui_mfa.ssh.ending import end_soon
from tui_mfa.ssh.gate import Gate
from tui_mfa.ssh.letter import READY, Letter
from tui_mfa.ssh.memory import Memory
from tui_mfa.ssh.metrics import Metrics
from tui_mfa.ssh.notify import STOPPING
from tui_mfa.ssh.plan import Plan
from tui_mfa.ssh.server import House, serve_until_told
from tui_mfa.ssh.vitals import Vitals

LOG = logging.getLogger("tui_mfa.ssh")


async def alone(plan: Plan, settings: Settings, services: Services, key: asyncssh.SSHKey) -> None:
    """Serve in this process until SIGTERM or SIGINT; soon after, it ends.

    Args:
        plan: What the operator has asked for.
        settings: The operator's decisions.
        services: What the use cases need.
        key: The host key.

    Raises:
        Unavailable: The port of the metrics cannot be used.
    """
    counts = Metrics()
    counts.add(metrics.STARTED)
    house = House(settings, services, time.monotonic, Gate(plan.limits, time.monotonic), counts)
    async with plan.shown([counts]) as ready:
        with _measured(counts, measured=plan.measured):
            await serve_until_told(
                house, key, plan.sockets, ready, told=asyncio.Event(), ends=lambda: plan.notifier.tell(STOPPING)
            )
    end_soon()


async def work(letter: Letter, line: socket.socket, settings: Settings, services: Services) -> None:
    """Serve as one of several, until the supervisor sends SIGTERM, or is gone; soon after, the process ends.

    Args:
        letter: What it has handed over.
        line: To the supervisor; it closes when that ends, however that comes.
        settings: The operator's decisions.
        services: What the use cases need.
    """
    counts = Metrics(Memory(metrics.memory_size(letter.workers), letter.counts), letter.number - 1)
    shared = Memory(gate.memory_size(letter.limits), letter.gate)
    door = Gate(letter.limits, time.monotonic, shared, letter.number)
    house = House(settings, services, time.monotonic, door, counts)
    told = asyncio.Event()
    loop = asyncio.get_running_loop()

    def heard() -> None:
        with contextlib.suppress(BlockingIOError, ConnectionError):
            if line.recv(1):
                return  # nothing is ever said
        LOG.error("ssh worker ends because its supervisor is gone")
        loop.remove_reader(line)
        told.set()

    def ready(_port: int) -> None:
        with contextlib.suppress(ConnectionError):  # of a supervisor that is gone by now, ``heard`` hears
            line.sendall(READY)

    loop.add_reader(line, heard)
    listening = [socket.socket(fileno=handle) for handle in letter.sockets]
    key = asyncssh.import_private_key(letter.key)
    with _measured(counts, measured=letter.measured):
        await serve_until_told(house, key, listening, ready, told=told, shared=True)
    end_soon()


@contextlib.contextmanager
def _measured(counts: Metrics, *, measured: bool) -> Iterator[None]:
    vitals = Vitals(counts) if measured else None
    try:
        yield
    finally:
        if vitals is not None:
            vitals.stop()
