"""What ``ssh host …`` can do: the owner's own account, and nothing of an operator's.

Parsed by hand, and written to strings: click keeps its context for the thread, and people share one.
"""

import json
import re
import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from rich.cells import cell_len

from tui_mfa.documents import TOKEN_HEAD, factors_value, key_value, switched_off, token_row, token_value
from tui_mfa.domain.api_tokens import flows as tokens
from tui_mfa.domain.errors import DomainError
from tui_mfa.domain.login.model import Session
from tui_mfa.domain.ports import Services
from tui_mfa.domain.secret import Secret
from tui_mfa.domain.ssh_keys import flows as keys
from tui_mfa.domain.two_factor import flows as two_factor
from tui_mfa.presentation import safe_text

COMMAND_MAX: Final = 4096
"""Characters of a request: more than any command here needs."""

CELL_MAX: Final = 80
"""Terminal cells of one column."""

HELP: Final = """\
Commands for your own account. Each takes --json, and --code 123456 where a second factor is asked for.

  keys list                  the SSH keys of the account
  keys rename KEY TITLE      give a key another title
  keys delete KEY            delete a key; it opens nothing any more
  tokens list                the API tokens of the account
  tokens revoke ID           revoke a token
  mfa status                 the method, and what belongs to it
  help                       this list

KEY is an id, a title or a fingerprint. New keys and tokens are made in the portal: they ask for the password.
"""

_IN_PORTAL: Final[dict[tuple[str, ...], str]] = {
    ("keys", "add"): "Keys are added in",
    ("tokens", "create"): "Tokens are made in",
}
"""What asks for a confirmation, which a session that began with a key is none (S51)."""

