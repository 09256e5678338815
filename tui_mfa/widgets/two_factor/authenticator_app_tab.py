"""The tab “Authenticator App”: set it up, or see that it is on and replace it."""

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Button, Static

from tui_mfa.domain.two_factor.model import NewSecret
from tui_mfa.presentation import as_content
from tui_mfa.widgets.mounting import mount_into
from tui_mfa.widgets.qr_matrix import Drawing
from tui_mfa.widgets.two_factor.enrol_form import EnrolForm

INTRODUCTION = (
    "An app on your phone makes the codes. It is safer than mail: even who reads your mailbox does not get in. "
    "We recommend it."
)


class AuthenticatorAppTab(Vertical):
    """Either a few words and a button, or the form with a new secret.

    Args:
        id: The widget's id.
    """

    class SetUpRequested(Message):
        """The person wants a new secret."""

    since: reactive[str] = reactive("")
    """Since when the authenticator is in force, in words; empty when there is none."""

    def compose(self) -> ComposeResult:
        """Start with the words."""
        with Vertical(id="app-words"):
            yield Static("Authenticator App", classes="heading", markup=False)
            yield Static(INTRODUCTION, id="app-state", markup=False)
            yield Button("Set up", id="app-set-up", variant="primary", compact=True)

    def watch_since(self, since: str) -> None:
        """Say what it is, or since when it is on."""
        if self.is_mounted:
            state = f"● The Authenticator App is on since {since}." if since else INTRODUCTION
            self.query_one("#app-state", Static).update(as_content(state))
            self.query_one("#app-set-up", Button).label = "Replace" if since else "Set up"

    def show_secret(self, new_secret: NewSecret, drawing: Drawing) -> None:
        """Show a new secret to be scanned; one that was shown before goes."""
        self.query(EnrolForm).remove()
        self.query_one("#app-words").display = False
        mount_into(self, EnrolForm(new_secret, drawing))

    def hide_secret(self) -> None:
        """Show the words again."""
        self.query(EnrolForm).remove()
        self.query_one("#app-words").display = True

    @on(Button.Pressed, "#app-set-up")
    def request_set_up(self, event: Button.Pressed) -> None:
        """Ask the page for a new secret."""
        event.stop()
        self.post_message(self.SetUpRequested())
