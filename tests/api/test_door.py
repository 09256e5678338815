"""What stands before every route: the token, its scope, the limits, the size, the form."""

import logging
from datetime import timedelta
from typing import NoReturn

import pytest

from tests.api.host import Host
from tests.fakes import clock_of, make_services
from tui_mfa.api.app import Api
from tui_mfa.api.requests import BODY_MAX, Limits
from tui_mfa.api.routes import ROUTES
from tui_mfa.domain.account import Account
from tui_mfa.domain.api_tokens import flows as tokens
from tui_mfa.domain.api_tokens import token as text
from tui_mfa.domain.api_tokens.model import Scope
from tui_mfa.domain.errors import StoreUnavailable
from tui_mfa.domain.limits import Window
from tui_mfa.domain.operator import flows as operator
from tui_mfa.store.memory import MemoryStore


@pytest.fixture
def host() -> Host:
    return Host()


@pytest.mark.parametrize(
    "authorization", [None, "", "Bearer", "Basic amFuZTpzZWNyZXQ=", "Token tmfa_x", "bearer-ish tmfa_x"]
)
def test_without_a_token_there_is_a_challenge(host: Host, authorization: str | None) -> None:
    """S59: deny by default; RFC 6750 section 3 says how."""
    host.token(Scope.READ)
    headers = {"authorization": authorization} if authorization is not None else {}
    answer = host.ask("GET", "/v1/account", headers=headers)
    assert (answer.status, answer.code) == (401, "no_token") if authorization != "Bearer" else (401, "invalid_token")
    assert answer.headers["www-authenticate"].startswith('Bearer realm="tui-mfa"')


def test_no_token_is_told_from_another(host: Host) -> None:
    """S57, S58: mistyped, unknown, ended, revoked, of a closed account: one answer, byte for byte."""
    live, revoked, ended, closed = (
        host.token(Scope.READ, name="live"),
        host.token(Scope.READ, name="revoked"),
        host.token(Scope.READ, username="bob"),
        host.token(Scope.READ, username="eve"),
    )
    tokens.operator_revoke(host.services, "jane", "revoked")
    operator.disable(host.services, "eve")
    with host.services.store.account(host.account_id("bob")) as account:
        account.api_tokens[0].expires_at = host.services.clock.now()
    bad = [live[:-1], live[:-1] + ("a" if live[-1] != "a" else "b"), text.new(host.services.entropy).reveal()]
    answers = [host.ask("GET", "/v1/account", token) for token in (*bad, revoked, ended, closed, "x", "é", "tmfa_")]
    assert {(answer.status, answer.body) for answer in answers} == {(401, answers[0].body)}
    assert answers[0].headers["www-authenticate"] == 'Bearer realm="tui-mfa", error="invalid_token"'
    assert host.ask("GET", "/v1/account", live).status == 200
    assert host.ask("GET", "/v1/account", headers={"authorization": f"BEARER  {live} "}).status == 200


def test_a_token_in_the_url_is_no_token(host: Host) -> None:
    """S23: a token stands in no URL, where logs would keep it."""
    token = host.token(Scope.READ)
    assert host.ask("GET", f"/v1/account?access_token={token}").status == 401
    answer = host.ask("POST", "/v1/verify", body=f"access_token={token}".encode())
    assert answer.status == 401


def test_a_missing_scope_is_told(host: Host) -> None:
    answer = host.ask("PATCH", "/v1/account", host.token(Scope.READ), {"name": "Jane"})
    assert (answer.status, answer.code) == (403, "out_of_scope")
    assert 'error="insufficient_scope", scope="admin"' in answer.headers["www-authenticate"]
    assert "admin" in answer.value["detail"]


def test_every_answer_forbids_caches(host: Host) -> None:
    token = host.token(Scope.READ)
    for path, shown in (("/v1/account", token), ("/v1/account", None), ("/nowhere", None), ("/openapi.json", None)):
        answer = host.ask("GET", path, shown)
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "server" not in answer.headers


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/", 404, "no_such_path"),
        ("GET", "/v1", 404, "no_such_path"),
        ("GET", "/v1/account/", 404, "no_such_path"),
        ("GET", "/v1/../v1/account", 404, "no_such_path"),
        ("GET", "/v1/tokens", 404, "no_such_path"),
        ("DELETE", "/v1/account", 405, "method_not_allowed"),
        ("TRACE", "/v1/account", 405, "method_not_allowed"),
        ("POST", "/openapi.json", 405, "method_not_allowed"),
    ],
)
def test_what_is_not_there(host: Host, method: str, path: str, status: int, code: str) -> None:
    answer = host.ask(method, path, host.token(Scope.READ, Scope.KEYS, Scope.ADMIN))
    assert (answer.status, answer.code) == (status, code)
    assert status != 405 or "GET" in answer.headers["allow"]


