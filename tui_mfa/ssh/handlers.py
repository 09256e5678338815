"""What each command over SSH does, as the owner of the account."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rich.cells import cell_len

from tui_mfa.documents import TOKEN_HEAD, factors_value, key_value, switched_off, token_row, token_value
from tui_mfa.domain.api_tokens import flows as tokens
from tui_mfa.domain.api_tokens import rules as token_rules
from tui_mfa.domain.api_tokens.model import Scope
from tui_mfa.domain.login.model import Session
from tui_mfa.domain.ports import Services
from tui_mfa.domain.secret import Secret
from tui_mfa.domain.ssh_keys import flows as keys
from tui_mfa.domain.ssh_keys import parse
from tui_mfa.domain.two_factor import flows as two_factor
from tui_mfa.presentation import safe_text
from tui_mfa.ssh.request import Misused

CELL_MAX: Final = 80
"""Terminal cells of one column."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What follows the words of a command."""

    arguments: Sequence[str]
    options: dict[str, list[str]]

    def one(self, name: str, default: str = "") -> str:
        """Return the last value of an option."""
        return self.options.get(name, [default])[-1]


@dataclass(frozen=True, slots=True)
class Made:
    """What a command has to say."""

    document: object
    """For --json."""
    text: str
    """For standard output otherwise."""
    words: str = ""
    """For the person, beside what a program reads."""


def list_keys(services: Services, session: Session, _asked: Asked) -> Made:
    """List the keys."""
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
    return Made({"keys": [key_value(key) for key in found]}, _table(head, rows))


def check_key(_services: Services, asked: Asked) -> parse.Judged:
    """Refuse what is no acceptable key."""
    return parse.judge(asked.arguments[0])


def add_key(services: Services, session: Session, asked: Asked) -> Made:
    """Add a key."""
    text = Secret(asked.arguments[0])
    added = keys.add(services, session, text, title=asked.one("--title"), expires=asked.one("--expires"))
    dropped = f"Options before the key were not kept: {', '.join(added.dropped)}." if added.dropped else ""
    words = "".join(f"{line}\n" for line in (dropped, added.advice) if line)
    title = safe_text(added.key.title, CELL_MAX)
    return Made(key_value(added.key), f"The key “{title}” was added: {added.key.fingerprint}\n", words)


def rename_key(services: Services, session: Session, asked: Asked) -> Made:
    """Give a key another title."""
    view = keys.rename(services, session, asked.arguments[0], asked.arguments[1])
    return Made(key_value(view), f"The key is called {safe_text(view.title, CELL_MAX)} now.\n")


def delete_key(services: Services, session: Session, asked: Asked) -> Made:
    """Delete a key."""
    view = keys.delete(services, session, asked.arguments[0])
    return Made(key_value(view), f"The key {view.fingerprint} opens nothing any more.\n")


def list_tokens(services: Services, session: Session, _asked: Asked) -> Made:
    """List the tokens."""
    found = tokens.tokens(services, session)
    rows = [token_row(token) for token in found]
    return Made({"tokens": [token_value(token) for token in found]}, _table(TOKEN_HEAD, rows))


def _wanted(asked: Asked) -> tuple[list[Scope], int]:
    """Return the scopes and the days of a new token."""
    given = asked.options.get("--scope", [Scope.READ.value])
    if any(scope not in token_rules.CHOOSABLE for scope in given):
        raise Misused(f"--scope is one of {', '.join(token_rules.CHOOSABLE)}.")
    days = asked.one("--days", str(token_rules.DEFAULT_DAYS))
    if not days.isascii() or not days.isdecimal() or len(days) > len(str(token_rules.MAX_DAYS)):
        raise Misused(f"--days is a number from 1 to {token_rules.MAX_DAYS}.")
    return [Scope(scope) for scope in given], int(days)


def check_token(services: Services, asked: Asked) -> None:
    """Refuse scopes and days that no token may have."""
    _, days = _wanted(asked)
    token_rules.end_of(services.clock.now(), days)


def create_token(services: Services, session: Session, asked: Asked) -> Made:
    """Make a token; it is shown once."""
    scopes, days = _wanted(asked)
    made = tokens.create(services, session, asked.arguments[0], scopes, days)
    secret, view = made.token.reveal(), made.view
    end = f"{view.expires_at:%Y-%m-%d %H:%M} UTC"
    words = f"This is the token “{safe_text(view.name, CELL_MAX)}”, shown only now. It ends on {end}.\n"
    return Made({"secret": secret, "token": token_value(view)}, f"{secret}\n", words)


def revoke_token(services: Services, session: Session, asked: Asked) -> Made:
    """Make a token worthless."""
    view = tokens.revoke(services, session, asked.arguments[0])
    return Made({"token": token_value(view)}, "The token opens nothing any more.\n")


def status(services: Services, session: Session, _asked: Asked) -> Made:
    """Tell the method, and what belongs to it."""
    account = two_factor.status(services, session)
    left = sum(code.used_at is None for code in account.recovery.codes) if account.recovery is not None else 0
    lines = (
        f"Method:         {account.method.value}",
        f"Recovery codes: {left} left",
        f"Switched off:   {', '.join(switched_off(account)) or 'nothing'}",
    )
    required = services.policy.mfa_required
    return Made(factors_value(account, required=required), "".join(f"{line}\n" for line in lines))


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
