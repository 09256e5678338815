"""The ASGI application: one door in front of every route, and no way around it."""

import logging
import secrets
import traceback
from collections.abc import Awaitable, Callable
from functools import partial
from http import HTTPStatus
from typing import Final

import msgspec
from anyio import to_thread
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route as StarletteRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tui_mfa.api import problems
from tui_mfa.api.call import Call
from tui_mfa.api.openapi import document
from tui_mfa.api.pages import Pages
from tui_mfa.api.requests import ClientDisconnect, Counter, Limits, TooMuch, body_of
from tui_mfa.api.routes import ROUTES, Route
from tui_mfa.domain import notices
from tui_mfa.domain.api_tokens import access
from tui_mfa.domain.errors import DomainError
from tui_mfa.domain.ports import Services
from tui_mfa.domain.secret import Secret
from tui_mfa.presentation import safe_text

logger = logging.getLogger(__name__)

HEADERS: Final = (
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"no-referrer"),
)
"""On every response: nothing is kept by caches, nothing is run or framed by a browser (ASVS 3.4, 14.3.2)."""

_FRAMES: Final = 50
"""Innermost calls of a traceback that are kept."""


class Api:
    """The routes on the services of one installation.

    Args:
        services: What the use cases need.
        limits: How much a caller may ask.
    """

    def __init__(self, services: Services, limits: Limits | None = None) -> None:
        chosen = limits or Limits()
        self._services = services
        self._requests = Counter(chosen.per_token)
        self._wrong_tokens = Counter(chosen.wrong_tokens)
        self._schema = msgspec.json.encode(document(services.policy.issuer))

    def app(self) -> ASGIApp:
        """Return the application."""
        pages = Pages(self._services, self._wrong_tokens)
        routes = [
            StarletteRoute("/openapi.json", self._show_schema, methods=["GET"]),
            StarletteRoute("/c/done", pages.done, methods=["GET"]),
            StarletteRoute("/c/{id}", pages.link, methods=["GET"]),
            StarletteRoute("/webhooks/stripe", pages.webhook, methods=["POST"]),
        ]
        paths = dict.fromkeys(route.path for route in ROUTES)
        for path in paths:
            here = {route.method: route for route in ROUTES if route.path == path}
            routes.append(StarletteRoute(path, partial(self._serve, here), methods=[*here]))
        application = Starlette(routes=routes, exception_handlers={HTTPException: _http_problem})
        application.router.redirect_slashes = False  # a redirect would repeat the caller's Host
        return with_headers(application)

    async def _show_schema(self, _request: Request) -> Response:
        return Response(self._schema, media_type="application/json")

    async def _serve(self, here: dict[str, Route], request: Request) -> Response:
        route = here.get("GET" if request.method == "HEAD" else request.method)
        if route is None:
            raise HTTPException(HTTPStatus.METHOD_NOT_ALLOWED, headers={"Allow": ", ".join(here)})
        try:
            body = await body_of(request)
        except TooMuch:
            response = problems.respond(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                "too_large",
                "The request is too large, or took too long to arrive.",
            )
            response.headers["Connection"] = "close"
        except ClientDisconnect:
            return Response(status_code=HTTPStatus.BAD_REQUEST)
        else:
            # A whole use case runs inside one thread, so that a cancelled request never leaves half of one.
            response = await to_thread.run_sync(self._outcome, route, request, body)
        client = request.client.host if request.client else "?"
        logger.info("%s %s %d from %s", route.method, route.path, response.status_code, client)
        return response

    def _outcome(self, route: Route, request: Request, body: bytes) -> Response:
        try:
            return self._answer(route, request, body)
        except DomainError as error:
            if error.exit_status != 1:
                logger.error("unavailable: %s", safe_text(error.user_message, 500))
            return problems.of_error(error)
        except Exception as error:  # noqa: BLE001 - the boundary: logged with a reference, told without details
            reference = secrets.token_hex(4)
            logger.error("unexpected error, reference %s\n%s", reference, _described(error))
            told = f"Something went wrong (reference {reference}). Please tell support the reference."
            return problems.respond(HTTPStatus.INTERNAL_SERVER_ERROR, "unexpected", told)

    def _answer(self, route: Route, request: Request, body: bytes) -> Response:
        """Let the token in, check scope and body, call the handler: in this order, so that strangers learn nothing."""
        address = request.client.host if request.client else "?"
        token = _token(request)
        try:
            bearer = access.authenticate(self._services, token, address) if token is not None else None
        except DomainError as error:
            if error.code == "invalid_token" and (
                wait := self._wrong_tokens.count(address, self._services.clock.now())
            ):
                return _too_many(wait)
            raise
        if bearer is None:
            return problems.unauthenticated()
        access.require(bearer, *route.scopes)
        wait = self._requests.count(bearer.token_id, self._services.clock.now())
        if wait:
            return _too_many(wait)
        decoded = _decoded(route, request, body)
        if isinstance(decoded, Response):
            return decoded
        call = Call(self._services, bearer, request.path_params, decoded, {bearer.account_id})
        given = route.handler(call)
        content = msgspec.json.encode(given) if given is not None else None
        kind = "application/json" if given is not None else None
        mails = BackgroundTask(self._send_notices, call.touched) if route.method != "GET" else None
        return Response(content, route.status, media_type=kind, background=mails)

    def _send_notices(self, account_ids: set[str]) -> None:
        """Send the mails that a change has queued, after the answer: a mail server may take its time."""
        for account_id in account_ids:
            try:
                notices.deliver(self._services, account_id)
            except DomainError as error:
                logger.error("mails wait: %s", safe_text(error.user_message, 500))


def _token(request: Request) -> Secret[str] | None:
    """Return the bearer token of a request: from the header alone, never from a URL (RFC 6750 section 2.1)."""
    kind, _, value = request.headers.get("authorization", "").partition(" ")
    return Secret(value.strip(" ")) if kind.lower() == "bearer" else None


def _decoded(route: Route, request: Request, body: bytes) -> msgspec.Struct | Response | None:
    """Return the body as its type, or the problem with it."""
    if route.request is None:
        return None
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        return problems.respond(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "not_json", "Send JSON: Content-Type: application/json"
        )
    try:
        return msgspec.json.decode(body, type=route.request)
    except msgspec.ValidationError as error:
        return problems.respond(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid_input", safe_text(f"{error}.", 300))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return problems.respond(HTTPStatus.BAD_REQUEST, "not_json", "The body is no JSON document.")


def _too_many(wait: int) -> Response:
    told = f"Too many requests. Wait {wait} s, then try again."
    return problems.respond(HTTPStatus.TOO_MANY_REQUESTS, "too_many_requests", told, retry_after=wait)


async def _http_problem(_request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise TypeError("this handler is for HTTP exceptions") from error
    status = HTTPStatus(error.status_code)
    code = {404: "no_such_path", 405: "method_not_allowed"}.get(error.status_code, "http")
    return problems.respond(status, code, f"{status.phrase}.", headers=error.headers)


def _described(error: BaseException) -> str:
    """Return an error with its traceback, without the values of variables and without control characters."""
    lines = "".join(traceback.format_exception(error, limit=-_FRAMES)).splitlines()
    return "\n".join(safe_text(line, 500) for line in lines)


def with_headers(app: ASGIApp) -> ASGIApp:
    """Put ``HEADERS`` on every response of an application."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        await app(scope, receive, _adding(send) if scope["type"] == "http" else send)

    return wrapped


def _adding(send: Send) -> Callable[[Message], Awaitable[None]]:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message["headers"], *HEADERS]
        await send(message)

    return sending
