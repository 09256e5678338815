"""What happened on the account: its own audit log, newest first."""

from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import DataTable, Input, Static

from tui_mfa.domain.events import SecurityEvent
from tui_mfa.domain.login.model import Session
from tui_mfa.domain.profile import flows as profile
from tui_mfa.presentation import as_cell, as_content, when
from tui_mfa.screens.base import SessionPage
from tui_mfa.screens.context import Context
from tui_mfa.screens.event_words import details_of, words_of
from tui_mfa.widgets.status_line import StatusLine
from tui_mfa.widgets.table import Table
from tui_mfa.widgets.text_input import TextInput

SHOWN: Final = 500
"""Rows of the table; the filter reaches all events."""

FROM_WIDTH: Final = 22
"""Cells of the origin in the table; the line below shows all of it."""


class EventsLoaded(Message):
    """The log is read."""

    def __init__(self, events: list[SecurityEvent]) -> None:
        super().__init__()
        self.events = events
        """Oldest first."""


def matches(event: SecurityEvent, words: list[str]) -> bool:
    """Say whether an event holds every word, in whatever place and case.

    Args:
        event: One line of the log.
        words: What to look for, casefolded.
    """
    text = f"{event.at:%Y-%m-%d %H:%M} {words_of(event)} {event.origin} {details_of(event)}".casefold()
    return all(word in text for word in words)


class EventsScreen(SessionPage):
    """A table of security events with a filter.

    Args:
        context: Services and terminal.
        session: Whose.
        account: The account's name.
    """

    CSS_PATH: ClassVar[str] = "events.tcss"
    TITLE_TEXT = "Security events"
    HELP = "Everything that concerned the security of this account, newest first. The filter looks for all your words."
    AUTO_FOCUS = "#events-table"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "filter", "Filter", key_display="/", id="events.filter", tooltip="Show only matching events"),
        Binding("j", "cursor(1)", "Down", show=False, id="events.down", tooltip="Next event"),
        Binding("k", "cursor(-1)", "Up", show=False, id="events.up", tooltip="Event before"),
    ]

    def __init__(self, context: Context, session: Session, account: str) -> None:
        super().__init__(context, session, account)
        self._events: list[SecurityEvent] | None = None
        self._found: list[SecurityEvent] = []

    def compose_page(self) -> ComposeResult:
        """One line about the list, the filter, the table, the marked row in full."""
        yield Static("Loading…", id="events-summary", markup=False)
        yield TextInput(id="events-filter", placeholder="words to look for", compact=True, max_length=80)
        yield Table(id="events-table", cursor_type="row")
        yield Static(id="events-detail", classes="hint", markup=False)
        yield StatusLine()

    def on_mount(self) -> None:
        """Make the columns and read the log."""
        self.table.add_columns("When (UTC)", "What", "From")
        services, session = self.context.services, self.session
        self.read(lambda: EventsLoaded(profile.events(services, session)))

    @property
    def table(self) -> Table:
        """The table."""
        return self.query_one("#events-table", Table)

    @property
    def filter_input(self) -> TextInput:
        """The filter's field."""
        return self.query_one("#events-filter", TextInput)

    @on(EventsLoaded)
    def show_events(self, event: EventsLoaded) -> None:
        """Show the log, newest first."""
        self._events = list(reversed(event.events))
        self._fill()

    @on(Input.Changed, "#events-filter")
    def follow_filter(self, event: Input.Changed) -> None:
        """Show what matches."""
        event.stop()
        self._fill()

    @on(Input.Submitted, "#events-filter")
    def leave_filter(self, event: Input.Submitted) -> None:
        """Go to the table and keep the filter."""
        event.stop()
        self.table.focus()

    @on(DataTable.RowHighlighted)
    def show_marked(self) -> None:
        """Say all about the marked event below the table."""
        row = self.table.cursor_row
        words = ""
        if 0 <= row < len(self._found):
            event = self._found[row]
            details = details_of(event)
            words = f"{when(event.at, self.context.zone)} · {words_of(event)} · from {event.origin}"
            words += f" · {details}" if details else ""
        self.query_one("#events-detail", Static).update(as_content(words, 400))

    def action_filter(self) -> None:
        """Show the filter."""
        self.filter_input.display = True
        self.filter_input.focus()

    def action_cursor(self, by: int) -> None:
        """Mark another event."""
        self.table.move_cursor(row=self.table.cursor_row + by)

    def action_back(self) -> None:
        """Close the filter first, then the page."""
        if self.filter_input.display:
            self.filter_input.clear()
            self.filter_input.display = False
            self.table.focus()
        else:
            super().action_back()

    def _fill(self) -> None:
        if self._events is None:
            return
        words = self.filter_input.value.casefold().split()
        found = [event for event in self._events if matches(event, words)]
        self._found = found[:SHOWN]
        self.table.clear()
        for event in self._found:
            self.table.add_row(
                as_cell(f"{event.at:%Y-%m-%d %H:%M}"), as_cell(words_of(event)), as_cell(event.origin, FROM_WIDTH)
            )
        self.query_one("#events-summary", Static).update(as_content(self._summary(len(found))))
        self.show_marked()

    def _summary(self, found: int) -> str:
        total = len(self._events or ())
        if not total:
            return "Nothing has happened yet."
        if not found:
            return f"None of {total} events matches “{self.filter_input.value}”."
        which = f"{total} events" if found == total else f"{found} of {total} events match"
        return which if found <= SHOWN else f"{which}; the newest {SHOWN} are shown, the filter finds the others"
