"""The forgotten password: whose, the mailed code, a new one."""

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.message import Message
from textual.widgets import Button, Input, Label, Static

from tui_mfa.domain.errors import DomainError
from tui_mfa.domain.login import password_reset
from tui_mfa.domain.login.model import CodeOwed, CodeSent
from tui_mfa.domain.names import EMAIL_MAX
from tui_mfa.screens.context import Context
from tui_mfa.screens.login_step import LoginStep
from tui_mfa.screens.mailed_code import MailedCodeForm
from tui_mfa.screens.new_password import NewPasswordFields
from tui_mfa.widgets.otp_input import OtpInput
from tui_mfa.widgets.text_input import TextInput
from tui_mfa.widgets.wait_line import WaitLine

DONE = "Your password was changed. Log in with it."
"""What the login page says afterwards."""


class PasswordResetScreen(LoginStep):
    """Three steps: a name, the code that was mailed, a new password. Unknown names get the same answers.

    Args:
        context: Services and terminal.
        name: What was typed as the name on the login page.
    """

    CSS_PATH = "password_reset.tcss"
    AUTO_FOCUS = "#name"
    HELP = (
        "A code goes to the e-mail address of the account; with it you set a new password. Whether there is an "
        "account of that name is not told, so a wrong name looks the same, but no code comes.\n\n"
        "The new password ends every open session. The second factor is still asked at the next login. Esc leaves; "
        "until the last step nothing is changed."
    )

    class ResetStarted(Message):
        """The name was taken."""

        def __init__(self, owed: CodeOwed) -> None:
            super().__init__()
            self.owed = owed
            """The code that is owed."""

    class CodeMailed(Message):
        """A mail with a code was handed over, if there is somebody to get it."""

        def __init__(self, sent: CodeSent) -> None:
            super().__init__()
            self.sent = sent
            """Which request, and until when it is good."""

    class CodeProved(Message):
        """The code was right; a new password may be set."""

    class PasswordChanged(Message):
        """The new password is set."""

    def __init__(self, context: Context, name: str = "") -> None:
        super().__init__(context)
        self._name = name
        self._owed: CodeOwed | None = None
        self._mailing = False

    def compose_page(self) -> ComposeResult:
        """The first step; the others take its place."""
        with VerticalScroll(id="body", can_focus=False), Vertical(classes="form"):
            yield Static("Forgotten password", id="heading", classes="heading", markup=False)
            with Vertical(id="step"):
                yield Static("Whose password? A code goes to the e-mail address of the account.", markup=False)
                yield Label("Username or e-mail", classes="label", markup=False)
                yield TextInput(self._name, id="name", max_length=EMAIL_MAX, tooltip="The account's name or address")
                with Horizontal(classes="buttons"):
                    yield Button("Send a code", id="ask", variant="primary", compact=True)
            yield WaitLine(self.context.services.clock.now)

    @on(Input.Submitted, "#name")
    @on(Button.Pressed, "#ask")
    def ask(self) -> None:
        """Start the reset."""
        field = self.query_one("#name", TextInput)
        if not field.value.strip():
            self.status.error("Type your username or your e-mail address.")
            field.focus()
            return
        services, origin, name = self.context.services, self.context.origin, field.value
        self.start(lambda: self.ResetStarted(password_reset.ask(services, name, origin)), "One moment…")

    @on(ResetStarted)
    async def ask_code(self, event: ResetStarted) -> None:
        """Show the second step, and mail the code."""
        event.stop()
        self._owed = event.owed
        self.account_id = event.owed.handle.account_id
        self.status.clear()
        await self.show_step(MailedCodeForm(self.context, event.owed))
        self.query_one("#code").focus()
        self.mail_code()

    @on(MailedCodeForm.ResendRequested)
    def mail_code(self) -> None:
        """Have a code mailed."""
        if self._owed is None:
            return
        services, handle = self.context.services, self._owed.handle
        if self.start(lambda: self.CodeMailed(password_reset.send(services, handle))):
            self._mailing = True
            self.status.clear()
            self.query_one(MailedCodeForm).sending()

    @on(CodeMailed)
    def tell_mailed(self, event: CodeMailed) -> None:
        """Say what was mailed."""
        event.stop()
        self._mailing = False
        self.query_one(MailedCodeForm).sent(event.sent)

    @on(MailedCodeForm.CodeEntered)
    def judge(self, event: MailedCodeForm.CodeEntered) -> None:
        """Have the code judged."""
        if self._owed is None:
            return
        services, handle, code = self.context.services, self._owed.handle, event.code

        def prove() -> Message:
            password_reset.prove(services, handle, code)
            return self.CodeProved()

        self.check(prove)

    @on(CodeProved)
    async def ask_password(self, event: CodeProved) -> None:
        """Show the third step."""
        event.stop()
        self.query_one("#code", OtpInput).clear()
        self.status.clear()
        await self.show_step(
            Static("The code is right. Choose a new password; it ends every open session.", markup=False),
            NewPasswordFields(),
            Horizontal(Button("Set password", id="finish", variant="primary", compact=True), classes="buttons"),
        )
        self.query_one("#new-password").focus()

    @on(NewPasswordFields.Submitted)
    @on(Button.Pressed, "#finish")
    def finish(self) -> None:
        """Have the new password set."""
        password = None if self.busy else self.query_one(NewPasswordFields).read()
        if password is None or self._owed is None:
            return
        services, handle = self.context.services, self._owed.handle

        def change() -> Message:
            password_reset.finish(services, handle, password)
            return self.PasswordChanged()

        self.check(change, "Setting the password…")

    @on(PasswordChanged)
    def go_back(self, event: PasswordChanged) -> None:
        """Lead to the login, where the new password and the second factor are asked."""
        event.stop()
        self.query_one(NewPasswordFields).wipe()
        self.leave(DONE, done=True)

    def refuse(self, error: DomainError) -> None:
        """Tell what was refused, in the step it belongs to."""
        mailing, self._mailing = self._mailing, False
        if self.ends_attempt(error):
            self.leave(error.user_message)
        elif mailing:
            self.query_one(MailedCodeForm).failed(error)
        elif error.field in {"password", "new_password"}:
            self.status.clear()
            self.query_one(NewPasswordFields).refuse(error.user_message)
        else:
            for form in self.query(MailedCodeForm):
                form.clear_code()
            self.wait_line.refusal(error)
