"""Looking where a key is costs little, and is true; tests/ssh/test_order.py has the order itself."""

import asyncio
from weakref import ref

import pytest
from textual import _callback, events
from textual.app import App, ComposeResult
from textual.widget import Widget

from tests.ssh.house import eventually
from tui_mfa.ssh import follow
from tui_mfa.ssh.follow import Follower, Ready


class Asked(Widget):
    """Does a key when it is let."""

    can_focus = True

    def __init__(self) -> None:
        super().__init__()
        self.begun, self.gate = asyncio.Event(), asyncio.Event()

    async def on_key(self) -> None:
        self.begun.set()
        await self.gate.wait()


class Page(App[None]):
    """Has one widget."""

    def compose(self) -> ComposeResult:
        yield Asked()


def test_textual_does_not_inspect_a_call_that_is_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    def inspected(_func: object) -> int:
        raise AssertionError("it was inspected")

    monkeypatch.setattr(_callback, "_count_parameters", inspected)
    assert _callback.count_parameters(Ready(print, "word")) == 0
    with pytest.raises(AssertionError):
        _callback.count_parameters(lambda: None)


async def test_a_widget_is_busy_from_the_moment_that_something_is_in_its_queue_until_it_waits_for_more() -> None:
    """This is what Textual's ``Queue.ready_event`` and asyncio's ``Event._waiters`` are asked for."""
    async with Page().run_test() as pilot:
        asked = pilot.app.query_one(Asked)
        await eventually(lambda: not follow._is_busy(asked))
        asked.post_message(events.Key("x", "x"))
        assert follow._is_busy(asked)
        await asked.begun.wait()
        assert (asked.message_queue_size, follow._is_busy(asked)) == (0, True)
        asked.gate.set()
        await eventually(lambda: not follow._is_busy(asked))


@pytest.mark.parametrize("turns", [0, follow.TURNS])
async def test_who_looks_and_who_asks_hear_the_same(monkeypatch: pytest.MonkeyPatch, turns: int) -> None:
    monkeypatch.setattr(follow, "TURNS", turns)
    steps: list[bool] = []
    async with Page().run_test() as pilot:
        asked, key = pilot.app.query_one(Asked), events.Key("x", "x")
        Follower(pilot.app, key, lambda: pilot.app.post_message(key), steps.append)
        await asked.begun.wait()
        for _ in range(10 * follow.TURNS + 10):
            await asyncio.sleep(0)
        assert True not in steps
        asked.gate.set()
        await eventually(lambda: True in steps)


async def test_a_widget_that_is_gone_holds_up_nothing() -> None:
    steps: list[bool] = []
    async with Page().run_test() as pilot:
        asked, key = pilot.app.query_one(Asked), events.Key("x", "x")
        Follower(pilot.app, key, lambda: pilot.app.post_message(key), steps.append)
        asked.gate.set()
        await asked.remove()
        await eventually(lambda: True in steps)


async def test_what_is_taken_back_is_followed_no_more() -> None:
    steps: list[bool] = []
    async with Page().run_test() as pilot:
        asked, key = pilot.app.query_one(Asked), events.Key("x", "x")
        follower = Follower(pilot.app, key, lambda: pilot.app.post_message(key), steps.append)
        await asked.begun.wait()
        for _ in range(10 * follow.TURNS):
            await asyncio.sleep(0)
        follower.cancel()
        asked.gate.set()
        await eventually(lambda: not follow._is_busy(asked))
        for _ in range(10 * follow.TURNS):
            await asyncio.sleep(0)
        assert True not in steps


@pytest.mark.usefixtures("no_collector")
async def test_a_key_that_is_done_with_is_kept_by_nobody() -> None:
    """It may be one of a password."""
    done: list[bool] = []
    async with Page().run_test() as pilot:
        asked = pilot.app.query_one(Asked)
        asked.gate.set()
        key = events.Key("x", "x")
        followed = ref(Follower(pilot.app, key, lambda: pilot.app.post_message(key), done.append))
        await eventually(lambda: True in done)
        await eventually(lambda: followed() is None)
