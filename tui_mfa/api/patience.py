"""How long a caller may take to say what it wants; uvicorn itself waits for ever, once a first byte has come."""

import asyncio
from typing import ClassVar, Final

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_SECONDS: Final = 10.0
"""How long a request's head may take: as long as its body. 16 KiB in that time is 13 kbit/s: any line carries it."""


class ImpatientProtocol(H11Protocol):
    """Hangs up on who does not finish a request's head, so that a few hundred idle sockets keep nobody out."""

    HEAD_SECONDS: ClassVar[float] = HEAD_SECONDS
    _head_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start to wait for the first request, of which nothing may ever come."""
        super().connection_made(transport)
        self._mind_the_head()

    def data_received(self, data: bytes) -> None:
        """Read on; the first byte of a further request starts the time, and later ones do not prolong it."""
        super().data_received(data)
        self._mind_the_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._stop_timer()
        super().connection_lost(exc)

    def _mind_the_head(self) -> None:
        if self.conn.their_state is not h11.IDLE:  # the head is complete, or was refused
            self._stop_timer()
        elif self._head_timer is None:
            self._head_timer = self.loop.call_later(self.HEAD_SECONDS, self._hang_up)

    def _stop_timer(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _hang_up(self) -> None:
        self._head_timer = None
        self.transport.abort()  # under TLS a polite end would wait for the caller again
