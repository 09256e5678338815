"""The program's own colours: dark, light and high contrast, each with an orange accent.

None of Textual's built-in themes keeps all its text readable: dimmed tabs, placeholders and key hints fall below
4.5:1. Here all text stands at 4.5:1 or more (WCAG 2.2, 1.4.3), in the high-contrast theme at 7:1 or more (1.4.6);
``tests/unit/test_themes.py`` measures the drawn cells. Style sheets use the theme variables only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from textual.app import App
from textual.theme import Theme


@dataclass(frozen=True, kw_only=True)
class _Palette:
    """The colours of one theme; each text colour is read on each ground."""

    dark: bool
    """Whether light text stands on dark grounds."""
    background: str
    """Ground of a screen."""
    surface: str
    """Ground of inputs, lists and buttons."""
    panel: str
    """Ground of the footer, table heads and messages."""
    edge: str
    """Borders without focus, scroll bars."""
    foreground: str
    """Text."""
    muted: str
    """Text of less weight: hints, placeholders, tabs that are not chosen, buttons that are off."""
    orange: str
    """The accent as text and as ground."""
    cursor: str
    """Ground of the row or tab that has the focus; strong enough for the dimmed prompt of a list of choices."""
    blue: str
    """Links and secondary things, as text and ground."""
    green: str
    """Success, as text and ground."""
    yellow: str
    """Warning, as text and ground."""
    red: str
    """Error, as text and ground."""
    inverse: str
    """Text on orange, blue, green, yellow and red."""
    selection: str
    """Ground of selected text, and of a chosen row in a list without the focus."""


_DARK = _Palette(
    dark=True,
    background="#101216",
    surface="#191c22",
    panel="#22262e",
    edge="#5b6270",
    foreground="#f0f1f3",
    muted="#a9b0bc",
    orange="#ffac3d",
    cursor="#ffb04d",
    blue="#8cc4ff",
    green="#6fd89b",
    yellow="#f5d063",
    red="#ff9a94",
    inverse="#101216",
    selection="#3d2c18",
)

_LIGHT = _Palette(
    dark=False,
    background="#fbfbfc",
    surface="#f1f2f4",
    panel="#e6e8ec",
    edge="#8b919c",
    foreground="#17191d",
    muted="#4b515c",
    orange="#914300",
    cursor="#7a3800",
    blue="#0b57a4",
    green="#0d6234",
    yellow="#6b4e00",
    red="#a81c1c",
    inverse="#ffffff",
    selection="#ffe3c4",
)

_HIGH_CONTRAST = _Palette(
    dark=True,
    background="#000000",
    surface="#000000",
    panel="#000000",
    edge="#ffffff",
    foreground="#ffffff",
    muted="#dcdcdc",
    orange="#ffb454",
    cursor="#ffffff",
    blue="#a8d4ff",
    green="#86f0b0",
    yellow="#ffe27a",
    red="#ffb3ae",
    inverse="#000000",
    selection="#3a2600",
)

DARK = "tui-mfa-dark"
"""Name of the default theme."""

LIGHT = "tui-mfa-light"
"""Name of the theme for bright rooms."""

HIGH_CONTRAST = "tui-mfa-high-contrast"
"""Name of the theme with all text at 7:1 or more."""

THEME_NAMES = (DARK, LIGHT, HIGH_CONTRAST)
"""What the setting ``theme`` may be."""

CONTRAST_CSS = """
*:disabled:can-focus { opacity: 1; }
Tab { color: $text-muted; }
Tab:hover { color: $foreground; }
Tab:disabled { color: $text-disabled; text-style: strike; }
Tab.-active { color: $text-accent; text-style: bold; }
Tabs:focus .-active {
    color: $block-cursor-foreground;
    background: $block-cursor-background;
    text-style: $block-cursor-text-style;
}
Button.-style-default:disabled, Button.-style-flat:disabled {
    color: $text-disabled;
    background: $surface;
    border: none;
    border-top: tall $surface;
    border-bottom: tall $surface;
    text-opacity: 1;
    text-style: none;
    tint: transparent;
    &.-textual-compact { border: none; }
}
Input:disabled, TextArea:disabled, Select:disabled { color: $text-disabled; }
FooterKey.-disabled { text-style: none; }
FooterKey:hover { background: $surface; }
SelectCurrent {
    Static#label { color: $text-muted; }
    &.-has-value Static#label { color: $foreground; }
    .arrow { color: $text-muted; }
}
"""
"""Mends the places where Textual's widgets thin their text by a percentage that no theme variable reaches."""


