"""A page is laid out and drawn once when it comes, and again for each reason; Textual's names are as they were."""

import pytest
from textual._compositor import Compositor, LayoutUpdate
from textual.app import App, ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.events import ScreenResume
from textual.messages import Layout, Update
from textual.screen import Screen
from textual.widgets import Button, Static

from tests.fakes import make_account, make_services
from tests.pilot_tools import make_app, rows, settle, until
from tests.profile_host import enter
from tui_mfa.domain.account import Method
from tui_mfa.domain.ports import Policy
from tui_mfa.screens.drawing import DrawnOnce
from tui_mfa.screens.login import LoginScreen
from tui_mfa.screens.messages import SessionOpened
from tui_mfa.screens.profile import ProfileScreen

Seen = list[tuple[str, str]]
"""What was done with which page: ``laid out``, or ``drawn`` as a whole."""


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> Seen:
    """Note each layout and each drawing of a whole page."""
    found: Seen = []
    arrange, draw = Compositor._arrange_root, Compositor.render_update

    def noted_arrange(self: Compositor, root, *given, **named):  # type: ignore[no-untyped-def]
        found.append(("laid out", type(root).__name__))
        return arrange(self, root, *given, **named)

    def noted_draw(self: Compositor, *given, **named):  # type: ignore[no-untyped-def]
        update = draw(self, *given, **named)
        if isinstance(update, LayoutUpdate):
            found.append(("drawn", type(self.root).__name__))
        return update

    monkeypatch.setattr(Compositor, "_arrange_root", noted_arrange)
    monkeypatch.setattr(Compositor, "render_update", noted_draw)
    return found


async def test_the_way_to_the_profile_lays_out_and_draws_each_page_once(seen: Seen) -> None:
    services = make_services(policy=Policy(registration_open=False))
    make_account(services, method=Method.EMAIL)
    logged_in = enter(services)
    app = make_app(services)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, LoginScreen))
        await settle(pilot)
        assert seen == [("laid out", "LoginScreen"), ("drawn", "LoginScreen")]
        seen.clear()
        app.post_message(SessionOpened(logged_in))
        await until(pilot, lambda: isinstance(app.screen, ProfileScreen) and app.screen.account == "jane")
        await settle(pilot)
        assert seen == [("laid out", "ProfileScreen"), ("drawn", "ProfileScreen")]


async def test_another_focus_and_a_key_draw_no_page(seen: Seen) -> None:
    services = make_services(policy=Policy(registration_open=False))
    make_account(services)
    app = make_app(services)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        seen.clear()
        await pilot.press("j", "tab", "x", "tab", "tab")
        await settle(pilot)
        assert seen == []


class Page(DrawnOnce[None]):
    def compose(self) -> ComposeResult:
        yield Static("one", id="one")
        with Horizontal():
            yield Button("Press")
        with VerticalScroll(id="box"):
            yield Static("two", id="two")


class Host(App[None]):
    CSS = "#box { height: 1fr; } Horizontal { height: auto; } #one { height: auto; }"
    HORIZONTAL_BREAKPOINTS = [(0, "-slim"), (60, "-wide")]

    def get_default_screen(self) -> Page:
        return Page()


async def test_what_changes_later_is_laid_out() -> None:
    app = Host()
    async with app.run_test(size=(40, 12)) as pilot:
        await pilot.pause()
        assert app.screen.has_class("-slim")
        await app.screen.mount(Static("three", id="three"), before=0)
        await pilot.pause()
        assert rows(app)[:2] == ["three", "one"]
        app.screen.query_one("#one", Static).update("one\nand more")
        await pilot.pause()
        assert rows(app)[1:3] == ["one", "and more"]
        await pilot.resize_terminal(80, 30)
        await pilot.pause()
        assert (len(rows(app)), app.screen.has_class("-wide")) == (30, True)
        app.screen.styles.padding = (2, 0, 0, 0)
        await pilot.pause()
        assert rows(app)[:3] == ["", "", "three"]
        await app.screen.query_one("#three").remove()
        await pilot.pause()
        assert rows(app)[2] == "one"


async def test_a_scrollbar_that_comes_takes_its_room_and_gives_it_back() -> None:
    app = Host()
    async with app.run_test(size=(40, 12)) as pilot:
        await pilot.pause()
        words = app.screen.query_one("#two", Static)
        width = words.size.width
        words.update("\n".join("long" for _ in range(40)))
        await pilot.pause()
        assert words.size.width == width - 2
        words.update("short")
        await pilot.pause()
        assert words.size.width == width


async def test_a_page_that_comes_back_is_drawn() -> None:
    app = Host()
    async with app.run_test(size=(40, 12)) as pilot:
        first = app.screen
        await app.push_screen(Page())
        await pilot.resize_terminal(30, 10)
        await pilot.pause()
        first.query_one("#one", Static).update("changed below")
        await app.pop_screen()
        await pilot.pause()
        assert app.screen is first
        assert rows(app)[0] == "changed below"
        assert len(rows(app)) == 10


async def test_whoever_asks_a_page_for_a_layout_later_gets_it(seen: Seen) -> None:
    """``App.suspend`` does, when the terminal is the program's again and shows nothing of it."""
    app = Host()
    async with app.run_test(size=(40, 12)) as pilot:
        await pilot.pause()
        seen.clear()
        app.refresh(layout=True)
        await pilot.pause()
        assert ("drawn", "Page") in seen


def test_textual_has_the_names_that_drawing_once_needs() -> None:
    page, widget = Screen[None](), Static()
    for name in (
        "_on_screen_resume",
        "_on_update",
        "_on_layout",
        "_screen_resized",
        "_refresh_layout",
        "stack_updates",
    ):
        assert hasattr(page, name), name
    for name in ("_layout_required", "_repaint_required", "_check_refresh", "_size", "_is_mounted"):
        assert hasattr(widget, name), name
    assert isinstance(page._nodes._updates, int)
    assert isinstance(page.styles._cache_key, int)
    assert page._get_breakpoint_classes(70, [(0, "-slim"), (60, "-wide")]) == {"-wide"}
    assert page._layout_widgets == {}
    assert isinstance(page._css_update_count, int)
    assert ScreenResume().refresh_styles is True
    assert Layout(widget).time <= Update(widget).time
