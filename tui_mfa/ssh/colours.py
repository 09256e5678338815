"""Colours for the client's terminal.

Rich keeps, for the whole process, how each style was written the first time. So every session is drawn in true colour,
and what goes to the client is brought to what it can show.
"""

import re
from functools import lru_cache
from typing import Final

from rich.color import Color, ColorSystem

SYSTEMS: Final = {"256": ColorSystem.EIGHT_BIT, "16": ColorSystem.STANDARD}
"""The ability of a terminal (see ``terminal.terminal_ability``) and the colours to bring others to."""

_SGR: Final = re.compile(r"\x1b\[([\d;]*)m")


def fit(text: str, ability: str) -> str:
    """Return output with its colours brought to what a terminal can show.

    Args:
        text: Output with SGR sequences in true colour.
        ability: ``none``, ``16``, ``256`` or ``truecolor``.
    """
    if ability == "truecolor":
        return text
    return _SGR.sub(lambda found: _fitted(found[1], ability), text)


@lru_cache(maxsize=4096)
def _fitted(codes: str, ability: str) -> str:
    """Return one SGR sequence; the cache holds colours and nothing of anybody's."""
    given = codes.split(";")
    made: list[str] = []
    at = 0
    while at < len(given):
        code = given[at]
        if code in {"38", "48"} and given[at + 1 : at + 2] in (["2"], ["5"]):
            long = given[at + 1] == "2"
            made += _colour(code == "38", given[at + 2 : at + (5 if long else 3)], ability)
            at += 5 if long else 3
            continue
        if not (ability == "none" and _is_colour(code)):
            made.append(code)
        at += 1
    return f"\x1b[{';'.join(made)}m" if made else ""


def _colour(foreground: bool, parts: list[str], ability: str) -> tuple[str, ...]:  # noqa: FBT001, RUF100 - one of two
    system = SYSTEMS.get(ability)
    if system is None or not all(part.isdecimal() for part in parts):
        return ()
    numbers = [min(255, int(part)) for part in parts]
    colour = Color.from_rgb(*numbers) if len(numbers) == 3 else Color.parse(f"color({numbers[0]})")  # noqa: PLR2004 - r, g, b
    return tuple(colour.downgrade(system).get_ansi_codes(foreground))


def _is_colour(code: str) -> bool:
    return code.isdecimal() and (30 <= int(code) <= 49 or 90 <= int(code) <= 107)  # noqa: PLR2004 - ECMA-48, aixterm
