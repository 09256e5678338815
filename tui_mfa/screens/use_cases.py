"""Running use cases off the loop, and telling what came of them."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar, cast

from textual import events, on, work
from textual.css.query import NoMatches
from textual.message import Message
from textual.reactive import var
from textual.worker import get_current_worker

from tui_mfa.domain.errors import DomainError
from tui_mfa.screens.context import Context
from tui_mfa.screens.drawing import DrawnOnce
from tui_mfa.screens.messages import Refused
from tui_mfa.widgets.status_line import StatusLine

if TYPE_CHECKING:
    from tui_mfa.app import MfaApp

R = TypeVar("R")


class Unexpected(DomainError):
    """A mistake in the program; the log has it under the reference."""

    code = "unexpected"
    exit_status = 70

    def __init__(self, reference: str) -> None:
        super().__init__(f"Something went wrong (reference {reference}). Nobody was told a secret. Try again.")


class _Finished(Message):
    """A use case came back."""

    def __init__(self, outcome: Message) -> None:
        super().__init__()
        self.outcome = outcome


class UseCases(DrawnOnce[R]):
    """Runs use cases in a thread and posts their outcome as one message.

    Args:
        context: Services and terminal.
        account_id: Whose notices are sent after each use case.
    """

    busy: var[bool] = var(False)
    """A use case is under way; a second one is not started."""

    def __init__(self, context: Context, account_id: str | None = None) -> None:
        super().__init__()
        self.context = context
        self.account_id = account_id

    @on(events.Mount)
    def hide_toasts(self) -> None:
        """Hide where notices would be: Textual does it when the page is drawn, and lays it out again for that."""
        for rack in self.query("ToastRack"):
            rack.display = False

    @property
    def portal(self) -> "MfaApp":
        """The app, with its own type."""
        return cast("MfaApp", self.app)

    def start(self, use_case: Callable[[], Message], waiting: str = "") -> bool:
        """Run a use case in a thread; its message, or ``Refused``, comes back to this screen.

        Args:
            use_case: Calls one flow and wraps its result in a message.
            waiting: What the status line says meanwhile.

        Returns whether it was started: not while another one is under way.
        """
        if self.busy:
            return False
        self.busy = True
        if waiting:
            self.status.busy(waiting)
        self._run(use_case)
        return True

    @property
    def status(self) -> StatusLine:
        """The form's status line."""
        return self.query_one(StatusLine)

    def read(self, use_case: Callable[[], Message]) -> None:
        """Run a use case that only looks, beside whatever else is under way; a newer one replaces an older one."""
        self._read(use_case)

    def read_ahead(self, use_case: Callable[[], Message]) -> "asyncio.Future[Message]":
        """Run a use case that only looks before the page is there, for what the page shall be drawn with at once.

        Args:
            use_case: As for ``start``.

        Returns its message, or ``Refused``.
        """
        return asyncio.ensure_future(asyncio.to_thread(self._outcome, use_case))

    @work(thread=True, group="use-case", exit_on_error=False)
    def _run(self, use_case: Callable[[], Message]) -> None:
        self.post_message(_Finished(self._outcome(use_case)))
        self._send_notices()

    @work(thread=True, group="read", exclusive=True, exit_on_error=False)
    def _read(self, use_case: Callable[[], Message]) -> None:
        outcome = self._outcome(use_case)
        if not get_current_worker().is_cancelled:
            self.post_message(outcome)

    def _outcome(self, use_case: Callable[[], Message]) -> Message:
        try:
            return use_case()
        except DomainError as error:
            return Refused(error)
        except Exception as error:  # noqa: BLE001 - the boundary: logged with a reference, told without details
            return Refused(Unexpected(self.portal.report(error)))

    def _send_notices(self) -> None:
        if self.account_id is None:
            return
        from tui_mfa.domain import notices  # noqa: PLC0415 - the first page is drawn before the account is loaded

        try:
            notices.deliver(self.context.services, self.account_id)
        except DomainError as error:
            self.portal.report(error)

    @on(_Finished)
    def _finish(self, event: _Finished) -> None:
        event.stop()
        self.busy = False
        self.post_message(event.outcome)

    @on(Refused)
    def tell_refusal(self, event: Refused) -> None:
        """Show what a use case refused, and put the cursor into the field it belongs to."""
        event.stop()
        self.refuse(event.error)

    def refuse(self, error: DomainError) -> None:
        """Show an error; a screen with more to do about it overrides this."""
        self.status.error(error.user_message)
        if error.field is not None:
            try:
                self.query_one(f"#{error.field.replace('_', '-')}").focus()
            except NoMatches:
                return
