"""One boundary around every command: each error becomes a sentence, a JSON document and an exit status."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from io import TextIOWrapper
from typing import TYPE_CHECKING

from tui_mfa.cli import INTERRUPTED
from tui_mfa.cli.context import Cli
from tui_mfa.cli.start import open_portal
from tui_mfa.documents import error_value, refusal_value
from tui_mfa.domain.errors import DomainError

if TYPE_CHECKING:
    import click

PROGRAM = "tui-mfa"

EXIT_USAGE = 2
"""The command line or the settings cannot be used."""

EXIT_UNEXPECTED = 70
"""After an unexpected error (EX_SOFTWARE of sysexits.h)."""


def run(arguments: Sequence[str], environ: Mapping[str, str] | None = None) -> int:
    """Run one command and return its exit status.

    Args:
        arguments: What follows the program's name.
        environ: The environment; that of the process when not given.
    """
    cli = Cli(os.environ if environ is None else environ)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that lacks a character shows "?"
    try:
        return _run(cli, list(arguments))
    except Exception as ended:
        from click.exceptions import Exit

        if isinstance(ended, Exit):  # nobody reads what the boundary itself writes
            return ended.exit_code
        raise


def _run(cli: Cli, arguments: list[str]) -> int:
    try:
        if not arguments and sys.stdin.isatty() and sys.stdout.isatty():
            return open_portal(cli)
        from tui_mfa.cli.root import root

        status = root.main(arguments, prog_name=PROGRAM, standalone_mode=False, obj=cli)
    except DomainError as error:
        return _refused(cli, error)
    except Exception as error:  # noqa: BLE001 - the boundary: whoever is at the terminal gets one line
        return _other(cli, arguments, error)
    return status if isinstance(status, int) else 0


def _other(cli: Cli, arguments: list[str], error: Exception) -> int:
    import click

    if isinstance(error, click.Abort):
        return INTERRUPTED
    if isinstance(error, click.ClickException):
        cli.out.json = cli.out.json or "--json" in arguments
        return _misused(cli, error)
    return _unexpected(cli, error)


def _misused(cli: Cli, error: click.ClickException) -> int:
    message = error.format_message()
    if cli.out.json:
        cli.out.document(error_value("usage", message))
    else:
        ctx: click.Context | None = getattr(error, "ctx", None)  # a UsageError has one
        if ctx is not None:
            cli.out.words(ctx.get_usage())
        cli.out.words(f"{PROGRAM}: {message}")
        if ctx is not None:
            cli.out.words(f"Next: {ctx.command_path} --help")
    return EXIT_USAGE


def _refused(cli: Cli, error: DomainError) -> int:
    step = cli.next_step or _NEXT.get(error.code, "")
    if cli.out.json:
        cli.out.document(refusal_value(error, step))
    else:
        cli.out.words(*(f"{PROGRAM}: {line}" for line in error.user_message.split("\n")))
        if step:
            cli.out.words(f"Next: {step}")
    return error.exit_status


def _unexpected(cli: Cli, error: Exception) -> int:
    from tui_mfa.cli import log

    folder = cli.log_folder
    message = f"Something went wrong ({type(error).__name__}), and there is no place to log it."
    where = ""
    if folder is not None:
        with suppress(OSError):
            reference = log.note(folder, error)
            message = f"Something went wrong (reference {reference}). Please tell support the reference."
            where = f"What happened is in {folder / log.FILE_NAME}"
    if cli.out.json:
        cli.out.document(error_value("unexpected", message))
    else:
        cli.out.words(f"{PROGRAM}: {message}")
        if where:
            cli.out.words(where)
    return EXIT_UNEXPECTED


_NEXT = {
    "no_such_account": "tui-mfa accounts list",
    "name_taken": "tui-mfa accounts list",
    "quota_exceeded": "tui-mfa quota list NAME",
    "key_unavailable": "tui-mfa doctor",
    "store_unavailable": "tui-mfa doctor",
    "corrupt": "tui-mfa doctor --all",
    "newer_schema": "tui-mfa --version",
    "mail_unavailable": "tui-mfa doctor",
    "factor_disabled": "tui-mfa (the portal), then “Lost your device?”",
}
"""What helps after an error, by its code."""
