"""The sockets that connections come in by: bound here, or handed over by systemd (``sd_listen_fds``)."""

import errno
import os
import socket
from collections.abc import MutableMapping
from typing import Any, Final

from tui_mfa.domain.errors import Unavailable

BACKLOG: Final = 128
"""Connections that wait in the system until they are taken."""

_FIRST: Final = 3
"""The first handle that systemd hands over."""

_VARIABLES: Final = ("LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES", "LISTEN_PIDFDID")


def bind(host: str, port: int) -> list[socket.socket]:
    """Listen on an address, or on all of them: IPv4 and IPv6 apart, on the same port.

    Args:
        host: An address or a name; empty for all addresses.
        port: 0 takes a free one.

    Raises:
        Unavailable: The port cannot be used.
    """
    made: list[socket.socket] = []
    try:
        for family, kind, protocol, address in _addresses(host, port):
            sock = _bound(family, kind, protocol, (address[0], port, *address[2:]))
            if sock is not None:
                made.append(sock)
                port = port or sock.getsockname()[1]
        if not made:
            raise OSError(errno.EADDRNOTAVAIL, os.strerror(errno.EADDRNOTAVAIL))
        for sock in made:
            sock.listen(BACKLOG)
    except OSError as error:
        for sock in made:
            sock.close()
        raise Unavailable(f"Nothing can listen on port {port}: {error.strerror or error}.") from None
    return made


def _addresses(host: str, port: int) -> list[tuple[int, int, int, tuple[Any, ...]]]:
    found = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    known = ((family, kind, protocol, address) for family, kind, protocol, _, address in found)
    return list(dict.fromkeys(known))  # some systems name an address twice


def _bound(family: int, kind: int, protocol: int, address: tuple[Any, ...]) -> socket.socket | None:
    """Return a socket of one family; None where all addresses are meant and the machine has none of that family."""
    try:
        sock = socket.socket(family, kind, protocol)
    except OSError:
        return None
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        sock.bind(address)
    except OSError as error:
        sock.close()
        if error.errno == errno.EADDRNOTAVAIL and address[0] in {"::", "0.0.0.0"}:  # noqa: S104 - compared
            return None
        raise
    return sock


def handed_over(environ: MutableMapping[str, str] = os.environ) -> socket.socket | None:
    """Return the socket that systemd listens on for this process; None where there is none.

    Args:
        environ: The process's own; the variables are taken out of it, so that no child takes them for its own.

    Raises:
        Unavailable: What was handed over is not one listening TCP socket.
    """
    given = {name: environ.pop(name, "") for name in _VARIABLES}
    if given["LISTEN_PID"] != str(os.getpid()):
        return None
    if given["LISTEN_FDS"] != "1":
        raise Unavailable("Hand over one socket: one ListenStream= in the .socket unit.")
    try:
        sock = socket.socket(fileno=_FIRST)
    except OSError:
        raise Unavailable("What was handed over is no socket.") from None
    if (
        sock.family not in {socket.AF_INET, socket.AF_INET6}
        or sock.type != socket.SOCK_STREAM
        or not sock.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
    ):
        sock.detach()  # not ours to close
        raise Unavailable("What was handed over is no listening TCP socket: ListenStream= with a port, Accept=no.")
    sock.set_inheritable(False)
    sock.setblocking(False)
    return sock