@pytest.mark.parametrize(
    ("body", "kind", "status", "code"),
    [
        (b"", "application/json", 400, "not_json"),
        (b"{", "application/json", 400, "not_json"),
        (b"\xff\xfe", "application/json", 400, "not_json"),
        (b'{"name": ' + b"[" * 20_000, "application/json", 422, "invalid_input"),
        (b"[]", "application/json", 422, "invalid_input"),
        (b'{"name": 5}', "application/json", 422, "invalid_input"),
        (b'{"email": "eve@example.com"}', "application/json", 422, "invalid_input"),
        (b'{"name": "a\\u001b[2J"}', "application/json", 422, "invalid_input"),
        (b'{"name": "a\\u202eb"}', "application/json", 422, "invalid_input"),
        (b'{"name": "Jane"}', "text/plain", 415, "not_json"),
        (b'{"name": "Jane"}', "application/jsonp", 415, "not_json"),
        (b'{"name": "Jane"}', "Application/JSON; charset=utf-8", 200, ""),
        (b"x" * (BODY_MAX + 1), "application/json", 413, "too_large"),
    ],
    ids=lambda value: "body" if isinstance(value, bytes) else None,
)
def test_a_body_has_its_form(host: Host, body: bytes, kind: str, status: int, code: str) -> None:
    token = host.token(Scope.ADMIN)
    before = host.services.store.get(host.account_id()).profile
    answer = host.ask("PATCH", "/v1/account", token, body=body, headers={"content-type": kind})
    assert (answer.status, answer.code if status >= 400 else "") == (status, code)
    assert (host.services.store.get(host.account_id()).profile == before) is (status >= 400)
    assert b"\x1b" not in answer.body
    assert "\u202e" not in answer.body.decode()


@pytest.mark.parametrize("declared", ["40000", "-1", "abc", "9" * 50])
def test_a_declared_length_is_believed_before_a_byte_is_read(host: Host, declared: str) -> None:
    answer = host.ask("PATCH", "/v1/account", host.token(Scope.ADMIN), body=b"{}", headers={"content-length": declared})
    assert answer.status == 413


def test_a_token_that_asks_too_often_waits(host: Host) -> None:
    host = Host(limits=Limits(per_token=Window(3, timedelta(minutes=1))))
    token, other = host.token(Scope.READ), host.token(Scope.READ)
    assert [host.ask("GET", "/v1/account", token).status for _ in range(4)] == [200, 200, 200, 429]
    refused = host.ask("GET", "/v1/account", token)
    assert (refused.code, refused.headers["retry-after"], refused.value["retry_after"]) == (
        "too_many_requests",
        "60",
        60,
    )
    assert host.ask("GET", "/v1/account", other).status == 200
    clock_of(host.services).advance(minutes=1)
    assert host.ask("GET", "/v1/account", token).status == 200


def test_wrong_tokens_make_an_address_wait_and_nobody_else(host: Host) -> None:
    host = Host(limits=Limits(wrong_tokens=Window(3, timedelta(minutes=5))))
    token = host.token(Scope.READ)
    assert [host.ask("GET", "/v1/account", "wrong").status for _ in range(4)] == [401, 401, 401, 429]
    assert host.ask("GET", "/v1/account", "wrong", client="198.51.100.1").status == 401
    assert host.ask("GET", "/v1/account", token).status == 200


class BrokenStore(MemoryStore):
    """A store that breaks when it is told to."""

    error: Exception | None = None

    def get(self, account_id: str) -> Account:
        if self.error is not None:
            self._fail(self.error)
        return super().get(account_id)

    def _fail(self, error: Exception) -> NoReturn:
        raise error


def test_a_broken_store_is_told_without_its_path(caplog: pytest.LogCaptureFixture) -> None:
    """S13: nothing is let in when the store does not answer."""
    store = BrokenStore()
    host = Host(make_services(store=store))
    token = host.token(Scope.READ)
    store.error = StoreUnavailable("The store cannot be used: no room (/srv/secret/place).")
    answer = host.ask("GET", "/v1/account", token)
    assert (answer.status, answer.code, answer.headers["retry-after"]) == (503, "store_unavailable", "30")
    assert b"/srv" not in answer.body
    assert "/srv/secret/place" in caplog.text


def test_a_mistake_of_the_program_is_told_by_its_reference(caplog: pytest.LogCaptureFixture) -> None:
    """S23: the log has the traceback, and neither log nor answer has the token."""
    store = BrokenStore()
    host = Host(make_services(store=store))
    token = host.token(Scope.READ)
    store.error = RuntimeError("boom\x1b[2J")
    with caplog.at_level(logging.DEBUG):
        answer = host.ask("GET", "/v1/account", token)
    assert (answer.status, answer.code) == (500, "unexpected")
    reference = answer.value["detail"].partition("reference ")[2][:8]
    assert reference in caplog.text
    assert "RuntimeError" in caplog.text
    assert b"boom" not in answer.body
    assert "\x1b" not in caplog.text
    assert token[5:] not in caplog.text


def test_the_log_names_the_route_and_nothing_private(host: Host, caplog: pytest.LogCaptureFixture) -> None:
    """S23: no token, no query, no body."""
    token = host.token(Scope.ADMIN)
    with caplog.at_level(logging.DEBUG):
        host.ask("PATCH", "/v1/account?secret=query", token, {"name": "Private Name"})
    assert "PATCH /v1/account 200 from 203.0.113.5" in caplog.text
    for private in (token, "query", "Private Name"):
        assert private not in caplog.text


def test_routes_are_told_apart() -> None:
    assert len({(route.method, route.path) for route in ROUTES}) == len(ROUTES)
    assert len({route.id for route in ROUTES}) == len(ROUTES)
    assert all(route.scopes for route in ROUTES)
    assert Api(make_services()).app() is not None
