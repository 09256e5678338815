"""An invoice as a PDF file. The library (fpdf2) is loaded when the first one is made.

A PDF needs a font for each character. Those of the system are used where they are found; without any, the PDF's own
Helvetica, which knows western European letters. What no font has is shown as a question mark, and said.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tui_mfa.presentation import safe_text

if TYPE_CHECKING:
    from datetime import datetime

    from fpdf import FPDF

    from tui_mfa.domain.billing.invoices import Document

FONTS: Final = (
    "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
    "/usr/share/fonts/dejavu-sans-fonts/DejaVuSans.ttf",
    "/usr/share/fonts/TTF/DejaVuSans.ttf",
    "/usr/share/fonts/truetype/noto/NotoSans-Regular.ttf",
    "/Library/Fonts/Arial Unicode.ttf",
    "/System/Library/Fonts/Supplemental/Arial Unicode.ttf",
    "/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf",
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/truetype/ancient-scripts/Symbola_hint.ttf",
)
"""Where systems keep fonts with many characters, best first; each character is drawn with the first that has it."""

_LEFT: Final = 20
_WIDTH: Final = 170
"""Millimetres of the margin and of the text on A4."""

_AMOUNT: Final = 40
"""Millimetres of the column of amounts."""

_CELL: Final = 90
"""Characters of a line; a longer one would leave the page."""


@dataclass(frozen=True, slots=True)
class Pdf:
    """A file, and what it lacks."""

    data: bytes
    missing: str
    """Characters that no font had, each once."""


def render(paper: Document, made_at: datetime) -> Pdf:
    """Return a document as one page of A4; the same document gives the same bytes.

    Args:
        paper: What stands on it.
        made_at: The date inside the file.
    """
    from fpdf import FPDF  # noqa: PLC0415 - see the module's docstring

    pdf = FPDF(format="A4")
    pdf.set_creation_date(made_at)
    pdf.set_margins(_LEFT, _LEFT)
    pdf.add_page()
    page = _Page(pdf)
    page.line(paper.title, size=18)
    page.gap()
    for name, value in paper.facts:
        page.line(f"{name}: {value}")
    page.gap()
    page.line("Bill to:")
    for text in paper.bill_to:
        page.line(text)
    page.gap()
    for text, amount in paper.lines:
        page.row(text, amount)
    page.rule()
    page.row("Total (USD)", paper.total)
    page.gap()
    for note in paper.notes:
        page.paragraph(note)
    return Pdf(bytes(pdf.output()), "".join(sorted(page.missing)))


_MAGIC: Final = (b"\0\1\0\0", b"true", b"OTTO", b"ttcf")
"""How TrueType and OpenType files begin, alone or in a collection."""


def _is_font(path: str) -> bool:
    try:
        with Path(path).open("rb") as file:
            return file.read(4) in _MAGIC
    except OSError:
        return False


class _Page:
    """Writes lines, and remembers what could not be drawn.

    Args:
        pdf: The file.
    """

    def __init__(self, pdf: FPDF) -> None:
        self._pdf = pdf
        self.missing: set[str] = set()
        self._known: set[str] | None = None
        self._family = "Helvetica"
        self._load_fonts()

    def line(self, text: str, *, size: int = 11) -> None:
        """Write one line."""
        self._pdf.set_font(self._family, size=size)
        self._pdf.cell(_WIDTH, size * 0.55, self._drawable(text), new_x="LMARGIN", new_y="NEXT")

    def row(self, text: str, amount: str) -> None:
        """Write a text, and an amount at the right."""
        self._pdf.set_font(self._family, size=11)
        self._pdf.cell(_WIDTH - _AMOUNT, 7, self._drawable(text))
        self._pdf.cell(_AMOUNT, 7, self._drawable(amount), align="R", new_x="LMARGIN", new_y="NEXT")

    def paragraph(self, text: str) -> None:
        """Write a text that may take several lines."""
        self._pdf.set_font(self._family, size=10)
        self._pdf.multi_cell(_WIDTH, 6, self._drawable(text, 400), new_x="LMARGIN", new_y="NEXT")

    def gap(self) -> None:
        """Leave some room."""
        self._pdf.ln(6)

    def rule(self) -> None:
        """Draw a line across the page."""
        self._pdf.line(_LEFT, self._pdf.get_y(), _LEFT + _WIDTH, self._pdf.get_y())

    def _load_fonts(self) -> None:
        families = []
        for number, path in enumerate(path for path in FONTS if _is_font(path)):
            family = f"system{number}"
            try:
                self._pdf.add_font(family, fname=path)
            except Exception:  # noqa: BLE001, S112 - a font that is broken, or of a kind it does not know: the next one
                continue
            families.append(family)
        if not families:
            return
        self._family = families[0]
        self._pdf.set_fallback_fonts(families[1:])
        self._known = {chr(code) for family in families for code in getattr(self._pdf.fonts[family], "cmap", {})}

    def _drawable(self, text: str, limit: int = _CELL) -> str:
        shown = []
        for char in safe_text(text, limit):
            if self._has(char):
                shown.append(char)
            else:
                self.missing.add(char)
                shown.append("?")
        return "".join(shown)

    def _has(self, char: str) -> bool:
        if self._known is not None:
            return char in self._known
        try:
            char.encode("latin-1")
        except UnicodeEncodeError:
            return False
        return True
