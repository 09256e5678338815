"""What goes wrong with many of Textual's apps in one process, each closed; see also test_driver and test_sharing."""

import ast
import asyncio
import functools
import gc
import importlib
import os
import pkgutil
import signal
import sys
import weakref
import webbrowser
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from pathlib import Path
from typing import Any, cast

import pytest
from rich.cells import cached_cell_len
from textual._context import active_app, prevent_message_types_stack
from textual.message_pump import MessagePump
from textual.widgets import Input, TextArea
from textual.worker import active_worker

import tui_mfa
from tests.fakes import make_account, make_services
from tests.ssh.house import app_of, eventually, log_in, street
from tui_mfa.domain.account import Method
from tui_mfa.ssh import threads
from tui_mfa.ssh.portal import SshApp
from tui_mfa.ssh.pump import Inside

SOURCES = sorted(Path(tui_mfa.__file__).parent.rglob("*.py"))

LISTENERS: ContextVar[str] = ContextVar("LISTENERS")


async def test_each_session_begins_with_an_empty_context(tmp_path: Path) -> None:
    LISTENERS.set("the listener's")
    async with street(tmp_path, make_services(tmp_path)) as here, here.visitor() as one, here.visitor() as two:
        await one.until("Username or e-mail")
        await two.until("Username or e-mail")
        contexts = [session._inside.context for session in here.house.sessions]
        assert [LISTENERS in context for context in contexts] == [False, False]
        assert {context[active_app] for context in contexts} == {session.app for session in here.house.sessions}
        stacks = [context.get(prevent_message_types_stack) for context in contexts]
        assert stacks[0] is None or stacks[0] is not stacks[1]


async def test_a_mistake_in_a_callback_ends_its_session_and_runs_in_its_context() -> None:
    failed: list[Exception] = []
    inside = Inside(failed.append)
    seen: list[bool] = []

    def fail() -> None:
        raise ValueError("a mistake")

    LISTENERS.set("the listener's")
    inside.soon(lambda: seen.append(LISTENERS in dict(inside.context)))
    inside.soon(fail)
    await eventually(lambda: failed)
    assert (seen, [type(error) for error in failed]) == ([False], [ValueError])


async def test_a_thread_remembers_nobody(tmp_path: Path) -> None:
    """Textual sets a variable in the thread's context that holds the app of the session it worked for."""
    loop = asyncio.get_running_loop()
    threads.prepare(loop)
    await loop.run_in_executor(None, active_worker.set, cast(Any, object()))
    assert await loop.run_in_executor(None, lambda: active_worker.get(None)) is None


async def test_nothing_of_ended_sessions_stays_in_memory(tmp_path: Path) -> None:
    services = make_services(tmp_path)
    make_account(services, method=Method.DISABLED)
    mark = f"zebra{os.getpid()}"
    apps: list[weakref.ref[SshApp]] = []
    async with street(tmp_path, services) as here:
        for _ in range(2):
            async with here.visitor() as screen:
                await screen.until("Username or e-mail")
                screen.type(mark)
                await screen.until(mark)
                screen.type("\x7f" * len(mark))
                await log_in(screen)
                apps.append(weakref.ref(app_of(here)))
            await eventually(lambda: not here.house.sessions)
        assert [cache for cache in caches() if holds(cache, mark)] == []
        await eventually(lambda: gc.collect() >= 0 and not any(app() for app in apps))


def caches() -> Iterator[Any]:
    """Yield the caches of whole modules and classes that drawing goes through."""
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] in {"rich", "textual", "tui_mfa"}:
            for value in list(vars(module).values()):
                inner = list(vars(value).values()) if isinstance(value, type) else []
                yield from (found for found in (value, *inner) if isinstance(found, functools._lru_cache_wrapper))


def holds(cache: object, mark: str, depth: int = 3) -> bool:
    """Return whether a text is in a cache, some steps deep."""
    if isinstance(cache, str):
        return mark in cache
    return depth > 0 and any(
        holds(found, mark, depth - 1)
        for found in gc.get_referents(cache)
        if isinstance(found, str | tuple | list | dict) or depth == 2
    )


def test_the_search_in_caches_would_find_a_text() -> None:
    cached_cell_len("a zebra on the screen", "auto")
    assert [cache for cache in caches() if holds(cache, "zebra")]
    cached_cell_len.cache_clear()
    assert not holds(cached_cell_len, "zebra")


