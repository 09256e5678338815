"""Every route with every scope: what is not allowed is refused, and nothing reaches what guards the account."""

from typing import Any

import msgspec
import pytest

from tests.api.host import KEY, Answer, Host
from tests.fakes import app_code, log_in, make_account
from tui_mfa.api.routes import ROUTES, Route
from tui_mfa.domain.account import Account, Method
from tui_mfa.domain.api_tokens import flows as tokens
from tui_mfa.domain.api_tokens.model import Scope
from tui_mfa.domain.errors import WrongCredentials
from tui_mfa.domain.ssh_keys.model import SshKey

ALLOWED = {
    ("GET", "/v1/account"): {Scope.READ, Scope.ADMIN},
    ("PATCH", "/v1/account"): {Scope.ADMIN},
    ("GET", "/v1/two-factor"): {Scope.READ, Scope.ADMIN},
    ("GET", "/v1/ssh-keys"): {Scope.READ, Scope.KEYS, Scope.ADMIN},
    ("POST", "/v1/ssh-keys"): {Scope.KEYS, Scope.ADMIN},
    ("DELETE", "/v1/ssh-keys/{id}"): {Scope.KEYS, Scope.ADMIN},
    ("GET", "/v1/invoices"): {Scope.READ, Scope.ADMIN},
    ("GET", "/v1/quota"): {Scope.READ, Scope.ADMIN},
    ("POST", "/v1/verify"): {Scope.VERIFY},
}
"""The whole matrix, written down once more by hand: a new route fails until somebody has thought about it here."""

GUARDS = ("username", "email", "password", "method", "authenticator", "enrolment", "recovery", "sessions", "attempts")
"""Fields of an account that no token may change."""


@pytest.fixture
def host() -> Host:
    host = Host()
    make_account(host.services, "jane", method=Method.AUTHENTICATOR)
    make_account(host.services, "bob", method=Method.AUTHENTICATOR)
    return host


def body_of(host: Host, route: Route) -> Any:
    """Return a body that the route would accept."""
    return {
        "changeAccount": {"name": "Jane Doe"},
        "addSshKey": {"key": KEY, "title": "laptop"},
        "verifyCode": {"account": "bob", "code": app_code(host.services, host.account_id("bob"))},
    }.get(route.id)


def prepare(host: Host, route: Route) -> None:
    """Let there be what the route deletes, and not what it adds."""
    with host.services.store.account(host.account_id()) as account:
        account.ssh_keys = [kept(host)] if route.method == "DELETE" else []


def call(host: Host, route: Route, token: str | None) -> Answer:
    """Send a request that the route would accept."""
    path = route.path.replace("{id}", kept(host).id)
    return host.ask(route.method, path, token, body_of(host, route))


def kept(host: Host) -> SshKey:
    """Return an SSH key as an account keeps it."""
    return SshKey(
        id="0badcafe", title="old", blob=KEY.split()[1], added_at=host.services.clock.now(), added_from="here"
    )


def guards(account: Account) -> dict[str, object]:
    """Return what guards an account, and its tokens but for when they were used."""
    document: dict[str, object] = msgspec.to_builtins(account)
    kept = {name: document[name] for name in GUARDS}
    kept["tokens"] = [
        (item.id, item.hash, item.scopes, item.expires_at, item.revoked_at) for item in account.api_tokens
    ]
    return kept


def test_the_matrix_names_every_route() -> None:
    assert {(route.method, route.path): set(route.scopes) for route in ROUTES} == ALLOWED


@pytest.mark.parametrize("scope", Scope)
@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.id)
def test_a_scope_opens_its_routes_and_no_other(host: Host, route: Route, scope: Scope) -> None:
    """S59: deny by default; every route × every scope."""
    token = host.token(scope)
    prepare(host, route)
    before = [host.services.store.get(host.account_id(name)) for name in ("jane", "bob")]
    answer = call(host, route, token)
    after = [host.services.store.get(host.account_id(name)) for name in ("jane", "bob")]
    assert guards(after[0]) == guards(before[0])
    if scope in ALLOWED[route.method, route.path]:
        assert answer.status == route.status, answer
        return
    assert (answer.status, answer.code) == (403, "out_of_scope")
    after[0].api_tokens = before[0].api_tokens  # but for the note that the token was used
    assert after == before


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.id)
def test_nothing_opens_without_a_token(host: Host, route: Route) -> None:
    """S59: there is no route for everybody."""
    prepare(host, route)
    before = host.services.store.get(host.account_id())
    assert call(host, route, None).status == 401
    assert host.services.store.get(host.account_id()) == before


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.id)
def test_a_refused_scope_learns_nothing_about_the_body(host: Host, route: Route) -> None:
    """S59: scope before content."""
    scope = next(scope for scope in Scope if scope not in route.scopes)
    answer = host.ask(route.method, route.path, host.token(scope), body=b"{")
    assert (answer.status, answer.code) == (403, "out_of_scope")


def test_no_answer_holds_a_secret(host: Host) -> None:
    """S57, S59: with every scope, no answer holds a token, a hash or a sealed secret."""
    token = host.token(*Scope)
    account = host.services.store.get(host.account_id())
    assert account.authenticator is not None
    secrets = [account.password.hash, account.authenticator.sealed, account.api_tokens[0].hash, token]
    for route in ROUTES:
        prepare(host, route)
        answer = call(host, route, token)
        assert answer.status == route.status
        assert not [secret for secret in secrets if secret.encode() in answer.body]


def test_a_token_is_no_password(host: Host) -> None:
    """S59: a token of every scope logs nobody in."""
    token = host.token(*Scope)
    with pytest.raises(WrongCredentials):
        log_in(host.services, "jane", token)
    assert tokens.operator_list(host.services, "jane")[0].scopes == tuple(Scope)
