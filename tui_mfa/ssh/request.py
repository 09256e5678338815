"""Takes ``ssh host …`` apart, by hand: click keeps its context for the thread, and people share one."""

import re
import shlex
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from tui_mfa.domain.secret import Secret

COMMAND_MAX: Final = 8192
"""Characters of a request: an RSA key of 16,384 bits has 2,800, and sshd reads lines of up to 8 kB."""

_CODE: Final = re.compile(r"[\d\s-]{6,11}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request that was taken apart."""

    words: tuple[str, ...] = ()
    json: bool = False
    code: Secret[str] | None = None
    refusal: str = ""
    """Why it cannot be understood; the rest is empty then, but for ``json``."""

    @property
    def open_to_all(self) -> bool:
        """It tells nothing about an account."""
        return self.words in {(), ("help",), ("--help",), ("-h",)}


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
        return Request(json=as_json, refusal="--code takes the six digits of your second factor.")
    return Request(words=(*words[:at], *words[at + 2 :]), json=as_json, code=Secret(code[0]))


def _parts(word: str) -> list[str]:
    """Return ``--code=123456`` as two words, as it is understood at the machine."""
    name, given, value = word.partition("=")
    return [name, value] if given and name.startswith("--") else [word]


class Misused(Exception):
    """The words after a command are not those that it takes; the text says why."""


def options(words: Sequence[str], known: Collection[str]) -> tuple[list[str], dict[str, list[str]]]:
    """Divide words into arguments and options with a value each.

    Args:
        words: What follows the command.
        known: The options that it takes, with their hyphens.

    Raises:
        Misused: An option is unknown, or has no value.
    """
    arguments: list[str] = []
    given: dict[str, list[str]] = {}
    rest = iter(words)
    for word in rest:
        if not word.startswith("--"):
            arguments.append(word)
        elif word not in known:
            raise Misused(f"There is no option {word[:40]} here.")
        else:
            value = next(rest, None)
            if value is None:
                raise Misused(f"{word} takes a value.")
            given.setdefault(word, []).append(value)
    return arguments, given
