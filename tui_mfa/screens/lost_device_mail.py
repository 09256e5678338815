"""The code by mail that stands for a lost device, for those who came with an SSH key and gave the password."""

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.message import Message
from textual.widgets import Static

from tui_mfa.domain.errors import DomainError
from tui_mfa.domain.login import mailed_code
from tui_mfa.domain.login.model import CodeOwed, CodeSent, LoggedIn
from tui_mfa.domain.recovery import by_key
from tui_mfa.screens.context import Context
from tui_mfa.screens.login_step import LoginStep
from tui_mfa.screens.mailed_code import MailedCodeForm
from tui_mfa.screens.messages import SessionOpened
from tui_mfa.widgets.wait_line import WaitLine


class LostDeviceMailScreen(LoginStep):
    """Mails a code, and opens the session that may replace the authenticator.

    Args:
        context: Services and terminal.
        owed: From ``by_key.begin``.
    """

    CSS_PATH = "lost_device.tcss"
    AUTO_FOCUS = "#code"
    HELP = (
        "Your SSH key and your password were right; the code by mail is the last proof. It lets you in once, and leads "
        "to a new secret for a new device, so that the lost one is worth nothing.\n\n"
        "Esc goes back one step."
    )

    class CodeMailed(Message):
        """A mail with a code was handed over."""

        def __init__(self, sent: CodeSent) -> None:
            super().__init__()
            self.sent = sent
            """Which request, and until when it is good."""

    class Recovered(Message):
        """The code was right."""

        def __init__(self, logged_in: LoggedIn) -> None:
            super().__init__()
            self.logged_in = logged_in
            """The session; it may replace the authenticator."""

    def __init__(self, context: Context, owed: CodeOwed) -> None:
        super().__init__(context, owed.handle.account_id)
        self._owed = owed
        self._mailing = False

    def compose_page(self) -> ComposeResult:
        """Heading, form, status."""
        with VerticalScroll(id="body", can_focus=False), Vertical(classes="form"):
            yield Static("Lost your device?", id="heading", classes="heading", markup=False)
            yield Vertical(MailedCodeForm(self.context, self._owed), id="step")
            yield WaitLine(self.context.services.clock.now)

    def on_mount(self) -> None:
        """Mail the code without being asked."""
        self.mail_code()

    @on(MailedCodeForm.ResendRequested)
    def mail_code(self) -> None:
        """Have a code mailed."""
        services, handle = self.context.services, self._owed.handle
        if self.start(lambda: self.CodeMailed(mailed_code.send(services, handle))):
            self._mailing = True
            self.status.clear()
            self.query_one(MailedCodeForm).sending()

    @on(CodeMailed)
    def tell_mailed(self, event: CodeMailed) -> None:
        """Say where the code went."""
        event.stop()
        self._mailing = False
        self.query_one(MailedCodeForm).sent(event.sent)

    @on(MailedCodeForm.CodeEntered)
    def judge(self, event: MailedCodeForm.CodeEntered) -> None:
        """Have the code judged."""
        services, handle, code = self.context.services, self._owed.handle, event.code
        self.check(lambda: self.Recovered(by_key.use_mailed_code(services, handle, code)))

    @on(Recovered)
    def open_session(self, event: Recovered) -> None:
        """Hand the session to the app."""
        event.stop()
        self.query_one(MailedCodeForm).code.clear()
        self.post_message(SessionOpened(event.logged_in))

    def refuse(self, error: DomainError) -> None:
        """Tell what was refused; at the end of the attempt, leave with the reason."""
        mailing, self._mailing = self._mailing, False
        if self.ends_attempt(error):
            self.leave(error.user_message)
        elif mailing:
            self.query_one(MailedCodeForm).failed(error)
        else:
            self.query_one(MailedCodeForm).clear_code()
            self.wait_line.refusal(error)