_CODE: Final = re.compile(r"[\d\s-]{6,11}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request that was taken apart."""

    words: tuple[str, ...] = ()
    json: bool = False
    code: Secret[str] | None = None
    refusal: str = ""
    """Why it cannot be understood; the rest is empty then."""

    @property
    def open_to_all(self) -> bool:
        """It tells nothing about an account."""
        return self.words in {(), ("help",), ("--help",), ("-h",)}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command leaves: its exit status and what it writes."""

    status: int
    out: str = ""
    err: str = ""


def split(command: str) -> Request:
    """Take a request apart.

    Args:
        command: As it came.
    """
    if len(command) > COMMAND_MAX:
        return Request(refusal=f"The command is longer than {COMMAND_MAX} characters.")
    if not command.isprintable():
        return Request(refusal="The command holds characters that cannot be shown.")
    try:
        words = shlex.split(command)
    except ValueError:
        return Request(refusal="The command has a quotation mark too many or too few.")
    as_json = "--json" in words
    words = [part for word in words if word != "--json" for part in _parts(word)]
    if "--code" not in words:
        return Request(words=tuple(words), json=as_json)
    at = words.index("--code")
    code = words[at + 1 : at + 2]
    if not code or not _CODE.fullmatch(code[0]):
        return Request(refusal="--code takes the six digits of your second factor.")
    return Request(words=(*words[:at], *words[at + 2 :]), json=as_json, code=Secret(code[0]))


def _parts(word: str) -> list[str]:
    """Return ``--code=123456`` as two words, as it is understood at the machine."""
    name, given, code = word.partition("=")
    return [name, code] if given and name == "--code" else [word]


def run(services: Services, session: Session, request: Request) -> Outcome:
    """Do what a request says.

    Args:
        services: What the rules need.
        session: Of the account's owner, after both factors.
        request: From ``split``.
    """
    command = _COMMANDS.get(request.words[:2])
    if command is None or len(request.words) - 2 != command.arguments:
        return Outcome(2, err=f"{_usage(request.words)}\n")
    try:
        made = command.do(services, session, request.words[2:])
    except DomainError as error:
        return Outcome(error.exit_status, err=f"{safe_text(error.user_message, 500)}\n")
    if request.json:
        return Outcome(0, out=json.dumps(made.document, indent=2) + "\n")
    return Outcome(0, out=made.text)


@dataclass(frozen=True, slots=True)
class _Made:
    document: object
    text: str


@dataclass(frozen=True, slots=True)
class _Command:
    do: Callable[[Services, Session, Sequence[str]], _Made]
    arguments: int = 0


def _usage(words: Sequence[str]) -> str:
    known = _COMMANDS.get(tuple(words[:2]))
    if known is not None:
        return (
            f"“{' '.join(words[:2])}” takes {known.arguments or 'no'} argument{'s' * (known.arguments != 1)}. Try: help"
        )
    there = _IN_PORTAL.get(tuple(words[:2]))
    if there is not None:
        return f"{there} the portal: that asks for the password. Connect without a command. Try: help"
    return f"There is no command “{safe_text(' '.join(words[:2]), 60)}” here. Try: help"


def _list_keys(services: Services, session: Session, _arguments: Sequence[str]) -> _Made:
    found = keys.keys(services, session)
    rows = [
        (
            key.id,
            key.title,
            key.kind,
            key.fingerprint,
            f"{key.last_used_at:%Y-%m-%d}" if key.last_used_at else "never",
            f"{key.expires_at:%Y-%m-%d %H:%M}" if key.expires_at else "never",
        )
        for key in found
    ]
    head = ("ID", "TITLE", "TYPE", "FINGERPRINT", "LAST USED", "EXPIRES")
    return _Made({"keys": [key_value(key) for key in found]}, _table(head, rows))


def _rename_key(services: Services, session: Session, arguments: Sequence[str]) -> _Made:
    view = keys.rename(services, session, arguments[0], arguments[1])
    return _Made(key_value(view), f"The key is called {safe_text(view.title, CELL_MAX)} now.\n")


def _delete_key(services: Services, session: Session, arguments: Sequence[str]) -> _Made:
    view = keys.delete(services, session, arguments[0])
    return _Made(key_value(view), f"The key {view.fingerprint} opens nothing any more.\n")


def _list_tokens(services: Services, session: Session, _arguments: Sequence[str]) -> _Made:
    found = tokens.tokens(services, session)
    rows = [token_row(token) for token in found]
    return _Made({"tokens": [token_value(token) for token in found]}, _table(TOKEN_HEAD, rows))


def _revoke_token(services: Services, session: Session, arguments: Sequence[str]) -> _Made:
    view = tokens.revoke(services, session, arguments[0])
    return _Made({"token": token_value(view)}, "The token opens nothing any more.\n")


def _status(services: Services, session: Session, _arguments: Sequence[str]) -> _Made:
    account = two_factor.status(services, session)
    left = sum(code.used_at is None for code in account.recovery.codes) if account.recovery is not None else 0
    lines = (
        f"Method:         {account.method.value}",
        f"Recovery codes: {left} left",
        f"Switched off:   {', '.join(switched_off(account)) or 'nothing'}",
    )
    required = services.policy.mfa_required
    return _Made(factors_value(account, required=required), "".join(f"{line}\n" for line in lines))


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    if not rows:
        return ""
    lines = [head, *([safe_text(cell, CELL_MAX) if cell else "-" for cell in row] for row in rows)]
    widths = [max(cell_len(line[column]) for line in lines) for column in range(len(head))]
    padded = (
        "  ".join(cell + " " * (width - cell_len(cell)) for cell, width in zip(line, widths, strict=True))
        for line in lines
    )
    return "".join(f"{line.rstrip()}\n" for line in padded)


_COMMANDS: Final[dict[tuple[str, ...], _Command]] = {
    ("keys", "list"): _Command(_list_keys),
    ("keys", "rename"): _Command(_rename_key, 2),
    ("keys", "delete"): _Command(_delete_key, 1),
    ("tokens", "list"): _Command(_list_tokens),
    ("tokens", "revoke"): _Command(_revoke_token, 1),
    ("mfa", "status"): _Command(_status),
}
