"""The threads in which the work of all sessions is done: a bounded number, shared fairly, and forgetful."""

import asyncio
import contextvars
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any, Final, ParamSpec, TypeVar

_P = ParamSpec("_P")
_T = TypeVar("_T")

THREADS: Final = 24
"""Threads of a process. They wait more than they work: for a core that checks passwords, for mail that goes out."""

EACH: Final = 3
"""Of these, those of one session at a time: what it does, what it reads meanwhile, and mail that is going out."""

OWNER: contextvars.ContextVar[object] = contextvars.ContextVar("OWNER")
"""For whom the present task works: set in a session's context, and thereby in all that it starts."""


def owned(context: contextvars.Context) -> None:
    """Make a context that of somebody new.

    Args:
        context: Nobody's as yet.
    """
    context.run(OWNER.set, object())


class FairThreads(ThreadPoolExecutor):
    """A pool in which nobody has more than ``EACH`` threads, and whose threads remember nothing.

    Each piece of work runs in a context of its own. Textual notes in the thread's context which worker runs there. In a
    plain pool that stays until the next one runs, and with it the app of a session that ended long ago, its screen, and
    all that stands on it.
    """

    def __init__(self) -> None:
        super().__init__(THREADS, thread_name_prefix="session")
        self._lock = threading.Lock()
        self._running: dict[object, int] = {}
        self._waiting: dict[object, deque[tuple[Future[Any], Callable[[], Any]]]] = {}

    def submit(self, fn: Callable[_P, _T], /, *args: _P.args, **kwargs: _P.kwargs) -> Future[_T]:
        """Queue a piece of work; see ``concurrent.futures.Executor``."""
        work = partial(contextvars.Context().run, fn, *args, **kwargs)
        owner = OWNER.get(None)
        if owner is None:
            return super().submit(work)
        future: Future[_T] = Future()
        with self._lock:
            self._waiting.setdefault(owner, deque()).append((future, work))
        self._start_next(owner)
        return future

    def _start_next(self, owner: object) -> None:
        """Start what waits of somebody, if they have a thread left."""
        with self._lock:
            waiting = self._waiting.get(owner)
            if not waiting or self._running.get(owner, 0) >= EACH:
                return
            future, work = waiting.popleft()
            if not waiting:
                del self._waiting[owner]
            self._running[owner] = self._running.get(owner, 0) + 1
        try:
            super().submit(self._run, owner, future, work)
        except RuntimeError:  # the pool is shut down: what it has not begun, it does not begin
            future.cancel()
            self._done(owner)

    def _run(self, owner: object, future: Future[_T], work: Callable[[], _T]) -> None:
        try:
            if future.set_running_or_notify_cancel():
                try:
                    future.set_result(work())
                except BaseException as error:  # noqa: BLE001 - as every pool: it is its owner's
                    future.set_exception(error)
        finally:
            self._done(owner)

    def _done(self, owner: object) -> None:
        with self._lock:
            self._running[owner] -= 1
            if not self._running[owner]:
                del self._running[owner]
        self._start_next(owner)


def prepare(loop: asyncio.AbstractEventLoop) -> None:
    """Give a loop its threads, and the kind of tasks that the first session would bring to it.

    Textual makes tasks of the whole loop eager where Python can (3.12); the server must not change with the first
    login.

    Args:
        loop: The one that serves.
    """
    loop.set_default_executor(FairThreads())
    eager = getattr(asyncio, "eager_task_factory", None)
    if eager is not None:
        loop.set_task_factory(eager)
