"""Where the operator's mail server is and how it is talked to: the rules for the ``smtp`` setting (S35)."""

import ipaddress
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from urllib.parse import SplitResult, unquote, urlsplit

from tui_mfa.domain.errors import InvalidInput
from tui_mfa.domain.secret import Secret

TAKES: Final = "smtp://user:password@host:587, smtps://user:password@host:465 or smtp+plain://127.0.0.1:2525"
"""What the setting takes, for messages."""

_HOST_MAX: Final = 253
"""Characters of a host name (RFC 1035 section 2.3.4, without the root's dot)."""

_LABEL: Final = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST: Final = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")


class Protection(StrEnum):
    """How a connection is kept private; the values are the schemes of the URL."""

    STARTTLS = "smtp"
    """TLS after STARTTLS (RFC 3207); without it nothing is sent."""
    TLS = "smtps"
    """TLS from the first byte (RFC 8314 section 3)."""
    PLAIN = "smtp+plain"
    """None; only to this machine itself."""


_PORTS: Final = {Protection.STARTTLS: 587, Protection.TLS: 465, Protection.PLAIN: 25}
"""The submission ports of RFC 6409 section 3.1 and RFC 8314 section 7.3; 25 is RFC 5321's."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MailRoute:
    """A mail server and how to log in there."""

    host: str
    """A host name or an IP address, without brackets."""
    port: int
    protection: Protection
    user: str
    """Empty when the server asks for no login."""
    password: Secret[str]


def parse_mail_route(url: Secret[str]) -> MailRoute:
    """Read the URL of a mail server.

    Args:
        url: One of the forms in ``TAKES``; user and password may be percent-encoded and may be missing.

    Raises:
        InvalidInput: With a sentence that repeats no part of the URL, for it may hold a password.
    """
    text = url.reveal()
    if not text.isascii() or not text.isprintable() or " " in text:
        raise _refused("It holds characters that must be percent-encoded.")
    try:
        parts = urlsplit(text)
        protection = Protection(parts.scheme)
        port = _PORTS[protection] if parts.port is None else parts.port
    except ValueError:  # its text repeats parts of the URL
        raise _refused() from None
    if parts.path not in {"", "/"} or "?" in text or "#" in text:
        raise _refused("After the port nothing may follow; '/', '?', '#' in a password are written %2F, %3F, %23.")
    if port == 0:
        raise _refused("The port is a number from 1 to 65535.")
    user, password = _login(parts)
    return MailRoute(host=_host(parts, protection), port=port, protection=protection, user=user, password=password)


def _host(parts: SplitResult, protection: Protection) -> str:
    host = parts.hostname or ""
    try:
        loopback = ipaddress.ip_address(host).is_loopback
    except ValueError:
        loopback = False
        if len(host) > _HOST_MAX or not _HOST.fullmatch(host):
            raise _refused("The host is not a host name.") from None
    if protection is Protection.PLAIN and not loopback:
        # A name is refused too, "localhost" included: what it stands for is another program's decision.
        raise _refused("Without encryption, mail goes only to this machine: 127.0.0.1 or [::1].")
    return host


def _login(parts: SplitResult) -> tuple[str, Secret[str]]:
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if bool(user) != bool(password):
        raise _refused("A login takes both a user and a password.")
    if not (user + password).isascii() or not (user + password).isprintable():
        raise _refused("User and password take printable ASCII characters.")
    return user, Secret(password)


def _refused(why: str = "It is not such a URL.") -> InvalidInput:
    return InvalidInput(f"The mail server's URL takes {TAKES}. {why}", field="smtp")
