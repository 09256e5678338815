"""A payment provider that lives in the demo's memory: a few seconds after it is asked, everything is paid."""

import threading
from datetime import datetime, timedelta
from typing import Final

from tui_mfa.domain.billing.gateway import ForgedWebhook, Order, Outcome, Page, SavedCard
from tui_mfa.domain.billing.model import PaymentKind, PaymentState
from tui_mfa.domain.ports import Clock

PAID_AFTER: Final = timedelta(seconds=8)
"""How long the demo's customer takes to pay: time to look at the page, and not to get bored."""

PUBLIC_URL: Final = "https://account.example.com"
"""A name that belongs to nobody (RFC 2606)."""


class DemoPayments:
    """Implements ``gateway.Payments``; asks nobody.

    Args:
        clock: Says when it is paid.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._orders: dict[str, tuple[Order, datetime]] = {}
        self._lock = threading.Lock()

    @property
    def name(self) -> str:
        """Told where the way to pay is named."""
        return "demo"

    @property
    def takes_cards(self) -> bool:
        """Cards can be saved, so that there are some to look at."""
        return True

    def open_page(self, order: Order) -> Page:
        """Remember the order; its page is nowhere."""
        with self._lock:
            self._orders.setdefault(f"demo_{order.payment_id}", (order, self._clock.now()))
        url = f"{PUBLIC_URL}/pay/{order.payment_id}"
        return Page(reference=f"demo_{order.payment_id}", url=url, expires_at=order.expires_at)

    def charge(self, order: Order, card: str) -> Outcome:  # noqa: ARG002 - every card is good
        """Take the money at once."""
        return _paid(order)

    def look(self, kind: PaymentKind, reference: str) -> Outcome | None:  # noqa: ARG002 - the order knows its kind
        """Answer that it is paid, when enough time has gone by."""
        with self._lock:
            order, asked_at = self._orders.get(reference, (None, self._clock.now()))
        return _paid(order) if order is not None and self._clock.now() - asked_at >= PAID_AFTER else None

    def read_webhook(self, body: bytes, signature: str) -> Outcome | None:  # noqa: ARG002 - the port's signature
        """Refuse: nobody sends any."""
        raise ForgedWebhook("There are no webhooks in the demo.")

    def close_page(self, reference: str) -> None:
        """Forget the order."""
        with self._lock:
            self._orders.pop(reference, None)

    def forget_card(self, card: str) -> None:
        """Do nothing: the account forgets it."""


def _paid(order: Order) -> Outcome:
    card = None
    if order.kind is PaymentKind.CARD:
        reference = f"card_{order.payment_id}"
        card = SavedCard(reference=reference, brand="visa", last4="1881", exp_month=9, exp_year=2031)
    return Outcome(
        account_id=order.account_id,
        payment_id=order.payment_id,
        state=PaymentState.PAID,
        amount=order.amount,
        reference=f"demo_{order.payment_id}",
        card=card,
    )
