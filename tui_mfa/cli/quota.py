"""``tui-mfa quota``: the limits of accounts."""

from typing import TYPE_CHECKING

import click

from tui_mfa.cli.context import Cli
from tui_mfa.cli.options import json_option, owner_options
from tui_mfa.documents import stamp

if TYPE_CHECKING:
    from tui_mfa.domain.account import Account
    from tui_mfa.domain.quota.model import IncreaseRequest, QuotaRow


@click.group()
def quota() -> None:
    """The limits of accounts, and what is used of them.

    NAME is a username or an e-mail address; QUOTA is the name of a limit, as “quota list” shows it.
    """


@quota.command("list")
@click.argument("name", required=False)
@json_option
@click.pass_obj
def list_(cli: Cli, name: str | None) -> None:
    """Show the limits of an account; without NAME, what is in force for accounts without limits of their own."""
    from tui_mfa.domain.quota import operator, rules

    if name is not None:
        account, rows = operator.rows(cli.services, name)
        _show_rows(cli, account, rows)
        return
    known = operator.defaults(cli.services)
    if cli.out.json:
        values = [
            {"name": one, "label": kind.label, "unit": kind.unit, "limit": kind.limit} for one, kind in known.items()
        ]
        cli.out.document({"quotas": values})
        return
    cli.out.table(
        ("QUOTA", "LABEL", "LIMIT"), [(one, kind.label, rules.words(kind.limit, kind)) for one, kind in known.items()]
    )


@quota.command("set")
@click.argument("words", nargs=-1, required=True, metavar="NAME|--default QUOTA LIMIT")
@click.option("--default", "everybody", is_flag=True, help="For every account without a limit of its own.")
@click.option("--label", metavar="TEXT", help="With --default: the name for people.")
@click.option("--unit", metavar="TEXT", help="With --default: what stands behind amounts, like GB.")
@json_option
@click.pass_obj
def set_(cli: Cli, words: tuple[str, ...], everybody: bool, label: str | None, unit: str | None) -> None:
    """Set a limit of one account, or of all. LIMIT is a number, “unlimited”, or “default” for one account.

    With --default, a name that is new makes a new limit.
    """
    from tui_mfa.domain.quota import operator, rules

    if len(words) != (2 if everybody else 3):
        raise click.UsageError("It takes NAME QUOTA LIMIT, or --default QUOTA LIMIT.")
    if everybody:
        kind = operator.set_default(cli.services, *words, label=label, unit=unit)
        if cli.out.json:
            value = {"name": rules.name(words[0]), "label": kind.label, "unit": kind.unit, "limit": kind.limit}
            cli.out.document(value)
        else:
            cli.out.words(f"{kind.label}: {rules.words(kind.limit, kind)} for every account without its own limit.")
        return
    if label is not None or unit is not None:
        raise click.UsageError("--label and --unit go with --default.")
    account, row = operator.set_limit(cli.services, *words)
    cli.deliver(account.id)
    if cli.out.json:
        cli.out.document(_row_value(row))
    else:
        cli.out.words(f"{row.label} of {account.username}: {rules.words(row.limit, row)}.")


@quota.command()
@click.argument("quota")
@json_option
@click.pass_obj
def remove(cli: Cli, quota: str) -> None:
    """Remove a limit; SSH keys and API tokens go back to what they came with."""
    from tui_mfa.domain.quota import operator

    operator.remove(cli.services, quota)
    if cli.out.json:
        cli.out.document({"removed": quota})
    else:
        cli.out.words(f"The limit {quota} is removed.")


@quota.command()
@click.argument("name")
@click.argument("amounts", nargs=-1, required=True, metavar="QUOTA=AMOUNT...")
@json_option
@click.pass_obj
def report(cli: Cli, name: str, amounts: tuple[str, ...]) -> None:
    """Note how much an account uses; all amounts, or none when one of them is wrong."""
    from tui_mfa.domain.quota import operator

    pairs = dict(amount.split("=", 1) for amount in amounts if "=" in amount)
    if len(pairs) != len(amounts):
        raise click.UsageError("Amounts look like cpu-cores=6, each limit once.")
    account, rows = operator.report(cli.services, name, pairs)
    _show_rows(cli, account, rows)


