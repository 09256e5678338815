"""``tui-mfa api``: the HTTP API for programs."""

from pathlib import Path

import click

from tui_mfa.cli.context import Cli

PORT = 8022
"""Where the API listens when nothing else is said."""


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=PORT, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free one.")
@click.option("--tls-cert", metavar="FILE", type=click.Path(path_type=Path), help="A certificate chain in PEM form.")
@click.option("--tls-key", metavar="FILE", type=click.Path(path_type=Path), help="The certificate's private key.")
@click.option("--schema", is_flag=True, help="Print the OpenAPI schema, and serve nothing.")
@click.pass_obj
def api(cli: Cli, host: str, port: int, tls_cert: Path | None, tls_key: Path | None, schema: bool) -> None:
    """Serve the HTTP API for programs, until Ctrl+C or SIGTERM.

    Tokens are made in the portal (Security, Manage API Tokens) or by “tui-mfa tokens create”. What there is to ask
    stands at /openapi.json.
    """
    if schema:
        from tui_mfa.api.openapi import document

        cli.out.document(document(cli.settings.issuer))
        return
    import logging

    from tui_mfa.api import serve
    from tui_mfa.api.app import Api
    from tui_mfa.cli import log

    place = serve.Place(host=host, port=port, certificate=tls_cert, key=tls_key)
    serve.check(place)
    services = cli.services
    log.to_file(cli.settings.data_dir)
    server, ours = logging.getLogger("uvicorn"), logging.getLogger("tui_mfa")
    server.handlers, server.propagate = ours.handlers, False
    logging.getLogger("tui_mfa.api").setLevel(logging.INFO)
    serve.run(Api(services).app(), place, lambda url: cli.out.words(f"Listening on {url} · schema: {url}/openapi.json"))
