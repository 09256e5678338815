"""A real mail server on 127.0.0.1 for tests: aiosmtpd in a thread, with or without TLS, keeping what it gets."""

import asyncio
import socket
import ssl
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self
from urllib.parse import quote

import trustme
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

from tui_mfa.domain.secret import Secret

Protection = Literal["plain", "starttls", "tls"]
_SCHEMES: Mapping[Protection, str] = {"plain": "smtp+plain", "starttls": "smtp", "tls": "smtps"}


@dataclass(frozen=True, slots=True)
class Received:
    """One mail as it came over the wire."""

    sender: str
    """The envelope's sender."""
    recipients: tuple[str, ...]
    """The envelope's recipients."""
    content: bytes
    """The message, CRLF line ends."""
    helo: str
    """The name the client gave."""
    encrypted: bool
    authenticated: bool

    def message(self) -> EmailMessage:
        """Return the message, parsed strictly: a defect is an error."""
        strict = SMTP_POLICY.clone(raise_on_defect=True)
        message: EmailMessage = message_from_bytes(self.content, _class=EmailMessage, policy=strict)
        return message


class MailServer:
    """A mail server in a thread; start and stop it by ``with``.

    Args:
        protection: Plain, with STARTTLS, or TLS from the first byte.
        users: Names and passwords; a login is required when there are any.
        names: What the certificate is for; the server is always reached at 127.0.0.1.
        refuse: Answers to give in place of the usual ones, by command: ``{"RCPT": "550 No such user"}``;
            commands are ``MAIL``, ``RCPT`` and ``DATA``.
        ident: The text after the host name in the greeting.
    """

    def __init__(
        self,
        protection: Protection = "plain",
        *,
        users: Mapping[str, str] | None = None,
        names: tuple[str, ...] = ("127.0.0.1", "localhost"),
        refuse: Mapping[str, str] | None = None,
        ident: str = "Test SMTP",
    ) -> None:
        self.host = "127.0.0.1"
        self.port = 0
        """Known after the start."""
        self.messages: list[Received] = []
        """What came, oldest first."""
        self._protection: Protection = protection
        self._users = dict(users or {})
        self._refuse = dict(refuse or {})
        self._ident = ident
        self.ca_file = Path()
        """The authority that signed the server's certificate, as PEM; known after the start."""
        self._authority = trustme.CA()
        self._context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self._authority.issue_cert(*names).configure_cert(self._context)
        self._connections: set[asyncio.BaseTransport] = set()
        self._thread = threading.Thread(target=self._run, name="mail-server", daemon=True)
        self._ready = threading.Event()
        self._stop = asyncio.Event()

    def url(self, user: str = "", password: str = "", *, host: str | None = None) -> Secret[str]:
        """Return the value for the ``smtp`` setting."""
        login = f"{quote(user, safe='')}:{quote(password, safe='')}@" if user else ""
        return Secret(f"{_SCHEMES[self._protection]}://{login}{host or self.host}:{self.port}")

    def __enter__(self) -> Self:
        self._folder = tempfile.TemporaryDirectory(prefix="mail-server-")
        self.ca_file = Path(self._folder.name) / "ca.pem"
        self._authority.cert_pem.write_to_path(self.ca_file)
        self._loop = asyncio.new_event_loop()
        self._thread.start()
        if not self._ready.wait(30):
            raise RuntimeError("the mail server did not start")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(30)
        self._folder.cleanup()
        if self._thread.is_alive():
            raise RuntimeError("the mail server did not stop")

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._serve())
        finally:
            asyncio.set_event_loop(None)
            self._loop.close()

    async def _serve(self) -> None:
        tls = self._context if self._protection == "tls" else None
        server = await self._loop.create_server(self._protocol, self.host, 0, ssl=tls)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stop.wait()
        server.close()
        for transport in self._connections:
            transport.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        for _ in range(5):  # closing transports takes some turns of the loop
            await asyncio.sleep(0)

    def _protocol(self) -> SMTP:
        return _Protocol(
            self,
            self._connections,
            hostname="mail.test",
            ident=self._ident,
            loop=self._loop,
            tls_context=self._context if self._protection == "starttls" else None,
            require_starttls=self._protection == "starttls",
            auth_require_tls=self._protection == "starttls",
            authenticator=self._authenticate,
        )

    def _authenticate(self, server: Any, session: Any, envelope: Any, mechanism: str, login: Any) -> AuthResult:
        known = isinstance(login, LoginPassword) and self._users.get(login.login.decode()) == login.password.decode()
        return AuthResult(success=known, handled=known)

    async def handle_MAIL(  # noqa: N802 - the name is aiosmtpd's
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if self._users and not session.authenticated:
            return "530 5.7.0 Log in first"
        if "MAIL" in self._refuse:
            return self._refuse["MAIL"]
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802 - the name is aiosmtpd's
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if "RCPT" in self._refuse:
            return self._refuse["RCPT"]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - the same
        if "DATA" in self._refuse:
            return self._refuse["DATA"]
        self.messages.append(
            Received(
                sender=envelope.mail_from,
                recipients=tuple(envelope.rcpt_tos),
                content=envelope.original_content,
                helo=session.host_name,
                encrypted=session.ssl is not None or self._protection == "tls",
                authenticated=bool(session.authenticated),
            )
        )
        return "250 OK"


class _Protocol(SMTP):
    """Tells the server about its connections, so that none outlives it."""

    def __init__(self, handler: MailServer, connections: set[asyncio.BaseTransport], **options: Any) -> None:
        super().__init__(handler, **options)
        self._open = connections

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._open.add(transport)
        super().connection_made(transport)


@contextmanager
def a_listener(talk: Callable[[socket.socket, threading.Event], None]) -> Iterator[str]:
    """Give the URL of a port where ``talk`` answers the first connection, for servers that do what none should."""
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def accept() -> None:
            connection, _ = listener.accept()
            with connection:
                try:
                    talk(connection, over)
                except OSError:
                    over.wait(30)  # the client hung up

        thread = threading.Thread(target=accept)
        thread.start()
        try:
            yield f"smtp+plain://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            over.set()
            thread.join(30)
            assert not thread.is_alive()
