"""What the operator and a timer do about money."""

from typing import TYPE_CHECKING

import click

from tui_mfa.cli.context import Cli
from tui_mfa.cli.options import json_option

if TYPE_CHECKING:
    from datetime import datetime

    from tui_mfa.domain.account import Account
    from tui_mfa.domain.billing.model import Invoice

_MOST = 100_000_000
"""Cents; the rules' own limits are lower."""


@click.command()
@click.argument("number")
@click.option("--note", default="", help="How it was paid; stands on the invoice.")
@json_option
@click.pass_obj
def paid(cli: Cli, number: str, note: str) -> None:
    """Mark an open invoice as paid: its amount is credited, once."""
    from tui_mfa.domain.billing import operator

    account, found = operator.paid(cli.services, number, note)
    _done(cli, account, found, "is paid and credited to")


@click.command()
@click.argument("number")
@click.option("--reason", default="", help="Stands on the invoice.")
@json_option
@click.pass_obj
def void(cli: Cli, number: str, reason: str) -> None:
    """Void an open invoice. Its number stays taken."""
    from tui_mfa.domain.billing import operator

    account, found = operator.void(cli.services, number, reason)
    _done(cli, account, found, "is void; it was for")


@click.command()
@click.argument("number")
@click.argument("amount")
@click.option("--reason", default="", help="Stands on the credit note.")
@json_option
@click.pass_obj
def credit(cli: Cli, number: str, amount: str, reason: str) -> None:
    """Make a credit note over AMOUNT dollars for a paid invoice. The money goes back by the way it came."""
    from tui_mfa.domain.billing import money, operator

    cents = money.amount(amount, "amount", least=1, most=_MOST)
    account, note = operator.credit_note(cli.services, number, cents, reason)
    _done(cli, account, note, "takes credits from")


@click.command()
@click.argument("name")
@click.argument("amount")
@click.option("--text", default="", help="What was used; “Usage” when not given.")
@click.option("--until", metavar="TIME", help="Up to when (2026-11-24T13:00Z); the same time is never charged twice.")
@json_option
@click.pass_obj
def charge(cli: Cli, name: str, amount: str, text: str, until: str | None) -> None:
    """Take AMOUNT dollars of credits for what was used; for the program that measures it."""
    from tui_mfa.cli.billing import money_value
    from tui_mfa.domain.billing import ledger, money, operator

    cents = money.amount(amount, "amount", least=1, most=_MOST)
    account = operator.charge(cli.services, name, cents, text, _time(until))
    if cli.out.json:
        cli.out.document(money_value(cli, account))
    else:
        left = money.dollars(ledger.balance(account.billing))
        cli.out.words(f"{money.dollars(cents)} were taken from {account.username}; {left} are left.")


@click.command()
@json_option
@click.pass_obj
def run(cli: Cli) -> None:
    """Ask the provider about open payments, refill where it is due, and warn about low credit."""
    from tui_mfa.domain.billing import timer

    done = timer.run(cli.services)
    failed = any(one.what == "error" for one in done)
    if cli.out.json:
        cli.out.document({"done": [{"username": one.username, "what": one.what, "detail": one.detail} for one in done]})
    elif done:
        cli.out.table(("USERNAME", "WHAT", "DETAIL"), [(one.username, one.what, one.detail) for one in done])
    else:
        cli.out.words("Nothing was due.")
    if failed:
        raise click.exceptions.Exit(3)


def _time(text: str | None) -> "datetime | None":
    from datetime import UTC, datetime

    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter("A time looks like 2026-11-24T13:00Z.", param_hint="--until") from None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def _done(cli: Cli, account: "Account", found: "Invoice", words: str) -> None:
    from tui_mfa.cli.billing import invoice_value, money_value
    from tui_mfa.domain.billing import ledger
    from tui_mfa.domain.billing.money import dollars

    cli.deliver(account.id)
    if cli.out.json:
        cli.out.document(money_value(cli, account) | {"invoice": invoice_value(found)})
    else:
        left = dollars(ledger.balance(account.billing))
        cli.out.words(f"{found.number} ({dollars(found.amount)}) {words} {account.username}. Balance: {left}")
