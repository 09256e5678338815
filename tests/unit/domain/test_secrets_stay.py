"""Secrets are compared in constant time and appear nowhere but where a person asked for them."""

import ast
import logging
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest

import tui_mfa.domain
from tests.fakes import (
    ORIGIN,
    OTHER_PASSWORD,
    PASSWORD,
    clock_of,
    enrol,
    enter,
    last_code,
    log_in,
    mailed,
    mailer_of,
    make_account,
    make_services,
    start_login,
    unused_app_code,
    wrong_code,
)
from tui_mfa.domain import notices
from tui_mfa.domain.errors import DomainError
from tui_mfa.domain.login import flows, password_reset
from tui_mfa.domain.profile import flows as profile
from tui_mfa.domain.recovery import flows as recovery
from tui_mfa.domain.secret import Secret

DOMAIN = Path(tui_mfa.domain.__file__).parent

GUESSED = {"code", "digits", "mac", "token", "token_hash", "fingerprint", "secret", "typed", "asked", "password"}
"""Names of what an attacker can guess at."""


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Call):
        return _name(node.func)
    if isinstance(node, ast.Attribute):
        return _name(node.value) if node.attr == "reveal" else node.attr
    return node.id if isinstance(node, ast.Name) else ""


def careless_comparisons(source: str) -> list[int]:
    """Return the lines that compare something guessable by ``==``, ``!=`` or ``in``; error codes are literals."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            plain = any(isinstance(op, ast.Eq | ast.NotEq | ast.In | ast.NotIn) for op in node.ops)
            literal = any(isinstance(side, ast.Constant) for side in sides)
            if plain and not literal and any(_name(side) in GUESSED for side in sides):
                found.append(node.lineno)
    return found


@pytest.mark.parametrize("path", sorted(DOMAIN.rglob("*.py")), ids=lambda path: str(path.relative_to(DOMAIN)))
def test_guesses_are_compared_in_constant_time(path: Path) -> None:
    """S19: no ``==`` on a code, a token, a keyed hash or a secret, only ``hmac.compare_digest``."""
    assert careless_comparisons(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "line", ["code == other", "x.token_hash != y", "secret.reveal() == typed.reveal()", "token in known", "a == f.mac"]
)
def test_careless_comparisons_are_found(line: str) -> None:
    """S19: the check above sees what it looks for."""
    assert careless_comparisons(line) == [1]


def test_secrets_refuse_to_be_compared() -> None:
    """S19, S23: ``==`` on a Secret is an error, and so is a hash of it."""
    with pytest.raises(TypeError):
        _ = Secret("a") == Secret("a")
    with pytest.raises(TypeError):
        hash(Secret("a"))


def test_nothing_secret_is_logged_raised_or_stored(caplog: pytest.LogCaptureFixture) -> None:
    """S23: through enrolment, logins, refusals, recovery and a reset: no log, error, event, notice or row has one."""
    caplog.set_level(logging.DEBUG)
    services = make_services()
    account = make_account(services)
    session = log_in(services)
    seen, secrets = [], [PASSWORD, OTHER_PASSWORD, last_code(mailer_of(services))]

    shown, enabled = enrol(services, session)
    secrets += [shown.reveal(), *(code.reveal() for code in enabled.codes.codes), session.token.reveal()]
    clock_of(services).advance(seconds=61)
    handle = start_login(services).handle
    app = unused_app_code(services, account.id)
    secrets += [app, handle.token.reveal()]
    attacks: tuple[Callable[[], object], ...] = (
        lambda: flows.log_in(services, "jane", Secret(OTHER_PASSWORD), ORIGIN),
        lambda: flows.enter_code(services, handle, Secret(wrong_code(app))),
        lambda: recovery.use_code(services, handle, Secret("ZZZZ-ZZZZ-ZZZZ-ZZZZ")),
        lambda: recovery.use_secret(services, handle, Secret(shown.reveal()[:51])),
        lambda: recovery.use_secret(services, handle, Secret("A" * 52)),
    )
    for attack in attacks:
        with pytest.raises(DomainError) as caught:
            attack()
        seen += ["".join(traceback.format_exception(caught.value)), repr(caught.value), repr(vars(caught.value))]
    assert enter(services, handle, app) is None
    reset = password_reset.ask(services, "jane", ORIGIN).handle
    code = mailed(services, reset)
    secrets.append(code)
    password_reset.prove(services, reset, Secret(code))
    password_reset.finish(services, reset, Secret(OTHER_PASSWORD))
    notices.deliver(services, account.id)

    stored = services.store.get(account.id)
    seen += [caplog.text, repr(stored), repr(services.store.events(account.id)), repr((enabled, session, handle))]
    seen += [repr(kept.mail.params) for kept in mailer_of(services).kept]
    leaked = [secret for secret in secrets if any(secret in text for text in seen)]
    assert leaked == []
    with pytest.raises(DomainError):
        profile.overview(services, session)
