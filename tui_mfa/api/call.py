"""What a route's handler is given."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from msgspec import Struct

from tui_mfa.domain.api_tokens.model import Bearer
from tui_mfa.domain.ports import Services

B = TypeVar("B", bound=Struct | None)


@dataclass(frozen=True, slots=True)
class Call(Generic[B]):
    """One request of a program that was let in."""

    services: Services
    bearer: Bearer
    parameters: Mapping[str, str]
    """The parameters of the path."""
    body: B
    """The body, decoded and checked against its type."""
    touched: set[str]
    """Accounts whose mails are sent after the answer: the token's own, and what a handler adds."""
