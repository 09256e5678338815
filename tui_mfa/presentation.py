"""The only door through which people's text, secrets and dates reach the screen.

Textual parses a plain ``str`` as markup and lets escape sequences through to the terminal, so nothing that a person
typed is given to a widget or a table cell but by the functions here. Textual and Rich's text class are imported when a
function needs them: commands that print words use this module without paying for the screens.
"""

from __future__ import annotations

import unicodedata
from datetime import UTC, date, datetime, tzinfo
from typing import TYPE_CHECKING

from rich.cells import get_character_cell_size

if TYPE_CHECKING:
    from rich.text import Text
    from textual.content import Content

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
"""What stands for a character that must not reach a terminal."""

ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"
"""Marks that a text was cut."""

HIDDEN = "\N{BULLET}" * 3
"""Stands for the hidden part of an address: always three, so that it tells nothing about the length."""

MAX_MARKS = 4
"""Combining marks kept on one character: as many as living scripts stack."""

DEFAULT_LIMIT = 200
"""Widest text shown, in terminal cells, where the caller names no limit."""

_INVISIBLE = frozenset(
    map(
        chr,
        (
            0x034F,
            0x115F,
            0x1160,
            0x17B4,
            0x17B5,
            0x2800,
            0x3164,
            0xFFA0,
            *range(0x180B, 0x1810),
            *range(0xFE00, 0xFE10),
            *range(0xE0100, 0xE01F0),
        ),
    )
)
"""What Python calls printable and a terminal draws as nothing (Unicode's Default_Ignorable, Braille blank)."""


def _is_mark(char: str) -> bool:
    return get_character_cell_size(char) == 0 or unicodedata.combining(char) != 0


def _shown(char: str, *, first: bool) -> str:
    harmless = char.isprintable() and char not in _INVISIBLE and not (first and _is_mark(char))
    return char if harmless else REPLACEMENT


def safe_text(text: str, limit: int = DEFAULT_LIMIT) -> str:
    """Return text from a person as one line that is harmless on any terminal.

    Control characters (C0, C1, ESC, NUL, line breaks), bidirectional controls, zero-width and unassigned characters
    become U+FFFD; combining marks beyond ``MAX_MARKS`` on one character are left out, and one without a character to
    stand on becomes U+FFFD. A text wider than the limit ends in an ellipsis.

    Args:
        text: What the person wrote.
        limit: Widest result, in terminal cells; at least 1.

    Raises:
        ValueError: The limit is below 1.
    """
    if limit < 1:
        raise ValueError("the limit is at least one cell")
    pieces: list[str] = []
    width = marks = fitting = 0
    for raw in text:
        char = _shown(raw, first=not pieces)
        cells = get_character_cell_size(char)
        marks = marks + 1 if _is_mark(char) else 0
        if marks > MAX_MARKS:
            continue
        width += cells
        if width > limit:
            return "".join(pieces[:fitting]) + ELLIPSIS
        pieces.append(char)
        if width < limit:
            fitting = len(pieces)
    return "".join(pieces)


def as_content(text: str, limit: int = DEFAULT_LIMIT) -> Content:
    """Return a person's text for a widget, never read as markup.

    Args:
        text: What the person wrote.
        limit: Widest result, in terminal cells.
    """
    from textual.content import Content  # noqa: PLC0415 - see the module's docstring

    return Content(safe_text(text, limit))


def as_cell(text: str, limit: int = DEFAULT_LIMIT) -> Text:
    """Return a person's text for a cell of a DataTable or a node of a Tree, which mis-measure ``Content``.

    Args:
        text: What the person wrote.
        limit: Widest result, in terminal cells.
    """
    from rich.text import Text  # noqa: PLC0415 - see the module's docstring

    return Text(safe_text(text, limit), no_wrap=True, end="")


def masked_email(address: str) -> str:
    """Return an e-mail address of which its owner, and nobody else, knows which one it is: ``j•••@e•••.com``.

    Args:
        address: The address; a text without ``@`` shows nothing of itself.
    """
    local, at, domain = address.rpartition("@")
    if not at:
        return HIDDEN
    host, dot, top = domain.rpartition(".")
    host = host if dot else domain
    ending = f".{safe_text(top, 20)}" if dot and top else ""
    return f"{_first(local)}{HIDDEN}@{_first(host)}{HIDDEN}{ending}"


def _first(text: str) -> str:
    return safe_text(text[:1], 2)


def grouped(secret: str, size: int = 4, per_line: int = 0) -> str:
    """Return a secret in groups that an eye can follow: ``MRJG 26KD OQ4V``.

    Args:
        secret: The text, without spaces.
        size: Characters in a group; at least 1.
        per_line: Groups in a line; 0 puts all in one line.
    """
    groups = [secret[start : start + size] for start in range(0, len(secret), size)]
    if per_line < 1:
        return " ".join(groups)
    lines = (groups[start : start + per_line] for start in range(0, len(groups), per_line))
    return "\n".join(map(" ".join, lines))


def wait_words(seconds: int) -> str:
    """Return how long to wait: ``17 s``, ``4 min``, ``2 h``, ``1 h 5 min``.

    Minutes are rounded up: whoever waits as long as they were told is never too early.

    Args:
        seconds: Whole seconds; below 0 counts as 0.
    """
    seconds = max(0, seconds)
    if seconds < 60:  # noqa: PLR2004 - a minute
        return f"{seconds} s"
    hours, minutes = divmod(-(-seconds // 60), 60)
    return " ".join(f"{count} {unit}" for count, unit in ((hours, "h"), (minutes, "min")) if count)


def when(moment: datetime, zone: tzinfo | None = None) -> str:
    """Return a moment in the reader's zone with UTC beside it: ``2026-11-20 15:02 CET (14:02 UTC)``.

    Args:
        moment: A datetime with a zone.
        zone: The reader's zone; None, or one that agrees with UTC then, shows UTC alone.

    Raises:
        ValueError: The moment has no zone.
    """
    utc = _aware(moment).astimezone(UTC)
    local = utc.astimezone(zone or UTC)
    if not local.utcoffset():
        return f"{utc:%Y-%m-%d %H:%M} UTC"
    other = f"{utc:%H:%M}" if utc.date() == local.date() else f"{utc:%Y-%m-%d %H:%M}"
    return f"{local:%Y-%m-%d %H:%M} {safe_text(local.tzname() or '', 20)} ({other} UTC)"


def day(moment: date, zone: tzinfo | None = None) -> str:
    """Return a date: ``2026-11-20``.

    Args:
        moment: A date, or a datetime with a zone.
        zone: The reader's zone, for a datetime; UTC when None.

    Raises:
        ValueError: The moment is a datetime without a zone.
    """
    if isinstance(moment, datetime):
        moment = _aware(moment).astimezone(zone or UTC).date()
    return moment.isoformat()


def _aware(moment: datetime) -> datetime:
    if moment.utcoffset() is None:
        raise ValueError("a moment needs a zone")
    return moment
