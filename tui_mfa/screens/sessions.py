"""Where the account is logged in, and how to end that."""

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Button, DataTable, Static

from tui_mfa.domain.login.model import Session
from tui_mfa.domain.profile import flows as profile
from tui_mfa.domain.profile.model import SessionView
from tui_mfa.presentation import as_cell, as_content, when
from tui_mfa.screens.base import SessionPage
from tui_mfa.screens.context import Context
from tui_mfa.screens.messages import OverviewLoaded
from tui_mfa.screens.modals import ConfirmChoiceModal
from tui_mfa.widgets.status_line import StatusLine
from tui_mfa.widgets.table import Table

FROM_WIDTH = 22
"""Cells of the origin in the table; the line below shows all of it."""

HERE = "●"
"""Marks the session that the person is in."""


class SessionEndedHere(Message):
    """Sessions were ended from this page."""

    def __init__(self, fact: str) -> None:
        super().__init__()
        self.fact = fact
        """What to say."""


def factor_words(factor: str) -> str:
    """Return how the second factor was proved, for people.

    Args:
        factor: As the session keeps it.
    """
    words = {"email": "mailed code", "authenticator": "app"}
    return ", ".join(words.get(part, part) for part in factor.split(", "))


class SessionsScreen(SessionPage):
    """A table of the open sessions.

    Args:
        context: Services and terminal.
        session: Whose.
        account: The account's name.
    """

    CSS_PATH: ClassVar[str] = "sessions.tcss"
    TITLE_TEXT = "Sessions"
    HELP = (
        "Every place where somebody is logged in to this account. End what you do not know, then change the password."
    )
    AUTO_FOCUS = "#sessions-table"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("d", "end", "End", id="sessions.end", tooltip="End the marked session; asks first"),
        Binding("o", "end_others", "End others", id="sessions.end-others", tooltip="End all but this one; asks first"),
        Binding("j", "cursor(1)", "Down", show=False, id="sessions.down", tooltip="Next session"),
        Binding("k", "cursor(-1)", "Up", show=False, id="sessions.up", tooltip="Session before"),
    ]

    def __init__(self, context: Context, session: Session, account: str) -> None:
        super().__init__(context, session, account)
        self._views: tuple[SessionView, ...] = ()

    def compose_page(self) -> ComposeResult:
        """Table, the marked row in full, buttons."""
        yield Static("Loading…", id="sessions-summary", markup=False)
        yield Table(id="sessions-table", cursor_type="row")
        yield Static(id="sessions-detail", classes="hint", markup=False)
        yield StatusLine()
        with Horizontal(classes="buttons"):
            yield Button("End this session", id="end", compact=True, disabled=True)
            yield Button("End all others", id="end-others", compact=True, disabled=True)

    def on_mount(self) -> None:
        """Make the columns and read the sessions."""
        self.table.add_columns("", "Second factor", "Since (UTC)", "Last seen (UTC)", "From")
        self.load()

    @property
    def table(self) -> Table:
        """The table."""
        return self.query_one("#sessions-table", Table)

    def load(self) -> None:
        """Read the sessions."""
        services, session = self.context.services, self.session
        self.read(lambda: OverviewLoaded(profile.overview(services, session)))

    @on(OverviewLoaded)
    def show_sessions(self, event: OverviewLoaded) -> None:
        """Fill the table: this session first, then those seen last."""
        here = [view for view in event.overview.sessions if view.current]
        others = sorted(
            (view for view in event.overview.sessions if not view.current), key=lambda v: v.seen_at, reverse=True
        )
        self._views = (*here, *others)
        row = min(self.table.cursor_row, len(self._views) - 1)
        self.table.clear()
        for view in self._views:
            self.table.add_row(
                as_cell(HERE if view.current else ""),
                as_cell(factor_words(view.factor)),
                as_cell(f"{view.started_at:%Y-%m-%d %H:%M}"),
                as_cell(f"{view.seen_at:%Y-%m-%d %H:%M}"),
                as_cell(view.origin, FROM_WIDTH),
                key=view.id,
            )
        self.table.move_cursor(row=max(row, 0))
        self.query_one("#sessions-summary", Static).update(self._summary(len(others)))
        self.query_one("#end-others", Button).disabled = not others
        self.show_marked()

    @on(DataTable.RowHighlighted)
    def show_marked(self) -> None:
        """Say all about the marked session below the table."""
        view = self._marked()
        if view is not None:
            zone = self.context.zone
            words = f"Since {when(view.started_at, zone)}, last seen {when(view.seen_at, zone)}, from {view.origin}"
            self.query_one("#sessions-detail", Static).update(as_content(words, 400))
        self.query_one("#end", Button).disabled = view is None or view.current
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's
        """Offer only what can be ended."""
        if action == "end":
            view = self._marked()
            return view is not None and not view.current
        return action != "end_others" or len(self._views) > 1

    def action_cursor(self, by: int) -> None:
        """Mark another session."""
        self.table.move_cursor(row=self.table.cursor_row + by)

    @on(Button.Pressed, "#end")
    def end_by_button(self) -> None:
        """End the marked session."""
        self.action_end()

    @on(Button.Pressed, "#end-others")
    def end_others_by_button(self) -> None:
        """End all others."""
        self.action_end_others()

    @work
    async def action_end(self) -> None:
        """End the marked session, after a question."""
        view = self._marked()
        if view is None or view.current:
            return
        text = f"End the session from {view.origin}, last seen {when(view.seen_at, self.context.zone)}?"
        if await self.app.push_screen_wait(ConfirmChoiceModal("End session", text, "End it", danger=True)):
            services, session, session_id = self.context.services, self.session, view.id

            def end() -> Message:
                profile.end_session(services, session, session_id)
                return SessionEndedHere("The session is ended.")

            self.start(end, "Ending…")

    @work
    async def action_end_others(self) -> None:
        """End all sessions but this one, after a question."""
        count = len(self._views) - 1
        text = f"End {count} other session{'' if count == 1 else 's'}? Whoever is in one is logged out."
        if await self.app.push_screen_wait(ConfirmChoiceModal("End all others", text, "End them", danger=True)):
            services, session = self.context.services, self.session

            def end() -> Message:
                ended = profile.end_other_sessions(services, session)
                return SessionEndedHere(f"Ended {ended} other session{'' if ended == 1 else 's'}.")

            self.start(end, "Ending…")

    @on(SessionEndedHere)
    def tell_ended(self, event: SessionEndedHere) -> None:
        """Say it and read the list again."""
        self.status.fact(event.fact)
        self.load()

    def _marked(self) -> SessionView | None:
        row = self.table.cursor_row
        return self._views[row] if 0 <= row < len(self._views) else None

    @staticmethod
    def _summary(others: int) -> str:
        if not others:
            return "This is the only session."
        return f"{others + 1} sessions are open: this one ({HERE}) and {others} other{'' if others == 1 else 's'}."
