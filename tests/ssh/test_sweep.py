"""What ended sessions leave is freed, at a moment that disturbs nobody."""

import weakref
from pathlib import Path

import pytest
from textual.dom import DOMNode
from textual.widgets import Input

from tests.fakes import PASSWORD, make_account, make_services
from tests.ssh.house import Street, eventually, street
from tui_mfa.ssh.sweep import BREATH, FEW, QUIET, SETTLED, TOO_MANY, Sweeper


class Times:
    """So many sessions, a clock, and the passes that were made."""

    def __init__(self, live: int) -> None:
        self.live = [object()] * live
        self.time = 0.0
        self.passes = 0
        self.sweeper = Sweeper(self.live, lambda: self.time, self.swept)

    def swept(self) -> None:
        self.passes += 1

    def end(self, count: int) -> None:
        for _ in range(count):
            self.sweeper.ended()

    def look(self) -> int:
        """Look now, and return how many passes were made by then."""
        looking = self.sweeper._looking
        if looking is not None:
            looking.cancel()
            self.sweeper._look()
        return self.passes


@pytest.mark.parametrize(
    ("live", "ended", "passes"),
    [
        (0, FEW, 0),
        (0, FEW + 1, 1),
        (FEW // 2, FEW, 0),
        (FEW // 2, FEW + 1, 1),
        (FEW, 2 * FEW, 0),
        (FEW, 2 * FEW + 1, 1),
    ],
)
async def test_a_pass_waits_until_twice_as_many_have_ended(live: int, ended: int, passes: int) -> None:
    here = Times(live)
    here.end(ended)
    here.time = SETTLED
    assert here.look() == passes


@pytest.mark.parametrize(("after", "passes"), [(SETTLED - 0.01, 0), (SETTLED, 1)])
async def test_a_pass_waits_until_it_can_free_what_ended(after: float, passes: int) -> None:
    here = Times(0)
    here.end(FEW + 1)
    here.time = after
    assert here.look() == passes


async def test_what_ended_just_before_a_pass_is_left_for_the_next_one() -> None:
    here = Times(0)
    here.end(FEW + 1)
    here.time = SETTLED - 1
    here.end(FEW + 1)
    here.time = SETTLED
    assert here.look() == 1
    assert here.look() == 1
    here.time = 2 * SETTLED
    assert here.look() == 2
    assert here.sweeper._looking is None


@pytest.mark.parametrize(
    ("ended", "since_key", "passes"),
    [
        (401, QUIET - 0.01, 0),
        (401, QUIET, 1),
        (800 + TOO_MANY, BREATH, 0),
        (801 + TOO_MANY, BREATH - 0.01, 0),
        (801 + TOO_MANY, BREATH, 1),
        (1600 + TOO_MANY, 0.0, 0),
        (1601 + TOO_MANY, 0.0, 1),
    ],
)
async def test_a_pass_waits_for_the_keys_to_pause_and_not_for_ever(ended: int, since_key: float, passes: int) -> None:
    here = Times(200)
    here.end(ended)
    here.time = SETTLED
    here.sweeper.key()
    here.time += since_key
    assert here.look() == passes


async def test_it_looks_again_while_somebody_types_and_counts_anew_after_a_pass() -> None:
    here = Times(4)
    here.end(FEW + 1)
    here.time = SETTLED
    here.sweeper.key()
    assert here.look() == 0
    here.time += QUIET
    assert here.look() == 1
    here.end(FEW)
    here.time += SETTLED
    assert here.look() == 1


@pytest.mark.usefixtures("no_collector")
async def test_the_app_of_an_ended_session_holds_nothing_without_any_pass(tmp_path: Path) -> None:
    services = make_services(tmp_path)
    make_account(services)
    async with street(tmp_path, services) as here:
        async with here.visitor() as screen:
            await screen.until("Username or e-mail")
            (session,) = here.house.sessions
            app, inside = session.app, session._inside
            del session
        await eventually(lambda: not here.house.sessions)
        assert app is not None
        await eventually(lambda: not vars(app))
        assert not list(inside.context)


def typed_into(here: Street) -> list[DOMNode]:
    """Return all pages of the only session, with all on them, once there is something in the field with the focus."""
    (session,) = here.house.sessions
    focused = session.app.focused if session.app is not None else None
    if not isinstance(focused, Input) or not focused.value:
        return []
    return [widget for page in focused.app.screen_stack for widget in page.walk_children(with_self=True)]


@pytest.mark.usefixtures("no_collector")
@pytest.mark.parametrize("steps", [["jane"], ["jane\r", "typed"], ["jane\r", f"{PASSWORD}\r", "123"]])
async def test_who_is_cut_off_leaves_no_page_with_what_was_typed(tmp_path: Path, steps: list[str]) -> None:
    """Nor a worker with it; no pass is needed for that."""
    services = make_services(tmp_path)
    make_account(services)
    async with street(tmp_path, services) as here:
        async with here.visitor() as screen:
            for step, text in zip(steps, ["Username or e-mail", "Password", "code"], strict=False):
                await screen.until(text)
                screen.chan.write(step.encode())
            await eventually(lambda: typed_into(here))
            kept = [weakref.ref(widget) for widget in typed_into(here)]
        await eventually(lambda: not here.house.sessions)
        await eventually(
            lambda: not any(found() for found in kept), lambda: str([found() for found in kept if found()])
        )
