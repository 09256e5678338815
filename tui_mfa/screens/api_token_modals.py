"""Make an API token, and show it once."""

from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.message import Message
from textual.widgets import Button, Input, Label, Static

from tui_mfa.domain.api_tokens import flows, rules
from tui_mfa.domain.api_tokens.model import NewToken, Scope
from tui_mfa.domain.secret import Secret
from tui_mfa.presentation import as_content, when
from tui_mfa.screens.confirm import GuardedModal
from tui_mfa.screens.shown_once import Leaving, ShownOnceModal
from tui_mfa.widgets.check_box import CheckBox
from tui_mfa.widgets.secret_text import SecretText
from tui_mfa.widgets.status_line import StatusLine
from tui_mfa.widgets.text_input import TextInput

SCOPES: Final = (
    (Scope.READ, "read: look at the account, invoices, limits"),
    (Scope.KEYS, "keys: list, add and delete SSH keys"),
    (Scope.ADMIN, "admin: both, and change your user info"),
)
"""What can be ticked, with what it means."""


class NewTokenModal(GuardedModal[NewToken | None]):
    """Asks what a new token is for, what it may do, and for how long; the result is the token, or nothing."""

    CSS_PATH: ClassVar[str] = "api_token_modals.tcss"
    AUTO_FOCUS = "#name"

    class Made(Message):
        """The token is made."""

        def __init__(self, made: NewToken) -> None:
            super().__init__()
            self.made = made
            """To be shown once."""

    def compose(self) -> ComposeResult:
        """Ask."""
        with VerticalScroll(classes="modal", can_focus=False) as box:
            box.border_title = as_content("Make an API token")
            yield Label("What is it for?", classes="label", markup=False)
            yield TextInput(id="name", placeholder="nightly backup", max_length=100)
            yield Label("What may it do?", id="scopes-label", classes="label", markup=False)
            for scope, words in SCOPES:
                yield CheckBox(words, scope is Scope.READ, id=f"scope-{scope.value}")
            yield Static(
                "No token reaches second factor, address, password or other tokens.",
                classes="hint",
                markup=False,
            )
            with Horizontal(id="life"):
                yield Label(f"For how many days, 1 to {rules.MAX_DAYS}?", id="days-label", markup=False)
                yield TextInput(str(rules.DEFAULT_DAYS), id="days", max_length=3)
            yield StatusLine()
            with Horizontal(classes="buttons"):
                yield Button("Make token", id="make", compact=True, variant="primary")
                yield Button("Cancel", id="cancel", compact=True)

    @on(Input.Submitted)
    @on(Button.Pressed, "#make")
    def make(self, event: Message) -> None:
        """Have the wishes judged, and make the token."""
        event.stop()
        name = self.query_one("#name", TextInput).value
        typed = self.query_one("#days", TextInput).value.strip()
        days = int(typed) if typed.isascii() and typed.isdigit() else 0
        scopes = [scope for scope, _words in SCOPES if self.query_one(f"#scope-{scope.value}", CheckBox).value]
        services, session = self.context.services, self.session
        self.start(lambda: self.Made(flows.create(services, session, name, scopes, days)), "Making…")

    @on(Made)
    def close(self, event: Made) -> None:
        """Hand the token over."""
        self.dismiss(event.made)

    @on(Button.Pressed, "#cancel")
    def action_cancel(self) -> None:
        """Close; no token is made."""
        self.dismiss(None)


class TokenShownModal(ShownOnceModal[NewToken]):
    """A token, for a program's settings."""

    CSS_PATH: ClassVar[str] = "api_token_modals.tcss"
    AUTO_FOCUS = "#copy"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "Done", id="modal.cancel", tooltip="Close; the token is not shown again"),
        Binding("c", "copy", "Copy", id="token.copy", tooltip="Send the token to your terminal's clipboard"),
        Binding("s", "save", "Save to file", id="token.save", tooltip="Save it to a file that only you can read"),
    ]
    BUTTONS = ("copy", "save")
    LEAVING = Leaving(
        "API token",
        "Have you kept it? It is not shown again. You can revoke it and make another one at any time.",
        "Show it again",
    )

    def compose(self) -> ComposeResult:
        """Show the token."""
        made = self._made
        with Vertical(classes="modal") as box:
            if made is None:
                return
            box.border_title = as_content("Your new API token")
            until = when(made.view.expires_at, self.context.zone)
            yield Static(as_content(f"“{made.view.name}” is good until {until}."), markup=False)
            yield SecretText(made.token, size=len(made.token), id="token")
            yield Static("After you close this you will not be able to see it again.", classes="heading", markup=False)
            yield Static("Programs send it as:  Authorization: Bearer <token>", classes="hint", markup=False)
            yield from self.compose_end()

    def file_of(self, shown: NewToken) -> tuple[str, Secret[str]]:
        """Return a file with the token alone on one line."""
        return f"api-token-{self._username}-{shown.view.id}.txt", Secret(f"{shown.token.reveal()}\n")

    def copy_of(self, shown: NewToken) -> Secret[str]:
        """Return the token."""
        return shown.token
