"""What the pages between the login page and a session share: leaving with a word, checks that Esc does not cut."""

from collections.abc import Callable

from textual import on
from textual.message import Message
from textual.widget import Widget

from tui_mfa.domain.errors import AttemptEnded, DomainError, WrongCode
from tui_mfa.domain.login.model import CodeOwed
from tui_mfa.screens.base import PageScreen
from tui_mfa.screens.context import Context
from tui_mfa.widgets.mounting import mount_into
from tui_mfa.widgets.otp_input import OtpInput
from tui_mfa.widgets.wait_line import WaitLine

ALL_TRIES_SPENT = 0
"""``WrongCode.tries_left`` of the try that ended the attempt."""


class LoginStep(PageScreen):
    """A page above the login page. The one below reads ``farewell`` and ``follow_up`` when this one has gone.

    Args:
        context: Services and terminal.
        account_id: Whose notices are sent, once it is known.
    """

    def __init__(self, context: Context, account_id: str | None = None) -> None:
        super().__init__(context, account_id)
        self.farewell = ""
        """What the page below tells; empty after Esc."""
        self.done = False
        """Whether the farewell tells of a success."""
        self.follow_up: CodeOwed | None = None
        """A code that is owed now, asked for by the next page."""
        self._left = False
        self._checking = False

    @property
    def wait_line(self) -> WaitLine:
        """The page's status line."""
        return self.query_one(WaitLine)

    def check(self, use_case: Callable[[], Message], waiting: str = "Checking…") -> bool:
        """Run a use case that Esc must not cut: its answer may be a session that somebody has to hold.

        Args:
            use_case: Calls one flow and wraps its result in a message.
            waiting: What the status line says meanwhile.
        """
        started = self.start(use_case, waiting)
        self._checking = self._checking or started
        return started

    def watch_busy(self, busy: bool) -> None:
        """Give Esc free after a check."""
        if not busy:
            self._checking = False

    def action_back(self) -> None:
        """Leave without a word; not in the middle of a check."""
        if not self._checking:
            super().action_back()

    def leave(self, farewell: str = "", *, done: bool = False, follow_up: CodeOwed | None = None) -> None:
        """Give way to the page below.

        Args:
            farewell: What that page tells.
            done: Whether it tells of a success.
            follow_up: A code that is owed now.
        """
        self.farewell, self.done, self.follow_up = farewell, done, follow_up
        self._left = True
        self._go()

    def on_screen_resume(self) -> None:
        """Give way at last, when something stood above this page as its time came."""
        if self._left:
            self._go()

    def _go(self) -> None:
        # `dismiss` would take away whatever is on top, a help text for example.
        if self.is_active:
            self.dismiss()

    async def show_step(self, *widgets: Widget) -> None:
        """Put other widgets into the place of the step before.

        Args:
            widgets: The new step.
        """
        step = self.query_one("#step")
        await step.remove_children()
        await mount_into(step, *widgets)

    def ends_attempt(self, error: DomainError) -> bool:
        """Say whether an error is the end of the attempt.

        Args:
            error: What a use case refused.
        """
        return isinstance(error, AttemptEnded) or (isinstance(error, WrongCode) and error.tries_left == ALL_TRIES_SPENT)

    @on(OtpInput.Rejected)
    def tell_rejected(self, event: OtpInput.Rejected) -> None:
        """Say why the code field did not take something."""
        event.stop()
        self.status.error(f"{event.reason}.")
