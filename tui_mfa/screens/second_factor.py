"""The second step of a login: the code that was mailed, or that of the authenticator app."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Label, Static

from tui_mfa.domain.account import Factor
from tui_mfa.domain.errors import DomainError
from tui_mfa.domain.login import flows, mailed_code
from tui_mfa.domain.login.model import CodeOwed, CodeSent, LoggedIn
from tui_mfa.domain.secret import Secret
from tui_mfa.screens.context import Context
from tui_mfa.screens.login_step import LoginStep
from tui_mfa.screens.mailed_code import MailedCodeForm
from tui_mfa.screens.messages import SessionOpened
from tui_mfa.widgets.link_button import LinkButton
from tui_mfa.widgets.otp_input import OtpInput
from tui_mfa.widgets.step_bar import StepBar
from tui_mfa.widgets.wait_line import WaitLine


class AuthenticatorForm(Vertical):
    """The field for a code of the app, and the seconds that the present one still lives.

    Args:
        context: Services and terminal.
    """

    DEFAULT_CSS = """
    AuthenticatorForm {
        height: auto;
        StepBar { margin-top: 1; }
    }
    """

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._now = context.services.clock.now

    def compose(self) -> ComposeResult:
        """Sentence, field, bar."""
        yield Static("Open your authenticator app and type the code that it shows for this account.", markup=False)
        yield Label("Code", classes="label", markup=False)
        yield OtpInput(id="code", tooltip="The six digits from the app; they are sent off by themselves")
        yield StepBar(self._now)
        yield Static("until the app shows the next code", classes="hint", markup=False)


class SecondFactorScreen(LoginStep):
    """Asks for the code that a login attempt owes, and opens the session.

    Args:
        context: Services and terminal.
        owed: What the password, or a registration, led to.
    """

    CSS_PATH = "second_factor.tcss"
    AUTO_FOCUS = "#code"
    OTHER_WAYS: ClassVar[bool] = True
    """Whether the page offers what there is for a lost device."""
    HELP = (
        "Your password was right; this second code proves that it is you. Type or paste six digits: they are sent off "
        "by themselves, and 123 456 or 123-456 are fine too.\n\n"
        "A mailed code is good for ten minutes and five tries. Resend mails a new one and makes the one before void; "
        "it does not bring back tries. A code of the app changes every 30 seconds and is taken once.\n\n"
        "Esc goes back to the login; nothing is lost but this attempt."
    )

    class CodeMailed(Message):
        """A mail with a code was handed over."""

        def __init__(self, sent: CodeSent) -> None:
            super().__init__()
            self.sent = sent
            """Which request, and until when it is good."""

    class CodeAccepted(Message):
        """The code was right."""

        def __init__(self, answer: CodeOwed | LoggedIn) -> None:
            super().__init__()
            self.answer = answer
            """A session, or the code that is still owed."""

    def __init__(self, context: Context, owed: CodeOwed) -> None:
        super().__init__(context, owed.handle.account_id)
        self.owed = owed
        self._mailing = False

    def compose_page(self) -> ComposeResult:
        """Heading, form, status, the way out for lost devices."""
        with VerticalScroll(id="body", can_focus=False), Vertical(classes="form"):
            yield Static(self._heading(), id="heading", classes="heading", markup=False)
            yield Vertical(self._form(), id="step")
            yield WaitLine(self.context.services.clock.now)
            if self.OTHER_WAYS:
                with Horizontal(classes="links"):
                    yield LinkButton("Lost your device?", id="lost", tooltip="Other ways in")

    def on_mount(self) -> None:
        """Mail the code without being asked."""
        if self.owed.factor is Factor.EMAIL:
            self.mail_code()

    def mail_code(self) -> None:
        """Have a code mailed."""
        services, handle = self.context.services, self.owed.handle
        if self.start(lambda: self.CodeMailed(mailed_code.send(services, handle))):
            self._mailing = True
            self.status.clear()
            self.query_one(MailedCodeForm).sending()

    @on(CodeMailed)
    def tell_mailed(self, event: CodeMailed) -> None:
        """Say where the code went."""
        self._mailing = False
        self.query_one(MailedCodeForm).sent(event.sent)

    @on(MailedCodeForm.ResendRequested)
    def mail_again(self) -> None:
        """Mail a new code."""
        self.mail_code()

    @on(MailedCodeForm.CodeEntered)
    def judge_mailed(self, event: MailedCodeForm.CodeEntered) -> None:
        """Have the mailed code judged."""
        self.judge(event.code)

    @on(OtpInput.Completed, "AuthenticatorForm #code")
    def judge_shown(self, event: OtpInput.Completed) -> None:
        """Have the app's code judged."""
        self.judge(event.code)

    def judge(self, code: Secret[str]) -> None:
        """Have a code judged.

        Args:
            code: Six digits.
        """
        services, handle = self.context.services, self.owed.handle
        self.check(lambda: self.CodeAccepted(flows.enter_code(services, handle, code)))

    @on(CodeAccepted)
    async def go_on(self, event: CodeAccepted) -> None:
        """Open the session, or ask for the code that is still owed."""
        answer = event.answer
        self.query_one("#code", OtpInput).clear()
        if isinstance(answer, LoggedIn):
            self.post_message(SessionOpened(answer))
            return
        self.owed = answer
        self.query_one("#heading", Static).update(self._heading())
        await self.show_step(self._form())
        self.status.fact("Your address is proved. One more code, from your app.")
        self.query_one("#code").focus()
        self.on_mount()

    def refuse(self, error: DomainError) -> None:
        """Tell what was refused; at the end of the attempt, go back to the login with the reason."""
        mailing, self._mailing = self._mailing, False
        if self.ends_attempt(error):
            self.leave(error.user_message)
        elif mailing:
            self.query_one(MailedCodeForm).failed(error)
        else:
            field = self.query_one("#code", OtpInput)
            field.clear()
            field.focus()
            self.wait_line.refusal(error)

    @on(LinkButton.Pressed, "#lost")
    def show_other_ways(self) -> None:
        """Open the page about lost devices; when the attempt ends there, it ends here too."""
        from tui_mfa.screens.lost_device import LostDeviceScreen  # noqa: PLC0415 - loaded when it is needed

        page = LostDeviceScreen(self.context, self.owed)
        self.app.push_screen(page, lambda _: self._come_back(page.farewell))

    def _come_back(self, farewell: str) -> None:
        if farewell:
            self.leave(farewell)
        else:
            self.query_one("#code").focus()

    def _heading(self) -> str:
        return "Prove your e-mail address" if self.owed.verifying else "Second factor"

    def _form(self) -> Widget:
        if self.owed.factor is Factor.EMAIL:
            return MailedCodeForm(self.context, self.owed)
        return AuthenticatorForm(self.context)
