"""Several processes that serve on one port, and the one that starts them, counts for them and ends them.

All take connections from the same sockets, which they inherit. So no connection is lost that waits while a worker dies,
none waits for a busy worker while another one is free, and a socket from systemd is used in the same way. (With
``SO_REUSEPORT`` each would have its own queue, chosen by the client's address.) A worker is the same program, started
anew: it has no memory of anything, and no thread or loop that a fork would have cut in half.
"""

import asyncio
import contextlib
import logging
import os
import signal
import socket
import time
from collections.abc import Sequence
from typing import Final

import asyncssh

from tui_mfa.domain.errors import Unavailable
from tui_mfa.ssh import gate, letter, metrics
from tui_mfa.ssh.gate import Gate
from tui_mfa.ssh.letter import Letter
from tui_mfa.ssh.memory import Memory
from tui_mfa.ssh.metrics import Metrics
from tui_mfa.ssh.notify import STOPPING
from tui_mfa.ssh.plan import Plan

LOG = logging.getLogger("tui_mfa.ssh")

MOST: Final = 64
"""Workers."""

QUICK: Final = 10.0
"""Seconds; a worker that has lived for less did not get far."""

TRIES: Final = 5
"""Quick deaths of a worker in a row that are taken for the installation's fault."""

PAUSE: Final = 0.1
"""Seconds before the start after the first quick death; each further one doubles them."""

END_WITHIN: Final = 20.0
"""Seconds for a worker to let its people finish (``server.DRAIN`` and what follows it) before it is killed."""


class Supervisor:
    """Keeps so many workers alive.

    Args:
        plan: What the operator has asked for.
        key: The host key.
        workers: How many.
        command: Starts one; ``--worker`` and a handle are added.
    """

    def __init__(self, plan: Plan, key: asyncssh.SSHKey, workers: int, command: Sequence[str]) -> None:
        self._plan, self._workers, self._command = plan, workers, command
        self._key = key.export_private_key().decode("ascii")
        self._limits = gate.memory_for(plan.limits, several=True)
        self._counts = Memory.for_several(metrics.memory_size(workers))
        self._gate = Gate(plan.limits, time.monotonic, self._limits)
        self._rows = [Metrics(self._counts, row) for row in range(workers)]
        self._told = asyncio.Event()
        self._ready = [asyncio.Event() for _ in range(workers)]

    async def run(self) -> None:
        """Serve until SIGTERM or SIGINT.

        Raises:
            Unavailable: Workers do not stay alive, or the port of the metrics cannot be used.
        """
        loop = asyncio.get_running_loop()
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(name, self._told.set)
        async with self._plan.shown(self._rows) as ready:
            keepers = [loop.create_task(self._keep(number)) for number in range(1, self._workers + 1)]
            told, greeted = loop.create_task(self._told.wait()), loop.create_task(self._all_ready())
            port = self._plan.sockets[0].getsockname()[1]
            greeted.add_done_callback(lambda task: None if task.cancelled() else ready(port))
            await asyncio.wait([*keepers, told], return_when=asyncio.FIRST_COMPLETED)
            greeted.cancel()
            self._plan.notifier.tell(STOPPING)
            for sock in self._plan.sockets:
                sock.close()  # the workers close theirs; as long as one is open, connections wait there for nobody
            self._told.set()
            for ended in await asyncio.gather(*keepers, return_exceptions=True):
                if isinstance(ended, BaseException):
                    raise ended

    async def _all_ready(self) -> None:
        for one in self._ready:
            await one.wait()

    async def _keep(self, number: int) -> None:
        """Have a worker live, and start the next one when it is dead."""
        quick = 0
        while not self._told.is_set():
            began = time.monotonic()
            self._rows[number - 1].add(metrics.STARTED)
            try:
                status = await self._live(number)
            except OSError as error:  # the system has no process to give
                LOG.error("ssh worker cannot start number=%d: %s", number, error.strerror)
                status = os.EX_OSERR
            lived = time.monotonic() - began
            self._gate.forget(number)
            self._rows[number - 1].forget_present()
            if self._told.is_set():
                return
            LOG.error("ssh worker died number=%d status=%d after=%.0fs", number, status, lived)
            quick = quick + 1 if lived < QUICK else 0
            if quick >= TRIES:
                raise Unavailable(
                    f"The processes that serve do not stay alive: {TRIES} have ended right after their start, the last "
                    f"one with status {status}. What they said stands above, or in the log."
                )
            if quick:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._told.wait(), PAUSE * 2 ** (quick - 1))

    async def _live(self, number: int) -> int:
        """Start a worker; return its exit status once it has ended, which it does when it is enough."""
        ours, theirs = socket.socketpair()
        written = self._letter(number)
        with theirs:
            process = await asyncio.create_subprocess_exec(
                *self._command,
                "--worker",
                str(theirs.fileno()),
                stdin=asyncio.subprocess.DEVNULL,
                pass_fds=(*written.handles, theirs.fileno()),
                process_group=0,  # Ctrl+C is for the supervisor; it tells the workers
            )
        reader, writer = await asyncio.open_connection(sock=ours)
        loop = asyncio.get_running_loop()
        hears = loop.create_task(self._hear(number, reader))
        ends, told = loop.create_task(process.wait()), loop.create_task(self._told.wait())
        try:
            writer.write(written.encoded())
            await asyncio.wait([ends, told], return_when=asyncio.FIRST_COMPLETED)
            if not ends.done():
                await _end(process, ends, number)
            return await ends
        finally:
            hears.cancel()
            told.cancel()
            writer.close()

    def _letter(self, number: int) -> Letter:
        if self._limits.handle is None or self._counts.handle is None:
            raise AssertionError("memory for several processes has a handle")
        return Letter(
            number=number,
            workers=self._workers,
            sockets=[sock.fileno() for sock in self._plan.sockets],
            gate=self._limits.handle,
            counts=self._counts.handle,
            limits=self._plan.limits,
            measured=self._plan.measured,
            key=self._key,
        )

    async def _hear(self, number: int, reader: asyncio.StreamReader) -> None:
        with contextlib.suppress(ConnectionError):
            if await reader.readline() == letter.READY:
                self._ready[number - 1].set()


async def _end(process: asyncio.subprocess.Process, ends: "asyncio.Task[int]", number: int) -> None:
    """Tell a worker that it is enough, and kill it if it does not end."""
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    done, _ = await asyncio.wait([ends], timeout=END_WITHIN)
    if not done:
        LOG.error("ssh worker killed, it did not end number=%d", number)
        with contextlib.suppress(ProcessLookupError):
            process.kill()
