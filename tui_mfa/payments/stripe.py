"""Stripe by its official SDK: hosted Checkout, saved cards, charges with the owner absent, signed webhooks.

The SDK is loaded with the first call, since most starts need none. Taxes and receipts are Stripe's business; what this
program keeps is the order's id, Stripe's names for things, and whether it is paid.
"""

import hashlib
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, TypeVar

from tui_mfa.domain.billing.gateway import ForgedWebhook, Order, Outcome, Page, PaymentsUnavailable, SavedCard
from tui_mfa.domain.billing.model import PaymentKind, PaymentState
from tui_mfa.domain.errors import InvalidInput
from tui_mfa.domain.secret import Secret

if TYPE_CHECKING:
    from stripe import StripeClient

R = TypeVar("R")

TIMEOUT: Final = 10
"""Seconds that one call may take (ASVS 16.5.2 asks for an end, not for a number)."""

RETRIES: Final = 1
"""Times that the SDK repeats a call that got no answer; harmless, since every call has an idempotency key."""

TOLERANCE: Final = 300
"""Seconds that a webhook's signature may be old: the SDK's own default against replays."""

BODY_MAX: Final = 262_144
"""Bytes of a webhook; Stripe's events are a few thousand."""

CURRENCY: Final = "usd"

DONE_PATH: Final = "/c/done"
"""Where Stripe sends the browser afterwards: a page that says to go back to the terminal."""

MISSING: Final = "The setting payments = stripe needs the SDK: pip install 'tui-mfa[stripe]'"

_TRUSTED_EVENTS: Final = ("checkout.session.", "payment_intent.")
"""Kinds of events that concern payments of ours; all others are answered and left alone."""


