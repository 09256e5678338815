"""The line of keys at the foot of a page: by mouse as by key, and never more than one widget."""

from typing import Any, ClassVar

import pytest
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Button, Input

from tests.widget_host import rows
from tui_mfa.widgets.key_hints import KeyHints


class Page(App[None]):
    """A page with two keys, one of which may be off, and a field with a key of its own."""

    ENABLE_COMMAND_PALETTE = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s", "note('saved')", "Save", tooltip="Keep what was typed"),
        Binding("d", "note('deleted')", "Delete"),
        Binding("e", "note('deleted')", "Also deletes"),
        Binding("x", "note('hidden')", "Hidden", show=False),
    ]
    CSS = "KeyHints { dock: bottom; }"

    def __init__(self) -> None:
        super().__init__()
        self.noted: list[str] = []
        self.rung = 0
        self.deletes: bool | None = True

    def compose(self) -> ComposeResult:
        yield Button("A button")
        yield Input()
        yield KeyHints()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return self.deletes if action == "note" and parameters == ("deleted",) else True

    def action_note(self, what: str) -> None:
        self.noted.append(what)

    def bell(self) -> None:
        self.rung += 1


def line(app: App[Any]) -> str:
    """Return the last row of the screen."""
    return rows(app)[-1]


async def test_each_action_is_offered_once_and_the_palette_stands_at_the_right() -> None:
    app = Page()
    async with app.run_test(size=(60, 10)) as pilot:
        await pilot.pause()
        assert line(app).startswith(" s Save  d Delete  ")
        assert line(app).endswith("▏^p palette ")
        assert "Hidden" not in line(app)
        assert len(line(app)) == 60
        assert not app.query_one(KeyHints).children


async def test_a_click_on_a_key_does_what_the_key_does() -> None:
    app = Page()
    async with app.run_test(size=(60, 10)) as pilot:
        await pilot.pause()
        for column, wanted in ((0, "saved"), (7, "saved"), (8, "deleted"), (17, "deleted")):
            app.noted.clear()
            await pilot.click(KeyHints, offset=(column, 0))
            assert app.noted == [wanted], column
        app.noted.clear()
        await pilot.click(KeyHints, offset=(18, 0))
        await pilot.click(KeyHints, offset=(46, 0))
        assert app.noted == []
        await pilot.click(KeyHints, offset=(50, 0))
        assert type(app.screen).__name__ == "CommandPalette"


async def test_a_key_that_is_off_rings_the_bell() -> None:
    app = Page()
    app.deletes = None
    async with app.run_test(size=(60, 10)) as pilot:
        await pilot.pause()
        await pilot.click(KeyHints, offset=(10, 0))
        assert (app.noted, app.rung) == ([], 1)


async def test_the_keys_follow_the_page() -> None:
    app = Page()
    async with app.run_test(size=(60, 10)) as pilot:
        await pilot.pause()
        app.deletes = False
        app.screen.refresh_bindings()
        await pilot.pause()
        assert line(app).startswith(" s Save    ")
        assert "Delete" not in line(app)


async def test_the_pointer_marks_a_key_and_tells_its_tooltip() -> None:
    app = Page()
    async with app.run_test(size=(60, 10)) as pilot:
        await pilot.pause()
        hints = app.query_one(KeyHints)
        still = hints.render()
        await pilot.hover(KeyHints, offset=(2, 0))
        assert str(hints.tooltip) == "Keep what was typed"
        marked = hints.render()
        assert marked.plain == still.plain
        assert marked.spans != still.spans
        await pilot.hover(KeyHints, offset=(30, 0))
        assert not hints.tooltip
        await pilot.hover(Button)
        assert hints.render().spans == still.spans


@pytest.mark.parametrize("width", [1, 8, 20, 28, 31, 32])
async def test_where_room_is_short_the_palette_stays_and_no_row_is_too_long(width: int) -> None:
    app = Page()
    async with app.run_test(size=(width, 10)) as pilot:
        await pilot.pause()
        assert len(line(app)) == width
        if width > 20:
            assert line(app).endswith("palette ")


async def test_nothing_is_drawn_again_when_the_keys_are_the_same() -> None:
    app = Page()
    async with app.run_test(size=(60, 10)) as pilot:
        await pilot.pause()
        hints = app.query_one(KeyHints)
        offered = hints.hints
        app.screen.refresh_bindings()
        await pilot.pause()
        assert hints.hints is offered
