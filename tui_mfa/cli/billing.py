"""``tui-mfa billing``: invoices, payments and credits, mostly as the operator."""

from typing import TYPE_CHECKING

import click

from tui_mfa.cli.context import Cli
from tui_mfa.cli.lazy import Later, LazyGroup
from tui_mfa.cli.options import json_option
from tui_mfa.documents import stamp

if TYPE_CHECKING:
    from tui_mfa.documents import Value
    from tui_mfa.domain.account import Account
    from tui_mfa.domain.billing.invoices import Document
    from tui_mfa.domain.billing.model import Invoice

_HERE = "tui_mfa.cli.billing"
_BOOKS = "tui_mfa.cli.billing_books"
_OWNER = "tui_mfa.cli.billing_owner"


@click.group(
    cls=LazyGroup,
    later={
        "list": Later(_HERE, "list_", "List an account's invoices, and what is left."),
        "invoice": Later(_HERE, "invoice", "Show one invoice, or save it as PDF."),
        "ledger": Later(_HERE, "ledger", "List every change of an account's balance."),
        "paid": Later(_BOOKS, "paid", "Mark an open invoice as paid, and credit it."),
        "void": Later(_BOOKS, "void", "Void an open invoice."),
        "credit": Later(_BOOKS, "credit", "Make a credit note for a paid invoice."),
        "charge": Later(_BOOKS, "charge", "Take credits for what was used."),
        "run": Later(_BOOKS, "run", "Ask about payments, refill and warn; made for a timer."),
        "add": Later(_OWNER, "add", "Add credits, as the account's owner."),
        "settings": Later(_OWNER, "settings", "Show or set auto-refill and the warning limit."),
    },
)
def billing() -> None:
    """Invoices, payments and credits. NAME is a username or an e-mail address, NUMBER that of an invoice.

    “add” and “settings” are done as the account's owner and ask for a login; the others are the operator's.
    """


@click.command("list")
@click.argument("name")
@click.option("--csv", "as_csv", is_flag=True, help="Write CSV to standard output.")
@click.option("--filter", "words", default="", metavar="WORDS", help="Only invoices that hold all the words.")
@json_option
@click.pass_obj
def list_(cli: Cli, name: str, as_csv: bool, words: str) -> None:
    """List the invoices of an account, oldest first."""
    from tui_mfa.domain.billing import invoices
    from tui_mfa.domain.billing.money import dollars
    from tui_mfa.domain.operator import flows

    account = flows.find(cli.services, name)
    wanted = words.casefold().split()
    found = [one for one in account.billing.invoices if invoices.matches(one, wanted)]
    if as_csv:
        cli.out.data(invoices.as_csv(found).replace("\r\n", "\n").rstrip("\n"))
    elif cli.out.json:
        cli.out.document(money_value(cli, account) | {"invoices": [invoice_value(one) for one in found]})
    elif found:
        cli.out.table(
            ("NUMBER", "DATE", "DESCRIPTION", "AMOUNT", "STATUS"),
            [
                (
                    one.number,
                    f"{one.issued_at:%Y-%m-%d}",
                    one.text,
                    f"{dollars(one.amount):>10}",
                    invoices.status_words(one),
                )
                for one in found
            ],
        )
        _left(cli, account)
    else:
        cli.out.words("There are no invoices." if not wanted else "No invoice holds these words.")
        _left(cli, account)


@click.command()
@click.argument("number")
@click.option("--pdf", metavar="FILE", help="Write a PDF to a new file.")
@json_option
@click.pass_obj
def invoice(cli: Cli, number: str, pdf: str | None) -> None:
    """Show one invoice, or save it as PDF."""
    from tui_mfa.domain.billing import invoices, operator
    from tui_mfa.domain.billing.views import instructions_of

    account = operator.invoice_owner(cli.services, number)
    found = invoices.find(account, number)
    policy = cli.services.policy
    paper = invoices.document(found, policy.issuer, policy.support_address, instructions_of(cli.services))
    if pdf is not None:
        _save_pdf(cli, paper, found, pdf)
    elif cli.out.json:
        cli.out.document(invoice_value(found) | {"username": account.username, "bill_to": found.bill_to})
    else:
        cli.out.data(invoices.as_text(paper).rstrip("\n"))


@click.command()
@click.argument("name")
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True, help="So many of the newest rows.")
@json_option
@click.pass_obj
def ledger(cli: Cli, name: str, limit: int) -> None:
    """List the changes of an account's balance, oldest first."""
    from tui_mfa.domain.billing.money import dollars
    from tui_mfa.domain.operator import flows

    account = flows.find(cli.services, name)
    rows = account.billing.ledger[-limit:]
    if cli.out.json:
        entries = [
            {
                "at": stamp(row.at),
                "kind": row.kind.value,
                "amount_cents": row.amount,
                "balance_cents": row.balance,
                "text": row.text,
            }
            for row in rows
        ]
        cli.out.document(money_value(cli, account) | {"ledger": entries})
        return
    cli.out.table(
        ("TIME (UTC)", "WHAT", "AMOUNT", "BALANCE"),
        [
            (f"{row.at:%Y-%m-%d %H:%M}", row.text, f"{dollars(row.amount):>12}", f"{dollars(row.balance):>12}")
            for row in rows
        ],
    )
    _left(cli, account)


def money_value(cli: Cli, account: "Account") -> "Value":
    """Return what is left of an account's credit, as JSON values."""
    from tui_mfa.domain.billing.views import overview_of

    view = overview_of(cli.services, account)
    return {
        "username": account.username,
        "currency": "USD",
        "balance_cents": view.balance,
        "burn_cents_per_day": view.burn,
        "days_left": view.days_left,
    }


def invoice_value(one: "Invoice") -> "Value":
    """Return an invoice as a JSON value."""
    return {
        "number": one.number,
        "kind": one.kind.value,
        "status": one.status.value,
        "issued_at": stamp(one.issued_at),
        "settled_at": stamp(one.settled_at),
        "amount_cents": one.amount,
        "currency": "USD",
        "description": one.text,
        "note": one.note,
    }


def _left(cli: Cli, account: "Account") -> None:
    from tui_mfa.domain.billing.money import dollars
    from tui_mfa.domain.billing.views import lasts, overview_of

    view = overview_of(cli.services, account)
    cli.out.words(f"Balance {dollars(view.balance)}: {lasts(view.balance, view.days_left)}.")


def _save_pdf(cli: Cli, paper: "Document", found: "Invoice", path: str) -> None:
    from pathlib import Path

    from tui_mfa import invoice_pdf
    from tui_mfa.domain.errors import InvalidInput

    made = invoice_pdf.render(paper, found.issued_at)
    try:
        with Path(path).open("xb") as file:
            file.write(made.data)
    except OSError as error:
        raise InvalidInput(f"{path} cannot be written: {error.strerror}.", field="pdf") from None
    if cli.out.json:
        cli.out.document(invoice_value(found) | {"file": path, "characters_missing": made.missing})
    else:
        cli.out.words(f"Saved to {path}")
        if made.missing:
            cli.out.words(f"No font of this machine has these characters: {made.missing}")
