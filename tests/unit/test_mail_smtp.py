import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from smtplib import SMTPException

import pytest

from tests.mail_server import MailServer, Protection, a_listener
from tui_mfa.domain.errors import InvalidInput, MailUnavailable
from tui_mfa.domain.ports import Mail, Template
from tui_mfa.domain.secret import Secret
from tui_mfa.mail.message import text_of
from tui_mfa.mail.smtp import SmtpFailed, SmtpMailer

NOW = datetime(2026, 11, 24, 14, 2, 3, tzinfo=UTC)
PASSWORD = "p@ss/word#1"


class FixedClock:
    def now(self) -> datetime:
        return NOW


def a_mail(to: str = "jane@example.com") -> Mail:
    params = {"username": "jane", "origin": "192.0.2.7", "time": "2026-11-24 14:02 UTC"}
    return Mail(
        template=Template.LOGIN_CODE,
        to=to,
        params=params | {"request_id": "K7", "valid_until": "14:12 UTC"},
        code=Secret("012345"),
    )


def mailer(
    url: Secret[str] | str, *, ca_file: Path | None = None, timeout: float = 10, deadline: float = 30
) -> SmtpMailer:
    url = Secret(url) if isinstance(url, str) else url
    sender = "no-reply@portal.example"
    return SmtpMailer(url, sender, "Elestio", "", FixedClock(), ca_file=ca_file, timeout=timeout, deadline=deadline)


def failure(work: Callable[[], object]) -> SmtpFailed:
    with pytest.raises(MailUnavailable) as caught:
        work()
    error = caught.value
    assert isinstance(error, SmtpFailed)
    assert error.user_message.startswith("Mail cannot be sent now: the mail server ")
    assert error.__cause__ is None
    assert not isinstance(error.__context__, SMTPException), "it may hold a login"
    return error


@pytest.mark.parametrize("protection", ["plain", "starttls", "tls"])
def test_a_mail_arrives_whole(protection: Protection) -> None:
    with MailServer(protection) as server:
        there = mailer(server.url(), ca_file=server.ca_file)
        there.send(a_mail())
    assert there.delivers
    [received] = server.messages
    assert received.sender == "no-reply@portal.example"
    assert received.recipients == ("jane@example.com",)
    assert received.encrypted is (protection != "plain")
    assert received.helo == "portal.example", "the machine's own name stays here"
    message = received.message()
    assert message["To"] == "jane@example.com"
    assert message["Date"].datetime == NOW
    assert "\n012 345\n" in text_of(message)


@pytest.mark.parametrize("protection", ["plain", "starttls", "tls"])
def test_a_login_is_made(protection: Protection) -> None:
    with MailServer(protection, users={"portal@example.com": PASSWORD}) as server:
        mailer(server.url("portal@example.com", PASSWORD), ca_file=server.ca_file).send(a_mail())
    assert server.messages[0].authenticated


def test_a_wrong_password_is_refused_and_shown_nowhere() -> None:
    with MailServer("starttls", users={"portal": "right"}) as server:
        there = mailer(server.url("portal", PASSWORD), ca_file=server.ca_file)
        error = failure(there.check)
    assert error.user_message.endswith("refused the user name or the password (535).")
    assert error.detail == ""
    assert PASSWORD not in repr(there.__dict__)


def test_a_server_that_echoes_the_login_is_not_quoted() -> None:
    def echo(connection: socket.socket, over: threading.Event) -> None:
        connection.sendall(b"220 mail.test\r\n")
        with connection.makefile("rb") as lines:
            for line in lines:
                greeted = line.upper().startswith(b"EHLO")
                connection.sendall(b"250-mail.test\r\n250 AUTH PLAIN\r\n" if greeted else b"535 no: " + line)

    with a_listener(echo) as url:
        error = failure(mailer(url.replace("://", "://portal:hush@")).check)
    assert error.user_message.endswith("refused the user name or the password (535).")
    assert error.detail == ""


