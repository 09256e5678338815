"""The demo in windows that have no room for a panel beside the portal."""

import pytest

from tests.demo_host import demo, log_in, method, panel, phone_shows, show_code
from tests.profile_host import screen_text, until, until_shown
from tui_mfa.demo.mailbox import MailList, MailModal
from tui_mfa.demo.panel import BANNER, FOLDED, SidePanel
from tui_mfa.domain.account import Method
from tui_mfa.screens.confirm import ConfirmModal
from tui_mfa.screens.login import LoginScreen
from tui_mfa.screens.modals import RecoveryCodesModal
from tui_mfa.screens.two_factor import TwoFactorScreen

SMALL = pytest.mark.parametrize("size", [(80, 24), (100, 30)])


@SMALL
async def test_folded_the_panel_leaves_the_page_every_row_and_column(size: tuple[int, int]) -> None:
    async with demo(size) as (pilot, app, _clock):
        assert app.screen.query_one("#page").size.width == size[0]
        assert BANNER not in screen_text(app)
        assert FOLDED in screen_text(app).split("\n")[0]
        await log_in(pilot, app)
        first = screen_text(app).split("\n")[0]
        assert FOLDED in first
        assert first.startswith(" ← User Profile")
        assert first.endswith("jane · Logout")
        await show_code(pilot, app)
        assert FOLDED in screen_text(app).split("\n")[0]


@SMALL
async def test_the_whole_story_through_the_folded_panel(size: tuple[int, int]) -> None:
    async with demo(size) as (pilot, app, _clock):
        await log_in(pilot, app)
        await show_code(pilot, app)
        await pilot.press("f4")
        await until_shown(pilot, BANNER)
        await until_shown(pilot, "A QR code is in view")
        assert panel(app).region.right == size[0]
        assert isinstance(app.focused, MailList)
        await pilot.press("f5")
        await until(pilot, lambda: len(phone_shows(app)) == 6)
        await pilot.press("f6")
        await until(pilot, lambda: isinstance(app.screen, RecoveryCodesModal))
        assert method(app) is Method.AUTHENTICATOR
        assert BANNER not in screen_text(app)


@pytest.mark.parametrize("key", ["f4", "escape"])
async def test_hiding_the_panel_leaves_the_page_as_it_was(key: str) -> None:
    async with demo((80, 24)) as (pilot, app, _clock):
        await log_in(pilot, app)
        await show_code(pilot, app)
        await until(pilot, lambda: app.focused is not None and app.focused.id == "code")
        await pilot.press("4", "2", "f4")
        await until(pilot, lambda: isinstance(app.focused, MailList))
        await pilot.press(key)
        await until(pilot, lambda: BANNER not in screen_text(app))
        assert isinstance(app.screen, TwoFactorScreen)
        assert app.focused is not None
        assert app.focused.id == "code"
        assert "42" in screen_text(app)
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, TwoFactorScreen))


async def test_with_nothing_to_choose_the_panel_itself_has_the_focus_and_typing_goes_nowhere() -> None:
    async with demo((80, 24)) as (pilot, app, _clock):
        await pilot.press("j", "f4")
        await until(pilot, lambda: isinstance(app.focused, SidePanel))
        await pilot.press("x", "y", "f4")
        await until(pilot, lambda: app.focused is not None and app.focused.id == "name")
        assert "xy" not in screen_text(app)
        assert isinstance(app.screen, LoginScreen)


async def test_a_modal_gets_the_panel_over_it_and_stays() -> None:
    async with demo((80, 24)) as (pilot, app, clock):
        await log_in(pilot, app)
        clock.advance(minutes=6)  # the login is too old to count as a confirmation
        await pilot.press("5", "enter")
        await until_shown(pilot, "Email Based ●")
        await pilot.press("3")
        await until(pilot, lambda: isinstance(app.screen, ConfirmModal))
        await until_shown(pilot, "valid until")
        await pilot.press("f4")
        await until_shown(pilot, BANNER)
        await pilot.press("escape")
        await until(pilot, lambda: BANNER not in screen_text(app))
        assert isinstance(app.screen, ConfirmModal)
        await pilot.press("f4")
        await until_shown(pilot, BANNER)
        await pilot.press("f3", "f7")
        await until(pilot, lambda: isinstance(app.screen, TwoFactorScreen) and app.screen.query("#code"))


async def test_a_mail_opened_from_the_panel_goes_with_it() -> None:
    async with demo((80, 24)) as (pilot, app, _clock):
        await log_in(pilot, app)
        await pilot.press("f4")
        await until(pilot, lambda: isinstance(app.focused, MailList))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, MailModal))
        await pilot.press("f4")
        await until(pilot, lambda: not isinstance(app.screen, MailModal) and BANNER not in screen_text(app))


async def test_a_window_that_grows_puts_the_panel_in_its_place() -> None:
    async with demo((80, 24)) as (pilot, app, _clock):
        await log_in(pilot, app)
        await pilot.press("f4")
        await until_shown(pilot, BANNER)
        await pilot.resize_terminal(120, 40)
        await until(pilot, lambda: app.screen.query_one("#page").size.width == 80)
        assert panel(app).region.x == 80
        await show_code(pilot, app)
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, TwoFactorScreen))


async def test_below_the_smallest_size_only_the_notice_stands() -> None:
    async with demo((40, 12)) as (pilot, app, _clock):
        await until_shown(pilot, "tui-mfa needs")
        assert FOLDED not in screen_text(app)
        await pilot.press("q")
        await until(pilot, lambda: not app.is_running)
