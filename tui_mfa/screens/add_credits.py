"""The Add Credits tab: what is left and for how long, an amount, Pay Now, and the newest changes of the balance."""

from typing import ClassVar, Final

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Button, Input, Label, Static

from tui_mfa.domain.billing import flows
from tui_mfa.domain.billing.model import TOP_UP_MAX, TOP_UP_MIN
from tui_mfa.domain.billing.money import amount, dollars
from tui_mfa.domain.billing.views import Overview, PaymentView, lasts
from tui_mfa.domain.errors import InvalidInput
from tui_mfa.presentation import as_cell, as_content
from tui_mfa.screens.pane import LOADING, Pane
from tui_mfa.widgets.table import Table
from tui_mfa.widgets.text_input import TextInput

SHOWN: Final = 100
"""Rows of the ledger that are shown; the command ``billing ledger`` shows all."""

LIMITS: Final = f"From {dollars(TOP_UP_MIN)} to {dollars(TOP_UP_MAX)} at once, in US dollars."


class CreditsLoaded(Message):
    """The account's money is read."""

    def __init__(self, overview: Overview) -> None:
        super().__init__()
        self.overview = overview
        """What to show."""


class TopUpBegun(Message):
    """There is an invoice, and a way to pay it."""

    def __init__(self, view: PaymentView) -> None:
        super().__init__()
        self.view = view
        """How it is paid."""


class AddCreditsTab(Pane):
    """Balance, amount, Pay Now, ledger."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "amount", "Amount", id="credits.amount", tooltip="Type the amount to add"),
        Binding("j", "cursor(1)", "Down", show=False, id="credits.down", tooltip="Next row"),
        Binding("k", "cursor(-1)", "Up", show=False, id="credits.up", tooltip="Row before"),
    ]

    def compose(self) -> ComposeResult:
        """The balance above the form above the ledger."""
        yield Static(LOADING, id="credits-balance", classes="heading", markup=False)
        yield Static(id="credits-left", classes="hint", markup=False)
        with Horizontal(id="credits-form"):
            yield Label("Amount in USD", markup=False)
            yield TextInput(id="amount", compact=True, max_length=12, placeholder="25.00", restrict=r"[$0-9.,]*")
            yield Button("Pay Now", id="pay-now", compact=True, variant="primary")
        yield Static(LIMITS, classes="hint", markup=False)
        yield Static("Newest changes", id="ledger-title", classes="heading", markup=False)
        yield Table(id="ledger-table", cursor_type="row")

    def on_mount(self) -> None:
        """Make the columns."""
        right = [Text(name, justify="right") for name in ("Amount", "Balance")]
        self.table.add_columns("Date", "What", *right)

    @property
    def table(self) -> Table:
        """The ledger."""
        return self.query_one("#ledger-table", Table)

    @property
    def amount_input(self) -> TextInput:
        """The amount's field."""
        return self.query_one("#amount", TextInput)

    def load(self) -> None:
        """Read the account's money."""
        services, session = self.context.services, self.session
        self.read(lambda: CreditsLoaded(flows.overview(services, session)))

    @on(CreditsLoaded)
    def show_credits(self, event: CreditsLoaded) -> None:
        """Show balance and ledger."""
        event.stop()
        view = event.overview
        self.query_one("#credits-balance", Static).update(as_content(f"Balance {dollars(view.balance)}"))
        self.set_class(view.balance <= 0, "-empty")
        self.query_one("#credits-left", Static).update(as_content(burn_words(view)))
        rows = list(reversed(view.billing.ledger))[:SHOWN]
        self.table.clear()
        for row in rows:
            self.table.add_row(
                as_cell(f"{row.at:%Y-%m-%d}"),
                as_cell(row.text, 34),
                Text(dollars(row.amount), justify="right"),
                Text(dollars(row.balance), justify="right"),
            )
        self.table.display = bool(rows)
        title = "Newest changes" if rows else "Nothing was added or used yet."
        self.query_one("#ledger-title", Static).update(title)

    @on(Input.Submitted, "#amount")
    @on(Button.Pressed, "#pay-now")
    def pay_now(self, event: Message) -> None:
        """Make an invoice and show how it is paid."""
        event.stop()
        try:
            cents = amount(self.amount_input.value, "amount", least=TOP_UP_MIN, most=TOP_UP_MAX)
        except InvalidInput as error:
            self.page.status.error(error.user_message)
            self.amount_input.focus()
            return
        services, session = self.context.services, self.session
        self.start(lambda: TopUpBegun(flows.begin_top_up(services, session, cents)), "Making an invoice…")

    @on(TopUpBegun)
    @work
    async def show_payment(self, event: TopUpBegun) -> None:
        """Show how to pay, and read the balance again afterwards."""
        from tui_mfa.screens.checkout import CheckoutScreen  # noqa: PLC0415 - with the QR code, loaded when shown

        event.stop()
        self.page.status.clear()
        self.amount_input.clear()
        await self.app.push_screen_wait(CheckoutScreen(self.context, self.session, self.page.account, event.view))
        self.load()

    def action_amount(self) -> None:
        """Go to the amount."""
        self.amount_input.focus()

    def action_cursor(self, by: int) -> None:
        """Mark another row."""
        self.table.move_cursor(row=self.table.cursor_row + by)


def burn_words(view: Overview) -> str:
    """Return how long the credit lasts, and at which rate."""
    if view.balance <= 0:
        return "! Nothing is left: services may be suspended until credits are added."
    if view.days_left is None:
        return "Nothing is used at present."
    return f"It lasts {lasts(view.balance, view.days_left)}, at {dollars(view.burn)} a day."
