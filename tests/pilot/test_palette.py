"""The palette of commands survives that somebody types on while it is about to say that nothing was found."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from textual.command import CommandList
from textual.pilot import Pilot

from tests.fakes import make_account, make_services
from tests.pilot_tools import make_app, screen_text, settle, until
from tui_mfa.screens.palette import Palette


@asynccontextmanager
async def opened() -> AsyncIterator[tuple[Pilot[int], Palette]]:
    """Open the palette above the login page."""
    services = make_services()
    make_account(services)
    app = make_app(services)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("ctrl+p")
        await until(pilot, lambda: isinstance(app.screen, Palette))
        palette = app.screen
        assert isinstance(palette, Palette)
        yield pilot, palette


async def test_a_word_that_finds_nothing_is_answered() -> None:
    async with opened() as (pilot, palette):
        await pilot.press("q", "x", "z")
        await until(pilot, lambda: "No matches found" in screen_text(pilot.app))
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is not palette)


async def test_an_answer_that_comes_late_is_not_given_a_second_time() -> None:
    """Textual's own ends the program with ``DuplicateID``: its answer waits in a queue, where no stop reaches it."""
    async with opened() as (pilot, palette):
        palette.query_one(CommandList).clear_options()
        answers = []
        for word in ("qx", "qxz"):
            palette._start_no_matches_countdown(word)
            assert palette._no_matches_timer is not None
            answers.append(palette._no_matches_timer._callback)
        for answer in answers:
            assert answer is not None
            answer()
        await until(pilot, lambda: palette.query_one(CommandList).option_count)
        await settle(pilot)
        assert palette.query_one(CommandList).option_count == 1
