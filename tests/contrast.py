"""Measures how readable the drawn cells of a running app are."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from rich.color import Color, ColorSystem, ColorType
from textual.app import App

LINES_AND_BLOCKS = range(0x2500, 0x25A0)
"""Box drawing and block elements: borders, bars and QR codes, which are no text (WCAG 2.2, 1.4.3)."""


class Run(NamedTuple):
    """Text of one style on the screen."""

    text: str
    x: int
    y: int
    ink: Color
    ground: Color

    @property
    def label(self) -> str:
        return f"{self.text.strip()!r} at {self.x},{self.y}: {self.ink.name} on {self.ground.name}"


def has_text(text: str) -> bool:
    """Return whether a text has a character that is read, not only seen."""
    return any(not char.isspace() and ord(char) not in LINES_AND_BLOCKS for char in text)


def text_runs(app: App[Any]) -> Iterator[Run]:
    """Yield the visible text of the current screen as it goes to the terminal: after the filters, reverse undone."""
    for y, strip in enumerate(app.screen._compositor.render_strips()):
        x = 0
        for segment in strip:
            style = segment.style
            if has_text(segment.text):
                assert style is not None, f"{segment.text!r} at {x},{y} has no style"
                assert style.color is not None, f"{segment.text!r} at {x},{y} has no colour"
                assert style.bgcolor is not None, f"{segment.text!r} at {x},{y} has no ground"
                assert not style.dim, f"{segment.text!r} at {x},{y} is dimmed by the terminal"
                ink, ground = style.color, style.bgcolor
                yield Run(segment.text, x, y, *((ground, ink) if style.reverse else (ink, ground)))
            x += segment.cell_length


def luminance(colour: Color) -> float:
    """Return the relative luminance (WCAG 2.2, definition), from 0 for black to 1 for white."""
    assert colour.type is ColorType.TRUECOLOR, f"{colour.name} depends on the terminal's palette"
    parts = (part / 255 for part in colour.get_truecolor())
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def ratio(one: Color, other: Color) -> float:
    """Return the contrast ratio (WCAG 2.2, definition), from 1 to 21."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def worst_contrast(app: App[Any]) -> tuple[float, str]:
    """Return the lowest contrast ratio of all text on the current screen, and where it is.

    A screen without text is an error: it would prove nothing.
    """
    measured = [(ratio(run.ink, run.ground), run.label) for run in text_runs(app)]
    assert measured, "there is no text on the screen"
    return min(measured)


def invisible(app: App[Any], system: ColorSystem = ColorSystem.TRUECOLOR) -> list[str]:
    """Return the text that a terminal with these colours draws in the colour of its ground."""
    return [run.label for run in text_runs(app) if run.ink.downgrade(system) == run.ground.downgrade(system)]
