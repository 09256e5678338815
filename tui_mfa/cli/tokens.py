"""``tui-mfa tokens``: the API tokens of an account."""

from typing import TYPE_CHECKING

import click

from tui_mfa.cli.context import Cli
from tui_mfa.cli.lazy import Later, LazyGroup
from tui_mfa.cli.options import json_option
from tui_mfa.documents import TOKEN_HEAD, token_row, token_value

if TYPE_CHECKING:
    pass

_HERE = "tui_mfa.cli.tokens"
_CHANGES = "tui_mfa.cli.tokens_changes"


@click.group(
    cls=LazyGroup,
    later={
        "list": Later(_HERE, "list_", "List the tokens; asks for no login."),
        "create": Later(_CHANGES, "create", "Make a token and print it, once."),
        "revoke": Later(_CHANGES, "revoke", "Make a token worthless from this moment on."),
        "grant": Later(_CHANGES, "grant", "Let a token verify codes (scope verify)."),
        "check": Later(_HERE, "check", "Say what a token is, read from standard input."),
        "warn": Later(_HERE, "warn", "Mail the owners of tokens that end soon; made for a timer."),
    },
)
def tokens() -> None:
    """API tokens of an account. NAME is a username or an e-mail address; TOKEN an id or a token's name.

    “create” is done as the account's owner: it asks for the password and the code of the present method, and ends its
    session when it is done. “revoke” and “grant” are the operator's.
    """


@click.command("list")
@click.argument("name")
@json_option
@click.pass_obj
def list_(cli: Cli, name: str) -> None:
    """List the tokens of an account: live ones first, then those that ended in the last 30 days."""
    from tui_mfa.domain.api_tokens import flows

    found = flows.operator_list(cli.services, name)
    if cli.out.json:
        cli.out.document({"tokens": [token_value(token) for token in found]})
    elif found:
        cli.out.table(TOKEN_HEAD, [token_row(token) for token in found])
    else:
        cli.out.words(f"There are no API tokens. Make one: tui-mfa tokens create {name} TOKEN")


@click.command()
@click.option("--offline", is_flag=True, help="Look at the checksum only; open no store.")
@json_option
@click.pass_obj
def check(cli: Cli, offline: bool) -> None:
    """Say what a token is, read from the first line of standard input: never from an argument, which others can see.

    The exit status is 0 for a live token, with --offline for a well-formed one, and 1 for every other.
    """
    from tui_mfa.cli.asking import Asker
    from tui_mfa.domain.api_tokens import flows, token
    from tui_mfa.domain.api_tokens.model import State
    from tui_mfa.domain.errors import InvalidInput

    typed = Asker(cli.out).secret_line("Token: ", "The token is the first line of standard input, which is empty.")
    form = token.form(typed)
    if form is not token.Form.GOOD:
        raise InvalidInput(flows.NOT_OURS if form is token.Form.FOREIGN else flows.MISTYPED, field="token")
    if offline:
        if cli.out.json:
            cli.out.document({"form": form.value})
        else:
            cli.out.words("The token is well formed. Whether it is live is not known here.")
        return
    found = flows.check(cli.services, typed)
    if cli.out.json:
        cli.out.document({"form": form.value, "username": found.username, "token": token_value(found.view)})
    else:
        view = found.view
        cli.out.data(
            f"State:    {found.state.value}",
            f"Account:  {found.username}",
            f"Name:     {view.name}",
            f"Scopes:   {', '.join(view.scopes)}",
            f"Expires:  {cli.when(view.expires_at)}",
        )
    if found.state is not State.LIVE:
        raise click.exceptions.Exit(1)


@click.command()
@json_option
@click.pass_obj
def warn(cli: Cli) -> None:
    """Mail the owners of tokens that end in 14, 7 or 1 days, or have ended; each once, however often this runs."""
    from tui_mfa.domain.api_tokens import flows

    told = flows.warn(cli.services)
    if cli.out.json:
        cli.out.document({"mails": told})
    else:
        cli.out.words(f"{told} {'mail' if told == 1 else 'mails'} about ending tokens.")
