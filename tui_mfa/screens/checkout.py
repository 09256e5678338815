"""Where to pay, or to enter a card: a short URL as text, link and QR code; then the page waits and says what came."""

from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.style import Style
from textual.widgets import Button, Static

from tui_mfa import terminal
from tui_mfa.domain.billing import flows
from tui_mfa.domain.billing.model import LIVE, PaymentKind, PaymentState
from tui_mfa.domain.billing.money import dollars
from tui_mfa.domain.billing.views import PaymentView
from tui_mfa.domain.login.model import Session
from tui_mfa.presentation import as_content, safe_text, when
from tui_mfa.screens.base import SessionPage
from tui_mfa.screens.context import Context
from tui_mfa.widgets.qr_code import QRCode
from tui_mfa.widgets.status_line import StatusLine

POLL: Final = 3
"""Seconds between two questions to the provider: a person who has just paid looks up within that time."""

LINK_MAX: Final = 600
"""Characters of a URL that is shown; a provider's own is some 360."""

ADVICE: Final = "Open the link instead, or enlarge the window."


class StateLooked(Message):
    """It is known how the payment stands."""

    def __init__(self, view: PaymentView) -> None:
        super().__init__()
        self.view = view
        """How it stands."""


def state_words(view: PaymentView) -> str:
    """Return how a payment stands, as glyph and words."""
    card = view.kind is PaymentKind.CARD
    if view.state is PaymentState.PAID:
        return "✔ Saved: the card is on your account." if card else "✔ Paid: the credits are on your account."
    if view.state is PaymentState.FAILED:
        return f"✗ Failed: {view.problem}"
    if view.state is PaymentState.EXPIRED:
        return f"– Expired: {view.problem or 'the page was not used in time.'}"
    if not view.link:
        return "… Open: the credits come when the payment is marked as received."
    return "… Waiting for the card" if card else "… Waiting for the payment"


class CheckoutScreen(SessionPage):
    """How to pay, and whether it is paid.

    Leaving changes nothing: the payment goes on, and its invoice stands under Invoices.

    Args:
        context: Services and terminal.
        session: Whose.
        account: The account's name.
        view: The payment that has begun.
    """

    CSS_PATH: ClassVar[str] = "checkout.tcss"
    TITLE_TEXT = "Payment"
    HELP = (
        "Open the address on any device, or scan the code with a phone. Card numbers are typed on the payment "
        "provider's page only; this program never sees one. This page notices by itself when it is done.\n\n"
        "Esc leaves; nothing is lost by that. An unpaid invoice can be opened again under Invoices."
    )
    AUTO_FOCUS = "#checkout-done"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "copy", "Copy link", id="checkout.copy", tooltip="Send the address to your terminal's clipboard"),
        Binding("r", "look", "Look now", id="checkout.look", tooltip="Ask at once whether it is done"),
    ]

    view: reactive[PaymentView | None] = reactive(None, init=False)
    """How the payment stands."""

    def __init__(self, context: Context, session: Session, account: str, view: PaymentView) -> None:
        super().__init__(context, session, account)
        self._begun = view

    def compose_page(self) -> ComposeResult:
        """The code at the left where there is a link; the words beside it."""
        view = self._begun
        with Horizontal(id="checkout"):
            if view.link:
                yield QRCode((view.link,), drawing=self.context.drawing, advice=ADVICE, id="checkout-code")
            with VerticalScroll(id="checkout-words", can_focus=False):
                yield Static(as_content(_title(view)), classes="heading", markup=False)
                yield Static(self._how(view), id="checkout-how", markup=False)
                yield Static(id="checkout-until", classes="hint", markup=False)
                yield Static(id="checkout-state", markup=False)
                yield StatusLine()
                with Horizontal(classes="buttons"):
                    yield Button("Back", id="checkout-done", compact=True, variant="primary")
        if view.link:
            yield Static(link_content(view.link), id="checkout-link", markup=False)

    def on_mount(self) -> None:
        """Show what is known, and go on asking."""
        self.view = self._begun
        self.set_interval(POLL, self.action_look)

    def watch_view(self, view: PaymentView | None) -> None:
        """Say how it stands."""
        if view is None:
            return
        self.query_one("#checkout-state", Static).update(as_content(state_words(view), 300))
        for state, name in (("paid", "-paid"), ("failed", "-failed"), ("expired", "-failed")):
            if view.state.value == state:
                self.add_class(name)
        over = view.state not in LIVE
        until = "" if over or view.expires_at is None else f"Good until {when(view.expires_at, self.context.zone)}"
        self.query_one("#checkout-until", Static).update(as_content(until))
        if over:
            for name in ("#checkout-code", "#checkout-link", "#checkout-how"):
                for widget in self.query(name):
                    widget.display = False
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's
        """Offer only what makes sense while it is under way."""
        live = self.view is not None and self.view.state in LIVE
        if action == "copy":
            return live and bool(self._begun.link)
        return live if action == "look" else True

    def action_look(self) -> None:
        """Ask how it stands; not while a question is under way, and not after the end."""
        if self.view is not None and self.view.state in LIVE:
            services, session, payment_id = self.context.services, self.session, self._begun.id
            self.read(lambda: StateLooked(flows.look(services, session, payment_id)))

    @on(StateLooked)
    def show_state(self, event: StateLooked) -> None:
        """Show what came."""
        if self.status.kind == "error":  # the provider answers again
            self.status.clear()
        self.view = event.view

    def action_copy(self) -> None:
        """Send the address to the terminal's clipboard."""
        self.app.copy_to_clipboard(self._begun.link)
        terminal.forget_clipboard(self.app)
        self.status.fact("Sent to your terminal's clipboard, if it allows that.")

    @on(Button.Pressed, "#checkout-done")
    def go_back(self) -> None:
        """Leave."""
        self.action_back()

    @staticmethod
    def _how(view: PaymentView) -> Content:
        if view.link:
            what = "enter the card" if view.kind is PaymentKind.CARD else "pay"
            return as_content(f"Scan the code with a phone, or open the address below, to {what}.")
        return as_content(view.instructions, 400)


def link_content(url: str) -> Content:
    """Return a URL as text that is also a hyperlink (OSC 8), where it is one that may be."""
    shown = safe_text(url, LINK_MAX)
    harmless = url.isascii() and url.isprintable() and " " not in url and url.startswith(("https://", "http://"))
    return Content.styled(shown, Style(link=url) if harmless else Style())


def _title(view: PaymentView) -> str:
    if view.kind is PaymentKind.CARD:
        return "Save a card"
    return f"{dollars(view.amount)} · {view.invoice}"
