"""The threads in which the work of all sessions is done: a bounded number, and none remembers for whom it worked."""

import asyncio
import contextvars
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

_P = ParamSpec("_P")
_T = TypeVar("_T")


class ForgetfulThreads(ThreadPoolExecutor):
    """A pool whose threads run each piece of work in a context of its own.

    Textual notes in the thread's context which worker runs there. In a plain pool that stays until the next one runs,
    and with it the app of a session that ended long ago, its screen, and all that stands on it.
    """

    def submit(self, fn: Callable[_P, _T], /, *args: _P.args, **kwargs: _P.kwargs) -> Future[_T]:
        """Queue a piece of work; see ``concurrent.futures.Executor``."""
        return super().submit(partial(contextvars.Context().run, fn, *args, **kwargs))


def prepare(loop: asyncio.AbstractEventLoop) -> None:
    """Give a loop its threads, and the kind of tasks that the first session would bring to it.

    Textual makes tasks of the whole loop eager where Python can (3.12); the server must not change with the first
    login.

    Args:
        loop: The one that serves.
    """
    loop.set_default_executor(ForgetfulThreads(thread_name_prefix="session"))
    eager = getattr(asyncio, "eager_task_factory", None)
    if eager is not None:
        loop.set_task_factory(eager)
