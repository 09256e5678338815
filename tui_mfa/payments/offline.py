"""No provider: a top-up is an open invoice, and the operator marks it as paid when the money has come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui_mfa.domain.errors import NotAllowed

if TYPE_CHECKING:
    # Only for annotations: every start makes this adapter, and few use it.
    from tui_mfa.domain.billing.gateway import Order, Outcome, Page
    from tui_mfa.domain.billing.model import PaymentKind


class OfflinePayments:
    """Takes no cards and asks nobody; implements ``gateway.Payments``."""

    @property
    def name(self) -> str:
        """The value of the setting ``payments``."""
        return "offline"

    @property
    def takes_cards(self) -> bool:
        """Nothing is charged to a card here."""
        return False

    def open_page(self, order: Order) -> Page:
        """Answer that the invoice alone tells how to pay; a card cannot be entered (``NotAllowed``)."""
        from tui_mfa.domain.billing.gateway import Page  # noqa: PLC0415 - see above
        from tui_mfa.domain.billing.model import PaymentKind  # noqa: PLC0415 - see above

        if order.kind is PaymentKind.CARD:
            raise NotAllowed("Cards are not taken here: top-ups are paid by invoice.")
        return Page(reference=f"invoice:{order.payment_id}", url="", expires_at=None)

    def charge(self, order: Order, card: str) -> Outcome:  # noqa: ARG002 - the port's signature
        """Refuse: there is no card."""
        raise NotAllowed("Cards are not taken here: top-ups are paid by invoice.")

    def look(self, kind: PaymentKind, reference: str) -> Outcome | None:  # noqa: ARG002 - the same
        """Know nothing: only the operator sees money come in."""
        return None

    def read_webhook(self, body: bytes, signature: str) -> Outcome | None:  # noqa: ARG002 - the same
        """Refuse: nobody sends any."""
        from tui_mfa.domain.billing.gateway import ForgedWebhook  # noqa: PLC0415 - see above

        raise ForgedWebhook("There is no payment provider here that sends webhooks.")

    def close_page(self, reference: str) -> None:
        """Do nothing: there is no page."""

    def forget_card(self, card: str) -> None:
        """Do nothing: there is no card."""
