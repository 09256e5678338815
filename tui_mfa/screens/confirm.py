"""Prove again that it is you, before a change of what guards the account."""

from collections.abc import Callable
from datetime import datetime
from typing import ClassVar, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.css.query import NoMatches
from textual.message import Message
from textual.widgets import Button, Input, Label, Static

from tui_mfa.domain.account import Factor
from tui_mfa.domain.errors import AttemptEnded, ConfirmationRequired, DomainError, SessionEnded
from tui_mfa.domain.login import confirmation
from tui_mfa.domain.login.model import CodeOwed, Session
from tui_mfa.domain.secret import Secret
from tui_mfa.presentation import as_content
from tui_mfa.screens.base import UseCaseModal
from tui_mfa.screens.context import Context
from tui_mfa.screens.mailed_code import MailedCodeForm
from tui_mfa.screens.mailing import MailingModal, clear_out
from tui_mfa.widgets.mounting import mount_into
from tui_mfa.widgets.otp_input import OtpInput
from tui_mfa.widgets.password_input import PasswordInput
from tui_mfa.widgets.step_bar import StepBar
from tui_mfa.widgets.wait_line import WaitLine

R = TypeVar("R")


class ConfirmModal(MailingModal[bool]):
    """Asks for the password and the current factor; ``True`` when both were right, ``None`` when it was left.

    A mailed code goes out by itself. The password stays in its field while only the code was wrong; it is gone when the
    modal goes.

    Args:
        context: Services and terminal.
        session: Whose.
    """

    CSS_PATH: ClassVar[str] = "confirm.tcss"
    AUTO_FOCUS = "#password"

    class Begun(Message):
        """It is known which factor is asked for."""

        def __init__(self, owed: CodeOwed | None) -> None:
            super().__init__()
            self.owed = owed
            """``None`` when the password alone will do."""

    class Confirmed(Message):
        """Password and factor were right."""

    def __init__(self, context: Context, session: Session) -> None:
        super().__init__(context, session.account_id)
        self._session = session
        self._begun = False

    def compose(self) -> ComposeResult:
        """Password first; the factor's field comes when it is known."""
        with Vertical(classes="modal") as box:
            box.border_title = as_content("Confirm that it is you")
            yield Static("This changes what guards your account.", id="why", classes="hint", markup=False)
            yield Label("Password", classes="label", markup=False)
            yield PasswordInput(id="password")
            yield Vertical(id="factor")
            yield WaitLine(self._now)
            with Horizontal(classes="buttons"):
                yield Button("Confirm", id="confirm", compact=True, variant="primary")
                yield Button("Cancel", id="cancel", compact=True)

    def on_mount(self) -> None:
        """Ask which factor is wanted."""
        self._begin()

    @on(Begun)
    async def ask_for_factor(self, event: Begun) -> None:
        """Show the field of the current factor, and mail a code when it is one that comes by mail."""
        self._begun, self.owed = True, event.owed
        self.status.clear()
        self.query_one("#confirm", Button).label = as_content("Confirm")
        place = self.query_one("#factor", Vertical)
        await clear_out(place)
        if event.owed is None:
            return
        if event.owed.factor is Factor.EMAIL:
            await mount_into(place, MailedCodeForm(self.context, event.owed))
            self.mail_code()
        else:
            await mount_into(
                place,
                Label("Code from your authenticator app", classes="label", markup=False),
                Horizontal(OtpInput(id="code"), StepBar(self._now), id="app-row"),
            )

    @on(Input.Submitted, "#password")
    def go_on(self, event: Input.Submitted) -> None:
        """From the password to the code; without one, confirm."""
        event.stop()
        code = self._code_field()
        if code is not None and not code.value:
            code.focus()
        else:
            self.press_confirm()

    @on(Button.Pressed, "#confirm")
    def press_confirm(self) -> None:
        """Confirm by button, or begin anew when the one before has ended."""
        if not self._begun:
            self._begin()
        elif (code := self._code_field()) is not None:
            code.submit()
        else:
            self._judge(Secret(""))

    @on(OtpInput.Completed)
    @on(MailedCodeForm.CodeEntered)
    def judge_code(self, event: OtpInput.Completed | MailedCodeForm.CodeEntered) -> None:
        """Have password and code judged."""
        event.stop()
        self._judge(event.code)

    @on(OtpInput.Rejected)
    def tell_rejection(self, event: OtpInput.Rejected) -> None:
        """Say what was wrong with what was typed."""
        self.status.error(event.reason)

    @on(Confirmed)
    def close(self) -> None:
        """Done."""
        self.dismiss(True)

    @on(Button.Pressed, "#cancel")
    def action_cancel(self) -> None:
        """Close; nothing is confirmed."""
        self.dismiss(None)

    def refuse(self, error: DomainError) -> None:
        """Tell it by the field it belongs to; after the last try offer to begin anew."""
        if isinstance(error, AttemptEnded):
            self._begun = False
            self.call_next(clear_out, self.query_one("#factor", Vertical))
            self.query_one("#confirm", Button).label = as_content("Start again")
            self.query_one("#confirm").focus()
            self.status.error(error.user_message)
            return
        if error.field == "password":
            self.query_one("#password", PasswordInput).clear()
        elif (code := self._code_field()) is not None:
            code.clear()
        super().refuse(error)
        if not isinstance(error, SessionEnded):
            self.query_one(WaitLine).refusal(error)

    def _begin(self) -> None:
        self.start(lambda: self.Begun(confirmation.begin(self.context.services, self._session)), "One moment…")

    def _judge(self, code: Secret[str]) -> None:
        password = Secret(self.query_one("#password", PasswordInput).value)
        if not password:
            self.status.error("Type your password too.")
            self.query_one("#password").focus()
            return
        handle = self.owed.handle if self.owed is not None else None
        services, session = self.context.services, self._session

        def finish() -> Message:
            confirmation.finish(services, session, handle, password, code)
            return self.Confirmed()

        self.start(finish, "Checking…")

    def _code_field(self) -> OtpInput | None:
        try:
            return self.query_one(OtpInput)
        except NoMatches:
            return None

    def _now(self) -> datetime:
        return self.context.services.clock.now()


class GuardedModal(UseCaseModal[R]):
    """A modal for a change that wants a confirmation: it is asked for in between, and the change is tried again.

    Args:
        context: Services and terminal.
        session: Whose.
    """

    def __init__(self, context: Context, session: Session) -> None:
        super().__init__(context, session.account_id)
        self.session = session
        self._again: Callable[[], Message] | None = None

    def start(self, use_case: Callable[[], Message], waiting: str = "") -> bool:
        """Run a use case, and remember it for after the confirmation."""
        started = super().start(use_case, waiting)
        if started:
            self._again = use_case
        return started

    def refuse(self, error: DomainError) -> None:
        """Ask for a confirmation when one is missing, else tell."""
        if isinstance(error, ConfirmationRequired):
            self.app.push_screen(ConfirmModal(self.context, self.session), self._go_on)
        else:
            super().refuse(error)

    def on_unmount(self) -> None:
        """Forget what was to be done, since it may hold a password."""
        self._again = None

    def _go_on(self, confirmed: bool | None) -> None:
        self.status.clear()
        if confirmed and self._again is not None:
            self.start(self._again)
