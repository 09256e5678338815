"""One invoice as a page: what stands on it, how to keep it, how to pay it."""

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Button, Static

from tui_mfa.domain.billing import flows, invoices
from tui_mfa.domain.billing.model import Invoice, InvoiceStatus
from tui_mfa.domain.billing.views import Overview, PaymentView
from tui_mfa.domain.login.model import Session
from tui_mfa.domain.secret import Secret
from tui_mfa.presentation import as_content
from tui_mfa.screens.base import SessionPage
from tui_mfa.screens.context import Context
from tui_mfa.screens.modals import ConfirmChoiceModal
from tui_mfa.widgets.status_line import StatusLine

LINES_LIMIT = 78
"""Cells of a line on the page."""


class InvoiceLoaded(Message):
    """The invoice is read."""

    def __init__(self, overview: Overview) -> None:
        super().__init__()
        self.overview = overview
        """Everything about the account's money."""


class InvoiceSaved(Message):
    """The invoice is in a file."""

    def __init__(self, path: str, missing: str = "") -> None:
        super().__init__()
        self.path = path
        """Where."""
        self.missing = missing
        """Characters that no font had."""


class PaymentBegun(Message):
    """The invoice can be paid."""

    def __init__(self, view: PaymentView) -> None:
        super().__init__()
        self.view = view
        """How it is paid."""


class InvoiceCancelled(Message):
    """The invoice is void."""


class InvoiceScreen(SessionPage):
    """One invoice.

    Args:
        context: Services and terminal.
        session: Whose.
        account: The account's name.
        number: Which invoice.
    """

    CSS_PATH: ClassVar[str] = "invoice.tcss"
    TITLE_TEXT = "Invoices"
    HELP = (
        "One invoice. It can be saved as a PDF or a text file; while it is open, it can be paid or cancelled. A number "
        "is never used again, so a cancelled invoice stays in the list as void."
    )
    AUTO_FOCUS = "#save-pdf"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s", "save_pdf", "Save PDF", id="invoice.save-pdf", tooltip="Save the invoice as a PDF file"),
        Binding("t", "save_text", "Save text", id="invoice.save-text", tooltip="Save the invoice as a text file"),
        Binding("p", "pay", "Pay", id="invoice.pay", tooltip="Pay this invoice"),
        Binding("d", "cancel", "Cancel invoice", id="invoice.cancel", tooltip="Cancel this invoice; asks first"),
    ]

    def __init__(self, context: Context, session: Session, account: str, number: str) -> None:
        super().__init__(context, session, account)
        self._number = number
        self._invoice: Invoice | None = None
        self._paper: invoices.Document | None = None

    def compose_page(self) -> ComposeResult:
        """The invoice, what happened, the buttons."""
        with VerticalScroll(id="invoice-paper", can_focus=False):
            yield Static("Loading…", id="invoice-text", markup=False)
        yield StatusLine()
        with Horizontal(classes="buttons"):
            yield Button("Save PDF", id="save-pdf", compact=True, variant="primary")
            yield Button("Save text", id="save-text", compact=True)
            yield Button("Pay", id="pay", compact=True)
            yield Button("Cancel invoice", id="cancel", compact=True)

    def on_mount(self) -> None:
        """Read the invoice."""
        self.load()

    def load(self) -> None:
        """Read the invoice."""
        services, session = self.context.services, self.session
        self.read(lambda: InvoiceLoaded(flows.overview(services, session)))

    @on(InvoiceLoaded)
    def show_invoice(self, event: InvoiceLoaded) -> None:
        """Show what stands on it."""
        policy = self.context.services.policy
        found = (one for one in event.overview.billing.invoices if one.number == self._number)
        self._invoice = next(found, None)
        if self._invoice is None:
            return
        paper = invoices.document(self._invoice, policy.issuer, policy.support_address, event.overview.instructions)
        self._paper = paper
        lines = [as_content(line, LINES_LIMIT) for line in invoices.as_text(paper).rstrip("\n").split("\n")]
        self.query_one("#invoice-text", Static).update(Content("\n").join(lines))
        open_ = self._invoice.status is InvoiceStatus.OPEN
        for name in ("pay", "cancel"):
            self.query_one(f"#{name}", Button).display = open_
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's
        """Offer to pay and to cancel while it is open."""
        if action in {"pay", "cancel"}:
            return self._invoice is not None and self._invoice.status is InvoiceStatus.OPEN
        return True

    @on(Button.Pressed, "#save-pdf")
    def action_save_pdf(self) -> None:
        """Save a PDF."""
        invoice, paper = self._invoice, self._paper
        if invoice is None or paper is None:
            return
        files = self.context.services.files

        def save() -> Message:
            from tui_mfa import invoice_pdf  # noqa: PLC0415 - loaded when one is made

            made = invoice_pdf.render(paper, invoice.issued_at)
            return InvoiceSaved(files.save_bytes(f"{invoice.number}.pdf", made.data), made.missing)

        self.start(save, "Saving…")

    @on(Button.Pressed, "#save-text")
    def action_save_text(self) -> None:
        """Save a text file."""
        invoice, paper = self._invoice, self._paper
        if invoice is not None and paper is not None:
            files, text = self.context.services.files, Secret(invoices.as_text(paper))
            self.start(lambda: InvoiceSaved(files.save(f"{invoice.number}.txt", text)), "Saving…")

    @on(InvoiceSaved)
    def tell_saved(self, event: InvoiceSaved) -> None:
        """Say where the file is, and what it lacks."""
        lacks = f" No font here has: {event.missing}. The text file has all." if event.missing else ""
        self.status.fact(f"Saved to {event.path}{lacks}")

    @on(Button.Pressed, "#pay")
    def action_pay(self) -> None:
        """Have a page to pay on."""
        services, session, number = self.context.services, self.session, self._number
        self.start(lambda: PaymentBegun(flows.pay_invoice(services, session, number)), "Asking how to pay…")

    @on(PaymentBegun)
    @work
    async def show_payment(self, event: PaymentBegun) -> None:
        """Show how to pay, and read the invoice again afterwards."""
        from tui_mfa.screens.checkout import CheckoutScreen  # noqa: PLC0415 - with the QR code, loaded when shown

        self.status.clear()
        await self.app.push_screen_wait(CheckoutScreen(self.context, self.session, self.account, event.view))
        self.load()

    @on(Button.Pressed, "#cancel")
    @work
    async def action_cancel(self) -> None:
        """Void the invoice, after a question."""
        text = f"Cancel {self._number}? It stays in the list as void. You can add credits again at any time."
        question = ConfirmChoiceModal("Cancel invoice", text, "Cancel it", no="Keep it", danger=True)
        if await self.app.push_screen_wait(question):
            services, session, number = self.context.services, self.session, self._number

            def cancel() -> Message:
                flows.cancel(services, session, number)
                return InvoiceCancelled()

            self.start(cancel, "Cancelling…")

    @on(InvoiceCancelled)
    def tell_cancelled(self) -> None:
        """Say it, and show it."""
        self.status.fact("The invoice is void.")
        self.load()
