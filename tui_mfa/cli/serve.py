"""``tui-mfa serve``: the portal over SSH."""

import os
from pathlib import Path

import click

from tui_mfa.cli.context import Cli

PORT = 2222
"""Where the portal listens when nothing else is said; 22 is the machine's own sshd."""


@click.command()
@click.option("--host", default="", metavar="ADDRESS", help="The address to listen on; all of them if not given.")
@click.option("--port", default=PORT, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free one.")
@click.option("--host-key", metavar="FILE", type=click.Path(path_type=Path), help="The server's Ed25519 key.")
@click.option("--max-sessions", default=200, show_default=True, type=click.IntRange(1, 10_000), help="At a time.")
@click.option(
    "--max-per-address", default=10, show_default=True, type=click.IntRange(1, 10_000), help="Of one address."
)
@click.pass_obj
def serve(cli: Cli, host: str, port: int, host_key: Path | None, max_sessions: int, max_per_address: int) -> None:
    """Serve the portal over SSH, until Ctrl+C or SIGTERM: ssh -p 2222 NAME@HOST opens it.

    The host key is made at the first start, beside the key file. A key that its owner added under Manage SSH Keys
    stands for the password; the second factor is asked for in any case.
    """
    import asyncio
    import logging

    from tui_mfa.cli import log
    from tui_mfa.portal import refuse_watchers
    from tui_mfa.ssh import host_key as keys
    from tui_mfa.ssh.gate import Limits
    from tui_mfa.ssh.server import serve_until_told

    refuse_watchers(os.environ)
    settings = cli.settings
    key = keys.load_or_create(host_key or settings.key_file.with_name("ssh_host_ed25519_key"))
    services = cli.services
    log.to_file(settings.data_dir)
    logging.getLogger("tui_mfa.ssh").setLevel(logging.INFO)

    def ready(port: int) -> None:
        cli.out.words(
            f"Listening on port {port} · host key {keys.fingerprint(key)}",
            f"Try it: ssh -p {port} {host or 'localhost'}",
        )

    limits = Limits(total=max_sessions, per_address=max_per_address)
    asyncio.run(serve_until_told(settings, services, key, ready, host=host, port=port, limits=limits))
