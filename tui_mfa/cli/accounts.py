"""``tui-mfa accounts``: what an operator does with accounts."""

from typing import TYPE_CHECKING

import click

from tui_mfa.cli.context import Cli
from tui_mfa.cli.options import json_option, password_stdin

if TYPE_CHECKING:
    from tui_mfa.domain.account import Account


@click.group()
def accounts() -> None:
    """Add, look at, close, open and delete accounts. NAME is a username or an e-mail address."""


@accounts.command()
@click.argument("username")
@click.argument("email")
@password_stdin
@json_option
@click.pass_obj
def add(cli: Cli, username: str, email: str, password_stdin: bool) -> None:
    """Create an account. Its address is proved by a mailed code at the first login."""
    from tui_mfa.cli.asking import Asker
    from tui_mfa.domain import names
    from tui_mfa.domain.operator import flows

    username, email = names.username(username), names.email(email)  # before somebody types a password in vain
    services = cli.services
    account = flows.add(services, username, email, Asker(cli.out, password_stdin=password_stdin).new_password())
    cli.deliver(account.id)
    _done(cli, account, f"The account {account.username} was created. Its address is proved at the first login.")


@accounts.command("list")
@json_option
@click.pass_obj
def list_(cli: Cli) -> None:
    """List all accounts, by username."""
    from tui_mfa.cli.views import account_value, state
    from tui_mfa.domain.operator import flows

    found = flows.accounts(cli.services)
    if cli.out.json:
        cli.out.document({"accounts": [account_value(account) for account in found]})
    elif found:
        cli.out.table(
            ("USERNAME", "E-MAIL", "METHOD", "STATE", "LAST LOGIN (UTC)"),
            [
                (
                    account.username,
                    account.email.address,
                    account.method.value,
                    state(account),
                    f"{account.last_login.at:%Y-%m-%d %H:%M}" if account.last_login else "",
                )
                for account in found
            ],
        )
    else:
        cli.out.words("There are no accounts yet. Add one: tui-mfa accounts add USERNAME EMAIL")


@accounts.command()
@click.argument("name")
@json_option
@click.pass_obj
def show(cli: Cli, name: str) -> None:
    """Show one account."""
    from tui_mfa.cli.views import account_value, state
    from tui_mfa.documents import switched_off
    from tui_mfa.domain.operator import flows
    from tui_mfa.domain.profile.countries import name_of

    account = flows.find(cli.services, name)
    if cli.out.json:
        cli.out.document(account_value(account))
        return
    proved = "proved" if account.email.verified_at else "not proved yet"
    last, profile = account.last_login, account.profile
    cli.out.data(
        f"Username:     {account.username}",
        f"Name:         {profile.name or '-'}",
        f"Company:      {profile.company or '-'}",
        f"Address:      {profile.address or '-'}",
        f"Country:      {name_of(profile.country) if profile.country else '-'}",
        f"VAT id:       {profile.vat_id or '-'}",
        f"E-mail:       {account.email.address} ({proved})",
        f"Two-factor:   {account.method.value}",
        f"State:        {state(account)}",
        f"Member since: {cli.when(account.created_at)}",
        f"Last login:   {f'{cli.when(last.at)} from {last.origin}' if last else 'never'}",
        f"Failed since: {account.failed_since_login}",
        f"Switched off: {', '.join(switched_off(account)) or 'nothing'}",
    )


@accounts.command()
@click.argument("name")
@click.option("--name", "real_name", metavar="TEXT", help="The owner's name.")
@click.option("--company", metavar="TEXT")
@click.option("--address", metavar="TEXT", help="Street, postcode and place in one line.")
@click.option("--country", metavar="COUNTRY", help="Its name, or its letters: DE.")
@click.option("--vat-id", metavar="NUMBER", help="Checked for its form; nobody is called.")
@json_option
@click.pass_obj
def edit(cli: Cli, /, name: str, real_name: str | None, **given: str | None) -> None:
    """Change what an account tells about its owner. An empty TEXT takes it away."""
    from tui_mfa.domain.operator import flows

    if real_name is None and all(value is None for value in given.values()):
        raise click.UsageError("Say what to change: --name, --company, --address, --country or --vat-id.")
    account = flows.edit(cli.services, name, name=real_name, **given)
    _done(cli, account, f"The account {account.username} is changed.")


@accounts.command("set-email")
@click.argument("name")
@click.argument("address")
@json_option
@click.pass_obj
def set_email(cli: Cli, name: str, address: str) -> None:
    """Change an address. It must be proved at the next login; the old one is told."""
    from tui_mfa.domain.operator import flows

    account = flows.set_email(cli.services, name, address)
    cli.deliver(account.id)
    _done(cli, account, f"The address of {account.username} is {account.email.address}. All sessions were ended.")


@accounts.command("set-password")
@click.argument("name")
@password_stdin
@json_option
@click.pass_obj
def set_password(cli: Cli, name: str, password_stdin: bool) -> None:
    """Set a password. All sessions end, and the owner is told."""
    from tui_mfa.cli.asking import Asker
    from tui_mfa.domain.operator import flows

    flows.find(cli.services, name)  # before somebody types a password in vain
    password = Asker(cli.out, password_stdin=password_stdin).new_password()
    account = flows.set_password(cli.services, name, password)
    cli.deliver(account.id)
    _done(cli, account, f"The password of {account.username} was set. All sessions were ended.")


@accounts.command()
@click.argument("name")
@json_option
@click.pass_obj
def disable(cli: Cli, name: str) -> None:
    """Close an account: its sessions end at once, nobody logs in."""
    from tui_mfa.domain.operator import flows

    account = flows.disable(cli.services, name)
    cli.deliver(account.id)
    _done(cli, account, f"The account {account.username} is closed. Open it: tui-mfa accounts enable NAME")


@accounts.command()
@click.argument("name")
@json_option
@click.pass_obj
def enable(cli: Cli, name: str) -> None:
    """Open a closed account, and factors that 100 wrong tries switched off."""
    from tui_mfa.domain.operator import flows

    account = flows.enable(cli.services, name)
    cli.deliver(account.id)
    _done(cli, account, f"The account {account.username} is open.")


@accounts.command()
@click.argument("name")
@click.option("--confirm", metavar="USERNAME", help="The account's username once more, in place of typing it.")
@json_option
@click.pass_obj
def delete(cli: Cli, name: str, confirm: str | None) -> None:
    """Delete an account with everything that belongs to it. There is no way back."""
    from tui_mfa.cli.asking import Asker
    from tui_mfa.domain.errors import InvalidInput
    from tui_mfa.domain.operator import flows

    account = flows.find(cli.services, name)
    question = f"Type {account.username} to delete the account and everything that belongs to it: "
    typed = confirm if confirm is not None else Asker(cli.out).word(question, "--confirm USERNAME")
    if typed.strip() != account.username:
        raise InvalidInput("This is not the username of the account. Nothing was deleted.", field="confirm")
    flows.delete(cli.services, name)
    _done(cli, account, f"The account {account.username} was deleted.")


def _done(cli: Cli, account: "Account", words: str) -> None:
    """Say what was done: in words, and with ``--json`` as the account that came of it."""
    from tui_mfa.cli.views import account_value

    if cli.out.json:
        cli.out.document(account_value(account))
    else:
        cli.out.words(words)
