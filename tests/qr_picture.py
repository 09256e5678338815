"""Turns a running app's screen into the picture that a phone's camera would see, and reads the QR codes in it."""

from typing import Any

import zxingcpp
from PIL import Image, ImageDraw, ImageFont
from rich.color import Color, ColorSystem
from rich.segment import Segment
from rich.style import Style
from rich.terminal_theme import TerminalTheme
from textual._context import visible_screen_stack  # export_screenshot() sets it before it renders
from textual.app import App

CELL_WIDTH = 10
CELL_HEIGHT = 20
"""Pixels of one cell."""

RGB = tuple[int, int, int]

XTERM_NORMAL: list[RGB] = [
    (0, 0, 0),
    (205, 0, 0),
    (0, 205, 0),
    (205, 205, 0),
    (0, 0, 238),
    (205, 0, 205),
    (0, 205, 205),
    (229, 229, 229),
]
XTERM_BRIGHT: list[RGB] = [
    (127, 127, 127),
    (255, 0, 0),
    (0, 255, 0),
    (255, 255, 0),
    (92, 92, 255),
    (255, 0, 255),
    (0, 255, 255),
    (255, 255, 255),
]

DARK_TERMINAL = TerminalTheme((0, 0, 0), (229, 229, 229), XTERM_NORMAL, XTERM_BRIGHT)
LIGHT_TERMINAL = TerminalTheme((255, 255, 255), (0, 0, 0), XTERM_NORMAL, XTERM_BRIGHT)


def screen_of(app: App[Any]) -> list[list[Segment]]:
    """Return the segments of each line of the whole screen, line filters and modals included."""
    visible_screen_stack.set(app._background_screens)
    return [list(strip) for strip in app.screen._compositor.render_strips()]


def picture_of(
    app: App[Any],
    terminal: TerminalTheme = DARK_TERMINAL,
    colours: ColorSystem = ColorSystem.TRUECOLOR,
) -> Image.Image:
    """Paint an app's whole screen.

    Args:
        app: A running app.
        terminal: What the terminal makes of its default colours and of the 16 palette colours.
        colours: How many colours the terminal has; the others are replaced as Rich does it on the way out.

    Returns:
        The picture, ``CELL_WIDTH`` by ``CELL_HEIGHT`` pixels per cell.
    """
    lines = screen_of(app)
    picture = Image.new("RGB", (app.size.width * CELL_WIDTH, app.size.height * CELL_HEIGHT), "magenta")
    draw = ImageDraw.Draw(picture)
    for y, line in enumerate(lines):
        x = 0
        for text, style, control in line:
            assert not control, "a screen's strips hold no control codes"
            ink, paper = _colours(style or Style.null(), terminal, colours)
            for char in text:
                _paint(draw, char, (x * CELL_WIDTH, y * CELL_HEIGHT), (ink, paper))
                x += Segment(char).cell_length
    return picture


def read_qr(picture: Image.Image) -> list[str]:
    """Return the text of every QR code in a picture.

    Only dark codes on light are read, as older phone apps do: a code drawn light on dark is not found.
    """
    found = zxingcpp.read_barcodes(picture, formats=zxingcpp.barcode_formats_from_str("QRCode"), try_invert=False)
    return [code.text for code in found]


def _colours(style: Style, terminal: TerminalTheme, colours: ColorSystem) -> tuple[RGB, RGB]:
    """Return ink and paper of a style in a terminal."""

    def seen(colour: Color | None, foreground: bool) -> RGB:
        shown = (colour or Color.default()).downgrade(colours)
        red, green, blue = shown.get_truecolor(terminal, foreground=foreground)
        return red, green, blue

    ink, paper = seen(style.color, True), seen(style.bgcolor, False)
    if style.reverse:
        ink, paper = paper, ink
    return (paper, paper) if style.conceal else (ink, paper)


def _paint(draw: ImageDraw.ImageDraw, char: str, corner: tuple[int, int], colours: tuple[RGB, RGB]) -> None:
    """Paint one character; the block glyphs exactly, the others as Pillow's own font has them."""
    (x, y), (ink, paper) = corner, colours
    middle, right, bottom = y + CELL_HEIGHT // 2, x + CELL_WIDTH - 1, y + CELL_HEIGHT - 1
    draw.rectangle((x, y, right, bottom), fill=ink if char == "█" else paper)
    if char == "▀":
        draw.rectangle((x, y, right, middle - 1), fill=ink)
    elif char == "▄":
        draw.rectangle((x, middle, right, bottom), fill=ink)
    elif char not in {" ", "█"}:
        draw.text((x, y + 1), char, fill=ink, font=ImageFont.load_default(14))
