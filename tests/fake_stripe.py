"""As much of Stripe as Checkout, saved cards and charges need, on loopback; the official SDK talks to it unmodified.

It is as strict as Stripe where this program could go wrong: idempotency keys with other values, expiry times, keys.
"""

import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tui_mfa.domain.secret import Secret
from tui_mfa.payments.stripe import StripePayments

KEY = "sk_test_fake"
WEBHOOK_SECRET = "whsec_fake"
PUBLIC_URL = "https://account.example.com"

DECLINED = {"type": "card_error", "code": "card_declined", "message": "Your card was declined."}


class Refusal(Exception):
    """An error document of Stripe."""

    def __init__(self, status: int, **error: Any) -> None:
        super().__init__(error)
        self.status = status
        self.error = error


@dataclass
class FakeStripe:
    """What Stripe knows, and what its users do there."""

    now: Callable[[], datetime]
    sessions: dict[str, dict[str, Any]] = field(default_factory=dict)
    intents: dict[str, dict[str, Any]] = field(default_factory=dict)
    customers: dict[str, dict[str, Any]] = field(default_factory=dict)
    detached: list[str] = field(default_factory=list)
    declined: set[str] = field(default_factory=set)
    """Payment methods whose charges are declined."""
    requests: list[tuple[str, str]] = field(default_factory=list)
    lose: list[str] = field(default_factory=list)
    """What happens to the next requests: ``request`` (never seen) or ``answer`` (done, and nobody is told)."""
    url: str = ""
    _answers: dict[str, tuple[str, tuple[int, dict[str, Any]]]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def payments(self) -> StripePayments:
        """Return the adapter under test, pointed at this server."""
        return StripePayments(Secret(KEY), Secret(WEBHOOK_SECRET), PUBLIC_URL, api_base=self.url)

    # What people do on the hosted page.

    def pay(self, session_id: str) -> None:
        session = self.sessions[session_id]
        assert session["status"] == "open"
        session.update(status="complete", payment_status="paid")
        session["payment_intent"] = {"id": f"pi_of_{session_id}", "object": "payment_intent", "status": "succeeded"}

    def debit(self, session_id: str) -> None:
        """Pay by a way that takes days."""
        self.sessions[session_id].update(status="complete", payment_status="unpaid")
        intent = {"id": f"pi_of_{session_id}", "object": "payment_intent", "status": "processing"}
        self.sessions[session_id]["payment_intent"] = intent

    def bounce(self, session_id: str) -> None:
        """The debit comes back."""
        self.sessions[session_id]["payment_intent"]["status"] = "requires_payment_method"

    def expire(self, session_id: str) -> None:
        self.sessions[session_id]["status"] = "expired"

    def enter_card(self, session_id: str, reference: str = "pm_1", last4: str = "4242", brand: str = "visa") -> None:
        card = {"brand": brand, "last4": last4, "exp_month": 12, "exp_year": 2030}
        method = {"id": reference, "object": "payment_method", "type": "card", "card": card}
        self.sessions[session_id].update(
            status="complete",
            setup_intent={"id": f"seti_{session_id}", "object": "setup_intent", "payment_method": method},
        )

    def webhook(self, kind: str, about: dict[str, Any], secret: str = WEBHOOK_SECRET) -> tuple[bytes, str]:
        """Return body and signature of a webhook (https://docs.stripe.com/webhooks, scheme v1)."""
        event = {"id": "evt_1", "object": "event", "type": kind, "data": {"object": about}}
        body = json.dumps(event).encode()
        stamp = int(time.time())  # the SDK compares with the machine's own clock
        mac = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
        return body, f"t={stamp},v1={mac}"

    # The API.

    def answer(self, method: str, path: str, values: dict[str, str], headers: Any) -> tuple[int, dict[str, Any]]:
        with self._lock:
            self.requests.append((method, path))
            if headers.get("Authorization") != f"Bearer {KEY}":
                return 401, {"error": {"type": "invalid_request_error", "message": "Invalid API Key provided"}}
            key = headers.get("Idempotency-Key")
            asked = json.dumps([method, path, values], sort_keys=True)
            if method == "POST" and key in self._answers:
                before, answer = self._answers[key]
                if before != asked:
                    message = "Keys for idempotent requests can only be used with the same parameters"
                    return 400, {"error": {"type": "idempotency_error", "message": message}}
                return answer
            try:
                answer = 200, self._do(method, path.split("/")[2:], values)
            except Refusal as refusal:
                answer = refusal.status, {"error": refusal.error}
            if method == "POST" and key:
                self._answers[key] = (asked, answer)
            return answer

    def _do(self, method: str, path: list[str], values: dict[str, str]) -> dict[str, Any]:  # noqa: PLR0911 - one line per way
        match method, path:
            case "POST", ["customers"]:
                return self._add(self.customers, "cus", {"object": "customer", "email": values["email"]})
            case "POST", ["checkout", "sessions"]:
                return self._session(values)
            case "GET", ["checkout", "sessions", name] if name in self.sessions:
                return self.sessions[name]
            case "POST", ["checkout", "sessions", name, "expire"] if name in self.sessions:
                if self.sessions[name]["status"] != "open":
                    raise Refusal(400, type="invalid_request_error", message="Only open sessions can be expired.")
                self.sessions[name]["status"] = "expired"
                return self.sessions[name]
            case "POST", ["payment_intents"]:
                return self._intent(values)
            case "GET", ["payment_intents", name] if name in self.intents:
                return self.intents[name]
            case "POST", ["payment_methods", name, "detach"]:
                self.detached.append(name)
                return {"id": name, "object": "payment_method"}
        raise Refusal(404, type="invalid_request_error", message="Unrecognized request URL")

    def _session(self, values: dict[str, str]) -> dict[str, Any]:
        life = int(values["expires_at"]) - self.now().timestamp()
        if not 30 * 60 <= life <= 24 * 3600:
            raise Refusal(400, type="invalid_request_error", message="expires_at must be within 24 hours")
        if values["customer"] not in self.customers or not values["success_url"].startswith("https://"):
            raise Refusal(400, type="invalid_request_error", message="No such customer, or no such URL")
        setup = values["mode"] == "setup"
        session = {
            "object": "checkout.session",
            "mode": values["mode"],
            "status": "open",
            "payment_status": "no_payment_required" if setup else "unpaid",
            "amount_total": None if setup else int(values["line_items[0][price_data][unit_amount]"]),
            "currency": None if setup else values["line_items[0][price_data][currency]"],
            "customer": values["customer"],
            "metadata": _nested(values, "metadata"),
            "payment_intent": None,
            "setup_intent": None,
        }
        made = self._add(self.sessions, "cs_test", session)
        made["url"] = f"https://checkout.stripe.com/c/pay/{made['id']}#{'x' * 300}"
        return made

    def _intent(self, values: dict[str, str]) -> dict[str, Any]:
        assert values["off_session"] == values["confirm"] == "true"
        if values["payment_method"] in self.declined:
            raise Refusal(402, **DECLINED)
        intent = {
            "object": "payment_intent",
            "status": "succeeded",
            "amount_received": int(values["amount"]),
            "currency": values["currency"],
            "metadata": _nested(values, "metadata"),
            "last_payment_error": None,
        }
        return self._add(self.intents, "pi", intent)

    @staticmethod
    def _add(place: dict[str, dict[str, Any]], prefix: str, thing: dict[str, Any]) -> dict[str, Any]:
        name = f"{prefix}_{len(place) + 1}"
        place[name] = {"id": name, **thing}
        return place[name]


def _nested(values: dict[str, str], name: str) -> dict[str, str]:
    return {key[len(name) + 1 : -1]: value for key, value in values.items() if key.startswith(f"{name}[")}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    fake: FakeStripe

    def do_GET(self) -> None:
        self._reply("GET")

    def do_POST(self) -> None:
        self._reply("POST")

    def _reply(self, method: str) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        lost = self.fake.lose.pop(0) if self.fake.lose else ""
        if lost != "request":
            path = urlsplit(self.path).path
            status, document = self.fake.answer(method, path, dict(parse_qsl(body)), self.headers)
        if lost:
            self.close_connection = True  # without a word
            return
        answer = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name in the base class
        """Say nothing."""


@contextmanager
def running(now: Callable[[], datetime]) -> Iterator[FakeStripe]:
    """Run the server on a port of its own.

    Args:
        now: The server's clock, for expiry times.
    """
    fake = FakeStripe(now)
    handler = type("Handler", (_Handler,), {"fake": fake})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        fake.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield fake
        finally:
            server.shutdown()
            thread.join()