def test_a_login_where_none_is_offered_is_refused() -> None:
    def poor(connection: socket.socket, over: threading.Event) -> None:
        connection.sendall(b"220 mail.test\r\n")
        with connection.makefile("rb") as lines:
            for _ in lines:
                connection.sendall(b"250 mail.test\r\n")

    with a_listener(poor) as url:
        error = failure(mailer(url.replace("://", "://portal:hush@")).check)
    assert error.user_message.endswith("offers no login that this program knows.")


@pytest.mark.parametrize("protection", ["starttls", "tls"])
def test_an_unknown_authority_is_refused(protection: Protection) -> None:
    """S35."""
    with MailServer(protection) as server:
        error = failure(lambda: mailer(server.url()).send(a_mail()))
    assert error.user_message.endswith("shows a certificate that is not trusted.")
    assert server.messages == []


@pytest.mark.parametrize("protection", ["starttls", "tls"])
def test_a_certificate_for_another_name_is_refused(protection: Protection) -> None:
    """S35."""
    with MailServer(protection, names=("mail.example.com",)) as server:
        by_address = failure(lambda: mailer(server.url(), ca_file=server.ca_file).send(a_mail()))
        by_name = failure(lambda: mailer(server.url(host="localhost"), ca_file=server.ca_file).send(a_mail()))
    assert by_address.user_message.endswith("shows a certificate for another name.")
    assert by_name.user_message.endswith("shows a certificate for another name.")
    assert server.messages == []


def test_no_mail_goes_out_where_encryption_is_not_offered() -> None:
    """S35: a server, or somebody between, that leaves STARTTLS out gets nothing."""
    with MailServer("plain") as server:
        url = server.url().reveal().replace("smtp+plain", "smtp")
        error = failure(lambda: mailer(url).send(a_mail()))
    assert error.user_message.endswith("does not offer encryption (STARTTLS).")
    assert server.messages == []


def test_tls_to_a_server_that_speaks_none_fails() -> None:
    with MailServer("plain") as server:
        error = failure(mailer(server.url().reveal().replace("smtp+plain", "smtps")).check)
    assert error.user_message.endswith("does not agree on encryption (TLS).")


@pytest.mark.parametrize(
    ("command", "answer", "reason"),
    [
        ("MAIL", "451 4.3.0 Later", "refused the sender (451)."),
        ("RCPT", "550 5.1.1 No such user", "refused the address (550)."),
        ("RCPT", "450 4.2.0 Greylisted", "refused the address (450)."),
        ("DATA", "552 5.3.4 Too big", "refused the mail (552)."),
    ],
)
def test_a_refusal_is_said_with_its_code(command: str, answer: str, reason: str) -> None:
    """S33."""
    with MailServer(refuse={command: answer}) as server:
        error = failure(lambda: mailer(server.url()).send(a_mail()))
    assert error.user_message.endswith(reason)
    assert error.detail == answer[4:]
    assert server.messages == []


