"""``tui-mfa billing``: the same rules as the screens, plain and as JSON, for the operator, the owner and a timer."""

import csv
import io
from pathlib import Path

import pytest
from pypdf import PdfReader

from tests.cli.home import PASSWORD, Home


@pytest.fixture
def jane(home: Home) -> Home:
    home.add()
    return home


def top_up(home: Home, amount: str = "25") -> str:
    """Add credits as Jane and return the invoice's number."""
    done = home.run("billing", "add", "jane", amount, "--password-stdin", "--json", stdin=(PASSWORD, home.mailed_code))
    assert done.status == 0, done
    assert done.value["state"] == "pending"
    home.clock.turn(61)
    return str(done.value["invoice"])


def test_a_top_up_is_paid_by_the_operator_once(jane: Home) -> None:
    number = top_up(jane)
    paid = jane.run("billing", "paid", number, "--note", "bank transfer", "--json")
    assert (paid.status, paid.value["balance_cents"], paid.value["invoice"]["status"]) == (0, 2_500, "paid")
    again = jane.run("billing", "paid", number, "--json")
    assert (again.status, again.error["code"]) == (1, "not_allowed")
    assert jane.run("billing", "list", "jane", "--json").value["balance_cents"] == 2_500
    assert "Your payment to tui-mfa has come in" in jane.mails()[-1].read_text()


def test_the_owner_is_told_how_to_pay(jane: Home) -> None:
    jane.environ["TUI_MFA_PAYMENT_INSTRUCTIONS"] = "Transfer to XX00."
    told = jane.run("billing", "add", "jane", "25", "--password-stdin", stdin=(PASSWORD, jane.mailed_code))
    assert told.status == 0
    assert "Transfer to XX00." in told.err
    assert told.out == ""


@pytest.mark.parametrize("amount", ["9.99", "1000.01", "ten", "-5"])
def test_an_amount_that_is_none_asks_for_no_login(jane: Home, amount: str) -> None:
    refused = jane.run("billing", "add", "--password-stdin", "--json", "jane", "--", amount)
    assert (refused.status, refused.error["field"]) == (1, "amount")
    assert jane.mails() == []


def test_the_list_as_table_csv_and_json(jane: Home) -> None:
    first, second = top_up(jane), top_up(jane, "1000")
    jane.run("billing", "paid", second)
    table = jane.run("billing", "list", "jane")
    assert [line.split()[0] for line in table.out.splitlines()[1:]] == [first, second]
    assert "✔ Paid" in table.out
    assert "Balance $1,000.00" in table.err
    rows = list(csv.DictReader(io.StringIO(jane.run("billing", "list", "jane", "--csv").out)))
    assert [(row["number"], row["amount_usd"], row["status"]) for row in rows] == [
        (first, "25.00", "open"),
        (second, "1000.00", "paid"),
    ]
    found = jane.run("billing", "list", "jane", "--filter", "PAID", "--json").value["invoices"]
    assert [one["number"] for one in found] == [second]
    assert jane.run("billing", "list", "jane", "--filter", "zebra").out == ""


def test_an_invoice_as_text_json_and_pdf(jane: Home, tmp_path: Path) -> None:
    number = top_up(jane)
    assert f"Invoice {number}" in jane.run("billing", "invoice", number).out
    assert jane.run("billing", "invoice", number.lower(), "--json").value["bill_to"] == ["jane", "jane@example.com"]
    file = tmp_path / "invoice.pdf"
    assert jane.run("billing", "invoice", number, "--pdf", str(file)).status == 0
    assert number in PdfReader(file).pages[0].extract_text()
    refused = jane.run("billing", "invoice", number, "--pdf", str(file), "--json")
    assert (refused.status, refused.error["field"]) == (1, "pdf")  # never over a file that is there


def test_void_and_credit_note(jane: Home) -> None:
    number = top_up(jane)
    assert jane.run("billing", "void", number, "--reason", "mistyped").status == 0
    assert jane.run("billing", "paid", number).status == 1
    number = top_up(jane)
    jane.run("billing", "paid", number)
    noted = jane.run("billing", "credit", number, "5.50", "--reason", "outage", "--json")
    assert (noted.value["balance_cents"], noted.value["invoice"]["amount_cents"]) == (1_950, -550)
    assert jane.run("billing", "credit", number, "19.51", "--json").error["field"] == "amount"
    assert jane.run("billing", "invoice", noted.value["invoice"]["number"]).out.startswith("Credit note INV-")


def test_usage_that_is_reported_twice_is_charged_once(jane: Home) -> None:
    report = ("billing", "charge", "jane", "1.18", "--until", "2026-11-24T12:00Z", "--json")
    assert jane.run(*report).value["balance_cents"] == -118
    assert jane.run(*report).error["code"] == "not_allowed"
    assert jane.run("billing", "ledger", "jane", "--json").value["balance_cents"] == -118
    assert "-$1.18" in jane.run("billing", "ledger", "jane").out
    assert jane.run("billing", "charge", "jane", "1", "--until", "noon").status == 2


def test_a_timer_refills_and_warns_and_is_harmless_as_often_as_it_runs(jane: Home) -> None:
    shown = jane.run(
        *("billing", "settings", "jane", "--auto-refill", "on", "--minimum", "50", "--amount", "200"),
        "--password-stdin",
        "--json",
        stdin=(PASSWORD, jane.mailed_code),
    )
    assert shown.value == {"auto_refill": True, "minimum_cents": 5_000, "amount_cents": 20_000, "warning_days": 7}
    jane.run("billing", "charge", "jane", "3")
    done = jane.run("billing", "run", "--json").value["done"]
    assert [one["what"] for one in done] == ["refill", "warning"]
    subjects = [mail.read_text() for mail in jane.mails()]
    assert any("an auto-refill" in text for text in subjects)
    assert any("credit is running low" in text for text in subjects)
    count = len(jane.mails())
    assert jane.run("billing", "run", "--json").value == {"done": []}
    assert "Nothing was due." in jane.run("billing", "run").err
    assert len(jane.mails()) == count


def test_an_invoice_that_is_nobodys(jane: Home) -> None:
    for command in ("paid", "void", "invoice"):
        refused = jane.run("billing", command, "INV-ZZZZZZ-0001", "--json")
        assert (refused.status, refused.error["field"]) == (1, "number")


def test_doctor_finds_a_ledger_that_does_not_add_up(jane: Home) -> None:
    jane.run("billing", "charge", "jane", "3")
    services = jane.services()
    with services.store.account(next(services.store.ids())) as account:
        account.billing.ledger[0].balance += 1
    assert "does not add up" in jane.run("doctor").out