@quota.command()
@click.argument("name")
@click.argument("quota")
@click.argument("limit")
@click.option("--reason", metavar="TEXT", required=True, help="What it is needed for.")
@owner_options
@click.pass_obj
def ask(cli: Cli, name: str, quota: str, limit: str, reason: str, password_stdin: bool, code: str | None) -> None:
    """Ask for a higher limit, as the account's owner."""
    from tui_mfa.cli.asking import Asker
    from tui_mfa.cli.owner import logged_in
    from tui_mfa.domain.quota import flows

    with logged_in(cli, name, Asker(cli.out, password_stdin=password_stdin, code=code)) as owner:
        request = flows.request_increase(cli.services, owner.session, quota, limit, reason)
    if cli.out.json:
        cli.out.document(_request_value(request))
    else:
        cli.out.words(f"The request is sent (id {request.id}). You get a mail when it is answered.")


@quota.command()
@click.argument("name", required=False)
@click.option("--all", "answered", is_flag=True, help="Those that were answered or withdrawn, too.")
@json_option
@click.pass_obj
def requests(cli: Cli, name: str | None, answered: bool) -> None:
    """List what people asked for, oldest first."""
    from tui_mfa.domain.quota import operator

    found = operator.requests(cli.services, name, answered=answered)
    if cli.out.json:
        values = [{"username": account.username, **_request_value(request)} for account, request in found]
        cli.out.document({"requests": values})
    elif found:
        cli.out.table(
            ("ID", "USERNAME", "QUOTA", "WANTED", "ASKED (UTC)", "STATE", "REASON"),
            [
                (
                    request.id,
                    account.username,
                    request.quota,
                    str(request.wanted),
                    f"{request.asked_at:%Y-%m-%d %H:%M}",
                    request.state.value,
                    request.reason,
                )
                for account, request in found
            ],
        )
    else:
        cli.out.words("Nobody asks for a higher limit.")


@quota.command()
@click.argument("name")
@click.argument("request")
@click.option("--limit", metavar="NUMBER", help="In place of what was asked for.")
@click.option("--answer", metavar="TEXT", default="", help="What the owner reads beside it.")
@json_option
@click.pass_obj
def grant(cli: Cli, name: str, request: str, limit: str | None, answer: str) -> None:
    """Raise a limit as it was asked for. REQUEST is the id that “quota requests” shows."""
    from tui_mfa.domain.quota import operator

    account, answered = operator.grant(cli.services, name, request, limit, answer)
    _answered(cli, account, answered, f"{account.username} has {answered.quota} {answered.granted} now.")


@quota.command()
@click.argument("name")
@click.argument("request")
@click.option("--answer", metavar="TEXT", required=True, help="Why; the owner reads it.")
@json_option
@click.pass_obj
def refuse(cli: Cli, name: str, request: str, answer: str) -> None:
    """Leave a limit as it is. REQUEST is the id that “quota requests” shows."""
    from tui_mfa.domain.quota import operator

    account, answered = operator.refuse(cli.services, name, request, answer)
    _answered(cli, account, answered, f"The request of {account.username} is refused.")


def _answered(cli: Cli, account: "Account", request: "IncreaseRequest", words: str) -> None:
    cli.deliver(account.id)
    if cli.out.json:
        cli.out.document({"username": account.username, **_request_value(request)})
    else:
        cli.out.words(words)


def _show_rows(cli: Cli, account: "Account", rows: "tuple[QuotaRow, ...]") -> None:
    from tui_mfa.domain.quota import rules

    if cli.out.json:
        cli.out.document({"username": account.username, "quotas": [_row_value(row) for row in rows]})
        return
    cli.out.table(
        ("QUOTA", "LABEL", "USED", "LIMIT", "FULL", "LEVEL"),
        [
            (
                row.name,
                row.label,
                "" if row.used is None else rules.words(row.used, row),
                rules.words(row.limit, row) + (" (own)" if row.own else ""),
                "" if row.percent is None else f"{row.percent} %",
                row.level.value,
            )
            for row in rows
        ],
    )


def _row_value(row: "QuotaRow") -> dict[str, object]:
    return {
        "name": row.name,
        "label": row.label,
        "unit": row.unit,
        "used": row.used,
        "limit": row.limit,
        "own": row.own,
        "percent": row.percent,
        "level": row.level.value,
        "reported_at": stamp(row.reported_at),
        "request": _request_value(row.request) if row.request is not None else None,
    }


def _request_value(request: "IncreaseRequest") -> dict[str, object]:
    return {
        "id": request.id,
        "quota": request.quota,
        "wanted": request.wanted,
        "reason": request.reason,
        "state": request.state.value,
        "asked_at": stamp(request.asked_at),
        "answered_at": stamp(request.answered_at),
        "granted": request.granted,
        "answer": request.answer,
    }
