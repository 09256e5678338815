"""The Service Quota tab: one row for each limit, and how to ask for more."""

from datetime import tzinfo
from typing import ClassVar, Final

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Static

from tui_mfa.domain.login.model import Session
from tui_mfa.domain.profile.model import Overview
from tui_mfa.domain.quota import rules
from tui_mfa.domain.quota.model import IncreaseRequest, Level, QuotaRow, RequestState
from tui_mfa.presentation import as_content, day
from tui_mfa.screens.context import Context
from tui_mfa.screens.security import LOADING
from tui_mfa.widgets.mounting import mount_into
from tui_mfa.widgets.quota_bar import QuotaBar
from tui_mfa.widgets.status_line import StatusLine

HINT: Final = "Enter on a limit asks for a higher one."
"""What stands below the rows."""

NARROW: Final = 74
"""Cells below which the bars give way to the words."""

_GLYPHS: Final = {
    Level.OK: "✓",
    Level.NEAR: "▲",
    Level.ALMOST_FULL: "▲",
    Level.FULL: "✗",
    Level.UNLIMITED: "∞",
    Level.UNKNOWN: "·",
}
"""What stands before a level's word, so that it is told twice."""


def level_words(row: QuotaRow) -> str:
    """Return how full a limit is, as glyph and word."""
    return f"{_GLYPHS[row.level]} {row.level.value}"


def amounts(row: QuotaRow) -> str:
    """Return what is used of the limit: ``6 / 8``, ``40 / 100 GB``, ``– / 8``."""
    if row.limit is None:
        return "–" if row.used is None else rules.words(row.used, row)
    return f"{'–' if row.used is None else row.used} / {rules.words(row.limit, row)}"


def request_words(request: IncreaseRequest, row: QuotaRow, zone: tzinfo | None) -> str:
    """Return what became of a request, in a line.

    Args:
        request: The newest one about a limit.
        row: The limit.
        zone: The reader's zone.
    """
    asked = f"You asked for {rules.words(request.wanted, row)} on {day(request.asked_at, zone)}"
    if request.state is RequestState.OPEN:
        return f"{asked} · open: “{request.reason}”"
    answered = f" on {day(request.answered_at, zone)}" if request.answered_at is not None else ""
    became = f"granted: {rules.words(request.granted, row)}" if request.state is RequestState.GRANTED else "refused"
    answer = f": “{request.answer}”" if request.answer else ""
    return f"{asked} · {became}{answered}{answer}"


class QuotaLine(Vertical, can_focus=True):
    """One limit: its name, what is used, the bar, the level in words, and the newest request below.

    Args:
        row: The limit.
        zone: The reader's zone.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,space,a", "ask", "Ask for more", id="quota.ask", tooltip="Request an increase of this limit"),
    ]

    row: reactive[QuotaRow | None] = reactive[QuotaRow | None](None)
    """What is shown."""

    class AskRequested(Message):
        """Somebody wants more of a limit."""

        def __init__(self, row: QuotaRow) -> None:
            super().__init__()
            self.row = row
            """The limit as it was shown."""

    def __init__(self, row: QuotaRow, zone: tzinfo | None) -> None:
        super().__init__(id=f"quota-{row.name}")
        self._zone = zone
        self.set_reactive(QuotaLine.row, row)

    def compose(self) -> ComposeResult:
        """Lay one row out, and a second one for the request."""
        with Horizontal(classes="quota-row"):
            yield Static("", classes="quota-label", markup=False)
            yield Static("", classes="quota-amounts", markup=False)
            yield QuotaBar()
            yield Static("", classes="quota-level", markup=False)
        yield Static("", classes="quota-request", markup=False)

    def on_mount(self) -> None:
        """Show what it was made with, now that it has its parts."""
        self.watch_row(self.row)

    def watch_row(self, row: QuotaRow | None) -> None:
        """Show the limit."""
        if row is None or not self.query(QuotaBar):
            return
        self.query_one(".quota-label", Static).update(as_content(row.label, 40))
        self.query_one(".quota-amounts", Static).update(as_content(amounts(row), 40))
        self.query_one(".quota-level", Static).update(as_content(level_words(row)))
        self.query_one(QuotaBar).percent = row.percent
        request = self.query_one(".quota-request", Static)
        shown = row.request is not None and row.request.state is not RequestState.WITHDRAWN
        request.display = shown
        if row.request is not None and shown:
            request.update(as_content(f"↳ {request_words(row.request, row, self._zone)}", 500))

    def on_click(self, event: events.Click) -> None:
        """Choose by mouse."""
        event.stop()
        self.action_ask()

    def action_ask(self) -> None:
        """Ask the tab for the modal."""
        if self.row is not None:
            self.post_message(self.AskRequested(self.row))


class ServiceQuotaTab(VerticalScroll, can_focus=False, inherit_bindings=False):
    """Shows the account's limits, and opens the request for more.

    Args:
        context: Services and terminal.
        session: Whose limits.
        id: The widget's id.
    """

    def __init__(self, context: Context, session: Session, *, id: str | None = None) -> None:  # noqa: A002 - Textual's
        super().__init__(id=id)
        self._portal_context = context
        self._session = session

    def compose(self) -> ComposeResult:
        """Say that the limits are on their way; rows come with the account."""
        yield Vertical(id="quota-lines")
        yield Static(LOADING, id="quota-hint", markup=False)

    def show(self, overview: Overview, zone: tzinfo | None) -> None:
        """Show the limits; rows that stay keep the focus.

        Args:
            overview: The account.
            zone: The reader's zone.
        """
        lines = {line.id: line for line in self.query(QuotaLine)}
        if list(lines) == [f"quota-{row.name}" for row in overview.quotas]:
            for row in overview.quotas:
                lines[f"quota-{row.name}"].row = row
        else:
            self._replace_lines(overview, zone)
        self.query_one("#quota-hint", Static).update(as_content(_hint(overview, zone)))

    @work(exclusive=True, group="quota-lines")
    async def _replace_lines(self, overview: Overview, zone: tzinfo | None) -> None:
        box = self.query_one("#quota-lines", Vertical)
        await box.remove_children()
        await mount_into(box, *(QuotaLine(row, zone) for row in overview.quotas))

    @on(events.Resize)
    def fit(self) -> None:
        """Leave the bars out where there is no room for them; the figures stay."""
        self.set_class(self.content_size.width < NARROW, "-narrow")

    @on(QuotaLine.AskRequested)
    @work
    async def ask(self, event: QuotaLine.AskRequested) -> None:
        """Show the request for more, and say that it is sent."""
        from tui_mfa.screens.quota_request import QuotaRequestModal  # noqa: PLC0415 - loaded when it is needed

        event.stop()
        status = self.screen.query_one(StatusLine)
        if event.row.limit is None:
            status.fact(f"{event.row.label} is unlimited for you.")
            return
        status.clear()
        if await self.app.push_screen_wait(QuotaRequestModal(self._portal_context, self._session, event.row)):
            status.fact("Your request is sent. You get a mail when it is answered.")


def _hint(overview: Overview, zone: tzinfo | None) -> str:
    reported = [row.reported_at for row in overview.quotas if row.reported_at is not None]
    if not reported:
        return HINT
    return f"{HINT} Amounts were reported on {day(max(reported), zone)}; keys and tokens are counted now."
