"""The command ``tui-mfa`` itself: its options, its nouns, and the portal when no noun is given."""

import gc
import sys
from pathlib import Path

import click

from tui_mfa import __version__
from tui_mfa.cli.context import Cli
from tui_mfa.cli.lazy import Later, LazyGroup
from tui_mfa.cli.start import open_portal

_COMMANDS = {
    "demo": Later("tui_mfa.cli.demo", "demo", "Try it: a seeded account, a phone and a mailbox; nothing is kept."),
    "accounts": Later("tui_mfa.cli.accounts", "accounts", "Add, look at, close, open and delete accounts."),
    "mfa": Later("tui_mfa.cli.mfa", "mfa", "Two-factor authentication of an account."),
    "keys": Later("tui_mfa.cli.keys", "keys", "SSH keys of an account, and what sshd asks about them."),
    "tokens": Later("tui_mfa.cli.tokens", "tokens", "API tokens of an account."),
    "quota": Later("tui_mfa.cli.quota", "quota", "Limits of accounts: set, report, answer requests."),
    "billing": Later("tui_mfa.cli.billing", "billing", "Invoices, payments and credits of an account."),
    "events": Later("tui_mfa.cli.events", "events", "The security events of an account."),
    "outbox": Later("tui_mfa.cli.outbox", "outbox", "The mails that were written to a folder instead of sent."),
    "serve": Later("tui_mfa.cli.serve", "serve", "Serve the portal over SSH."),
    "api": Later("tui_mfa.cli.api", "api", "Serve the HTTP API for programs."),
    "doctor": Later("tui_mfa.cli.doctor", "doctor", "Check files, accounts, mail, clock and terminal."),
}

_COLLECTED_AFTER = 50_000
"""Objects that a command makes before the collector looks at them: more than its imports, few for the memory."""


@click.group(
    cls=LazyGroup,
    later=_COMMANDS,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=(
        "Every setting can also be given as a variable (TUI_MFA_DATA_DIR) or in the settings file. Exit status: "
        "0 done, 1 refused by a rule, 2 usage or settings, 3 the store or mail is unavailable."
    ),
)
@click.option("--data-dir", metavar="FOLDER", help="Where accounts and the outbox live.")
@click.option("--key-file", metavar="FILE", help="The keys that open what is stored.")
@click.option("--config", metavar="FILE", type=click.Path(path_type=Path), help="The settings file, tui-mfa.toml.")
@click.option("--theme", metavar="NAME", help="How the portal and the demo look.")
@click.version_option(__version__, prog_name="tui-mfa")
@click.pass_context
def root(ctx: click.Context, /, config: Path | None, **options: str | None) -> None:
    """The account page you reach from a terminal.

    Without a command, the portal opens on this terminal.
    """
    cli = ctx.ensure_object(Cli)
    cli.options = dict(options)
    cli.config = config
    if ctx.invoked_subcommand is None:
        require_terminal("The portal")
        ctx.exit(open_portal(cli))
    if ctx.invoked_subcommand != "demo" and not gc.isenabled():
        gc.set_threshold(_COLLECTED_AFTER)
        gc.enable()


def require_terminal(what: str) -> None:
    """Refuse to draw where there is no terminal.

    Args:
        what: What would be drawn.

    Raises:
        click.UsageError: Input or output is redirected.
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise click.UsageError(
            f"{what} needs a terminal for both input and output. For scripts there are commands, such as: "
            "tui-mfa accounts list --json"
        )
