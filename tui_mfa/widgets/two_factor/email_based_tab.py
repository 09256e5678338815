"""The tab “Email Based”: a code is mailed at each login."""

from textual import on
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Button, Static

from tui_mfa.presentation import as_content

DOES = "Each time you log in, we send an email with a one-time code, which you enter to be able to connect."
HONEST = (
    "A mailed code is weaker than an app: whoever reads your mail can read it too. "
    "It confirms a login; it is no factor in the sense of NIST SP 800-63B."
)
LOSES = "The authenticator's secret and the recovery codes are deleted when you switch to it."


class EmailBasedTab(VerticalScroll, can_focus=False):
    """What “Email Based” does, to which address, and the button that enables it.

    Args:
        id: The widget's id.
    """

    in_force: reactive[bool] = reactive(False)
    """The method is ``email`` already."""
    loses_app: reactive[bool] = reactive(False)
    """An authenticator would be given up."""
    address: reactive[str] = reactive("")
    """The masked address."""

    class EnableRequested(Message):
        """The person wants mailed codes."""

    def compose(self) -> ComposeResult:
        """Put words and button in a column."""
        yield Static("Email Based", classes="heading", markup=False)
        yield Static(DOES, markup=False)
        yield Static("", id="email-address", markup=False)
        yield Static(HONEST, classes="hint", markup=False)
        yield Static(LOSES, id="email-loses", markup=False)
        yield Static("● Email Based is on.", id="email-on", markup=False)
        yield Button("Enable", id="email-enable", variant="primary", compact=True)

    def on_mount(self) -> None:
        """Start with what fits."""
        self._show()

    def watch_in_force(self) -> None:
        """Offer the button, or say that it is on."""
        self._show()

    def watch_loses_app(self) -> None:
        """Say what is given up."""
        self._show()

    def watch_address(self, address: str) -> None:
        """Show where codes go."""
        for line in self.query("#email-address").results(Static):
            line.update(as_content(f"Codes go to {address}"))

    def _show(self) -> None:
        shown = {
            "#email-enable": not self.in_force,
            "#email-on": self.in_force,
            "#email-loses": self.loses_app and not self.in_force,
        }
        # By query: what is not there yet, before the tab is composed, is shown right when it is mounted.
        for part, yes in shown.items():
            self.query(part).set(display=yes)

    @on(Button.Pressed, "#email-enable")
    def request_enable(self, event: Button.Pressed) -> None:
        """Ask the page to enable it."""
        event.stop()
        self.post_message(self.EnableRequested())