class StripePayments:
    """Implements ``gateway.Payments``.

    Args:
        key: The API key, best a restricted one: Checkout Sessions, Customers, PaymentIntents, PaymentMethods.
        webhook_secret: What webhooks are signed with (``whsec_…``).
        public_url: Where ``tui-mfa api`` is reached; the browser ends there.
        api_base: Another address of the API, for tests.
    """

    def __init__(
        self, key: Secret[str], webhook_secret: Secret[str], public_url: str, api_base: str | None = None
    ) -> None:
        self._key = key
        self._webhook_secret = webhook_secret
        self._public_url = public_url.rstrip("/")
        self._api_base = api_base

    @property
    def name(self) -> str:
        """The value of the setting ``payments``."""
        return "stripe"

    @property
    def takes_cards(self) -> bool:
        """Cards are saved at Stripe, and auto-refills charged to them."""
        return True

    def open_page(self, order: Order) -> Page:
        """Make a Checkout Session; see ``gateway.Payments``."""
        customer = order.customer or self._customer(order)
        params: dict[str, Any] = {
            "mode": "setup" if order.kind is PaymentKind.CARD else "payment",
            "customer": customer,
            "client_reference_id": order.payment_id,
            "metadata": _metadata(order),
            "expires_at": int(order.expires_at.timestamp()),
            "success_url": f"{self._public_url}{DONE_PATH}",
            "cancel_url": f"{self._public_url}{DONE_PATH}",
        }
        if order.kind is PaymentKind.CARD:
            params["payment_method_types"] = ["card"]
        else:
            price = {"currency": CURRENCY, "unit_amount": order.amount, "product_data": {"name": order.text}}
            params["line_items"] = [{"quantity": 1, "price_data": price}]
            params["payment_intent_data"] = {"metadata": _metadata(order)}
        session = self._ask(lambda: self._client.v1.checkout.sessions.create(params, _key(order.payment_id)))  # type: ignore[arg-type]
        return Page(reference=session.id, url=session.url or "", expires_at=order.expires_at, customer=customer)

    def charge(self, order: Order, card: str) -> Outcome:
        """Charge a saved card with its owner absent; see ``gateway.Payments``."""
        params: dict[str, Any] = {
            "amount": order.amount,
            "currency": CURRENCY,
            "customer": order.customer,
            "payment_method": card,
            "off_session": True,
            "confirm": True,
            "description": order.text,
            "metadata": _metadata(order),
        }
        import stripe  # noqa: PLC0415 - see the module's docstring

        try:
            intent = self._ask(lambda: self._client.v1.payment_intents.create(params, _key(order.payment_id)))  # type: ignore[arg-type]
        except stripe.CardError as error:  # declined, or the bank wants its owner to be there
            problem = error.user_message or "The card was declined."
            return _outcome(order.account_id, order.payment_id, PaymentState.FAILED, problem=problem)
        return _of_intent(intent)

    def look(self, kind: PaymentKind, reference: str) -> Outcome | None:
        """Ask how an order stands; see ``gateway.Payments``."""
        if kind is PaymentKind.AUTO_REFILL:
            return _of_intent(self._ask(lambda: self._client.v1.payment_intents.retrieve(reference)))
        wanted = {"expand": ["payment_intent", "setup_intent.payment_method"]}
        session = self._ask(lambda: self._client.v1.checkout.sessions.retrieve(reference, wanted))  # type: ignore[arg-type]
        return _of_session(session)

    def read_webhook(self, body: bytes, signature: str) -> Outcome | None:
        """Check a webhook's signature, then ask Stripe how the order it is about stands; see ``gateway.Payments``.

        What counts is Stripe's answer and not the event: events come late, twice and in any order.
        """
        import stripe  # noqa: PLC0415 - see the module's docstring

        if len(body) > BODY_MAX:
            raise ForgedWebhook("The webhook is too large.")
        try:
            secret = self._webhook_secret.reveal()
            event = stripe.Webhook.construct_event(body, signature, secret, TOLERANCE)
        except (ValueError, stripe.SignatureVerificationError):  # its text repeats parts of the header
            raise ForgedWebhook("The signature of the webhook does not fit.") from None
        about = event.data.object
        metadata = dict(about.get("metadata") or {}) if hasattr(about, "get") else _dict(about).get("metadata") or {}
        if not str(event.type).startswith(_TRUSTED_EVENTS) or "tui_mfa_payment" not in metadata:
            return None
        kind = PaymentKind(metadata["tui_mfa_kind"])
        if str(event.type).startswith("payment_intent.") and kind is not PaymentKind.AUTO_REFILL:
            return None  # its Checkout Session tells the same
        return self.look(kind, about.id)

    def close_page(self, reference: str) -> None:
        """Expire a Checkout Session; one that is used or gone stays as it is."""
        import stripe  # noqa: PLC0415 - see the module's docstring

        if not reference.startswith("cs_"):
            return
        try:
            self._ask(lambda: self._client.v1.checkout.sessions.expire(reference))
        except stripe.InvalidRequestError:
            return

    def forget_card(self, card: str) -> None:
        """Detach a card; see ``gateway.Payments``."""
        import stripe  # noqa: PLC0415 - see the module's docstring

        try:
            self._ask(lambda: self._client.v1.payment_methods.detach(card))
        except stripe.InvalidRequestError:
            return

    def _customer(self, order: Order) -> str:
        # With the address in the key: the same key with other values would be refused.
        key = f"customer-{order.account_id}-{hashlib.sha256(order.email.encode()).hexdigest()[:16]}"
        values = {"email": order.email, "metadata": {"tui_mfa_account": order.account_id}}
        return self._ask(lambda: self._client.v1.customers.create(values, _key(key))).id  # type: ignore[arg-type]

    def _ask(self, call: Callable[[], R]) -> R:
        """Call the SDK; what means that Stripe cannot be used now becomes one error, whose cause holds the details."""
        import stripe  # noqa: PLC0415 - see the module's docstring

        try:
            return call()
        except (stripe.CardError, stripe.InvalidRequestError):
            raise
        except stripe.AuthenticationError as error:
            raise PaymentsUnavailable("The payment provider refuses this service's key. Write to support.") from error
        except stripe.StripeError as error:
            raise PaymentsUnavailable("The payment provider does not answer. Try again in a minute.") from error

    @cached_property
    def _client(self) -> "StripeClient":
        try:
            import stripe  # noqa: PLC0415 - see the module's docstring
        except ImportError:
            raise PaymentsUnavailable(MISSING) from None
        addresses: Any = {"api": self._api_base} if self._api_base else {}
        return stripe.StripeClient(
            self._key.reveal(),
            base_addresses=addresses,
            max_network_retries=RETRIES,
            http_client=stripe.RequestsClient(timeout=TIMEOUT),
        )


