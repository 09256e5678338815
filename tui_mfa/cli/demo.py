"""``tui-mfa demo``: the portal with a seeded account, a phone and a mailbox beside it."""

import click

from tui_mfa.cli.context import Cli
from tui_mfa.cli.root import require_terminal


@click.command()
@click.pass_context
def demo(ctx: click.Context) -> None:
    """Try the portal: a seeded account, a phone and a mailbox beside it. Nothing leaves this machine or stays on it."""
    from tui_mfa.settings_keys import THEMES

    theme = ctx.ensure_object(Cli).options.get("theme")
    if theme is not None and theme not in THEMES:
        raise click.UsageError(f"--theme takes {', '.join(THEMES)}.")
    require_terminal("The demo")
    from tui_mfa.demo.run import run_demo

    ctx.exit(run_demo(str(theme) if theme is not None else None))
