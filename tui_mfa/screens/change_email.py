"""Change the e-mail address: a code proves the new one, and the old one is told."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Button, Input, Label, Static

from tui_mfa.domain.errors import AttemptEnded, DomainError, NameTaken
from tui_mfa.domain.login.model import CodeOwed, Session
from tui_mfa.domain.profile import flows as profile
from tui_mfa.presentation import as_content
from tui_mfa.screens.confirm import GuardedModal
from tui_mfa.screens.context import Context
from tui_mfa.screens.mailed_code import MailedCodeForm
from tui_mfa.screens.mailing import MailingModal, clear_out
from tui_mfa.widgets.mounting import mount_into
from tui_mfa.widgets.otp_input import OtpInput
from tui_mfa.widgets.text_input import TextInput
from tui_mfa.widgets.wait_line import WaitLine


class ChangeEmailModal(GuardedModal[bool], MailingModal[bool]):
    """Asks for the new address, then for the code that was sent there; ``True`` when it was changed.

    Args:
        context: Services and terminal.
        session: Whose.
        address: The address until now.
    """

    CSS_PATH: ClassVar[str] = "change_email.tcss"
    AUTO_FOCUS = "#email"

    class Begun(Message):
        """A code can go to the new address."""

        def __init__(self, owed: CodeOwed) -> None:
            super().__init__()
            self.owed = owed
            """The code."""

    class Changed(Message):
        """The new address is in force."""

    def __init__(self, context: Context, session: Session, address: str) -> None:
        super().__init__(context, session)
        self._address = address

    def compose(self) -> ComposeResult:
        """Ask for the address."""
        with Vertical(classes="modal") as box:
            box.border_title = as_content("Change e-mail")
            yield Static(as_content(f"Your address is {self._address}."), classes="hint", markup=False)
            with Vertical(id="step"):
                yield Label("New e-mail address", classes="label", markup=False)
                yield TextInput(id="email", placeholder="jane@example.com", max_length=254)
            yield WaitLine(self.context.services.clock.now)
            with Horizontal(classes="buttons"):
                yield Button("Send code", id="go", compact=True, variant="primary")
                yield Button("Cancel", id="cancel", compact=True)

    @on(Input.Submitted, "#email")
    @on(Button.Pressed, "#go")
    def go_on(self, event: Message) -> None:
        """Begin with the address, or send the code off once more."""
        event.stop()
        if self.owed is not None:
            self.query_one(MailedCodeForm).submit()
            return
        typed = self.query_one("#email", TextInput).value
        services, session = self.context.services, self.session
        self.start(lambda: self.Begun(profile.begin_email_change(services, session, typed)), "One moment…")

    @on(Begun)
    async def ask_for_code(self, event: Begun) -> None:
        """Mail the code to the new address and ask for it."""
        self.owed = event.owed
        self.status.clear()
        place = self.query_one("#step", Vertical)
        place.query_one("#email").disabled = True
        await clear_out(place, "MailedCodeForm")
        await mount_into(place, MailedCodeForm(self.context, event.owed))
        self.query_one("#go", Button).label = as_content("Change e-mail")
        self.mail_code()

    @on(MailedCodeForm.CodeEntered)
    def judge_code(self, event: MailedCodeForm.CodeEntered) -> None:
        """Have the code judged."""
        event.stop()
        if self.owed is None:
            return
        handle, code = self.owed.handle, event.code
        services, session = self.context.services, self.session

        def finish() -> Message:
            profile.finish_email_change(services, session, handle, code)
            return self.Changed()

        self.start(finish, "Checking…")

    @on(OtpInput.Rejected)
    def tell_rejection(self, event: OtpInput.Rejected) -> None:
        """Say what was wrong with what was typed."""
        self.status.error(event.reason)

    @on(Changed)
    def close(self) -> None:
        """Done."""
        self.dismiss(True)

    @on(Button.Pressed, "#cancel")
    def action_cancel(self) -> None:
        """Close; the address stays as it is."""
        self.dismiss(None)

    def refuse(self, error: DomainError) -> None:
        """Tell it; when the attempt is over, go back to the address."""
        if isinstance(error, AttemptEnded | NameTaken):
            self._start_again()
        elif error.field == "code":
            self.query_one(MailedCodeForm).clear_code()
        super().refuse(error)
        self.query_one(WaitLine).refusal(error)

    def _start_again(self) -> None:
        self.owed = None
        self.call_next(clear_out, self.query_one("#step"), "MailedCodeForm")
        self.query_one("#go", Button).label = as_content("Send code")
        field = self.query_one("#email", TextInput)
        field.disabled = False
        field.focus()
