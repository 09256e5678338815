"""A table is as wide as what stands in it, also where the machine paints before it measures."""

from typing import Any

from textual.app import App, ComposeResult
from textual.widgets import DataTable

from tests.profile_host import screen_text
from tui_mfa.presentation import as_cell
from tui_mfa.widgets.table import Table

NUMBER = "INV-9WK2-0001"


class Host(App[None]):
    """A page with one table."""

    def __init__(self, table: DataTable[Any]) -> None:
        super().__init__()
        self.table = table

    def compose(self) -> ComposeResult:
        """Only the table."""
        yield self.table

    def on_mount(self) -> None:
        """Make the column."""
        self.table.add_columns("Number", "Text")


async def painted_early(table: DataTable[Any]) -> str:
    """Return what is shown after rows were added and painted before the table had measured them."""
    async with Host(table).run_test(size=(40, 6)) as pilot:
        await pilot.pause()
        table.add_row(as_cell("short"), as_cell("one"))
        await pilot.pause()
        table.clear()
        table.add_row(as_cell(NUMBER), as_cell("two"))
        for line in range(table.size.height):
            table.render_line(line)
        await pilot.pause()
        return screen_text(pilot.app)


async def test_rows_painted_before_they_were_measured_are_painted_again() -> None:
    """A busy machine paints a row before the table's queue is empty; the number must not stay cut off."""
    shown = await painted_early(Table())

    assert NUMBER in shown
    assert "two" in shown


async def test_textuals_own_table_still_needs_it() -> None:
    """If this fails, Textual has mended #4470 and ``Table`` may go."""
    assert NUMBER not in await painted_early(DataTable())
