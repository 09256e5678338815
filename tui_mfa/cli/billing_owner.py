"""What an account's owner does about money on the command line."""

from typing import TYPE_CHECKING

import click

from tui_mfa.cli.context import Cli
from tui_mfa.cli.options import owner_options

if TYPE_CHECKING:
    from tui_mfa.domain.billing.views import PaymentView


@click.command()
@click.argument("name")
@click.argument("amount")
@owner_options
@click.pass_obj
def add(cli: Cli, name: str, amount: str, password_stdin: bool, code: str | None) -> None:
    """Add AMOUNT dollars of credits: prints where to pay, or how."""
    from tui_mfa.cli.asking import Asker
    from tui_mfa.cli.owner import logged_in
    from tui_mfa.domain.billing import flows, money
    from tui_mfa.domain.billing.model import TOP_UP_MAX, TOP_UP_MIN

    cents = money.amount(amount, "amount", least=TOP_UP_MIN, most=TOP_UP_MAX)  # before a login in vain
    with logged_in(cli, name, Asker(cli.out, password_stdin=password_stdin, code=code)) as owner:
        view = flows.begin_top_up(cli.services, owner.session, cents)
    if cli.out.json:
        cli.out.document(payment_value(view))
        return
    cli.out.words(f"Invoice {view.invoice} over {money.dollars(view.amount)} is open.")
    if view.link:
        cli.out.words("Pay it here:")
        cli.out.data(view.link)
    else:
        cli.out.words(view.instructions)


@click.command()
@click.argument("name")
@click.option("--auto-refill", type=click.Choice(["on", "off"]), help="Whether credits are added without asking.")
@click.option("--minimum", metavar="AMOUNT", help="A balance below it starts a refill.")
@click.option("--amount", metavar="AMOUNT", help="Dollars to add each time.")
@click.option("--warning-days", type=int, help="Warn when the credit lasts for fewer days; 0 never.")
@owner_options
@click.pass_obj
def settings(
    cli: Cli,
    name: str,
    auto_refill: str | None,
    minimum: str | None,
    amount: str | None,
    warning_days: int | None,
    password_stdin: bool,
    code: str | None,
) -> None:
    """Set auto-refill and the limit of the credit warning; what is not named stays. Without options they are shown."""
    from tui_mfa.cli.asking import Asker
    from tui_mfa.cli.owner import logged_in
    from tui_mfa.domain.billing import flows
    from tui_mfa.domain.billing.model import MINIMUM_MAX, TOP_UP_MAX, TOP_UP_MIN
    from tui_mfa.domain.billing.money import amount as read
    from tui_mfa.domain.billing.money import dollars

    least = read(minimum, "minimum", least=0, most=MINIMUM_MAX) if minimum is not None else None
    fresh = read(amount, "refill_amount", least=TOP_UP_MIN, most=TOP_UP_MAX) if amount is not None else None
    with logged_in(cli, name, Asker(cli.out, password_stdin=password_stdin, code=code)) as owner:
        now = flows.overview(cli.services, owner.session).billing
        flows.save_settings(
            cli.services,
            owner.session,
            refill=now.refill.on if auto_refill is None else auto_refill == "on",
            minimum=now.refill.minimum if least is None else least,
            amount=now.refill.amount if fresh is None else fresh,
            warning_days=now.warning_days if warning_days is None else warning_days,
        )
        kept = flows.overview(cli.services, owner.session).billing
    if cli.out.json:
        cli.out.document(
            {
                "auto_refill": kept.refill.on,
                "minimum_cents": kept.refill.minimum,
                "amount_cents": kept.refill.amount,
                "warning_days": kept.warning_days,
            }
        )
        return
    refill = f"{dollars(kept.refill.amount)} when the balance is below {dollars(kept.refill.minimum)}"
    cli.out.data(
        f"Auto-refill:    {refill if kept.refill.on else 'off'}",
        f"Credit warning: {f'below {kept.warning_days} days of credit' if kept.warning_days else 'never'}",
    )


def payment_value(view: "PaymentView") -> dict[str, object]:
    """Return a payment as a JSON value."""
    from tui_mfa.documents import stamp

    return {
        "invoice": view.invoice,
        "amount_cents": view.amount,
        "currency": "USD",
        "state": view.state.value,
        "url": view.link or None,
        "instructions": view.instructions or None,
        "expires_at": stamp(view.expires_at),
    }
