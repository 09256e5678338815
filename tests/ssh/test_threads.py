"""The threads that all sessions share: nobody takes them all, whatever they start."""

import asyncio
import contextvars
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.beside import PATIENCE
from tests.fakes import make_account, make_services
from tests.ssh.house import eventually, log_in, street
from tui_mfa.domain.account import Method
from tui_mfa.ssh.threads import EACH, THREADS, FairThreads, owned


class Slow:
    """Work that goes on until it is told to end."""

    def __init__(self) -> None:
        self.end, self.began, self.lock = threading.Event(), 0, threading.Lock()

    def __call__(self) -> int:
        with self.lock:
            self.began += 1
            number = self.began
        assert self.end.wait(PATIENCE)
        return number


@pytest.fixture
def slow() -> Iterator[Slow]:
    slow = Slow()
    yield slow
    slow.end.set()


def somebody() -> contextvars.Context:
    context = contextvars.Context()
    owned(context)
    return context


def test_one_has_few_threads_and_another_one_the_next(slow: Slow) -> None:
    with FairThreads() as pool:
        one, other = somebody(), somebody()
        asked = [one.run(pool.submit, slow) for _ in range(2 * THREADS)]
        assert other.run(pool.submit, str, "done").result(PATIENCE) == "done"
        assert pool.submit(str, "done").result(PATIENCE) == "done"
        assert slow.began <= EACH
        assert asked[-1].cancel(), "it has not begun"
        slow.end.set()
        assert sorted(future.result(PATIENCE) for future in asked[:-1]) == list(range(1, 2 * THREADS))
        assert one.run(pool.submit, str, "again").result(PATIENCE) == "again"
        assert not pool._running
        assert not pool._waiting


def test_a_mistake_is_its_owners_and_takes_no_thread_away() -> None:
    with FairThreads() as pool:
        one = somebody()
        for _ in range(2 * EACH):
            with pytest.raises(ZeroDivisionError):
                one.run(pool.submit, lambda: 1 / 0).result(PATIENCE)


def test_what_has_not_begun_when_the_pool_ends_does_not_begin(slow: Slow) -> None:
    pool, one = FairThreads(), somebody()
    asked = [one.run(pool.submit, slow) for _ in range(EACH + 3)]
    pool.shutdown(wait=False)
    slow.end.set()
    assert sorted(future.result(PATIENCE) for future in asked[:EACH]) == list(range(1, EACH + 1))
    pool.shutdown()
    assert all(future.cancelled() for future in asked[EACH:])
    assert slow.began == EACH


async def test_a_session_that_waits_for_much_keeps_nobody_waiting(tmp_path: Path, slow: Slow) -> None:
    services = make_services(tmp_path)
    make_account(services, method=Method.DISABLED)
    async with street(tmp_path, services) as here, here.visitor() as first:
        await log_in(first)
        (session,) = here.house.sessions
        loop = asyncio.get_running_loop()
        asked = [session._inside.context.run(loop.run_in_executor, None, slow) for _ in range(2 * THREADS)]
        await eventually(lambda: slow.began)
        async with here.visitor() as second:
            await log_in(second)
        assert slow.began == EACH
        slow.end.set()
        await asyncio.gather(*asked)
