"""The schema says exactly what the application does: schemathesis asks it hundreds of odd questions."""

from datetime import timedelta
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import BaseSchema, Case
from schemathesis.specs.openapi.checks import positive_data_acceptance

from tests.api.host import Host
from tui_mfa.api.openapi import document
from tui_mfa.api.problems import STATUS
from tui_mfa.api.requests import Limits
from tui_mfa.api.routes import ROUTES
from tui_mfa.domain import errors
from tui_mfa.domain.api_tokens.model import Scope
from tui_mfa.domain.limits import Window

MANY = Window(10**6, timedelta(minutes=1))
"""No limit: what is behind it is asked."""


JUDGED = {"PATCH /v1/account", "POST /v1/ssh-keys"}
"""Routes that judge more than a schema can say: whether a text can be shown, whether a key is one."""


@pytest.fixture(scope="module")
def host() -> Host:
    return Host(limits=Limits(per_token=MANY, wrong_tokens=MANY))


@pytest.fixture(scope="module")
def token(host: Host) -> str:
    return host.token(Scope.READ, Scope.KEYS, Scope.ADMIN, Scope.VERIFY)


@pytest.fixture(scope="module")
def api_schema(host: Host) -> BaseSchema:
    schema = schemathesis.openapi.from_asgi("/openapi.json", host.app)
    # A text that is far too long is refused by the size of the request, before it is read.
    refused = schema.config.checks.negative_data_rejection
    refused.expected_statuses = [*refused.expected_statuses, "413"]
    return schema


schema = schemathesis.pytest.from_fixture("api_schema")


@schema.parametrize()
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_application_does_what_the_schema_says(case: Case[Any], token: str) -> None:
    exact = case.operation.label not in JUDGED
    case.call_and_validate(
        headers={"Authorization": f"Bearer {token}"}, excluded_checks=[] if exact else [positive_data_acceptance]
    )


def test_the_schema_holds_every_route() -> None:
    operations = [
        (method.upper(), path) for path, methods in document("Elestio")["paths"].items() for method in methods
    ]
    assert operations == [(route.method, route.path) for route in ROUTES]


def test_the_schema_is_shown_to_everybody(host: Host) -> None:
    answer = host.ask("GET", "/openapi.json")
    assert (answer.status, answer.value["openapi"]) == (200, "3.1.0")
    assert answer.value["info"]["title"] == "tui-mfa account API"


def test_every_refusal_has_a_status() -> None:
    """An error that a route can meet and that the table does not know would be told as a broken service."""
    assert set(STATUS) >= {
        kind.code
        for kind in (
            errors.InvalidInput,
            errors.InvalidToken,
            errors.OutOfScope,
            errors.NotAllowed,
            errors.NameTaken,
            errors.QuotaExceeded,
            errors.TooManyAttempts,
        )
    }
