"""Small windows: a notice below 60×18, nothing out of reach above it, modals that scroll, and the way back."""

import pytest
from textual.widget import Widget
from textual.widgets import Input

from tests.pilot_tools import screen_text
from tests.snapshot.catalogue import ENTRIES, entry
from tests.snapshot.stage import Entry, Stage, shown
from tui_mfa.screens.base import PageScreen
from tui_mfa.screens.two_factor.modals import LargeCodeModal

PAGES = [
    "login",
    "register",
    "second-factor-mail",
    "lost-device",
    "profile-security",
    "profile-user-info",
    "profile-payment-options",
    "sessions",
    "events",
    "keys",
    "api-tokens",
    "billing-invoice-open",
    "two-factor-email-on",
    "enrolment",
]
MODALS = ["confirm-mail", "change-email-code", "change-password", "recovery-codes", "disable-typed", "api-tokens-new"]


def in_sight(widget: Widget) -> bool:
    """Return whether some of a widget is drawn, and for one that is a row high all of that row."""
    screen = widget.screen
    try:
        region, clip = screen.find_widget(widget).region, screen.find_widget(widget).clip
    except Exception:  # noqa: BLE001 - Textual's NoWidget: it is not drawn at all
        return False
    return bool(region.intersection(clip).intersection(screen.region).area)


async def resize(stage: Stage, columns: int, rows: int) -> None:
    await stage.pilot.resize_terminal(columns, rows)
    await stage.settle()


@pytest.mark.parametrize("name", PAGES)
async def test_below_the_smallest_size_a_page_says_what_it_needs_and_comes_back_as_it_was(name: str) -> None:
    """And from the notice q leaves."""
    async with shown(entry(name)) as stage:
        before, focused = screen_text(stage.app), stage.app.focused
        for columns, rows in ((40, 12), (59, 24), (80, 17), (20, 4)):
            await resize(stage, columns, rows)
            text = screen_text(stage.app)
            assert text.startswith("tui-mfa needs 80×24")
            assert rows < 6 or f"this window has {columns}×{rows}. Enlarge it, or press q." in text
            assert stage.app.focused is None
        await resize(stage, 80, 24)
        assert screen_text(stage.app) == before
        assert stage.app.focused is focused
        await resize(stage, 40, 12)
        await stage.pilot.press("q")
        await stage.pilot.pause()
        assert stage.app._exit


@pytest.mark.parametrize("name", PAGES)
async def test_at_the_smallest_size_tab_brings_each_field_into_sight(name: str) -> None:
    async with shown(entry(name), size=(60, 18)) as stage:
        assert isinstance(stage.app.screen, PageScreen)
        assert not stage.app.screen.has_class("-too-small")
        reached = set()
        for _ in stage.app.screen.focus_chain:
            await stage.press("tab")
            focused = stage.app.focused
            assert focused is not None
            assert in_sight(focused), focused
            reached.add(focused)
        assert reached == set(stage.app.screen.focus_chain)


@pytest.mark.parametrize("size", [(40, 12), (60, 18)])
@pytest.mark.parametrize("name", MODALS)
async def test_a_modal_scrolls_to_each_of_its_fields(name: str, size: tuple[int, int]) -> None:
    async with shown(entry(name)) as stage:
        await resize(stage, *size)
        for _ in stage.app.screen.focus_chain:
            await stage.press("tab")
            focused = stage.app.focused
            assert focused is not None
            assert in_sight(focused), focused
        before = len(stage.app.screen_stack)
        await stage.press("escape")
        # The recovery codes ask once more, since nobody has kept them.
        assert len(stage.app.screen_stack) != before


@pytest.mark.parametrize("state", [pytest.param(state, id=state.name) for state in ENTRIES if state.main])
async def test_no_size_is_too_odd_and_control_q_leaves_from_everywhere(state: Entry) -> None:
    async with shown(state) as stage:
        for size in ((1, 1), (400, 2), (2, 200), (79, 23), (250, 80), (80, 24)):
            await resize(stage, *size)
        if not isinstance(stage.app.screen, LargeCodeModal):
            assert screen_text(stage.app)
            assert all(isinstance(field.value, str) for field in stage.app.screen.query(Input))
        await stage.pilot.press("ctrl+q")
        await stage.pilot.pause()
        assert stage.app._exit
        assert stage.app.session is None
