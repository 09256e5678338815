"""``tui-mfa doctor``: look at everything that a portal needs, and say what to do about what is wrong."""

import click

from tui_mfa.cli.context import Cli
from tui_mfa.cli.options import json_option


@click.command()
@click.option("--all", "everything", is_flag=True, help="Look at every account and file, not at a sample.")
@json_option
@click.pass_context
def doctor(ctx: click.Context, everything: bool) -> None:
    """Check files, accounts, keys, mail, clock and terminal. The exit status is 1 when there is a problem."""
    from tui_mfa.cli import checks_inside, checks_outside
    from tui_mfa.cli.finding import State

    cli = ctx.ensure_object(Cli)
    found = [*checks_inside.checks(cli, everything=everything), *checks_outside.checks(cli)]
    problems = sum(finding.state is State.PROBLEM for finding in found)
    if cli.out.json:
        cli.out.document({"checks": [finding.value() for finding in found], "problems": problems})
    else:
        for finding in found:
            cli.out.data(*finding.lines())
        cli.out.words("No problem was found." if not problems else f"Problems: {problems}.")
    ctx.exit(1 if problems else 0)
