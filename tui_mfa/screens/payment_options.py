"""The Payment Options tab: saved cards, auto-refill, the limit of the credit warning."""

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Button, Checkbox, DataTable, Input, Label, Static

from tui_mfa.domain.billing import flows
from tui_mfa.domain.billing.model import MINIMUM_MAX, TOP_UP_MAX, TOP_UP_MIN, Card
from tui_mfa.domain.billing.money import amount, plain
from tui_mfa.domain.billing.views import Overview, PaymentView
from tui_mfa.domain.errors import InvalidInput
from tui_mfa.domain.login.model import Session
from tui_mfa.presentation import as_cell, as_content
from tui_mfa.screens.card_words import brand_words, card_words, expiry_words
from tui_mfa.screens.context import Context
from tui_mfa.screens.modals import ConfirmChoiceModal
from tui_mfa.screens.pane import LOADING, Pane
from tui_mfa.widgets.check_box import CheckBox
from tui_mfa.widgets.table import Table
from tui_mfa.widgets.text_input import TextInput


class OptionsLoaded(Message):
    """The account's money is read."""

    def __init__(self, overview: Overview) -> None:
        super().__init__()
        self.overview = overview
        """What to show."""


class OptionsChanged(Message):
    """Something was kept."""

    def __init__(self, fact: str) -> None:
        super().__init__()
        self.fact = fact
        """What to say."""


class CardPageMade(Message):
    """There is a page on which a card is entered."""

    def __init__(self, view: PaymentView) -> None:
        super().__init__()
        self.view = view
        """Where it is."""


