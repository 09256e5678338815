"""What ``ssh host …`` can do: the owner's own account, and nothing of an operator's. Written to strings."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from tui_mfa.documents import error_value, refusal_value
from tui_mfa.domain.errors import DomainError
from tui_mfa.domain.login.model import Session
from tui_mfa.domain.ports import Services
from tui_mfa.presentation import safe_text
from tui_mfa.ssh import handlers
from tui_mfa.ssh.handlers import Asked, Made
from tui_mfa.ssh.request import Misused, Request, options

HELP: Final = """\
Commands for your own account. Each takes --json, and --code 123456 where a second factor is asked for.

  keys list                    the SSH keys of the account
  keys add KEY                 add a public key, the line of a .pub file;
                               --title TITLE, --expires never|DAYS|DATE
  keys rename KEY TITLE        give a key another title
  keys delete KEY              delete a key; it opens nothing any more
  tokens list                  the API tokens of the account
  tokens create NAME           make a token and print it, once;
                               --scope read|keys|admin, --days 1…365
  tokens revoke ID             revoke a token
  mfa status                   the method, and what belongs to it
  help                         this list

KEY is an id, a title or a fingerprint. What adds a key or a token asks for your password too: with ssh -t it is not
shown; in a script it is the first line of standard input, and never an argument.
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command leaves: its exit status and what it writes."""

    status: int
    out: str = ""
    err: str = ""


@dataclass(frozen=True, slots=True)
class _Command:
    do: Callable[[Services, Session, Asked], Made]
    arguments: int = 0
    rest: bool = False
    """The last argument takes what is left: ssh hands quoted words over without their quotes."""
    options: tuple[str, ...] = ()
    confirmed: bool = False
    """Password and second factor, both (S51)."""
    check: Callable[[Services, Asked], object] | None = None
    """Refuses before anybody is asked for a password in vain."""


def refused(status: int, words: str, request: Request, code: str = "usage") -> Outcome:
    """Return the outcome of what is not understood: a line, or a document for programs.

    Args:
        status: The exit status.
        words: Why.
        request: Says for whom.
        code: In a word for programs.
    """
    if request.json:
        return Outcome(status, out=_document(error_value(code, words)))
    return Outcome(status, err=f"{words}\n")


def refused_by_rule(error: DomainError, request: Request) -> Outcome:
    """Return the outcome of what a rule refuses.

    Args:
        error: What was refused.
        request: Says for whom.
    """
    if request.json:
        return Outcome(error.exit_status, out=_document(refusal_value(error)))
    return Outcome(error.exit_status, err=f"{safe_text(error.user_message, 600)}\n")


def before(services: Services, request: Request) -> Outcome | None:
    """Return why a request cannot be done, whoever asks; None where it can be.

    Args:
        services: What the rules need.
        request: From ``split``.
    """
    try:
        command, asked = _understood(request.words)
        if command.check is not None:
            command.check(services, asked)
    except Misused as error:
        return refused(2, f"{error} Try: help", request)
    except DomainError as error:
        return refused_by_rule(error, request)
    return None


def wants_password(request: Request) -> bool:
    """Say whether a request that ``before`` has let through is a change that wants a confirmation."""
    return _COMMANDS[request.words[:2]].confirmed


def run(services: Services, session: Session, request: Request) -> Outcome:
    """Do what a request says.

    Args:
        services: What the rules need.
        session: Of the account's owner, after both factors.
        request: From ``split``.
    """
    try:
        command, asked = _understood(request.words)
        made = command.do(services, session, asked)
    except Misused as error:
        return refused(2, f"{error} Try: help", request)
    except DomainError as error:
        return refused_by_rule(error, request)
    if request.json:
        return Outcome(0, out=_document(made.document))
    return Outcome(0, out=made.text, err=made.words)


def _understood(words: Sequence[str]) -> tuple[_Command, Asked]:
    name = tuple(words[:2])
    command = _COMMANDS.get(name)
    if command is None:
        raise Misused(f"There is no command “{safe_text(' '.join(name), 60)}” here.")
    arguments, given = options(words[2:], command.options)
    if command.rest and len(arguments) > command.arguments:
        at = command.arguments - 1
        arguments = [*arguments[:at], " ".join(arguments[at:])]
    if len(arguments) != command.arguments:
        plural = "s" * (command.arguments != 1)
        raise Misused(f"“{' '.join(name)}” takes {command.arguments or 'no'} argument{plural}.")
    return command, Asked(arguments, given)


def _document(value: object) -> str:
    return json.dumps(value, indent=2) + "\n"


_COMMANDS: Final[dict[tuple[str, ...], _Command]] = {
    ("keys", "list"): _Command(handlers.list_keys),
    ("keys", "add"): _Command(
        handlers.add_key, 1, rest=True, options=("--title", "--expires"), confirmed=True, check=handlers.check_key
    ),
    ("keys", "rename"): _Command(handlers.rename_key, 2, rest=True),
    ("keys", "delete"): _Command(handlers.delete_key, 1),
    ("tokens", "list"): _Command(handlers.list_tokens),
    ("tokens", "create"): _Command(
        handlers.create_token, 1, rest=True, options=("--scope", "--days"), confirmed=True, check=handlers.check_token
    ),
    ("tokens", "revoke"): _Command(handlers.revoke_token, 1),
    ("mfa", "status"): _Command(handlers.status),
}
