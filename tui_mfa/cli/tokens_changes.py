"""``tui-mfa tokens create``, ``revoke`` and ``grant``."""

from typing import TYPE_CHECKING

import click

from tui_mfa.cli.context import Cli
from tui_mfa.cli.options import json_option, owner_options

if TYPE_CHECKING:
    from tui_mfa.domain.api_tokens.model import TokenView

_SCOPES = ("read", "keys", "admin")
_DAYS = 30


@click.command()
@click.argument("name")
@click.argument("token")
@click.option("--scope", "scopes", multiple=True, type=click.Choice(_SCOPES), help="What it may do; may be repeated.")
@click.option("--days", default=_DAYS, show_default=True, help="How long it lives, from 1 to 365.")
@owner_options
@click.pass_obj
def create(
    cli: Cli, name: str, token: str, scopes: tuple[str, ...], days: int, password_stdin: bool, code: str | None
) -> None:
    """Make a token named TOKEN and print it, alone on standard output. It is not shown again.

    Without --scope it may only read. Nothing that a token may do touches two-factor authentication, the address, the
    password or tokens.
    """
    from tui_mfa.cli.asking import Asker
    from tui_mfa.cli.owner import logged_in
    from tui_mfa.documents import token_value
    from tui_mfa.domain.api_tokens import flows, rules
    from tui_mfa.domain.api_tokens.model import Scope

    wanted = [Scope(scope) for scope in scopes or ("read",)]
    rules.end_of(cli.services.clock.now(), days)  # before somebody types a password in vain
    with logged_in(cli, name, Asker(cli.out, password_stdin=password_stdin, code=code)) as owner:
        made = flows.create(cli.services, owner.session, token, wanted, days)
    if cli.out.json:
        cli.out.document({"secret": made.token.reveal(), "token": token_value(made.view)})
        return
    cli.out.secret(made.token)
    cli.out.words(
        f"This is the token “{made.view.name}”, shown only now. It ends on {cli.when(made.view.expires_at)}.",
    )


@click.command()
@click.argument("name", required=False)
@click.argument("token", required=False)
@click.option("--found", is_flag=True, help="Read the token itself from standard input, in place of NAME and TOKEN.")
@json_option
@click.pass_obj
def revoke(cli: Cli, name: str | None, token: str | None, found: bool) -> None:
    """Make a token worthless from this moment on; the owner is told."""
    from tui_mfa.cli.asking import Asker
    from tui_mfa.domain.api_tokens import flows

    if found:
        typed = Asker(cli.out).secret_line("Token: ", "The token is the first line of standard input, which is empty.")
        username = flows.check(cli.services, typed).username
        view = flows.revoke_found(cli.services, typed)
    elif name is not None and token is not None:
        username, view = name, flows.operator_revoke(cli.services, name, token)
    else:
        raise click.UsageError("Give NAME and TOKEN, or --found and the token on standard input.")
    _done(cli, username, view, f"The token “{view.name}” opens nothing any more.")


@click.command()
@click.argument("name")
@click.argument("token")
@json_option
@click.pass_obj
def grant(cli: Cli, name: str, token: str) -> None:
    """Let a live token ask whether codes of other accounts are right; the owner is told."""
    from tui_mfa.domain.api_tokens import flows

    view = flows.grant_verify(cli.services, name, token)
    _done(cli, name, view, f"The token “{view.name}” may verify codes: POST /v1/verify")


def _done(cli: Cli, username: str, view: "TokenView", words: str) -> None:
    from tui_mfa.documents import token_value
    from tui_mfa.domain.operator.flows import find

    cli.deliver(find(cli.services, username).id)
    if cli.out.json:
        cli.out.document({"token": token_value(view)})
    else:
        cli.out.words(words)
