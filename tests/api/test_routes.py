"""What each route says and does."""

from datetime import timedelta

import pytest

from tests.api.host import KEY, Host
from tests.fakes import app_code, mails, make_account, wrong_code
from tui_mfa.domain.account import Method
from tui_mfa.domain.api_tokens.model import Scope
from tui_mfa.domain.billing.model import Invoice, InvoiceKind, InvoiceStatus, Payment, PaymentKind, PaymentState

HOSTILE = 'x", "admin": true, "y": "\u00e9\N{PILE OF POO}'


@pytest.fixture
def host() -> Host:
    host = Host()
    make_account(host.services, "jane", method=Method.AUTHENTICATOR)
    return host


def test_the_account(host: Host) -> None:
    value = host.ask("GET", "/v1/account", host.token(Scope.READ)).value
    assert value == {
        "username": "jane",
        "email": "jane@example.com",
        "email_verified": True,
        "name": "",
        "company": "",
        "address": "",
        "country": "",
        "vat_id": "",
        "member_since": "2026-11-24T14:02:05Z",
    }


def test_what_is_left_out_stays(host: Host) -> None:
    token = host.token(Scope.ADMIN)
    host.ask("PATCH", "/v1/account", token, {"name": "Jane Doe", "company": HOSTILE})
    value = host.ask("PATCH", "/v1/account", token, {"country": "be", "vat_id": "BE0428759497"}).value
    assert (value["name"], value["company"], value["country"]) == ("Jane Doe", HOSTILE, "BE")
    event = host.services.store.events(host.account_id())[-1]
    assert (event.tag.value, event.origin) == ("profile.changed", "api 203.0.113.5")
    refused = host.ask("PATCH", "/v1/account", token, {"country": "Atlantis"})
    assert (refused.status, refused.value["field"]) == (422, "country")


def test_two_factor_status(host: Host) -> None:
    value = host.ask("GET", "/v1/two-factor", host.token(Scope.READ)).value
    assert value == {
        "method": "authenticator",
        "mfa_required": False,
        "authenticator_since": "2026-11-24T14:02:05Z",
        "secret_saved": False,
        "recovery_codes": None,
    }


def test_a_key_comes_and_goes(host: Host) -> None:
    """S60, S63: as in the portal: the same verdicts, events and mails."""
    token = host.token(Scope.KEYS)
    added = host.ask("POST", "/v1/ssh-keys", token, {"key": "no-pty " + KEY, "expires": "90"})
    assert added.status == 201
    assert (added.value["title"], added.value["type"], added.value["usable"]) == ("jane@laptop", "ssh-ed25519", True)
    assert host.ask("GET", "/v1/ssh-keys", token).value == {"keys": [added.value]}
    again = host.ask("POST", "/v1/ssh-keys", token, {"key": KEY})
    assert (again.status, again.code, again.value["field"]) == (422, "key_refused", "key")
    assert host.ask("DELETE", f"/v1/ssh-keys/{added.value['id']}", token).status == 204
    gone = host.ask("DELETE", f"/v1/ssh-keys/{added.value['id']}", token)
    assert (gone.status, gone.code) == (404, "no_such_key")
    told = [mail.template.value for mail in mails(host.services) if mail.template.value.startswith("ssh_key")]
    assert told == ["ssh_key_added", "ssh_key_deleted"]
    assert host.services.store.events(host.account_id())[-1].origin == "api 203.0.113.5"


@pytest.mark.parametrize("key", ["-----BEGIN OPENSSH PRIVATE KEY-----\nabc\n", "no key", "\x1b[2J", "ssh-dss AAAA"])
def test_a_key_that_is_none_is_not_repeated(host: Host, key: str) -> None:
    """S53: refused with the reason; a private key's text comes back in no answer."""
    answer = host.ask("POST", "/v1/ssh-keys", host.token(Scope.KEYS), {"key": key})
    assert (answer.status, answer.code) == (422, "key_refused")
    assert b"abc" not in answer.body
    assert b"\x1b" not in answer.body


def test_the_limit_of_keys_is_named(host: Host) -> None:
    token = host.token(Scope.KEYS, Scope.READ)
    with host.services.store.account(host.account_id()) as account:
        account.quotas.limits["ssh-keys"] = 0
    answer = host.ask("POST", "/v1/ssh-keys", token, {"key": KEY})
    assert (answer.status, answer.code) == (403, "quota_exceeded")
    assert "SSH keys" in answer.value["detail"]
    rows = {row["name"]: row for row in host.ask("GET", "/v1/quota", token).value["quotas"]}
    assert (rows["ssh-keys"]["limit"], rows["ssh-keys"]["level"]) == (0, "full")
    assert rows["api-tokens"]["used"] == 1