class PaymentOptionsTab(Pane):
    """Cards above, auto-refill and the warning below."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "add_card", "Add card", id="cards.add", tooltip="Enter a card at the payment provider's page"),
        Binding("d", "remove_card", "Remove", id="cards.remove", tooltip="Remove the marked card; asks first"),
        Binding("j", "cursor(1)", "Down", show=False, id="cards.down", tooltip="Next card"),
        Binding("k", "cursor(-1)", "Up", show=False, id="cards.up", tooltip="Card before"),
    ]

    def __init__(self, context: Context, session: Session) -> None:
        super().__init__(context, session)
        self._cards: list[Card] = []
        self._default = ""
        self._stored: tuple[bool, str, str, str] | None = None

    def compose(self) -> ComposeResult:
        """Cards, then the settings, each in one row."""
        yield Static("Cards", classes="heading", markup=False)
        yield Static(LOADING, id="cards-summary", classes="hint", markup=False)
        yield Table(id="cards-table", cursor_type="row")
        with Horizontal(id="card-buttons"):
            yield Button("Add card", id="add-card", compact=True)
        yield Static("Auto-refill and credit warning", id="refill-title", classes="heading", markup=False)
        yield CheckBox("Auto-refill is off", id="refill")
        for label, name, unit in _FIELDS:
            with Horizontal(classes="setting"):
                yield Label(label, classes="row-label", markup=False)
                yield TextInput(id=name, compact=True, max_length=12, restrict=r"[$0-9.,]*")
                yield Label(unit, markup=False)
        with Horizontal(id="refill-buttons"):
            yield Button("Save auto refill settings", id="save-refill", compact=True, variant="primary", disabled=True)
            yield Button("Undo", id="undo-refill", compact=True, disabled=True)

    def on_mount(self) -> None:
        """Make the columns."""
        self.table.add_columns("Card", "Number", "Expires", "")
        self.table.display = False

    @property
    def table(self) -> Table:
        """The cards."""
        return self.query_one("#cards-table", Table)

    def load(self) -> None:
        """Read the account's money."""
        services, session = self.context.services, self.session
        self.read(lambda: OptionsLoaded(flows.overview(services, session)))

    @on(OptionsLoaded)
    def show_options(self, event: OptionsLoaded) -> None:
        """Show cards and settings; what is being edited stays as it is."""
        event.stop()
        view, editing = event.overview, self.edited
        self._show_cards(view)
        refill = view.billing.refill
        self._stored = (refill.on, plain(refill.minimum), plain(refill.amount), str(view.billing.warning_days))
        if not editing:
            self.undo()

    @property
    def edited(self) -> bool:
        """Whether a setting differs from what is stored."""
        return self._stored is not None and self._typed() != self._stored

    @on(Button.Pressed, "#undo-refill")
    def undo(self) -> None:
        """Put what is stored back into the fields."""
        if self._stored is None:
            return
        self.query_one("#refill", Checkbox).value = self._stored[0]
        for (_label, name, _unit), value in zip(_FIELDS, self._stored[1:], strict=True):
            self.query_one(f"#{name}", TextInput).value = value
        self._offer_buttons()

    @on(Input.Changed)
    @on(Checkbox.Changed)
    def follow_typing(self, event: Message) -> None:
        """Offer Save and Undo while there is something to save or undo."""
        event.stop()
        box = self.query_one("#refill", Checkbox)
        box.label = "Auto-refill is on" if box.value else "Auto-refill is off"
        self._offer_buttons()

    @on(Input.Submitted)
    @on(Button.Pressed, "#save-refill")
    def save(self, event: Message) -> None:
        """Keep auto-refill and the warning limit."""
        event.stop()
        if not self.edited:
            return
        refill, minimum, sum_, days = self._typed()
        try:
            least = amount(minimum, "minimum", least=0, most=MINIMUM_MAX)
            cents = amount(sum_, "refill_amount", least=TOP_UP_MIN, most=TOP_UP_MAX)
        except InvalidInput as error:
            self.page.refuse(error)
            return
        services, session = self.context.services, self.session

        def keep() -> Message:
            number = int(days) if days.isascii() and days.isdigit() else -1  # which the rule refuses
            flows.save_settings(services, session, refill=refill, minimum=least, amount=cents, warning_days=number)
            return OptionsChanged("Saved.")

        self.start(keep, "Saving…")

    @on(OptionsChanged)
    def tell_changed(self, event: OptionsChanged) -> None:
        """Say what was kept, and show it as it is kept."""
        event.stop()
        self.page.status.fact(event.fact)
        self._stored = None
        self.load()

    @on(Button.Pressed, "#add-card")
    def action_add_card(self) -> None:
        """Have a page on which a card is entered."""
        services, session = self.context.services, self.session
        self.start(lambda: CardPageMade(flows.begin_card(services, session)), "Asking for a page…")

    @on(CardPageMade)
    @work
    async def show_card_page(self, event: CardPageMade) -> None:
        """Show where the card is entered, and read the cards again afterwards."""
        from tui_mfa.screens.checkout import CheckoutScreen  # noqa: PLC0415 - with the QR code, loaded when shown

        event.stop()
        self.page.status.clear()
        await self.app.push_screen_wait(CheckoutScreen(self.context, self.session, self.page.account, event.view))
        self.load()

    @on(DataTable.RowSelected)
    def make_default(self, event: DataTable.RowSelected) -> None:
        """Make the marked card the one that auto-refills use."""
        event.stop()
        card = self._marked()
        if card is None or card.reference == self._default:
            return
        services, session, reference = self.context.services, self.session, card.reference

        def choose() -> Message:
            flows.choose_card(services, session, reference)
            return OptionsChanged(f"{card_words(card)} is the default now.")

        self.start(choose, "Saving…")

    @work
    async def action_remove_card(self) -> None:
        """Remove the marked card, after a question."""
        card = self._marked()
        if card is None:
            return
        last = " It is the last one: auto-refill is switched off with it." if len(self._cards) == 1 else ""
        text = f"Remove {card_words(card)}?{last}"
        if await self.app.push_screen_wait(ConfirmChoiceModal("Remove card", text, "Remove it", danger=True)):
            services, session, reference = self.context.services, self.session, card.reference

            def remove() -> Message:
                flows.remove_card(services, session, reference)
                return OptionsChanged(f"{card_words(card)} is removed.")

            self.start(remove, "Removing…")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's
        """Offer what can be done about cards."""
        if action == "add_card":
            return self.context.services.payments.takes_cards
        return bool(self._cards) if action == "remove_card" else True

    def action_cursor(self, by: int) -> None:
        """Mark another card."""
        self.table.move_cursor(row=self.table.cursor_row + by)

    def _show_cards(self, view: Overview) -> None:
        self._cards, self._default = list(view.billing.cards), view.billing.default_card
        row, now = self.table.cursor_row, self.context.services.clock.now()
        self.table.clear()
        for card in self._cards:
            notes = ["default"] if card.reference == self._default else []
            notes += [word] if (word := expiry_words(card, now)) else []
            self.table.add_row(
                as_cell(brand_words(card), 20),
                as_cell(f"•••• {card.last4}"),
                as_cell(f"{card.exp_month:02d}/{card.exp_year}" if card.exp_year else "–"),
                as_cell(" · ".join(notes)),
            )
        self.table.move_cursor(row=min(row, max(0, len(self._cards) - 1)))
        self.table.display = bool(self._cards)
        self.query_one("#card-buttons").display = view.takes_cards
        self.query_one("#cards-summary", Static).update(as_content(_summary(view), 200))
        self.refresh_bindings()

    def _marked(self) -> Card | None:
        row = self.table.cursor_row
        return self._cards[row] if 0 <= row < len(self._cards) else None

    def _typed(self) -> tuple[bool, str, str, str]:
        minimum, sum_, days = (self.query_one(f"#{name}", TextInput).value.strip() for _l, name, _u in _FIELDS)
        return self.query_one("#refill", Checkbox).value, minimum, sum_, days

    def _offer_buttons(self) -> None:
        for button in ("save-refill", "undo-refill"):
            self.query_one(f"#{button}", Button).disabled = not self.edited


_FIELDS = (
    ("When the balance is below", "minimum", "USD"),
    ("Add", "refill-amount", "USD"),
    ("Warn when credit lasts less than", "warning-days", "days (0: never)"),
)
"""Label, id and unit of the settings."""


def _summary(view: Overview) -> str:
    if not view.takes_cards:
        return "Cards are not taken here: a top-up, and an auto-refill too, is an invoice that you pay."
    if not view.billing.cards:
        return "No card is saved. A card is entered at the payment provider's page, never here."
    return "Enter makes the marked card the default: auto-refills are charged to it."
