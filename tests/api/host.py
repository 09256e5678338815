"""The real application on real services, asked in this process, without a socket."""

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any

from starlette.types import ASGIApp, Message

from tests.fakes import log_in, make_account, make_services
from tui_mfa.api.app import Api
from tui_mfa.api.requests import Limits
from tui_mfa.domain.api_tokens import flows as tokens
from tui_mfa.domain.api_tokens.model import Scope
from tui_mfa.domain.operator.flows import find
from tui_mfa.domain.ports import Services

CLIENT = "203.0.113.5"
"""From where programs ask (an address of RFC 5737)."""


KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI" + "B" * 43 + " jane@laptop"
"""A key of the right form; whether somebody has its private half does not matter here."""


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def value(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> str:
        """The code of the problem document that this answer must be."""
        assert self.headers["content-type"] == "application/problem+json", self
        problem = self.value
        assert problem["status"] == self.status
        assert {"type", "title", "status", "detail", "code"} <= problem.keys()
        return str(problem["code"])


@dataclass
class Host:
    """The application of one test."""

    services: Services = field(default_factory=make_services)
    limits: Limits | None = None

    def __post_init__(self) -> None:
        self.app: ASGIApp = Api(self.services, self.limits).app()

    def token(self, *scopes: Scope, username: str = "jane", name: str = "") -> str:
        """Return a token of an account with these scopes; made by the real flows."""
        if self.services.store.is_empty() or username not in self.usernames():
            make_account(self.services, username)
        name = name or f"token {len(self.services.store.get(self.account_id(username)).api_tokens)}"
        owners = [scope for scope in scopes if scope is not Scope.VERIFY] or [Scope.READ]
        made = tokens.create(self.services, log_in(self.services, username), name, owners)
        if Scope.VERIFY in scopes:
            tokens.grant_verify(self.services, username, name)
        if Scope.READ not in scopes and owners == [Scope.READ]:
            with self.services.store.account(self.account_id(username)) as account:
                account.api_tokens[-1].scopes = list(scopes)
        return made.token.reveal()

    def usernames(self) -> set[str]:
        return {self.services.store.get(account_id).username for account_id in self.services.store.ids()}

    def account_id(self, username: str = "jane") -> str:
        return find(self.services, username).id

    def ask(
        self,
        method: str,
        path: str,
        token: str | None = None,
        value: object = None,
        *,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
        client: str = CLIENT,
    ) -> Answer:
        """Send one request and return the answer."""
        sent = {"host": "localhost", **(headers or {})}
        if token is not None:
            sent.setdefault("authorization", f"Bearer {token}")
        if value is not None:
            body = json.dumps(value).encode()
        if body is not None:
            sent.setdefault("content-type", "application/json")
            sent.setdefault("content-length", str(len(body)))
        return asyncio.run(_send(self.app, method, path, sent, body or b"", client))


async def _send(app: ASGIApp, method: str, path: str, headers: dict[str, str], body: bytes, client: str) -> Answer:
    raw, _, query = path.partition("?")
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": raw,
        "raw_path": raw.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(name.lower().encode(), text.encode("latin-1")) for name, text in headers.items()],
        "client": (client, 50_000),
        "server": ("127.0.0.1", 8000),
    }
    parts = [{"type": "http.request", "body": body, "more_body": False}]
    answer = Answer(0, {}, b"")

    async def receive() -> Message:
        return parts.pop(0) if parts else {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            answer.status = message["status"]
            answer.headers = {name.decode(): value.decode() for name, value in message["headers"]}
        else:
            answer.body += message.get("body", b"")

    await app(scope, receive, send)
    return answer
