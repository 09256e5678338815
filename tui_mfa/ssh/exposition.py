"""Shows what was counted to Prometheus: over HTTP, on this machine alone."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Final

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector

from tui_mfa.ssh import metrics, sockets
from tui_mfa.ssh.metrics import Metrics

HOST: Final = "127.0.0.1"
"""Nobody else is shown anything, and there is no way to change that: a proxy can add TLS and a password."""

PREFIX: Final = "tui_mfa_ssh_"

AT_ONCE: Final = 16
"""Connections that are answered at a time; others are hung up on, so that no local user takes the service's handles."""

WITHIN: Final = 5.0
"""Seconds to ask."""

REQUEST_MAX: Final = 8192
"""Bytes of a request."""


class _Rows(Collector):
    """Reads all workers' rows whenever it is asked.

    Args:
        rows: One for each worker.
    """

    def __init__(self, rows: list[Metrics]) -> None:
        self._rows = rows

    def collect(self) -> Iterator[Metric]:
        """Yield each kind with its numbers."""
        for kind in metrics.KINDS:
            labels = ("worker", *kind.labels) if kind.per_worker else kind.labels
            made = GaugeMetricFamily if kind.gauge else CounterMetricFamily
            family = made(PREFIX + kind.name, kind.words, labels=labels)
            for values, value in metrics.samples(kind, self._rows):
                family.add_metric(values, value)
            yield family


def text_of(rows: list[Metrics]) -> Callable[[], bytes]:
    """Return a function that makes the present text, in Prometheus's format.

    Args:
        rows: One for each worker.
    """
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Rows(rows))
    return lambda: generate_latest(registry)


@asynccontextmanager
async def shown(port: int, text: Callable[[], bytes]) -> AsyncIterator[int]:
    """Answer whoever asks on this machine for ``/metrics``, until the block ends; give the port.

    Args:
        port: 0 takes a free one.
        text: From ``text_of``.

    Raises:
        Unavailable: The port cannot be used.
    """
    free = asyncio.BoundedSemaphore(AT_ONCE)

    async def met(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if not free.locked():
                async with free:
                    await _answer(reader, writer, text)
        except asyncio.CancelledError:  # the service ends; asyncio would print it as a mistake (Python 3.11)
            return
        finally:
            writer.close()

    (sock,) = sockets.bind(HOST, port)
    server = await asyncio.start_server(met, sock=sock, limit=REQUEST_MAX)
    try:
        yield sock.getsockname()[1]
    finally:
        server.close()


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, text: Callable[[], bytes]) -> None:
    with contextlib.suppress(TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, OSError):
        async with asyncio.timeout(WITHIN):
            head = await reader.readuntil(b"\r\n\r\n")
            asked = head.partition(b"\r\n")[0].split(b" ")
            if len(asked) == 3 and asked[0] == b"GET" and asked[1].partition(b"?")[0] == b"/metrics":  # noqa: PLR2004
                _write(writer, "200 OK", CONTENT_TYPE_PLAIN_0_0_4, text())
            else:
                _write(writer, "404 Not Found", "text/plain; charset=utf-8", b"Ask for /metrics\n")
            await writer.drain()


def _write(writer: asyncio.StreamWriter, status: str, kind: str, body: bytes) -> None:
    head = (
        f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
        "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n"
    )
    writer.write(head.encode() + body)
