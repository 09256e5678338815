"""The limits of an account stop the real flows that add something, and say which limit it is."""

import pytest

from tests.fakes import log_in, make_account, make_services, tags
from tests.ssh_lines import ed25519
from tui_mfa.domain.api_tokens import flows as tokens
from tui_mfa.domain.api_tokens.model import Scope
from tui_mfa.domain.errors import QuotaExceeded
from tui_mfa.domain.login.model import Session
from tui_mfa.domain.ports import Services
from tui_mfa.domain.quota import operator
from tui_mfa.domain.secret import Secret
from tui_mfa.domain.ssh_keys import flows as keys


def enter() -> tuple[Services, Session]:
    services = make_services()
    make_account(services)
    return services, log_in(services)


def test_the_key_above_the_limit_is_not_added_and_the_error_names_the_limit() -> None:
    services, session = enter()
    operator.set_limit(services, "jane", "ssh-keys", "2")
    for name in ("one", "two"):
        keys.add(services, session, Secret(ed25519(name)))
    before = tags(services, session.account_id)
    with pytest.raises(QuotaExceeded, match="“SSH keys” of 2 is reached"):
        keys.add(services, session, Secret(ed25519("three")))
    assert tags(services, session.account_id) == before
    assert len(keys.keys(services, session)) == 2
    keys.delete(services, session, keys.keys(services, session)[0].id)
    keys.add(services, session, Secret(ed25519("three")))


def test_the_token_above_the_limit_is_not_made_and_the_error_names_the_limit() -> None:
    services, session = enter()
    operator.set_default(services, "api-tokens", "1")
    made = tokens.create(services, session, name="one", scopes=[Scope.READ], days=30)
    with pytest.raises(QuotaExceeded, match="“API tokens” of 1 is reached"):
        tokens.create(services, session, name="two", scopes=[Scope.READ], days=30)
    tokens.revoke(services, session, made.view.id)
    tokens.create(services, session, name="two", scopes=[Scope.READ], days=30)
