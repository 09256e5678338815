"""One conversation with a mail server; imported when the first mail is sent, for ``smtplib`` and ``ssl`` are slow."""

import re
import smtplib
import socket
import ssl
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, Final

from tui_mfa.domain.mail_route import MailRoute, Protection

_DATE: Final = re.compile(
    r"(?:[A-Z][a-z]{2}, )?\d{1,2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}(?::\d{2})? (?:[+-]\d{4}|GMT|UTC|UT)\b", re.ASCII
)
"""A date in the form of RFC 5322 section 3.3."""

_OTHER_NAME: Final = frozenset({62, 64})
"""X509_V_ERR_HOSTNAME_MISMATCH and X509_V_ERR_IP_ADDRESS_MISMATCH of OpenSSL."""

_ANSWER_MAX: Final = 200
"""Characters kept of what a server says."""


class Line:
    """A hand on the connection from another thread: cutting it ends whatever waits for the server."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: socket.socket | None = None
        self._cut = False

    def hold(self, connection: socket.socket) -> None:
        """Take a connection that was just made; raise ``TimeoutError`` when it comes too late."""
        with self._lock:
            if self._cut:
                raise TimeoutError
            self._held = connection.dup()  # TLS takes the original's descriptor away

    def cut(self) -> None:
        """End the connection now, and every later one."""
        with self._lock:
            self._cut = True
            if self._held is not None:
                try:
                    self._held.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass  # it ended by itself
                finally:
                    self._held.close()
                    self._held = None


class Client(smtplib.SMTP):
    """An SMTP client whose TLS is decided by the route and whose connection can be cut by another thread.

    Args:
        route: Where to connect.
        context: Verifies the server.
        line: Gets the connection.
        helo: The name to say; never the machine's own.
        timeout: Seconds for the connection and for each answer.
    """

    def __init__(self, route: MailRoute, context: ssl.SSLContext, line: Line, helo: str, timeout: float) -> None:
        self.stage = "connect"
        """What is being done, for the words of a failure."""
        self.greeting = b""
        """The text of the server's first answer."""
        self._route = route
        self._context = context
        self._line = line
        super().__init__(route.host, route.port, local_hostname=helo, timeout=timeout)

    def connect(self, host: str = "localhost", port: int = 0, source_address: Any = None) -> tuple[int, bytes]:
        """Connect, with TLS when the route has it from the first byte, and read the greeting."""
        raw = socket.create_connection((host, port), self.timeout, source_address)
        try:
            self._line.hold(raw)
            encrypted = self._route.protection is Protection.TLS
            self.sock = self._context.wrap_socket(raw, server_hostname=host) if encrypted else raw
        except BaseException:
            raw.close()
            raise
        self.file = None
        code, self.greeting = self.getreply()
        return code, self.greeting

    def prepare(self) -> None:
        """Do everything up to the first mail: STARTTLS when the route asks for it, EHLO, login."""
        if self._route.protection is Protection.STARTTLS:
            self.stage = "starttls"
            self.starttls(context=self._context)
        self.stage = "hello"
        self.ehlo_or_helo_if_needed()
        if self._route.user:
            self.stage = "login"
            self.login(self._route.user, self._route.password.reveal())
        self.stage = "send"

    def tls_version(self) -> str:
        """Return the protocol's name, as ``TLSv1.3``; empty without TLS."""
        return (self.sock.version() or "") if isinstance(self.sock, ssl.SSLSocket) else ""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a conversation failed."""

    reason: str
    """For the person: goes on after "the mail server"; names no host."""
    detail: str
    """For the operator: what the server or the system said; never the answer to a login, which may echo it."""


def trust(ca_file: Path | None) -> ssl.SSLContext:
    """Return what verifies servers: the system's authorities and, when given, those of a PEM file.

    TLS 1.2 or newer, certificate and name verified (ASVS 12.3.1-2).

    Raises:
        OSError: When the file cannot be read or holds no certificate.
    """
    context = ssl.create_default_context()
    if ca_file is not None:
        context.load_verify_locations(ca_file)
    return context


def explain(error: Exception, stage: str) -> Failure:
    """Return words for what went wrong at a stage of the conversation."""
    match error:
        case smtplib.SMTPResponseException():
            return _explain_answer(error, stage)
        case smtplib.SMTPRecipientsRefused():
            code, answer = next(iter(error.recipients.values()))
            return Failure(f"refused the address ({code})", readable(answer))
        case smtplib.SMTPException():
            return _explain_protocol(error, stage)
        case OSError():
            return _explain_system(error)
        case _:
            return Failure("answered something that is not SMTP", "")


def _explain_protocol(error: smtplib.SMTPException, stage: str) -> Failure:
    if isinstance(error, smtplib.SMTPServerDisconnected):
        late = isinstance(error.__context__, TimeoutError)  # smtplib wraps the time-out of an answer
        return Failure("did not answer in time" if late else "closed the connection", "")
    if stage == "starttls":
        return Failure("does not offer encryption (STARTTLS)", "")
    return Failure("offers no login that this program knows", "")


def _explain_answer(error: smtplib.SMTPResponseException, stage: str) -> Failure:
    detail = "" if stage == "login" else readable(error.smtp_error)
    if error.smtp_code < 0:
        return Failure("answered something that is not SMTP", detail)
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return Failure(f"refused the user name or the password ({error.smtp_code})", detail)
    what = {
        smtplib.SMTPSenderRefused: "refused the sender",
        smtplib.SMTPDataError: "refused the mail",
        smtplib.SMTPConnectError: "is not ready",
    }.get(type(error), f"refused to go on at {stage}")
    return Failure(f"{what} ({error.smtp_code})", detail)


def _explain_system(error: OSError) -> Failure:
    detail = readable(error.strerror or str(error))
    match error:
        case ssl.SSLCertVerificationError():
            other = error.verify_code in _OTHER_NAME
            reason = "shows a certificate for another name" if other else "shows a certificate that is not trusted"
            return Failure(reason, readable(error.verify_message))
        case ssl.SSLError():
            return Failure("does not agree on encryption (TLS)", detail)
        case socket.gaierror():
            return Failure("has a name that cannot be resolved", detail)
        case TimeoutError():
            return Failure("did not answer in time", "")
        case ConnectionRefusedError():
            return Failure("refused the connection", "")
        case _:
            return Failure("cannot be reached", detail)


def readable(answer: bytes | str) -> str:
    """Return what a server said as one short line of printable ASCII: it comes from outside."""
    text = answer.decode("ascii", "replace") if isinstance(answer, bytes) else answer
    line = " ".join(text.split())[:_ANSWER_MAX]
    return "".join(character if " " <= character <= "~" else "?" for character in line)


def date_in(greeting: str) -> datetime | None:
    """Return the date that some servers put into their greeting, UTC; ``None`` when there is none."""
    found = _DATE.search(greeting)
    if found is None:
        return None
    try:
        return parsedate_to_datetime(found.group()).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
