"""Runs the application: on this machine alone, or with TLS."""

import ipaddress
import shlex
import ssl
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import uvicorn
from starlette.types import ASGIApp

from tui_mfa.api.patience import ImpatientProtocol
from tui_mfa.domain.errors import InvalidInput, Unavailable

CONNECTIONS: Final = 200
"""Connections at a time; more are told that the service is busy. Requests run in 40 threads, so this is five for each;
it stays well below the 1,024 files that a process may usually open."""

HEADERS_MAX: Final = 16 * 1024
"""Bytes of a request's head: a request to this API has less than one KiB, the rest is for what proxies add."""

KEEP_ALIVE: Final = 5
"""Seconds that an idle connection stays open: long enough for a program's next request, which it has ready."""

GRACE: Final = 10
"""Seconds that requests under way have when the service ends: as long as a mail server may take."""

_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the API listens."""

    host: str
    port: int
    certificate: Path | None = None
    """A chain in PEM form; with it the API speaks TLS, 1.2 at least."""
    key: Path | None = None
    """The certificate's private key, readable by this user alone."""

    @property
    def scheme(self) -> str:
        """How the API is reached."""
        return "https" if self.certificate is not None else "http"


def check(place: Place) -> None:
    """Refuse a place where tokens would travel readable, or whose files cannot be used.

    Raises:
        InvalidInput: With the option.
    """
    if (place.certificate is None) != (place.key is None):
        raise InvalidInput("TLS takes both --tls-cert and --tls-key.", field="tls_cert")
    if place.certificate is not None and place.key is not None:
        _check_tls(place.certificate, place.key)
    elif not _is_loopback(place.host):
        raise InvalidInput(
            "Without TLS the API is for this machine alone (127.0.0.1 or ::1). Give --tls-cert and --tls-key, or let a "
            "web server on this machine speak TLS in front of it.",
            field="host",
        )


def run(app: ASGIApp, place: Place, ready: Callable[[str], None]) -> None:
    """Serve until a signal ends it.

    Args:
        app: The application.
        place: Where; ``check`` has accepted it.
        ready: Called with the URL once connections are taken; with port 0 it names the port that was free.

    Raises:
        Unavailable: The port cannot be used.
    """
    config = uvicorn.Config(
        app,
        host=place.host,
        port=place.port,
        ssl_certfile=place.certificate,
        ssl_keyfile=place.key,
        loop="asyncio",
        http=ImpatientProtocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=CONNECTIONS,
        h11_max_incomplete_event_size=HEADERS_MAX,
        timeout_keep_alive=KEEP_ALIVE,
        timeout_graceful_shutdown=GRACE,
    )
    try:
        listener = config.bind_socket()
    except SystemExit:  # what uvicorn makes of an OSError, after it was logged
        raise Unavailable(f"Nothing can listen on {place.host}, port {place.port}: it is in use or not ours.") from None
    listener.listen(CONNECTIONS)  # from here on, connections wait and are not refused
    host = f"[{place.host}]" if ":" in place.host else place.host
    ready(f"{place.scheme}://{host}:{listener.getsockname()[1]}")
    uvicorn.Server(config).run(sockets=[listener])


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:  # a name, "localhost" included: what it stands for is another program's decision
        return False


def _check_tls(certificate: Path, key: Path) -> None:
    for path, option in ((certificate, "tls_cert"), (key, "tls_key")):
        if not path.is_file():
            raise InvalidInput(f"There is no file {path}.", field=option)
    if key.stat().st_mode & _OTHERS:
        raise InvalidInput(
            f"Other users of this machine can read {key}. Mend it with: chmod 600 {shlex.quote(str(key))}",
            field="tls_key",
        )
    try:
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(certificate, key, _no_password)
    except (OSError, ssl.SSLError) as error:
        raise InvalidInput(
            f"{certificate} and {key} are no certificate with its key, in PEM form and without a password.",
            field="tls_cert",
        ) from error


def _no_password() -> str:
    """Answer OpenSSL's question for a password, which would wait at the terminal."""
    return ""
