"""Accounts for tests: a small one, and one in which every field holds something."""

import secrets
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from itertools import count
from types import UnionType
from typing import Any, Final, cast, get_args, get_origin, get_type_hints

from tui_mfa.domain.account import Account, Email, Password
from tui_mfa.domain.ports import Store

Reopen = Callable[[], Store]
"""Opens the same accounts once more, as another part of the program would."""

NOW: Final = datetime(2026, 11, 24, 12, 30, 15, 123456, tzinfo=UTC)


def new_account(username: str = "jane", address: str | None = None, account_id: str | None = None) -> Account:
    """Return an account with as little in it as possible.

    Args:
        username: Its name.
        address: Its e-mail address; made from the name when not given.
        account_id: 32 hex digits; random when not given.
    """
    return Account(
        id=account_id or secrets.token_hex(16),
        username=username,
        email=Email(address=address or f"{username}@example.com"),
        password=Password(hash="$argon2id$not-a-real-one", changed_at=NOW, stands_alone=True),
        created_at=NOW,
    )


def full_account(account_id: str = "0123456789abcdef" * 2) -> Account:
    """Return an account in which every field at every depth differs from its default.

    It is made from the types, so a field added later is filled too.
    """
    account = cast("Account", _filled(Account, count(1)))
    account.id = account_id
    account.username = "Full.Account"
    account.email.address = "Full.Account@Example.com"
    for number, event in enumerate(account.events, start=1):
        event.seq = number
    account.event_count = len(account.events)
    return account


def _filled(kind: Any, numbers: "count[int]") -> Any:
    """Return a value of a type, unlike every other that was made from the same numbers."""
    number = next(numbers)
    simple: dict[Any, Callable[[], Any]] = {
        str: lambda: f"text {number} é \N{PILE OF POO}",
        int: lambda: number,
        bool: lambda: True,
        datetime: lambda: NOW + timedelta(seconds=number, microseconds=number),
    }
    if kind in simple:
        return simple[kind]()
    arguments = get_args(kind)
    if isinstance(kind, UnionType):
        return _filled(next(one for one in arguments if one is not type(None)), numbers)
    if get_origin(kind) is list:
        return [_filled(arguments[0], numbers) for _ in range(3)]
    if get_origin(kind) is dict:
        keys = list(arguments[0]) if _is_enum(arguments[0]) else [_filled(arguments[0], numbers) for _ in range(2)]
        return {key: _filled(arguments[1], numbers) for key in keys}
    if _is_enum(kind):
        return list(kind)[-1]
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        return cast("Any", kind)(**{item.name: _filled(hints[item.name], numbers) for item in fields(kind)})
    raise TypeError(f"full_account cannot fill a field of type {kind}")


def _is_enum(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Enum)
