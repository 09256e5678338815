"""From a URI to the modules of a QR code, and from modules to the character cells of a terminal.

Nothing here knows Textual. The choices (half blocks, which glyph, how much border) were measured in real terminals;
docstrings name what each one is for.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

MAX_BORDER = 4
"""Light modules that ISO/IEC 18004 section 9.1 wants around the code; more would be wasted."""

MIN_BORDER = 1
"""Light modules without which no decoder reads the code on a dark terminal."""

Modules = tuple[tuple[bool, ...], ...]
"""A square of modules, row by row; True is dark."""


class Drawing(Enum):
    """How modules become cells."""

    HALF_BLOCKS = "half blocks"
    """One column and half a row per module."""

    FULL_CELLS = "full cells"
    """Two coloured spaces per module: twice the size, for terminals without block glyphs."""

    NONE = "none"
    """No colours and no cursor: nothing can be drawn."""


class Cell(NamedTuple):
    """One character cell; both colours are always set, black or white."""

    char: str
    fg_dark: bool
    bg_dark: bool


Row = tuple[Cell, ...]
"""One line of cells."""

LIGHT = Cell(" ", fg_dark=True, bg_dark=False)
DARK = Cell(" ", fg_dark=False, bg_dark=True)

HALVES = {
    (False, False): LIGHT,
    (True, True): DARK,
    (True, False): Cell("▀", fg_dark=True, bg_dark=False),
    (False, True): Cell("▄", fg_dark=True, bg_dark=False),
}
"""The cell for (upper, lower) module. Equal modules are a space: a glyph would leave seams between the lines of
fonts whose blocks are shorter than the cell."""


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Where the code stands: light modules around it, and the cells that it takes in all."""

    side: int
    """Modules along one side of the code."""
    drawing: Drawing
    border: int
    """Light modules at the left, and as many at the right."""
    above: int
    below: int
    columns: int
    rows: int


def drawing_for(environ: Mapping[str, str], encoding: str | None) -> Drawing:
    """Decide what a terminal can draw.

    Args:
        environ: The environment of the terminal's session.
        encoding: The name of the output's encoding; None where it is unknown.

    Returns:
        ``NONE`` for a dumb terminal; ``FULL_CELLS`` for the Linux console, whose fonts mostly lack block glyphs, for
        encodings other than UTF-8, and where the locale contradicts the encoding: Python turns to UTF-8 by itself
        in the C locale (PEP 540), the terminal does not. ``HALF_BLOCKS`` otherwise.
    """
    terminal = environ.get("TERM", "")
    if terminal in {"dumb", "unknown"}:
        return Drawing.NONE
    locale = environ.get("LC_ALL") or environ.get("LC_CTYPE") or environ.get("LANG") or ""
    charset = locale.partition(".")[2].partition("@")[0]
    if terminal == "linux" or locale in {"C", "POSIX"} or not _is_utf8(encoding or ""):
        return Drawing.FULL_CELLS
    return Drawing.HALF_BLOCKS if not charset or _is_utf8(charset) else Drawing.FULL_CELLS


def side_of(uri: str) -> int:
    """Return the modules along one side of a URI's code, without encoding it.

    Raises:
        ValueError: The URI is longer than the largest code holds (2,953 bytes).
    """
    from tui_mfa.widgets import qr_encoding  # noqa: PLC0415 - slow to load, and wanted with the first code only

    return 17 + 4 * qr_encoding.plan(uri)[0]


def modules_of(uri: str) -> Modules:
    """Encode a URI: error correction level L, the smallest version, the segments that need the fewest bits.

    Raises:
        ValueError: The URI is longer than the largest code holds (2,953 bytes).
    """
    from tui_mfa.widgets import qr_encoding  # noqa: PLC0415 - as above

    return qr_encoding.encode(uri)


def smallest(side: int, drawing: Drawing) -> tuple[int, int]:
    """Return the columns and rows of the smallest drawing of a code, (0, 0) where nothing can be drawn."""
    modules = side + 2 * MIN_BORDER
    if drawing is Drawing.NONE:
        return 0, 0
    return (2 * modules, modules) if drawing is Drawing.FULL_CELLS else (modules, (modules + 1) // 2)


def arrange(side: int, columns: int, rows: int, drawing: Drawing) -> Arrangement | None:
    """Find the best place for a code in a room of cells.

    Args:
        side: Modules along one side.
        columns: The room's width in cells.
        rows: The room's height in cells.
        drawing: How modules become cells.

    Returns:
        The arrangement with the widest border that fits, at most ``MAX_BORDER``; None where not even ``MIN_BORDER``
        fits.
    """
    needed_columns, needed_rows = smallest(side, drawing)
    if drawing is Drawing.NONE or columns < needed_columns or rows < needed_rows:
        return None
    if drawing is Drawing.FULL_CELLS:
        border = min(MAX_BORDER, (columns // 2 - side) // 2)
        above = min(MAX_BORDER, (rows - side) // 2)
        return Arrangement(side, drawing, border, above, above, columns=2 * (side + 2 * border), rows=side + 2 * above)
    border = min(MAX_BORDER, (columns - side) // 2)
    # A side is always odd, so an odd number of light rows is left: an even one above keeps the finder patterns in
    # phase with the cells, which saves fonts with short block glyphs; the odd one goes below.
    light = min(2 * rows - side, 2 * MAX_BORDER + 1)
    above = (light + 1) // 4 * 2
    return Arrangement(
        side,
        drawing,
        border,
        above,
        light - above,
        columns=side + 2 * border,
        rows=(side + light) // 2,
    )


def draw(modules: Modules, place: Arrangement) -> tuple[Row, ...]:
    """Turn modules into cells.

    Args:
        modules: The code; its side is the arrangement's.
        place: What ``arrange`` found.

    Returns:
        ``place.rows`` rows of ``place.columns`` cells.
    """
    margin = (False,) * place.border
    blank = (False,) * (place.side + 2 * place.border)
    lines = [
        *[blank] * place.above,
        *[(*margin, *row, *margin) for row in modules],
        *[blank] * place.below,
    ]
    if place.drawing is Drawing.FULL_CELLS:
        return tuple(tuple(DARK if dark else LIGHT for dark in line for _ in "12") for line in lines)
    halves = HALVES.__getitem__
    return tuple(
        tuple(map(halves, zip(upper, lower, strict=True))) for upper, lower in zip(lines[::2], lines[1::2], strict=True)
    )


def _is_utf8(name: str) -> bool:
    """Tell whether an encoding's name, however spelt, means UTF-8."""
    return name.lower().replace("-", "").replace("_", "") == "utf8"
