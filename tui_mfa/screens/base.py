"""The screens' common ground: what surrounds a page, small terminals, help, the end of a session."""

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar, TypeVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Static

from tui_mfa.domain.errors import ConfirmationRequired, DomainError, SessionEnded
from tui_mfa.presentation import as_content
from tui_mfa.screens.context import Context
from tui_mfa.screens.messages import LogoutRequested, SessionLost
from tui_mfa.screens.use_cases import UseCases
from tui_mfa.widgets.key_hints import KeyHints
from tui_mfa.widgets.mounting import mount_into
from tui_mfa.widgets.top_bar import TopBar

if TYPE_CHECKING:
    from tui_mfa.domain.login.model import Session

R = TypeVar("R")

SMALLEST = (60, 18)
"""Columns and rows below which a page gives way to a notice; from 80×24 on everything is complete."""

TALL = 32
"""Rows from which a form has room above it."""


class PageScreen(UseCases[None]):
    """A whole page: its own content, the side panel where the app has one, the footer, the notice for small windows."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back", id="page.back", tooltip="Leave this page; nothing is changed"),
        Binding("question_mark,f1", "help", "Help", id="page.help", tooltip="What this page does"),
        Binding("q", "app.quit", "Quit", id="page.quit", tooltip="Log out and leave the program"),
    ]
    HELP: ClassVar[str | None] = None
    VERTICAL_BREAKPOINTS = [(0, "-short"), (TALL, "-tall")]
    FOOTER: ClassVar[bool] = True
    """Whether the page has the usual footer; one that needs every row draws its own key hints."""
    _focused_before: Widget | None = None

    def compose(self) -> ComposeResult:
        """Put the page together."""
        panel = self.portal.side_panel()
        if panel is None:
            with Vertical(id="page"):
                yield from self.compose_page()
        else:
            with Horizontal(id="beside"):
                with Vertical(id="page"):
                    yield from self.compose_page()
                yield panel
        if self.FOOTER:
            yield KeyHints()

    def compose_page(self) -> ComposeResult:
        """Yield the page's own widgets."""
        yield from ()

    def action_back(self) -> None:
        """Leave the page, when there is one below."""
        if len(self.app.screen_stack) > 1:
            self.dismiss()

    def action_help(self) -> None:
        """Show what this page does."""
        from tui_mfa.screens.modals import HelpModal  # noqa: PLC0415 - the modals' module imports this one

        self.app.push_screen(HelpModal(self.context, self.HELP or "", self))

    def on_resize(self, event: events.Resize) -> None:
        """Give way to a notice in a window that is too small for any page, and go on where one was in a larger one."""
        columns, rows = event.size
        small, was_small = columns < SMALLEST[0] or rows < SMALLEST[1], self.has_class("-too-small")
        self.set_class(small, "-too-small")
        if was_small and not small and self._focused_before is not None:
            self.set_focus(self._focused_before)
        if small:
            # Without a focused input, q quits.
            self._focused_before = self._focused_before if was_small else self.focused
            self.set_focus(None)
            words = f"tui-mfa needs 80×24 characters; this window has {columns}×{rows}. Enlarge it, or press q."
            notices = self.query_children("#too-small").results(Static)
            notice = next(notices, None)
            if notice is None:
                notice = Static(id="too-small", markup=False)
                mount_into(self, notice)
            notice.update(as_content(words))


class SessionPage(PageScreen):
    """A page of somebody who is logged in: the first line with Logout, and an end when the session is over.

    Args:
        context: Services and terminal.
        session: Whose; every use case checks it again.
        account: The account's name for the first line.
    """

    TITLE_TEXT: ClassVar[str] = "User Profile"
    """What stands at the left of the first line."""

    def __init__(self, context: Context, session: "Session", account: str) -> None:
        super().__init__(context, session.account_id)
        self.session = session
        self.account = account
        self._again: Callable[[], Message] | None = None

    def compose(self) -> ComposeResult:
        """Put the first line above the page."""
        yield TopBar(self.TITLE_TEXT, self.account)
        yield from super().compose()

    def start(self, use_case: Callable[[], Message], waiting: str = "") -> bool:
        """Run a use case; when it wants a confirmation, ask for it and run it again."""
        started = super().start(use_case, waiting)
        if started:
            self._again = use_case
        return started

    def refuse(self, error: DomainError) -> None:
        """Leave when the session is over; ask who it is when a confirmation is missing; else tell."""
        if isinstance(error, SessionEnded):
            self.post_message(SessionLost(error.user_message))
        elif isinstance(error, ConfirmationRequired):
            self.ask_confirmation()
        else:
            super().refuse(error)

    def ask_confirmation(self) -> None:
        """Ask for password and factor, then run again what wanted them."""
        from tui_mfa.screens.confirm import ConfirmModal  # noqa: PLC0415 - loaded when it is needed

        def confirmed(yes: bool | None) -> None:
            if yes and self._again is not None:
                self.start(self._again)
            else:
                self.confirmation_declined()

        self.app.push_screen(ConfirmModal(self.context, self.session), confirmed)

    def confirmation_declined(self) -> None:
        """Nothing was confirmed, so nothing happens; a page that cannot stay then overrides this."""
        self.status.clear()

    @on(TopBar.BackRequested)
    def leave(self, event: TopBar.BackRequested) -> None:
        """Go back by mouse as by Esc."""
        event.stop()
        self.action_back()

    @on(TopBar.LogoutRequested)
    def log_out(self, event: TopBar.LogoutRequested) -> None:
        """Ask the app to end the session."""
        event.stop()
        self.post_message(LogoutRequested())


class UseCaseModal(UseCases[R], ModalScreen[R]):
    """A modal that runs use cases: Esc cancels, and that is always safe."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "Cancel", id="modal.cancel", tooltip="Close; nothing is changed"),
    ]

    def action_cancel(self) -> None:
        """Close without a result."""
        self.dismiss(None)

    def refuse(self, error: DomainError) -> None:
        """Leave when the session is over, else tell."""
        if isinstance(error, SessionEnded):
            self.post_message(SessionLost(error.user_message))
        else:
            super().refuse(error)
