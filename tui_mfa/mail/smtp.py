"""Mail to people, by the operator's mail server."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Final, TypeVar

from tui_mfa.domain.errors import MailUnavailable
from tui_mfa.domain.mail_route import parse_mail_route
from tui_mfa.domain.ports import Clock, Mail
from tui_mfa.domain.secret import Secret
from tui_mfa.mail.message import compose

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui_mfa.mail.client import Client, Line

T = TypeVar("T")

TIMEOUT: Final = 10.0
"""Seconds for the connection and for each answer (S33)."""

DEADLINE: Final = 10.0
"""Seconds for everything together, name look-up and slow answers included: what ``Mailer.send`` promises."""


class SmtpFailed(MailUnavailable):
    """The mail server could not be used.

    Args:
        reason: Goes on after "the mail server"; safe for anybody.
        detail: What the server or the system said, for the operator alone; may be empty.
    """

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"Mail cannot be sent now: the mail server {reason}.")
        self.detail = detail


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpProbe:
    """What a mail server told about itself."""

    greeting: str
    """Its first line, printable ASCII."""
    tls_version: str
    """As ``TLSv1.3``; empty for a plain connection on this machine."""
    server_time: datetime | None
    """Its clock, UTC, to the second, when the greeting holds a date; SMTP itself tells no time."""


class SmtpMailer:
    """Sends each mail in a connection of its own, with TLS verified, or plain to this machine itself (S35).

    Args:
        url: See ``tui_mfa.domain.mail_route``; ``InvalidInput`` for anything else.
        sender: The address that mail comes from; its domain is also the name said in EHLO.
        issuer: The product's name.
        support: An address that helps, or nothing.
        clock: Gives the Date.
        ca_file: A PEM file with authorities to trust beside the system's.
        timeout: Seconds for the connection and for each answer.
        deadline: Seconds for everything together.
    """

    def __init__(
        self,
        url: Secret[str],
        sender: str,
        issuer: str,
        support: str,
        clock: Clock,
        *,
        ca_file: Path | None = None,
        timeout: float = TIMEOUT,
        deadline: float = DEADLINE,
    ) -> None:
        self._route = parse_mail_route(url)
        self._sender = sender
        self._domain = sender.rpartition("@")[2]
        self._issuer = issuer
        self._support = support
        self._clock = clock
        self._ca_file = ca_file
        self._timeout = timeout
        self._deadline = deadline

    @property
    def delivers(self) -> bool:
        """True: mail goes to people."""
        return True

    def send(self, mail: Mail) -> None:
        """Hand one mail over, or raise ``SmtpFailed``; ``InvalidInput`` for a bad address.

        When the server takes the mail but its answer comes after the deadline, the mail counts as not sent.
        """
        message = compose(mail, self._sender, self._issuer, self._support, self._domain, self._clock.now())
        content = message.as_bytes()

        def deliver(client: Client) -> None:
            client.sendmail(self._sender, [mail.to], content)

        self._converse(deliver)

    def check(self) -> None:
        """Connect, encrypt, say hello, log in and leave, or raise ``SmtpFailed``."""
        self.probe()

    def probe(self) -> SmtpProbe:
        """Do what ``check`` does and return what the server told about itself."""
        from tui_mfa.mail.client import date_in, readable  # noqa: PLC0415 - starts smtplib

        def look(client: Client) -> SmtpProbe:
            client.noop()
            greeting = readable(client.greeting)
            return SmtpProbe(greeting=greeting, tls_version=client.tls_version(), server_time=date_in(greeting))

        return self._converse(look)

    def _converse(self, work: Callable[[Client], T]) -> T:
        """Run a conversation in a thread of its own, and cut it at the deadline.

        A name look-up cannot be timed otherwise, and a server that sends a byte now and then is never late.
        """
        from tui_mfa.mail.client import Line  # noqa: PLC0415 - starts smtplib

        end = monotonic() + self._deadline
        line, outcome = Line(), Future[T]()
        thread = threading.Thread(target=self._run, args=(work, line, outcome), name="smtp", daemon=True)
        thread.start()
        try:
            result = outcome.result(self._deadline)
        except TimeoutError:
            raise SmtpFailed("did not answer in time") from None
        else:
            thread.join(max(0.0, end - monotonic()))  # a polite goodbye, but what was done is done
            return result
        finally:
            line.cut()

    def _run(self, work: Callable[[Client], T], line: Line, outcome: Future[T]) -> None:
        try:
            self._talk(work, line, outcome)
        except BaseException as error:  # noqa: BLE001 - it belongs to the thread that waits
            if not outcome.done():
                outcome.set_exception(error)

    def _talk(self, work: Callable[[Client], T], line: Line, outcome: Future[T]) -> None:
        from smtplib import SMTPException  # noqa: PLC0415 - starts smtplib

        from tui_mfa.mail.client import Client, explain, trust  # noqa: PLC0415 - the same

        try:
            context = trust(self._ca_file)
        except OSError as error:
            raise SmtpFailed("cannot be verified: smtp_ca_file cannot be read", error.strerror or "") from None
        client = None
        try:
            client = Client(self._route, context, line, self._domain, self._timeout)
            client.prepare()
            outcome.set_result(work(client))
            client.quit()
            return
        except (OSError, SMTPException, ValueError) as error:
            failure = explain(error, "connect" if client is None else client.stage)
        finally:
            if client is not None:
                client.close()
        raise SmtpFailed(failure.reason, failure.detail)  # without the cause, which may hold the login
