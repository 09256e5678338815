"""A table whose columns are as wide as what stands in them, however busy the machine is."""

from collections.abc import Iterable

from textual.widgets import DataTable
from textual.widgets.data_table import RowKey


class Table(DataTable[object]):
    """Textual's table, painted anew once its columns have been measured.

    ``DataTable`` measures new rows when its queue is empty. Rows that were painted before that keep the widths of the
    headings until something else changes, so a number stays cut off (Textual #4470). What was painted too early is
    thrown away here.
    """

    def _update_dimensions(self, new_rows: Iterable[RowKey]) -> None:
        before = [column.content_width for column in self.ordered_columns]
        super()._update_dimensions(new_rows)
        if before != [column.content_width for column in self.ordered_columns]:
            self._clear_caches()
            self.refresh()
