"""``tui-mfa serve``: the portal over SSH."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tui_mfa.cli.context import Cli

if TYPE_CHECKING:
    import asyncssh

    from tui_mfa.ssh.gate import Limits
    from tui_mfa.ssh.plan import Plan

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
@click.option(
    "--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="Processes that share the port."
)
@click.option(
    "--metrics",
    type=click.IntRange(0, 65535),
    metavar="PORT",
    help="Show numbers for Prometheus on this port of 127.0.0.1.",
)
@click.option("--worker", type=click.IntRange(3), hidden=True)
@click.pass_obj
def serve(
    cli: Cli,
    host: str,
    port: int,
    host_key: Path | None,
    max_sessions: int,
    max_per_address: int,
    workers: int,
    metrics: int | None,
    worker: int | None,
) -> None:
    """Serve the portal over SSH, until Ctrl+C or SIGTERM: ssh -p 2222 NAME@HOST opens it.

    The host key is made at the first start, beside the key file. A key that its owner added under Manage SSH Keys
    stands for the password; the second factor is asked for in any case. A socket that systemd hands over is used in
    place of --host and --port.
    """
    import logging

    from tui_mfa.cli import log
    from tui_mfa.portal import refuse_watchers

    refuse_watchers(os.environ)
    settings = cli.settings
    _ = cli.services  # whatever is wrong is said before anything listens
    if workers > 1 and settings.store.startswith("memory:"):
        raise click.UsageError("Accounts in memory belong to one process: leave --workers out, or set another store.")
    log.to_file(settings.data_dir)
    logging.getLogger("tui_mfa.ssh").setLevel(logging.INFO)
    if worker is not None:
        _work(cli, worker)
        return

    from tui_mfa.ssh import host_key as keys
    from tui_mfa.ssh.gate import Limits

    key = keys.load_or_create(host_key or settings.key_file.with_name("ssh_host_ed25519_key"))
    limits = Limits(total=max_sessions, per_address=max_per_address)
    _run(cli, _plan(cli, key, limits, (host, port), metrics), key, workers)


def _plan(cli: Cli, key: "asyncssh.SSHKey", limits: "Limits", address: tuple[str, int], metrics: int | None) -> "Plan":
    """Return how the portal is served: on a socket of systemd's, or on one of our own."""
    from tui_mfa.ssh import host_key as keys
    from tui_mfa.ssh import sockets
    from tui_mfa.ssh.notify import Notifier
    from tui_mfa.ssh.plan import Plan

    host, port = address

    def say(port: int, metrics_port: int | None) -> None:
        cli.out.words(
            f"Listening on port {port} · host key {keys.fingerprint(key)}",
            f"Try it: ssh -p {port} {host or 'localhost'}",
        )
        if metrics_port is not None:
            cli.out.words(f"Metrics: http://127.0.0.1:{metrics_port}/metrics")

    notifier, handed_over = Notifier(), sockets.handed_over()
    return Plan(
        sockets=sockets.bind(host, port) if handed_over is None else [handed_over],
        limits=limits,
        metrics_port=metrics,
        say=say,
        notifier=notifier,
    )


def _run(cli: Cli, plan: "Plan", key: "asyncssh.SSHKey", workers: int) -> None:
    import asyncio

    if workers == 1:
        from tui_mfa.ssh.worker import alone

        asyncio.run(alone(plan, cli.settings, cli.services, key))
        return
    from tui_mfa.ssh.workers import Supervisor

    # Without the working folder in the path of its modules (-P), whoever can write there.
    command = [sys.executable, "-P", "-m", "tui_mfa", *_options(cli), "serve"]

    async def supervise() -> None:
        await Supervisor(plan, key, workers, command).run()

    asyncio.run(supervise())


def _work(cli: Cli, handle: int) -> None:
    import asyncio

    from tui_mfa import bootstrap
    from tui_mfa.ssh.letter import received
    from tui_mfa.ssh.worker import work

    letter, line = received(handle)
    asyncio.run(work(letter, line, cli.settings, bootstrap.one_of(cli.services, letter.workers)))


def _options(cli: Cli) -> list[str]:
    """Return the options of the command line that make the same settings in another process."""
    given = {"config": cli.config, **cli.options}
    return [
        word
        for name, value in given.items()
        if value is not None
        for word in (f"--{name.replace('_', '-')}", str(value))
    ]
