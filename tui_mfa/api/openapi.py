"""The schema (OpenAPI 3.1), made from the table of routes and the types of requests and responses."""

import re
from http import HTTPStatus
from typing import Any, Final

import msgspec

from tui_mfa import __version__
from tui_mfa.api.model import Problem
from tui_mfa.api.problems import MEDIA_TYPE
from tui_mfa.api.routes import ROUTES, Route
from tui_mfa.domain.api_tokens.token import PREFIX

Json = dict[str, Any]

ALWAYS: Final = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.INTERNAL_SERVER_ERROR,
    HTTPStatus.SERVICE_UNAVAILABLE,
)
"""Refusals of every route."""

WITH_BODY: Final = (HTTPStatus.UNSUPPORTED_MEDIA_TYPE, HTTPStatus.UNPROCESSABLE_ENTITY)
"""Refusals of every route that takes a body."""


def document(issuer: str) -> Json:
    """Return the schema.

    Args:
        issuer: The product's name, for the title.
    """
    paths: dict[str, Json] = {}
    for route in ROUTES:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route)
    types = [kind for route in ROUTES for kind in (route.request, route.response) if kind is not None]
    _, components = msgspec.json.schema_components([Problem, *types], ref_template="#/components/schemas/{name}")
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"{issuer} account API",
            "version": __version__,
            "description": (
                "An account by program, with a token from the portal (Security, Manage API Tokens). A scope says what "
                "a token may do; none reaches two-factor authentication, the address, the password or tokens. Errors "
                "are problem documents (RFC 9457)."
            ),
        },
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": f"{PREFIX}…"}},
        },
    }


def _operation(route: Route) -> Json:
    scopes = [scope.value for scope in route.scopes]
    operation: Json = {
        "operationId": route.id,
        "summary": route.summary,
        "description": f"Takes a token with the scope {' or '.join(scopes)}.",
        "security": [{"bearer": [scope]} for scope in scopes],
        "responses": _responses(route),
    }
    names = re.findall(r"\{(\w+)\}", route.path)
    if names:
        operation["parameters"] = [
            {
                "name": name,
                "in": "path",
                "required": True,
                "schema": {"type": "string", "pattern": route.parameters[name]},
            }
            for name in names
        ]
    if route.request is not None:
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": _ref(route.request)}}}
    return operation


def _responses(route: Route) -> Json:
    good: Json = {"description": route.status.phrase}
    if route.response is not None:
        good["content"] = {"application/json": {"schema": _ref(route.response)}}
    refusals = {*ALWAYS, *route.refusals, *(WITH_BODY if route.request is not None else ())}
    return {
        str(route.status.value): good,
        **{str(status.value): _refusal(status) for status in sorted(refusals)},
    }


def _refusal(status: HTTPStatus) -> Json:
    refusal: Json = {"description": status.phrase, "content": {MEDIA_TYPE: {"schema": _ref(Problem)}}}
    if status is HTTPStatus.UNAUTHORIZED:
        refusal["headers"] = {"WWW-Authenticate": {"required": True, "schema": {"type": "string"}}}
    if status is HTTPStatus.TOO_MANY_REQUESTS:
        refusal["headers"] = {"Retry-After": {"required": True, "schema": {"type": "string", "pattern": "^[0-9]+$"}}}
    return refusal


def _ref(kind: type[msgspec.Struct]) -> Json:
    return {"$ref": f"#/components/schemas/{kind.__name__}"}
