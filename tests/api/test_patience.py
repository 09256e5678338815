"""Callers who never finish what they say, over real sockets; with a short patience, so that nobody waits."""

import asyncio
import selectors
import socket
import threading
from collections.abc import Iterator

import pytest
import uvicorn
from starlette.responses import PlainTextResponse
from uvicorn.server import ServerState

from tui_mfa.api.patience import ImpatientProtocol


class _Hasty(ImpatientProtocol):
    HEAD_SECONDS = 0.05


@pytest.fixture
def port() -> Iterator[int]:
    """Return where a server with little patience listens."""
    config = uvicorn.Config(PlainTextResponse("ok"), lifespan="off", ws="none", log_config=None, access_log=False)
    config.load()
    state = ServerState()
    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(loop.create_server(lambda: _Hasty(config, state, {}, loop), "127.0.0.1", 0))
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    yield server.sockets[0].getsockname()[1]
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    server.close()
    loop.close()


def everything(connection: socket.socket) -> bytes:
    """Return what comes until the server hangs up."""
    received = b""
    try:
        while part := connection.recv(4096):
            received += part
    except ConnectionResetError:  # it hung up without a word
        pass
    return received


@pytest.mark.parametrize("begun", [b"", b"G", b"GET / HTTP/1.1\r\n", b"GET / HTTP/1.1\r\nHost: a\r\nX: "])
def test_who_does_not_finish_the_head_is_hung_up_on(port: int, begun: bytes) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=30) as slow:
        slow.sendall(begun)
        assert everything(slow) == b""


def test_a_byte_now_and_then_does_not_prolong_it(port: int) -> None:
    """The whole head would be refused as too large after 65,536 of these bytes, and then there were an answer."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as slow, selectors.DefaultSelector() as reading:
        reading.register(slow, selectors.EVENT_READ)
        slow.sendall(b"GET / HTTP/1.1\r\nX: ")
        while not reading.select(timeout=0.01):
            slow.sendall(b"a")
        assert everything(slow) == b""


def test_a_second_request_is_not_waited_for_longer(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=30) as slow:
        slow.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        answer = b""
        while not answer.endswith(b"ok"):
            answer += slow.recv(4096)
        slow.sendall(b"GET / HTTP/1.1\r\nX")
        assert everything(slow) == b""


def test_who_is_waiting_for_an_answer_is_not_hung_up_on(port: int) -> None:
    """Only the head is minded here: a body has its own time, and a use case takes as long as it takes."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as asking:
        asking.sendall(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        assert everything(asking).endswith(b"\r\n\r\nok")
