"""What is removed from a page is freed at once, without the collector; and Textual's private names are as they were."""

import asyncio
import gc
import sys
from functools import partial
from weakref import WeakSet, ref

import pytest
from textual._compositor import Compositor
from textual.app import App, ComposeResult
from textual.cache import LRUCache
from textual.containers import Vertical
from textual.screen import Screen
from textual.signal import Signal
from textual.widgets import Button, Input, Static
from textual.worker import Worker, WorkerCancelled
from textual.worker_manager import WorkerManager

from tests.fakes import make_account, make_services
from tests.pilot_tools import settle
from tests.profile_host import enter, profile
from tui_mfa import freeing, styles
from tui_mfa.domain.account import Method
from tui_mfa.domain.secret import Secret
from tui_mfa.screens.login import LoginScreen
from tui_mfa.screens.messages import LogoutRequested
from tui_mfa.screens.profile import ProfileScreen
from tui_mfa.widgets.text_input import TextInput


class Page(Screen[None]):
    def compose(self) -> ComposeResult:
        with Vertical():
            yield Static("words")
            yield Button("Press")
            yield TextInput()


class Pages(App[None]):
    def __init__(self) -> None:
        super().__init__()
        styles.share_styles(self)
        freeing.free_when_removed(self)


@pytest.mark.usefixtures("no_collector")
async def test_a_page_is_freed_when_it_is_left() -> None:
    app = Pages()
    async with app.run_test() as pilot:
        page = Page()
        await app.push_screen(page)
        await pilot.press("tab", "x")
        left = [ref(widget) for widget in page.walk_children(with_self=True)]
        assert len(left) > 4
        del page
        await app.pop_screen()
        await pilot.pause()
        assert [found() for found in left] == [None] * len(left)


@pytest.mark.usefixtures("no_collector")
async def test_nothing_of_the_login_page_is_kept_behind_the_profile() -> None:
    services = make_services()
    make_account(services, method=Method.EMAIL)
    async with profile(services, enter(services)) as pilot:
        await settle(pilot)
        await settle(pilot)
        kept = [found for found in gc.get_objects() if isinstance(found, Input | LoginScreen)]
        assert [type(found) for found in kept] == [LoginScreen]  # Textual's main coroutine has it, and it is empty
        assert not kept[0].children
        assert not gc.get_referents(vars(kept[0])["_nodes"]._displayed_nodes[1])


@pytest.mark.usefixtures("no_collector")
async def test_nothing_of_the_profile_is_kept_behind_the_login_page() -> None:
    services = make_services()
    make_account(services, method=Method.EMAIL)
    async with profile(services, enter(services)) as pilot:
        page = pilot.app.screen
        assert isinstance(page, ProfileScreen)
        left = [ref(widget) for widget in page.walk_children(with_self=True)]
        del page
        pilot.app.post_message(LogoutRequested())
        await settle(pilot)
        await settle(pilot)
        assert isinstance(pilot.app.screen, LoginScreen)
        assert [widget for found in left if (widget := found()) is not None] == []


async def work(held: Secret[str]) -> str:
    return held.reveal()


@pytest.mark.usefixtures("no_collector")
async def test_a_worker_is_freed_when_it_is_done_and_what_it_worked_with_in_any_case() -> None:
    """That may be a password; the thread that it ran in keeps the worker until it does something else."""
    app, password = Pages(), Secret("secret")
    async with app.run_test() as pilot:
        before = sys.getrefcount(password)
        worker: Worker[str] = app.run_worker(work(password))
        threaded = app.run_worker(partial(Secret.reveal, password), thread=True)
        assert await worker.wait() == await threaded.wait() == "secret"
        await settle(pilot)
        kept = ref(worker)
        del worker
        assert kept() is None
        assert sys.getrefcount(password) == before


async def sleeping() -> str:
    await asyncio.Event().wait()
    return ""


async def test_a_worker_that_was_stopped_before_it_began_still_says_so() -> None:
    app = Pages()
    async with app.run_test():
        worker: Worker[str] = app.run_worker(sleeping)
        worker.cancel()
        with pytest.raises(WorkerCancelled):
            await worker.wait()


def test_textual_has_the_names_that_freeing_needs() -> None:
    app, widget = App[None](), Static()
    assert isinstance(app._registry, WeakSet)
    assert app._compose_screen is None
    assert isinstance(app._screen_stacks, dict)
    assert isinstance(app._modes, dict)
    assert callable(app._prune)
    assert widget._css_styles.node is widget
    assert widget._inline_styles.node is widget
    assert widget._component_styles == {}
    assert widget._nodes._displayed_nodes == widget._nodes._displayed_visible_nodes == (-1, [])
    assert isinstance(Screen[None]()._compositor, Compositor)
    assert type(widget._query_one_cache) is LRUCache
    assert isinstance(widget._box_model_cache, LRUCache)
    assert type(app.workers) is WorkerManager
    assert Worker(app, lambda: None)._task is None
    assert Screen[None]()._result_callbacks == []
    assert isinstance(Screen[None]().bindings_updated_signal, Signal)


def test_a_ring_is_taken_apart() -> None:
    cache, kept = freeing.TidyCache(8), [Static() for _ in range(3)]
    for number, widget in enumerate(kept):
        cache[number] = widget
    entries = list(cache._cache.values())
    cache.clear()
    assert not any(entries)
    assert len(cache) == 0
    cache[0] = kept[0]
    assert cache[0] is kept[0]
