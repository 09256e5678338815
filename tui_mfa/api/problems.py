"""Errors as problem documents (RFC 9457): the sentence that a person would see, and a code for programs."""

from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Final

import msgspec
from starlette.responses import Response

from tui_mfa.api.model import Problem
from tui_mfa.domain.errors import DomainError, OutOfScope

MEDIA_TYPE: Final = "application/problem+json"

STATUS: Final[Mapping[str, HTTPStatus]] = MappingProxyType(
    {
        "invalid_input": HTTPStatus.UNPROCESSABLE_ENTITY,
        "key_refused": HTTPStatus.UNPROCESSABLE_ENTITY,
        "invalid_token": HTTPStatus.UNAUTHORIZED,
        "out_of_scope": HTTPStatus.FORBIDDEN,
        "not_allowed": HTTPStatus.FORBIDDEN,
        "quota_exceeded": HTTPStatus.FORBIDDEN,
        "name_taken": HTTPStatus.CONFLICT,
        "no_such_key": HTTPStatus.NOT_FOUND,
        "no_such_invoice": HTTPStatus.NOT_FOUND,
        "too_many_attempts": HTTPStatus.TOO_MANY_REQUESTS,
    }
)
"""The status of each refusal, by its code; what is missing here is 503 when a part of the machine does not work, else
a mistake of this table, which a test looks for."""

REALM: Final = "tui-mfa"


def respond(
    status: HTTPStatus,
    code: str,
    detail: str,
    *,
    field: str | None = None,
    retry_after: int | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return a problem document.

    Args:
        status: The HTTP status.
        code: A stable name for programs.
        detail: A sentence for people, without secrets.
        field: The field of the request it belongs to.
        retry_after: Seconds to wait; told in the header too.
        headers: Further headers.
    """
    problem = Problem(
        type="about:blank",
        title=status.phrase,
        status=status.value,
        detail=detail,
        code=code,
        field=field,
        retry_after=retry_after,
    )
    more = dict(headers or {})
    if retry_after is not None:
        more["Retry-After"] = str(retry_after)
    return Response(msgspec.json.encode(problem), status.value, more, MEDIA_TYPE)


def of_error(error: DomainError) -> Response:
    """Return the document for what a use case refused."""
    unavailable = HTTPStatus.SERVICE_UNAVAILABLE if error.exit_status != 1 else HTTPStatus.BAD_REQUEST
    status = STATUS.get(error.code, unavailable)
    wait = getattr(error, "retry_after", None)
    if status is HTTPStatus.SERVICE_UNAVAILABLE:
        # What exactly does not work, with its path, is for the operator's eyes: it stands in the log.
        detail, wait = "A part of this service does not work now. Nothing was changed.", 30
    else:
        detail = error.user_message
    return respond(status, error.code, detail, field=error.field, retry_after=wait, headers=_challenge(error))


def _challenge(error: DomainError) -> dict[str, str]:
    """Return the header by which RFC 6750 section 3 tells what was wrong with a token."""
    if error.code == "invalid_token":
        return {"WWW-Authenticate": f'Bearer realm="{REALM}", error="invalid_token"'}
    if isinstance(error, OutOfScope):
        scope = " ".join(error.enough)
        return {"WWW-Authenticate": f'Bearer realm="{REALM}", error="insufficient_scope", scope="{scope}"'}
    return {}


def unauthenticated() -> Response:
    """Return the answer to a request without a token (RFC 6750 section 3: no error code then)."""
    return respond(
        HTTPStatus.UNAUTHORIZED,
        "no_token",
        "Send a token: Authorization: Bearer tmfa_…",
        headers={"WWW-Authenticate": f'Bearer realm="{REALM}"'},
    )
