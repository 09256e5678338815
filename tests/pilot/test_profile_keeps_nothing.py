"""A page that somebody stays on for hours does not grow with what they do there."""

import gc

from textual.widget import Widget

from tests.fakes import make_account, make_services
from tests.profile_host import enter, page, profile, until
from tui_mfa.domain.account import Method
from tui_mfa.screens.context import ALL_TABS
from tui_mfa.widgets.tab_row import TabRow


def alive() -> int:
    """Return how many widgets there are, on a page or held by something."""
    gc.collect()
    return sum(isinstance(found, Widget) for found in gc.get_objects())


async def test_a_change_of_tabs_leaves_no_widgets_behind() -> None:
    services = make_services()
    make_account(services, method=Method.EMAIL)
    async with profile(services, enter(services)) as pilot:

        async def round_trip() -> int:
            for number, tab in enumerate(ALL_TABS, 1):
                await pilot.press(str(number))
                await until(pilot, lambda tab=tab: page(pilot).query_one(TabRow).chosen == tab)  # type: ignore[misc]
            await pilot.app.workers.wait_for_complete()
            await pilot.pause()
            return alive()

        await round_trip()  # makes the tabs
        before = await round_trip()
        assert await round_trip() <= before