def test_invoices_newest_first(host: Host) -> None:
    token, now = host.token(Scope.READ), host.services.clock.now()
    with host.services.store.account(host.account_id()) as account:
        account.billing.invoices = [
            Invoice(
                number=f"INV-K7QM2X-000{number}",
                kind=InvoiceKind.TOP_UP,
                status=InvoiceStatus.OPEN,
                issued_at=now + timedelta(days=number),
                amount=1000 * number,
                text="Top-up",
            )
            for number in (1, 2)
        ]
    value = host.ask("GET", "/v1/invoices", token).value
    assert value["balance_cents"] == 0
    assert [(item["number"], item["cents"]) for item in value["invoices"]] == [
        ("INV-K7QM2X-0002", 2000),
        ("INV-K7QM2X-0001", 1000),
    ]


def test_a_code_is_judged(host: Host) -> None:
    token = host.token(Scope.VERIFY, username="vpn")
    code = app_code(host.services, host.account_id())
    question = {"account": "jane@example.com", "code": code, "client": "198.51.100.7"}
    assert host.ask("POST", "/v1/verify", token, question).value == {
        "valid": True,
        "reason": None,
        "retry_after": None,
    }
    again = host.ask("POST", "/v1/verify", token, question).value
    assert (again["valid"], again["reason"]) == (False, "already_used")
    assert again["retry_after"] > 0


def test_wrong_codes_run_into_the_limit_and_into_a_mail(host: Host) -> None:
    """S09, S63: told to the program as a wait, and to the owner by mail."""
    token = host.token(Scope.VERIFY, username="vpn")
    question = {"account": "jane", "code": wrong_code(app_code(host.services, host.account_id()))}
    for _ in range(5):
        assert host.ask("POST", "/v1/verify", token, question).value["reason"] == "wrong_code"
    refused = host.ask("POST", "/v1/verify", token, question)
    assert (refused.status, refused.code, refused.headers["retry-after"]) == (429, "too_many_attempts", "300")
    assert [mail.to for mail in mails(host.services) if mail.template.value == "wrong_codes"] == ["jane@example.com"]


def pending(host: Host, url: str) -> None:
    now = host.services.clock.now()
    with host.services.store.account(host.account_id()) as account:
        account.billing.series = "K7QM2X"
        account.billing.payments = [
            Payment(
                id="0" * 16,
                kind=PaymentKind.TOP_UP,
                state=PaymentState.PENDING,
                amount=1000,
                invoice="INV-K7QM2X-0001",
                code="ABCDEFGHJKMN",
                started_at=now,
                changed_at=now,
                expires_at=now + timedelta(hours=1),
                url=url,
            )
        ]


def test_a_short_link_leads_to_the_payment_page(host: Host) -> None:
    pending(host, "https://checkout.example.com/pay/1")
    led = host.ask("GET", "/c/K7QM2X-ABCDEFGHJKMN")
    assert (led.status, led.headers["location"]) == (303, "https://checkout.example.com/pay/1")
    assert led.headers["referrer-policy"] == "no-referrer"
    assert host.ask("GET", "/c/done").status == 200


@pytest.mark.parametrize("link", ["K7QM2X-ABCDEFGHJKMX", "K7QM2X", "nothing", "K7QM2X-", "%2e%2e", "\u00e9"])
def test_a_link_that_leads_nowhere_says_so(host: Host, link: str) -> None:
    pending(host, "https://checkout.example.com/pay/1")
    answer = host.ask("GET", f"/c/{link}")
    assert (answer.status, "location" in answer.headers) == (404, False)
    assert "terminal" in answer.body.decode()


def test_links_cannot_be_guessed_quickly(host: Host) -> None:
    answers = [host.ask("GET", f"/c/K7QM2X-{number:012}").status for number in range(31)]
    assert answers == [404] * 30 + [429]


def test_a_forged_webhook_changes_nothing(host: Host) -> None:
    before = host.services.store.get(host.account_id())
    answer = host.ask("POST", "/webhooks/stripe", body=b'{"type": "checkout.session.completed"}')
    assert (answer.status, answer.code) == (400, "forged_webhook")
    assert host.ask("POST", "/webhooks/stripe", body=b"x" * 300_000).status == 413
    assert host.services.store.get(host.account_id()) == before
