"""``tui-mfa demo``: the portal with a seeded account, a phone and a mailbox beside it."""

import click

from tui_mfa.cli.context import Cli
from tui_mfa.cli.root import require_terminal


@click.command()
@click.pass_context
def demo(ctx: click.Context) -> None:
    """Try the portal: a seeded account, a phone and a mailbox beside it. Nothing leaves this machine or stays on it."""
    cli = ctx.ensure_object(Cli)
    settings = cli.settings
    from tui_mfa.portal import refuse_watchers

    refuse_watchers(cli.environ)  # nothing in the demo is secret, but people type what they are used to
    require_terminal("The demo")
    from tui_mfa.demo.run import run_demo

    ctx.exit(run_demo(settings.theme, settings.timezone()))
