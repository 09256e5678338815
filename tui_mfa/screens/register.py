"""Create an account: names and a password; the address is proved on the next page."""

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.message import Message
from textual.widgets import Button, Input, Label, Static

from tui_mfa.domain.errors import DomainError
from tui_mfa.domain.login import registration
from tui_mfa.domain.login.model import CodeOwed
from tui_mfa.domain.names import EMAIL_MAX, USERNAME_MAX
from tui_mfa.presentation import as_content
from tui_mfa.screens.context import Context
from tui_mfa.screens.login_step import LoginStep
from tui_mfa.screens.new_password import NewPasswordFields
from tui_mfa.widgets.text_input import TextInput
from tui_mfa.widgets.wait_line import WaitLine

HINTS = {
    "username": "2 to 32 letters, digits, dots, hyphens or underscores.",
    "email": "A code goes there, to prove that it is yours.",
}
"""What stands under a field while nothing is wrong with it."""


class RegisterScreen(LoginStep):
    """Asks for what a new account needs.

    Args:
        context: Services and terminal.
    """

    CSS_PATH = "register.tcss"
    AUTO_FOCUS = "#username"
    HELP = (
        "The username is how you log in; so is the e-mail address, and codes and security mails go there. Neither is "
        "shown to others.\n\n"
        "A good password is long rather than odd: four or more uncommon words, or what a password manager makes. "
        "Esc leaves; nothing is kept."
    )

    class AccountCreated(Message):
        """The account is there; its address is to be proved."""

        def __init__(self, owed: CodeOwed) -> None:
            super().__init__()
            self.owed = owed
            """The code that goes to the address."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)

    def compose_page(self) -> ComposeResult:
        """The form."""
        with VerticalScroll(id="body", can_focus=False), Vertical(classes="form"):
            yield Static("Create an account", id="heading", classes="heading", markup=False)
            yield Label("Username", classes="label", markup=False)
            yield TextInput(id="username", max_length=USERNAME_MAX, tooltip="How you log in")
            yield Static(HINTS["username"], id="username-hint", classes="hint", markup=False)
            yield Label("E-mail address", classes="label", markup=False)
            yield TextInput(id="email", max_length=EMAIL_MAX, tooltip="Codes and security mails go there")
            yield Static(HINTS["email"], id="email-hint", classes="hint", markup=False)
            yield NewPasswordFields()
            with Horizontal(classes="buttons"):
                yield Button("Create account", id="create", variant="primary", compact=True)
            yield WaitLine(self.context.services.clock.now)

    def on_mount(self) -> None:
        """Let Enter lead from field to field."""
        for field in ("username", "email"):
            self.query_one(f"#{field}", TextInput).moves_on = True

    @property
    def passwords(self) -> NewPasswordFields:
        """The two password fields."""
        return self.query_one(NewPasswordFields)

    @on(Input.Changed, "#username, #email")
    def forget_problem(self, event: Input.Changed) -> None:
        """Show the hint again as soon as a refused field is mended."""
        if event.input.id is not None:
            self._hint(event.input.id, HINTS[event.input.id], wrong=False)

    @on(NewPasswordFields.Submitted)
    @on(Button.Pressed, "#create")
    def create(self) -> None:
        """Have the account created; everything typed stays until that is done."""
        if self.busy:
            return
        self.status.clear()
        for field in ("username", "email"):
            if not self.query_one(f"#{field}", TextInput).value.strip():
                self._refuse_field(field, "This is needed.")
                return
        password = self.passwords.read()
        if password is None:
            return
        services, origin = self.context.services, self.context.origin
        username, email = (self.query_one(f"#{field}", TextInput).value for field in ("username", "email"))
        self.check(
            lambda: self.AccountCreated(registration.register(services, username, email, password, origin)),
            "Creating the account…",
        )

    @on(AccountCreated)
    def go_on(self, event: AccountCreated) -> None:
        """Leave for the page that asks for the code."""
        event.stop()
        self.passwords.wipe()
        self.leave(follow_up=event.owed)

    def refuse(self, error: DomainError) -> None:
        """Tell what was refused, at the field it belongs to."""
        self.status.clear()
        if error.field in HINTS:
            self._refuse_field(error.field, error.user_message)
        elif error.field in {"password", "new_password"}:
            self.passwords.refuse(error.user_message)
        else:
            self.wait_line.refusal(error)

    def _refuse_field(self, field: str, words: str) -> None:
        self._hint(field, f"! {words}", wrong=True)
        self.query_one(f"#{field}").focus()

    def _hint(self, field: str, words: str, *, wrong: bool) -> None:
        hint = self.query_one(f"#{field}-hint", Static)
        hint.update(as_content(words, limit=400))
        hint.set_class(wrong, "-wrong")