def _key(value: str) -> Any:
    return {"idempotency_key": f"tui-mfa-{value}"}


def _metadata(order: Order) -> dict[str, str]:
    return {
        "tui_mfa_account": order.account_id,
        "tui_mfa_payment": order.payment_id,
        "tui_mfa_kind": order.kind.value,
    }


def _of_session(session: Any) -> Outcome:
    """Return what a Checkout Session says."""
    metadata = _dict(session.metadata)
    account_id, payment_id = _ids(metadata)
    state, problem, card, amount = PaymentState.PENDING, "", None, 0
    if session.status == "expired":
        state = PaymentState.EXPIRED
    elif session.status == "complete" and session.mode == "setup":
        card = _card(session.setup_intent)
        state = PaymentState.PAID if card is not None else PaymentState.PENDING
    elif session.status == "complete" and session.payment_status == "paid":
        state = PaymentState.PAID
        amount = session.amount_total if session.currency == CURRENCY else 0
    elif session.status == "complete" and _dict(session.payment_intent).get("status") in _LOST:
        # Paid by a way that takes days (a debit), which then came to nothing.
        state, problem = PaymentState.FAILED, "The payment was not honoured by your bank."
    return _outcome(account_id, payment_id, state, amount, session.id, problem, card)


_LOST: Final = frozenset({"requires_payment_method", "canceled"})
"""States of a PaymentIntent that is submitted no more."""


def _of_intent(intent: Any) -> Outcome:
    """Return what a PaymentIntent of an auto-refill says."""
    account_id, payment_id = _ids(_dict(intent.metadata))
    if intent.status == "succeeded":
        amount = intent.amount_received if intent.currency == CURRENCY else 0
        return _outcome(account_id, payment_id, PaymentState.PAID, amount, intent.id)
    if intent.status == "processing":
        return _outcome(account_id, payment_id, PaymentState.PENDING, 0, intent.id)
    error = _dict(intent.last_payment_error).get("message") or "The card could not be charged."
    return _outcome(account_id, payment_id, PaymentState.FAILED, 0, intent.id, str(error))


def _outcome(
    account_id: str,
    payment_id: str,
    state: PaymentState,
    amount: int = 0,
    reference: str = "",
    problem: str = "",
    card: SavedCard | None = None,
) -> Outcome:
    # Problems are Stripe's words: a mail and a screen take one printable line.
    words = " ".join("".join(char if char.isprintable() else " " for char in problem).split())[:200]
    return Outcome(
        account_id=account_id,
        payment_id=payment_id,
        state=state,
        amount=amount,
        reference=reference,
        problem=words,
        card=card,
    )


def _card(setup_intent: Any) -> SavedCard | None:
    method = _dict(_dict(setup_intent).get("payment_method"))
    card = _dict(method.get("card"))
    if not method.get("id") or not card:
        return None
    return SavedCard(
        reference=str(method["id"]),
        brand=str(card.get("brand", "card"))[:20],
        last4=str(card.get("last4", ""))[-4:],
        exp_month=int(card.get("exp_month", 0)),
        exp_year=int(card.get("exp_year", 0)),
    )


def _ids(metadata: dict[str, Any]) -> tuple[str, str]:
    try:
        return str(metadata["tui_mfa_account"]), str(metadata["tui_mfa_payment"])
    except KeyError:
        raise InvalidInput("The payment provider answered about a payment that is not ours.") from None


def _dict(value: Any) -> dict[str, Any]:
    """Return an object of the SDK, or what may stand in its place (nothing, or a bare id), as a dictionary."""
    if value is None or isinstance(value, str):
        return {}
    return dict(value.to_dict()) if hasattr(value, "to_dict") else dict(value)
