"""The tab “Disabled”: what that means, and the way to the modal."""

from textual import on
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Button, Static

IN_FORCE = "Two-factor authentication is off: whoever knows the password is in."
MEANS = (
    "Without a second factor, the password alone protects this account: whoever learns it is in. "
    "The authenticator's secret and the recovery codes are deleted."
)
REQUIRED = "The operator of this service requires a second factor, so it cannot be disabled here."
SHORT = "Your password is shorter than 15 characters: change it before you disable the second factor."


class DisabledTab(VerticalScroll, can_focus=False):
    """What “Disabled” means; a button that opens the modal, unless a rule stands in the way.

    Args:
        id: The widget's id.
    """

    in_force: reactive[bool] = reactive(False)
    """The method is ``disabled`` already."""
    required: reactive[bool] = reactive(False)
    """The operator requires a second factor."""
    short_password: reactive[bool] = reactive(False)
    """The password is too short to stand alone."""

    class DisableRequested(Message):
        """The person wants the modal."""

    def compose(self) -> ComposeResult:
        """Put words and button in a column."""
        yield Static("Disabled", classes="heading", markup=False)
        yield Static(MEANS, id="disabled-words", markup=False)
        yield Button("Disable…", id="disable-open", compact=True)

    def on_mount(self) -> None:
        """Start with the words that fit."""
        self._show()

    def watch_in_force(self) -> None:
        """Change the words."""
        self._show()

    def watch_required(self) -> None:
        """Change the words."""
        self._show()

    def watch_short_password(self) -> None:
        """Change the words."""
        self._show()

    def _show(self) -> None:
        words = MEANS
        if self.in_force:
            words = IN_FORCE
        elif self.required:
            words = REQUIRED
        elif self.short_password:
            words = f"{MEANS}\n\n{SHORT}"
        # By query: what is not there yet, before the tab is composed, is shown right when it is mounted.
        for line in self.query("#disabled-words").results(Static):
            line.update(words)
        self.query("#disable-open").set(display=not (self.in_force or self.required))

    @on(Button.Pressed, "#disable-open")
    def request_disable(self, event: Button.Pressed) -> None:
        """Ask the page for the modal."""
        event.stop()
        self.post_message(self.DisableRequested())
