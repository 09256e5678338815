"""The Invoices tab: a table with a filter; Enter opens one as a page."""

from typing import ClassVar, Final

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import DataTable, Input, Static

from tui_mfa.domain.billing import flows, invoices
from tui_mfa.domain.billing.model import Invoice, InvoiceStatus
from tui_mfa.domain.billing.money import dollars
from tui_mfa.domain.billing.views import Overview
from tui_mfa.domain.login.model import Session
from tui_mfa.domain.secret import Secret
from tui_mfa.presentation import as_cell, as_content
from tui_mfa.screens.context import Context
from tui_mfa.screens.pane import LOADING, Pane
from tui_mfa.widgets.table import Table
from tui_mfa.widgets.text_input import TextInput

TEXT_WIDTH: Final = 26
"""Cells of the description in the table; the invoice's own page shows all of it."""

EMPTY: Final = "There are no invoices yet. The first one comes with Add Credits (press 4)."


class InvoicesLoaded(Message):
    """The account's money is read."""

    def __init__(self, overview: Overview) -> None:
        super().__init__()
        self.overview = overview
        """What to show."""


class ListSaved(Message):
    """The list is in a file."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self.path = path
        """Where."""


class InvoicesTab(Pane):
    """A table of invoices, newest first."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "filter", "Filter", key_display="/", id="invoices.filter", tooltip="Show only what matches"),
        Binding("escape", "close_filter", "All", id="invoices.close-filter", tooltip="Close the filter, show all"),
        Binding("e", "export", "Export CSV", id="invoices.export", tooltip="Save the list as a CSV file"),
        Binding("j", "cursor(1)", "Down", show=False, id="invoices.down", tooltip="Next invoice"),
        Binding("k", "cursor(-1)", "Up", show=False, id="invoices.up", tooltip="Invoice before"),
    ]

    def __init__(self, context: Context, session: Session) -> None:
        super().__init__(context, session)
        self._all: list[Invoice] | None = None
        self._found: list[Invoice] = []

    def compose(self) -> ComposeResult:
        """One line about the list, the filter, the table."""
        yield Static(LOADING, id="invoices-summary", markup=False)
        yield TextInput(id="invoices-filter", placeholder="words to look for", compact=True, max_length=80)
        yield Table(id="invoices-table", cursor_type="row")

    def on_mount(self) -> None:
        """Make the columns."""
        self.table.add_columns("Number", "Date", "Description", Text("Amount", justify="right"), "Status")

    @property
    def table(self) -> Table:
        """The table."""
        return self.query_one("#invoices-table", Table)

    @property
    def filter_input(self) -> TextInput:
        """The filter's field."""
        return self.query_one("#invoices-filter", TextInput)

    def load(self) -> None:
        """Read the invoices."""
        services, session = self.context.services, self.session
        self.read(lambda: InvoicesLoaded(flows.overview(services, session)))

    @on(InvoicesLoaded)
    def show_invoices(self, event: InvoicesLoaded) -> None:
        """Show the list, newest first."""
        event.stop()
        self._all = list(reversed(event.overview.billing.invoices))
        self._fill()

    @on(Input.Changed, "#invoices-filter")
    def follow_filter(self, event: Input.Changed) -> None:
        """Show what matches."""
        event.stop()
        self._fill()

    @on(Input.Submitted, "#invoices-filter")
    def leave_filter(self, event: Input.Submitted) -> None:
        """Go to the table and keep the filter."""
        event.stop()
        self.table.focus()

    @on(DataTable.RowSelected)
    @work
    async def open_invoice(self, event: DataTable.RowSelected) -> None:
        """Show one invoice as a page, and read the list again afterwards."""
        event.stop()
        if not 0 <= event.cursor_row < len(self._found):
            return
        from tui_mfa.screens.invoice import InvoiceScreen  # noqa: PLC0415 - loaded when it is shown

        page = InvoiceScreen(self.context, self.session, self.page.account, self._found[event.cursor_row].number)
        await self.app.push_screen_wait(page)
        self.load()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's
        """Offer to close the filter while it is open, and to export what there is."""
        if action == "close_filter":
            return any(field.display for field in self.query("#invoices-filter"))
        return bool(self._found) if action == "export" else True

    def action_filter(self) -> None:
        """Show the filter."""
        self.filter_input.display = True
        self.filter_input.focus()
        self.refresh_bindings()

    def action_close_filter(self) -> None:
        """Show everything again."""
        self.filter_input.clear()
        self.filter_input.display = False
        self.table.focus()
        self.refresh_bindings()

    def action_cursor(self, by: int) -> None:
        """Mark another invoice."""
        self.table.move_cursor(row=self.table.cursor_row + by)

    def action_export(self) -> None:
        """Save what the table shows as CSV."""
        files, account = self.context.services.files, self.page.account
        text = Secret(invoices.as_csv(list(reversed(self._found))))
        self.start(lambda: ListSaved(files.save(f"invoices-{account}.csv", text)), "Saving…")

    @on(ListSaved)
    def tell_saved(self, event: ListSaved) -> None:
        """Say where the file is."""
        event.stop()
        self.page.status.fact(f"Saved to {event.path}")

    def _fill(self) -> None:
        if self._all is None:
            return
        words = self.filter_input.value.casefold().split()
        self._found = [invoice for invoice in self._all if invoices.matches(invoice, words)]
        row = self.table.cursor_row
        self.table.clear()
        for invoice in self._found:
            self.table.add_row(
                as_cell(invoice.number),
                as_cell(f"{invoice.issued_at:%Y-%m-%d}"),
                as_cell(invoice.text, TEXT_WIDTH),
                Text(dollars(invoice.amount), justify="right"),
                as_cell(invoices.status_words(invoice)),
            )
        self.table.move_cursor(row=min(row, max(0, len(self._found) - 1)))
        self.table.display = bool(self._found)
        self.query_one("#invoices-summary", Static).update(as_content(self._summary()))
        self.refresh_bindings()

    def _summary(self) -> str:
        total, found = len(self._all or ()), len(self._found)
        if not total:
            return EMPTY
        if not found:
            return f"None of {total} invoices matches “{self.filter_input.value}”."
        count = (
            f"{total} invoice{'' if total == 1 else 's'}" if found == total else f"{found} of {total} invoices match"
        )
        waiting = sum(invoice.status is InvoiceStatus.OPEN for invoice in self._found)
        return f"{count}, {waiting} open. Enter opens one." if waiting else f"{count}. Enter opens one."
