"""Options that several commands share."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

from tui_mfa.cli.context import Cli

Function = TypeVar("Function", bound=Callable[..., Any])

password_stdin = click.option(
    "--password-stdin", is_flag=True, help="Read the password from the first line of standard input."
)

keep_sessions = click.option("--keep-sessions", is_flag=True, help="Do not end the account's other sessions.")


def json_option(function: Function) -> Function:
    """Give a command the option ``--json``, which it finds in ``Cli.out``."""
    return click.option(
        "--json",
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=_choose_json,
        help="Write one JSON document to standard output.",
    )(function)


def owner_options(function: Function) -> Function:
    """Give a command the options by which an account's owner logs in without a terminal."""
    code = click.option("--code", metavar="CODE", help="The app's present code, in place of typing it.")
    return json_option(password_stdin(code(function)))


def _choose_json(ctx: click.Context, _option: click.Parameter, chosen: bool) -> None:
    cli = ctx.find_object(Cli)
    if cli is not None and chosen:
        cli.out.json = True
