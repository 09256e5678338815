"""What is open to everybody: short links to the payment provider's pages, and the provider's webhook."""

from http import HTTPStatus
from typing import Final

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from tui_mfa.api import problems
from tui_mfa.api.requests import ClientDisconnect, Counter, TooMuch, body_of
from tui_mfa.domain.billing import settling
from tui_mfa.domain.errors import DomainError
from tui_mfa.domain.ports import Services

DONE: Final = "Done. You can close this page and go back to your terminal.\n"

GONE: Final = "This link is used, too old, or mistyped. Ask for a new one in your terminal.\n"

WEBHOOK_MAX: Final = 256 * 1024
"""Bytes of a webhook; Stripe's events are a few thousand."""


class Pages:
    """Links and webhook on the services of one installation.

    Args:
        services: What the use cases need.
        guesses: Counts links that led nowhere, by address.
    """

    def __init__(self, services: Services, guesses: Counter) -> None:
        self._services = services
        self._guesses = guesses

    async def done(self, _request: Request) -> Response:
        """Say where to go on after a payment."""
        return PlainTextResponse(DONE)

    async def link(self, request: Request) -> Response:
        """Lead to the provider's page behind a short link."""
        return await to_thread.run_sync(self._lead, request)

    def _lead(self, request: Request) -> Response:
        try:
            url = settling.page_url(self._services, request.path_params["id"])
        except DomainError as error:
            return problems.of_error(error)
        if url is not None:
            return RedirectResponse(url, HTTPStatus.SEE_OTHER)
        client = request.client.host if request.client else "?"
        wait = self._guesses.count(f"link {client}", self._services.clock.now())
        if wait:
            return PlainTextResponse(GONE, HTTPStatus.TOO_MANY_REQUESTS, {"Retry-After": str(wait)})
        return PlainTextResponse(GONE, HTTPStatus.NOT_FOUND)

    async def webhook(self, request: Request) -> Response:
        """Take a webhook, judged by its signature alone."""
        try:
            body = await body_of(request, WEBHOOK_MAX)
        except (TooMuch, ClientDisconnect):
            return problems.respond(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large", "The request is too large.")
        return await to_thread.run_sync(self._settle, body, request.headers.get("stripe-signature", ""))

    def _settle(self, body: bytes, signature: str) -> Response:
        try:
            settling.handle_webhook(self._services, body, signature)
        except DomainError as error:
            return problems.of_error(error)
        return Response(status_code=HTTPStatus.NO_CONTENT)