def _fills(name: str, colour: str) -> dict[str, str]:
    """Return one colour for all the shades that buttons take from it; hovering changes their border."""
    shades = ("darken-1", "darken-2", "lighten-1", "lighten-2")
    return {f"{name}-{shade}": colour for shade in shades}


def _texts(palette: _Palette) -> dict[str, str]:
    """Return the variables that colour text."""
    return {
        "text": "auto 95%",
        "text-muted": palette.muted,
        "text-disabled": palette.muted,
        "text-primary": palette.orange,
        "text-secondary": palette.blue,
        "text-accent": palette.orange,
        "text-success": palette.green,
        "text-warning": palette.yellow,
        "text-error": palette.red,
        "foreground-muted": palette.muted,
        "foreground-disabled": palette.muted,
        "link-color": palette.blue,
        "link-color-hover": palette.inverse,
        "link-background-hover": palette.blue,
        "footer-foreground": palette.foreground,
        "footer-description-foreground": palette.foreground,
        "footer-key-foreground": palette.orange,
        "button-foreground": palette.foreground,
        "button-color-foreground": palette.inverse,
        "button-focus-text-style": "bold reverse underline",
    }


def _grounds(palette: _Palette) -> dict[str, str]:
    """Return the variables that colour what text stands on, and what surrounds it."""
    tinted = dict.fromkeys(("primary", "secondary", "accent", "success", "warning", "error"), palette.surface)
    return {
        **{f"{name}-muted": ground for name, ground in tinted.items()},
        **_fills("primary", palette.orange),
        **_fills("accent", palette.orange),
        **_fills("success", palette.green),
        **_fills("warning", palette.yellow),
        **_fills("error", palette.red),
        "panel-lighten-1": palette.panel,
        "block-cursor-foreground": palette.inverse,
        "block-cursor-background": palette.cursor,
        "block-cursor-text-style": "bold",
        "block-cursor-blurred-foreground": palette.foreground,
        "block-cursor-blurred-background": palette.selection,
        "block-cursor-blurred-text-style": "bold",
        "block-hover-background": palette.panel,
        "border": palette.orange,
        "border-blurred": palette.edge,
        "footer-background": palette.panel,
        "input-cursor-background": palette.foreground,
        "input-cursor-foreground": palette.background,
        "input-cursor-text-style": "none",
        "input-selection-background": palette.selection,
        "input-selection-foreground": palette.foreground,
        "screen-selection-background": palette.selection,
        "screen-selection-foreground": palette.foreground,
        "scrollbar": palette.edge,
        "scrollbar-hover": palette.muted,
        "scrollbar-active": palette.orange,
        "scrollbar-background": palette.surface,
    }


def _theme(name: str, palette: _Palette) -> Theme:
    return Theme(
        name=name,
        dark=palette.dark,
        primary=palette.orange,
        secondary=palette.blue,
        accent=palette.orange,
        success=palette.green,
        warning=palette.yellow,
        error=palette.red,
        foreground=palette.foreground,
        background=palette.background,
        surface=palette.surface,
        panel=palette.panel,
        variables=_texts(palette) | _grounds(palette),
    )


def register(app: App[Any], chosen: str = DARK) -> None:
    """Give an app the three themes and the style rules they need, and choose one.

    Call it in the app's ``__init__``, after ``super().__init__()``.

    Args:
        app: The app.
        chosen: One of ``THEME_NAMES``.

    Raises:
        ValueError: There is no such theme.
    """
    if chosen not in THEME_NAMES:
        raise ValueError(f"the theme is one of {', '.join(THEME_NAMES)}")
    for name, palette in zip(THEME_NAMES, (_DARK, _LIGHT, _HIGH_CONTRAST), strict=True):
        app.register_theme(_theme(name, palette))
    app.stylesheet.add_source(CONTRAST_CSS, read_from=(__file__, "CONTRAST_CSS"), is_default_css=False)
    # Setting `theme` would have every stylesheet parsed again for each of the first screens; nothing is drawn yet, so
    # it is enough to put the theme in place of the default one.
    app.set_reactive(App.theme, chosen)
    dark = app.current_theme.dark
    for name, there in {"-dark-mode": dark, "-light-mode": not dark, f"-theme-{chosen}": True}.items():
        app.set_class(there, name, update=False)
    app.stylesheet.set_variables(app.get_css_variables())
