"""``tui-mfa api`` as a program of its own, asked over real sockets."""

import http.client
import json
import signal
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
import trustme

from tests.cli.home import PASSWORD, Home
from tui_mfa.api import serve
from tui_mfa.api.requests import BODY_MAX
from tui_mfa.domain.errors import InvalidInput


@contextmanager
def running(home: Home, *options: str) -> Iterator[tuple[int, "subprocess.Popen[str]"]]:
    """Run the API on a free port until the block ends; yields the port and the process."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tui_mfa", "api", "--port", "0", *options],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=home.environ,
    )
    assert process.stderr is not None
    assert process.stdout is not None
    try:
        line = process.stderr.readline()
        assert line.startswith("Listening on http"), line + process.stderr.read()
        yield int(line.split()[2].rpartition(":")[2]), process
    finally:
        process.terminate()
        out, err = process.communicate(timeout=30)
        assert (out, err) == ("", "")


def get(port: int, path: str, token: str = "", tls: ssl.SSLContext | None = None) -> tuple[int, dict[str, str], bytes]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    connection: http.client.HTTPConnection = (
        http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        if tls is None
        else http.client.HTTPSConnection("localhost", port, timeout=30, context=tls)
    )
    try:
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        return response.status, {name.lower(): value for name, value in response.getheaders()}, response.read()
    finally:
        connection.close()


@pytest.fixture
def token(home: Home) -> str:
    """Return a token of an account in the installation, made with the real clock's time."""
    home.program("accounts", "add", "jane", "jane@example.com", "--password-stdin", stdin=PASSWORD + "\n")
    home.clock.time = datetime.now(UTC)
    made = home.run("tokens", "create", "jane", "ci", "--password-stdin", stdin=(PASSWORD, home.mailed_code))
    assert made.status == 0, made
    return made.out.strip()


def test_it_answers_programs_and_ends_on_a_signal(home: Home, token: str) -> None:
    with running(home) as (port, process):
        status, headers, body = get(port, "/v1/account", token)
        assert (status, json.loads(body)["username"]) == (200, "jane")
        assert "server" not in headers
        assert get(port, "/v1/account")[0] == 401
        assert json.loads(get(port, "/openapi.json")[2])["openapi"] == "3.1.0"
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)
    log = (home.data / "tui-mfa.log").read_text()
    assert "GET /v1/account 200 from 127.0.0.1" in log
    assert "GET /v1/account 401 from 127.0.0.1" in log
    assert token not in log


def test_a_revoked_token_ends_in_the_running_program(home: Home, token: str) -> None:
    """S58: another process revokes it, and the very next request is refused."""
    with running(home) as (port, _process):
        assert get(port, "/v1/account", token)[0] == 200
        assert home.run("tokens", "revoke", "jane", "ci").status == 0
        assert get(port, "/v1/account", token)[0] == 401


def test_tls_by_certificate_files(home: Home, token: str, tmp_path: Path) -> None:
    authority = trustme.CA()
    issued = authority.issue_cert("localhost")
    chain, key = tmp_path / "chain.pem", tmp_path / "key.pem"
    chain.write_bytes(b"".join(part.bytes() for part in issued.cert_chain_pems))
    key.write_bytes(issued.private_key_pem.bytes())
    key.chmod(0o600)
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    with running(home, "--tls-cert", str(chain), "--tls-key", str(key)) as (port, _process):
        assert get(port, "/v1/account", token, trusting)[0] == 200
        with pytest.raises(ssl.SSLError):
            get(port, "/v1/account", token, ssl.create_default_context())


def test_what_is_no_http_harms_nobody(home: Home, token: str) -> None:
    with running(home) as (port, _process):
        for nonsense in (b"\x00\xff\x1b[2J\r\n\r\n", b"GET / HTTP/1.1\r\nX: " + b"a" * 40_000, b"\x16\x03\x01"):
            with socket.create_connection(("127.0.0.1", port), timeout=30) as raw:
                raw.sendall(nonsense)
                raw.shutdown(socket.SHUT_WR)
                while raw.recv(4096):
                    pass
        assert get(port, "/v1/account", token)[0] == 200
    assert "\x1b" not in (home.data / "tui-mfa.log").read_text()


def _status_of(port: int, request: bytes) -> int:
    """Send bytes, and return the status of the first answer."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as raw:
        raw.sendall(request)
        return int(raw.makefile("rb").readline().split()[1])


def test_a_head_or_a_body_that_is_too_large_is_refused(home: Home, token: str) -> None:
    """The server's own limits, which no other test passes through."""
    head = b"POST /v1/ssh-keys HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
    with running(home) as (port, _process):
        assert _status_of(port, head + b"X: " + b"a" * serve.HEADERS_MAX) == 400
        assert _status_of(port, head + b"X: " + b"a" * (serve.HEADERS_MAX // 2) + b"\r\n\r\n") == 401
        declared = head + f"Content-Length: {BODY_MAX + 1}\r\n\r\n".encode()
        assert _status_of(port, declared) == 413, "nothing of it was waited for"
        chunk = f"{BODY_MAX + 1:x}\r\n".encode() + b"a" * (BODY_MAX + 1) + b"\r\n0\r\n\r\n"
        assert _status_of(port, head + b"Transfer-Encoding: chunked\r\n\r\n" + chunk) == 413
        assert get(port, "/v1/account", token)[0] == 200


def test_a_port_in_use_is_told(home: Home) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = home.program("api", "--port", str(taken.getsockname()[1]))
    assert (done.status, done.out) == (3, "")
    assert "in use" in done.err


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::", "localhost", "example.com"])
def test_without_tls_it_is_for_this_machine_alone(home: Home, host: str) -> None:
    """S57: a token never travels readable."""
    done = home.run("api", "--host", host)
    assert (done.status, done.out) == (1, "")
    assert "--tls-cert" in done.err


def test_tls_files_are_looked_at_before_anything_starts(tmp_path: Path) -> None:
    """S65: a private key that others can read is refused, with the command that mends it."""
    issued = trustme.CA().issue_cert("localhost")
    chain, key, empty = tmp_path / "chain.pem", tmp_path / "key.pem", tmp_path / "empty.pem"
    chain.write_bytes(b"".join(part.bytes() for part in issued.cert_chain_pems))
    key.write_bytes(issued.private_key_pem.bytes())
    empty.touch(0o600)
    key.chmod(0o640)

    def refusal(certificate: Path | None, private: Path | None) -> tuple[str | None, str]:
        with pytest.raises(InvalidInput) as caught:
            serve.check(serve.Place(host="127.0.0.1", port=0, certificate=certificate, key=private))
        return caught.value.field, caught.value.user_message

    assert refusal(chain, None)[0] == "tls_cert"
    assert refusal(None, key)[0] == "tls_cert"
    assert refusal(chain, tmp_path / "none")[0] == "tls_key"
    assert f"chmod 600 {key}" in refusal(chain, key)[1]
    key.chmod(0o600)
    assert refusal(empty, key)[0] == "tls_cert"
    assert refusal(key, chain)[0] in {"tls_cert", "tls_key"}
    serve.check(serve.Place(host="0.0.0.0", port=0, certificate=chain, key=key))


def test_the_schema_can_be_printed(home: Home) -> None:
    printed = home.run("api", "--schema").value
    assert printed["openapi"] == "3.1.0"
    assert "/v1/verify" in printed["paths"]
    assert not home.data.exists()