def test_a_closed_port_is_said() -> None:
    """S33."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    error = failure(lambda: mailer(f"smtp://127.0.0.1:{port}").send(a_mail()))
    assert error.user_message.endswith("refused the connection.")


def test_a_name_that_nobody_knows_is_said() -> None:
    error = failure(mailer("smtp://mail.invalid").check)
    assert error.user_message.endswith("has a name that cannot be resolved.")


def hang(connection: socket.socket, over: threading.Event) -> None:
    over.wait(30)


def trickle(connection: socket.socket, over: threading.Event) -> None:
    while not over.wait(0.01):
        connection.sendall(b"2")


@pytest.mark.parametrize("scheme", ["smtp+plain", "smtp", "smtps"])
def test_a_server_that_never_answers_is_given_up(scheme: str) -> None:
    """S33."""
    with a_listener(hang) as url:
        error = failure(mailer(url.replace("smtp+plain", scheme), timeout=0.2).check)
    assert error.user_message.endswith("did not answer in time.")


@pytest.mark.parametrize("talk", [hang, trickle])
def test_the_deadline_holds_whatever_the_server_does(
    talk: Callable[[socket.socket, threading.Event], None],
) -> None:
    """S33: a byte now and then does not stretch it, and the connection is cut."""
    before = set(threading.enumerate())
    with a_listener(talk) as url:
        error = failure(mailer(url, timeout=30, deadline=0.3).check)
        for thread in set(threading.enumerate()) - before:
            if thread.name == "smtp":
                thread.join(20)
                assert not thread.is_alive()
    assert error.user_message.endswith("did not answer in time.")


@pytest.mark.parametrize(
    ("greeting", "reason"),
    [
        (b"SSH-2.0-OpenSSH_9.9\r\n", "answered something that is not SMTP."),
        (b"\x00\xff\x1b[2J\r\n", "answered something that is not SMTP."),
        (b"2" * 9000 + b"\r\n", "refused to go on at connect (500)."),
        (b"554 go away\x1b[2J\r\n", "is not ready (554)."),
        (b"", "closed the connection."),
    ],
)
def test_a_strange_greeting_is_refused(greeting: bytes, reason: str) -> None:
    def greet(connection: socket.socket, over: threading.Event) -> None:
        connection.sendall(greeting)
        connection.shutdown(socket.SHUT_WR)
        over.wait(30)

    with a_listener(greet) as url:
        error = failure(mailer(url).check)
    assert error.user_message.endswith(reason)
    assert error.detail.isprintable()


def test_a_connection_lost_after_the_mail_was_taken_is_no_failure() -> None:
    """A second try would send the mail twice."""
    taken: list[bytes] = []

    def take_and_go(connection: socket.socket, over: threading.Event) -> None:
        connection.sendall(b"220 mail.test\r\n")
        with connection.makefile("rb") as lines:
            for line in lines:
                taken.append(line)
                if line.startswith(b"data"):
                    connection.sendall(b"354 go on\r\n")
                    taken.extend(iter(lines.readline, b".\r\n"))
                    connection.sendall(b"250 taken\r\n")
                    connection.shutdown(socket.SHUT_RDWR)
                    return
                connection.sendall(b"250 yes\r\n")

    with a_listener(take_and_go) as url:
        mailer(url).send(a_mail())
    assert b"012 345\r\n" in taken


@pytest.mark.parametrize("address", ["jane", "jane@example.com\r\nBcc: eve@example.com", "a@example.com,b@example.com"])
def test_a_bad_address_reaches_no_server(address: str) -> None:
    with MailServer() as server, pytest.raises(InvalidInput):
        mailer(server.url()).send(a_mail(to=address))
    assert server.messages == []


def test_a_probe_tells_what_the_server_is() -> None:
    with MailServer("tls") as server:
        probe = mailer(server.url(), ca_file=server.ca_file).probe()
    assert probe.greeting == "mail.test Test SMTP"
    assert probe.tls_version == "TLSv1.3"
    assert probe.server_time is None


@pytest.mark.parametrize(
    ("ident", "time"),
    [
        ("ESMTP Sendmail 8.18; Tue, 24 Nov 2026 15:02:01 +0100", datetime(2026, 11, 24, 14, 2, 1, tzinfo=UTC)),
        ("ready at Tue, 24 Nov 2026 14:02:01 GMT", datetime(2026, 11, 24, 14, 2, 1, tzinfo=UTC)),
        ("ready at Tue, 99 Nov 2026 14:02:01 GMT", None),
        ("ready at Tue, 24 Foo 2026 14:02:01 GMT", None),
    ],
)
def test_a_date_in_the_greeting_is_the_servers_clock(ident: str, time: datetime | None) -> None:
    with MailServer(ident=ident) as server:
        probe = mailer(server.url()).probe()
    assert probe.server_time == time
    assert probe.tls_version == ""


def test_a_missing_authority_file_is_said(tmp_path: Path) -> None:
    empty = tmp_path / "empty.pem"
    empty.touch()
    for file in (tmp_path / "none.pem", empty):
        error = failure(mailer("smtp://127.0.0.1:1", ca_file=file).check)
        assert "smtp_ca_file cannot be read" in error.user_message


def test_smtplib_waits_for_the_first_mail() -> None:
    look = "import sys, tui_mfa.mail.smtp; print([m for m in ('smtplib', 'ssl') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
