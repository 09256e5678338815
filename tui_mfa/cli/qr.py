"""Draws a QR code on the terminal of standard error: black on white, whatever the terminal's own colours."""

import os
import sys
from collections.abc import Mapping
from itertools import groupby
from operator import itemgetter

from tui_mfa.cli.context import Cli
from tui_mfa.domain.secret import Secret
from tui_mfa.widgets.qr_matrix import Drawing, Row, arrange, draw, drawing_for, modules_of, side_of, smallest

_EXACT = {(True, False): "\x1b[38;5;16;48;5;231m", (False, True): "\x1b[38;5;231;48;5;16m"}
"""Colours for (foreground is dark, background is dark): black and white of the 6x6x6 cube, which no theme changes."""

_PLAIN = {(True, False): "\x1b[30;47;107m", (False, True): "\x1b[97;40m"}
"""The same for terminals with 16 colours, and with 8, which do not know 107."""

_END = "\x1b[0m"


def draw_first_that_fits(cli: Cli, uris: tuple[Secret[str], ...]) -> bool:
    """Draw the first URI whose code fits into the terminal, or say why there is none.

    ``NO_COLOR`` is about decoration; a code without its two colours cannot be scanned, so it has them all the same.

    Args:
        cli: Where to, and the terminal's environment.
        uris: Candidates, best first.
    """
    if not sys.stderr.isatty():
        return False
    drawing = drawing_for(cli.environ, sys.stderr.encoding)
    columns, rows = os.get_terminal_size(sys.stderr.fileno())
    for uri in uris:
        place = arrange(side_of(uri.reveal()), columns, rows - 1, drawing)  # a line for the question below
        if place is not None:
            colours = _EXACT if _has_256(cli.environ) else _PLAIN
            cli.out.drawing("".join(_line(row, colours) for row in draw(modules_of(uri.reveal()), place)))
            return True
    if drawing is Drawing.NONE:
        cli.out.words("This terminal cannot draw the code. Type the secret instead.")
    else:
        wide, high = smallest(min(side_of(uri.reveal()) for uri in uris), drawing)
        cli.out.words(f"The code needs {wide}×{high} characters; there are {columns}×{rows}. Type the secret instead.")
    return False


def _line(row: Row, colours: Mapping[tuple[bool, bool], str]) -> str:
    runs = groupby(row, key=itemgetter(1, 2))
    return "".join(colours[key] + "".join(cell.char for cell in run) for key, run in runs) + f"{_END}\n"


def _has_256(environ: Mapping[str, str]) -> bool:
    return "256color" in environ.get("TERM", "") or bool(environ.get("COLORTERM"))
