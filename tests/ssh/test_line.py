"""One thing at a time: the next one waits for the one before, and goes with it if that is given up."""

import asyncio
from collections.abc import Callable

import pytest

from tests.ssh.house import eventually
from tui_mfa.ssh import inlet
from tui_mfa.ssh.inlet import Line

TIMES = 4
"""Answers after which something is given up here."""


class Works:
    """An app that is done with something when it is told so."""

    def __init__(self) -> None:
        self.log: list[str] = []
        self.steps: dict[str, Callable[[bool], None]] = {}
        self.questions: list[Callable[[], None]] = []
        self.line: Line[str] = Line(self.take, self.questions.append)

    def take(self, thing: str, step: Callable[[bool], None]) -> Callable[[], None]:
        self.log.append(thing)
        self.steps[thing] = step
        return lambda: self.log.append(f"not {thing}")

    def put(self, *things: str) -> None:
        for thing in things:
            self.line.put(thing)
        self.line.when_done(lambda: self.log.append("done"), lambda: self.log.append("lost"))

    async def answer(self, times: int) -> None:
        """Answer questions, each once it is asked."""
        for _ in range(times):
            await eventually(lambda: self.questions)
            self.questions.pop()()


@pytest.fixture(autouse=True)
def asks_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inlet, "LOOK_EVERY", 0.0)
    monkeypatch.setattr(inlet, "GIVEN_UP_AFTER", TIMES)


async def test_the_next_one_waits_for_the_one_before() -> None:
    works = Works()
    works.put("a", "b")
    works.steps["a"](False)
    assert works.log == ["a"]
    works.steps["a"](True)
    works.steps["a"](True)  # whoever says so twice says nothing of the next one
    assert works.log == ["a", "b"]
    works.steps["b"](True)
    assert works.log == ["a", "b", "done"]


async def test_of_nothing_it_is_said_at_once_that_it_is_done() -> None:
    works = Works()
    works.put()
    assert works.log == ["done"]


async def test_what_gets_no_further_is_taken_back_with_all_behind_it() -> None:
    works = Works()
    works.put("a", "b", "c")
    await works.answer(TIMES - 1)
    assert works.log == ["a"]
    await works.answer(1)
    assert works.log == ["a", "not a", "lost"]
    works.put("d", "e")
    works.steps["a"](True)  # late, and of no account any more
    assert works.log == ["a", "not a", "lost", "d"]
    works.steps["d"](True)
    works.steps["e"](True)
    assert works.log == ["a", "not a", "lost", "d", "e", "done"]


async def test_what_gets_on_step_by_step_is_given_all_the_time_it_needs() -> None:
    works = Works()
    works.put("a")
    for _ in range(4):
        await works.answer(TIMES - 1)
        works.steps["a"](False)
    assert works.log == ["a"]
    works.steps["a"](True)
    assert works.log == ["a", "done"]


async def test_each_thing_is_given_the_same_time() -> None:
    works = Works()
    works.put("a", "b")
    await works.answer(TIMES - 1)
    works.steps["a"](True)
    await works.answer(TIMES - 1)
    assert works.log == ["a", "b"]
    await works.answer(1)
    assert works.log == ["a", "b", "not b", "lost"]


async def test_an_app_that_answers_nothing_is_asked_once_and_nothing_is_given_up() -> None:
    works = Works()
    works.put("a", "b")
    await eventually(lambda: works.questions)
    for _ in range(10 * TIMES):
        await asyncio.sleep(0)
    assert (len(works.questions), works.log) == (1, ["a"])


async def test_who_has_closed_hears_nothing_more_and_what_was_handed_over_is_taken_back() -> None:
    works = Works()
    works.put("a", "b")
    works.line.close()
    works.steps["a"](True)
    for _ in range(100):
        await asyncio.sleep(0)
    assert (works.log, works.questions) == (["a", "not a"], [])