def timers(app: SshApp) -> set[str]:
    """Return what would wake an app of which nobody asks anything."""
    nodes: list[MessagePump] = [app]
    for screen in app.screen_stack:
        nodes += screen.walk_children(with_self=True)
    return {
        getattr(timer._callback, "__name__", str(timer._callback))
        for node in nodes
        for timer in node._timers
        if cast(asyncio.Event, timer._active).is_set()
    }


async def test_an_idle_session_has_no_timer_that_draws(tmp_path: Path) -> None:
    services = make_services(tmp_path)
    make_account(services, method=Method.DISABLED)
    async with street(tmp_path, services) as here, here.visitor() as screen:
        await screen.until("Username or e-mail")
        app = app_of(here)
        await eventually(lambda: timers(app) == {"lock_when_idle"}, lambda: str(timers(app)))
        screen.type("\x10")
        await screen.until("Change how it looks")
        await eventually(lambda: timers(app) == {"lock_when_idle"}, lambda: str(timers(app)))
        screen.type("\x1b")
        await eventually(lambda: len(app.screen_stack) == 1)
        await log_in(screen)
        await eventually(lambda: timers(app) == {"lock_when_idle"}, lambda: str(timers(app)))


def subclasses(kind: type[Any]) -> Iterator[type[Any]]:
    for found in kind.__subclasses__():
        yield found
        yield from subclasses(found)


def test_no_caret_blinks_and_no_page_draws_by_itself() -> None:
    for module in pkgutil.walk_packages(tui_mfa.__path__, "tui_mfa."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    fields = [kind for base in (Input, TextArea) for kind in subclasses(base) if kind.__module__.startswith("tui_mfa")]
    assert len(fields) >= 4
    for kind in fields:
        assert kind._reactives["cursor_blink"]._default is False, kind


@pytest.mark.parametrize("name", ["Header", "LoadingIndicator()", "Input()", "TextArea()", "MaskedInput"])
def test_widgets_that_blink_animate_or_race_are_not_used(name: str) -> None:
    """A header that mounts while its screen is switched ends the app; the others blink or draw by themselves."""
    used: list[str] = []
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text())):
            found: bool
            if name.endswith("()"):
                found = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and f"{node.func.id}()" == name
            else:
                found = isinstance(node, ast.alias) and node.name == name
            if found:
                used.append(f"{path.name}:{getattr(node, 'lineno', 0)}")
    assert used == []


async def test_nothing_is_animated_whatever_the_servers_environment_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEXTUAL_ANIMATIONS", "full")
    async with street(tmp_path, make_services(tmp_path)) as here, here.visitor() as screen:
        await screen.until("Username or e-mail")
        app = app_of(here)
        assert (app.animation_level, app.supports_smooth_scrolling) == ("none", False)


async def test_palette_links_and_screenshots_do_nothing_at_the_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "server"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("HOME", str(folder))
    signals: list[int] = []

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a browser would have started on the server")

    monkeypatch.setattr(webbrowser, "open", refuse)
    before: Callable[..., object] | int | None = signal.signal(signal.SIGTSTP, lambda number, _: signals.append(number))
    try:
        async with street(tmp_path, make_services(tmp_path)) as here, here.visitor() as screen:
            await screen.until("Username or e-mail")
            app = app_of(here)
            assert {command.title for command in app.get_system_commands(app.screen)} == {"Theme", "Help", "Quit"}
            screen.type("\x10")
            await screen.until("Change how it looks")
            screen.type("screenshot")
            await screen.until("No matches found")
            screen.type("\x1b")
            await screen.until("Username or e-mail")
            screen.type("\x1a")
            for action in ("screenshot", "suspend_process"):
                await app.run_action(f"app.{action}")
            app.open_url("https://example.com/")
            await screen.until("Username or e-mail")
    finally:
        signal.signal(signal.SIGTSTP, before)
    assert signals == []
    assert await asyncio.to_thread(list, folder.rglob("*")) == []


async def test_the_loop_is_the_same_before_and_after_the_first_session(tmp_path: Path) -> None:
    """Textual makes tasks eager where Python can, for the whole loop."""
    loop = asyncio.get_running_loop()
    async with street(tmp_path, make_services(tmp_path)) as here:
        before = loop.get_task_factory()
        async with here.visitor() as screen:
            await screen.until("Username or e-mail")
            assert loop.get_task_factory() is before
