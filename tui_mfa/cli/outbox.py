"""``tui-mfa outbox``: mails that were written to a folder because no mail server is set."""

import click

from tui_mfa.cli.context import Cli
from tui_mfa.cli.options import json_option
from tui_mfa.documents import stamp


@click.group()
def outbox() -> None:
    """The mails that were written to a folder instead of sent."""


@outbox.command("list")
@json_option
@click.pass_obj
def list_(cli: Cli) -> None:
    """List the mails, oldest first."""
    from tui_mfa import bootstrap

    found = bootstrap.outbox(cli.settings)
    if cli.out.json:
        cli.out.document(
            {
                "mails": [
                    {"name": mail.name, "at": stamp(mail.at), "to": mail.to, "subject": mail.subject} for mail in found
                ]
            }
        )
    elif found:
        cli.out.table(
            ("NAME", "TO", "SUBJECT"),
            [(mail.name, mail.to, mail.subject) for mail in found],
        )
    else:
        cli.out.words(f"The outbox {cli.settings.outbox_dir} is empty.")
    if cli.settings.smtp is not None:
        cli.out.words("Mail goes to the mail server now; what is here is from before.")


@outbox.command()
@click.argument("name", default="latest")
@json_option
@click.pass_obj
def show(cli: Cli, name: str) -> None:
    """Show one mail by its NAME, the newest without one."""
    from tui_mfa import bootstrap
    from tui_mfa.domain.errors import InvalidInput

    cli.next_step = "tui-mfa outbox list"
    if name == "latest":
        found = bootstrap.outbox(cli.settings)
        if not found:
            raise InvalidInput(f"The outbox {cli.settings.outbox_dir} is empty.", field="name")
        name = found[-1].name
    headers, body = bootstrap.outbox_mail(cli.settings, name)
    if cli.out.json:
        cli.out.document({"name": name, "headers": dict(headers), "body": body})
    else:
        cli.out.data(*(f"{header}: {value}" for header, value in headers), "", body.rstrip("\n"))
