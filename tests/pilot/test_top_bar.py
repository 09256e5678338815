"""Links and the first line of a page, by keyboard and mouse, with and without colour."""

import pytest

from tests.widget_host import Host, attributes, rows
from tui_mfa.widgets.link_button import LinkButton
from tui_mfa.widgets.top_bar import TopBar


async def test_a_link_is_pressed_by_enter_space_and_click() -> None:
    app = Host(LinkButton("Create an account", id="create"))
    async with app.run_test() as pilot:
        await pilot.press("tab", "enter", "space")
        await pilot.click("#create")
        assert [type(event) for event in app.seen] == [LinkButton.Pressed] * 3
        assert app.query_one("#create").size.height == 1


async def test_a_disabled_link_is_not_pressed() -> None:
    link = LinkButton("Resend", disabled=True)
    app = Host(link)
    async with app.run_test() as pilot:
        link.action_press()
        await pilot.click(LinkButton)
        await pilot.pause()
        assert app.seen == []


@pytest.mark.parametrize("no_colour", [False, True])
async def test_a_focused_link_is_seen_without_colour(no_colour: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if no_colour:
        monkeypatch.setenv("NO_COLOR", "1")
    app = Host(LinkButton("First"), LinkButton("Second"))
    async with app.run_test() as pilot:
        assert app.no_color is no_colour
        await pilot.press("tab")
        focused, other = ("First", "Second") if app.query(LinkButton).first().has_focus else ("Second", "First")
        assert attributes(app, focused) == [(True, True)]
        assert attributes(app, other) == [(False, False)]


async def test_a_label_is_never_markup() -> None:
    app = Host(LinkButton("[@click=app.quit]x[/]", tooltip="[/foo]"), TopBar("[/bar]", "[/foo]\x1b[2J"))
    async with app.run_test():
        screen = "".join(rows(app))
        assert "[@click=app.quit]x[/]" in screen
        assert "← [/bar]" in screen
        assert "[/foo]\ufffd[2J" in screen


@pytest.mark.parametrize("size", [(80, 24), (40, 12)])
@pytest.mark.parametrize("account", ["jane", "a-very-long-account-name-that-fits-nowhere"])
async def test_the_top_bar_fits_one_row(size: tuple[int, int], account: str) -> None:
    app = Host(TopBar("User Profile", account))
    async with app.run_test(size=size):
        row = rows(app)[0]
        assert len(row) == size[0]
        assert row.startswith(" ← User Profile ")
        assert row.endswith(" · Logout ")
        assert account[:4] in row
        assert rows(app)[1].strip() == ""


async def test_the_top_bar_leads_back_and_out() -> None:
    app = Host(TopBar("← User Profile", "jane"))
    async with app.run_test() as pilot:
        assert rows(app)[0].startswith(" ← User Profile ")
        await pilot.click("#top-bar-back")
        await pilot.click("#top-bar-logout")
        await pilot.press("enter")
        assert [type(event) for event in app.seen] == [
            TopBar.BackRequested,
            TopBar.LogoutRequested,
            TopBar.LogoutRequested,
        ]


async def test_tab_stops_at_logout_alone() -> None:
    app = Host(TopBar("User Profile", "jane"))
    async with app.run_test() as pilot:
        await pilot.press("tab")
        first = app.focused
        await pilot.press("tab")
        assert first is not None
        assert first.id == "top-bar-logout"
        assert app.focused is first
