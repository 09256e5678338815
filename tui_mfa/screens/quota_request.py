"""The request for a higher limit."""

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Button, Input, Label, Static

from tui_mfa.domain.login.model import Session
from tui_mfa.domain.quota import flows, rules
from tui_mfa.domain.quota.model import QuotaRow, RequestState
from tui_mfa.presentation import as_content
from tui_mfa.screens.base import UseCaseModal
from tui_mfa.screens.context import Context
from tui_mfa.widgets.status_line import StatusLine
from tui_mfa.widgets.text_input import TextInput

LONGEST = 500
"""Characters that the reason takes; the rule says so when that is too many, which a cut paste would not."""


class QuotaRequestModal(UseCaseModal[bool]):
    """Asks how much is wanted and why; the result says whether a request was sent.

    Args:
        context: Services and terminal.
        session: Whose.
        row: The limit; it has a number.
    """

    CSS_PATH = "quota_request.tcss"
    AUTO_FOCUS = "#amount"

    class Sent(Message):
        """The request is kept."""

    def __init__(self, context: Context, session: Session, row: QuotaRow) -> None:
        super().__init__(context, session.account_id)
        self._session = session
        self._row = row

    def compose(self) -> ComposeResult:
        """Show what is in force, ask for the rest."""
        row = self._row
        with Vertical(classes="modal") as box:
            box.border_title = as_content(f"Request an increase: {row.label}", 60)
            used = "" if row.used is None else f", used {rules.words(row.used, row)}"
            yield Static(as_content(f"The limit is {rules.words(row.limit, row)}{used}."), markup=False)
            if row.request is not None and row.request.state is RequestState.OPEN:
                wanted = rules.words(row.request.wanted, row)
                yield Static(
                    as_content(f"Your open request for {wanted} is replaced by a new one."),
                    classes="hint",
                    markup=False,
                )
            yield Label(as_content(f"New limit{f' in {row.unit}' if row.unit else ''}"), classes="label")
            yield TextInput(id="amount", compact=True, max_length=LONGEST, placeholder="a number above the limit")
            yield Label("Reason", classes="label", markup=False)
            yield TextInput(id="reason", compact=True, max_length=LONGEST, placeholder="what you need it for")
            yield StatusLine()
            with Horizontal(classes="buttons"):
                yield Button("Send request", id="send", compact=True, variant="primary")
                yield Button("Cancel", id="cancel", compact=True)

    @on(Input.Submitted, "#amount")
    def ask_why(self, event: Input.Submitted) -> None:
        """Go on to the reason."""
        event.stop()
        self.query_one("#reason", TextInput).focus()

    @on(Input.Submitted, "#reason")
    @on(Button.Pressed, "#send")
    def send(self, event: Message) -> None:
        """Have the request judged and kept."""
        event.stop()
        amount, reason = (self.query_one(field, TextInput).value for field in ("#amount", "#reason"))
        services = self.context.services

        def ask() -> Message:
            flows.request_increase(services, self._session, self._row.name, amount, reason)
            return self.Sent()

        self.start(ask, "Sending…")

    @on(Sent)
    def close(self) -> None:
        """The request is kept."""
        self.dismiss(True)

    @on(Button.Pressed, "#cancel")
    def cancel(self, event: Button.Pressed) -> None:
        """Leave without a request."""
        event.stop()
        self.action_cancel()
