"""``tui-mfa events``: the audit log of an account."""

import click

from tui_mfa.cli.context import Cli
from tui_mfa.cli.options import json_option


@click.group()
def events() -> None:
    """The security events of an account."""


@events.command("list")
@click.argument("name")
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True, help="So many of the newest.")
@json_option
@click.pass_obj
def list_(cli: Cli, name: str, limit: int) -> None:
    """List the newest security events of an account, oldest first."""
    from tui_mfa.cli.views import event_value
    from tui_mfa.domain.operator import flows

    services = cli.services
    found = services.store.events(flows.find(services, name).id)
    shown = found[-limit:]
    if cli.out.json:
        cli.out.document({"events": [event_value(event) for event in shown], "total": len(found)})
        return
    cli.out.table(
        ("TIME (UTC)", "EVENT", "FROM", "DETAIL"),
        [
            (
                f"{event.at:%Y-%m-%d %H:%M:%S}",
                event.tag.value,
                event.origin,
                " ".join(f"{key}={value}" for key, value in event.detail.items()),
            )
            for event in shown
        ],
    )
    if len(shown) < len(found):
        cli.out.words(f"{len(found) - len(shown)} older events: --limit {len(found)} shows all.")
