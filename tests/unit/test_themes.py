"""All text is readable in each theme, measured on the cells that are drawn, at 80x24."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from rich.color import Color, ColorSystem
from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.pilot import Pilot
from textual.widgets import (
    Button,
    DataTable,
    Footer,
    Input,
    Label,
    ListItem,
    ListView,
    OptionList,
    Select,
    Static,
    Switch,
    TabbedContent,
    TabPane,
)
from textual.widgets.option_list import Option

from tests.contrast import invisible, ratio, worst_contrast
from tui_mfa.domain.secret import Secret
from tui_mfa.themes import DARK, HIGH_CONTRAST, LIGHT, THEME_NAMES, register
from tui_mfa.widgets.link_button import LinkButton
from tui_mfa.widgets.otp_input import OtpInput
from tui_mfa.widgets.password_input import PasswordInput
from tui_mfa.widgets.secret_text import SecretText
from tui_mfa.widgets.step_bar import StepBar
from tui_mfa.widgets.text_input import TextInput
from tui_mfa.widgets.top_bar import TopBar

FLOOR = {DARK: 4.5, LIGHT: 4.5, HIGH_CONTRAST: 7.0}
"""Least contrast ratio of text (WCAG 2.2, 1.4.3 and 1.4.6)."""

WORDS = ("primary", "secondary", "accent", "success", "warning", "error")


class Sheet(App[None]):
    """Base of the test screens: themed, with a footer."""

    BINDINGS = [
        Binding("f5", "noop", "Refresh", id="test.refresh"),
        Binding("f6", "off", "Not now", id="test.off"),
    ]

    def __init__(self, theme: str) -> None:
        super().__init__()
        register(self, theme)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return None if action == "off" else True

    def action_noop(self) -> None:
        """Do nothing."""


class Forms(Sheet):
    """Fields and the program's own widgets."""

    CSS = ".muted { color: $text-muted; } .error { color: $text-error; }"

    def compose(self) -> ComposeResult:
        yield TopBar("User Profile", "jane")
        yield TextInput(placeholder="username")
        yield PasswordInput("password")
        yield OtpInput()
        yield Input(placeholder="off", disabled=True, compact=True)
        yield Input("off too", disabled=True, compact=True)
        yield SecretText(Secret("MRJG26KDOQ4VMPDJJE2H"))
        yield StepBar(lambda: datetime(2026, 11, 20, tzinfo=UTC))
        yield LinkButton("Forgotten password")
        yield LinkButton("Resend", disabled=True)
        yield Static("a hint", classes="muted")
        yield Static("an error", classes="error")
        yield Switch()
        yield Footer()


class Buttons(Sheet):
    """Each variant of button, also flat, compact and off; labels on tinted grounds."""

    CSS = "Screen { layout: grid; grid-size: 4; grid-rows: 3; } Footer { column-span: 4; }"

    def compose(self) -> ComposeResult:
        for variant in ("default", "primary", "success", "warning", "error"):
            yield Button(variant, variant=variant)
            yield Button(variant, variant=variant, disabled=True)
            yield Button(variant, variant=variant, flat=True)
            yield Button(variant, variant=variant, compact=True)
        for word in WORDS:
            yield Label(word, classes=word)
        yield Footer()


class Lists(Sheet):
    """Tabs, tables and lists."""

    def compose(self) -> ComposeResult:
        with TabbedContent(initial="invoices"):
            with TabPane("User Info", id="info"):
                yield Static("Member since 2026-11-20")
            with TabPane("Invoices", id="invoices"):
                yield DataTable(zebra_stripes=True)
                yield ListView(ListItem(Static("one")), ListItem(Static("two")))
                yield OptionList("first", Option("off", disabled=True), None, "last")
                yield Select([("one", 1), ("two", 2)], prompt="choose", compact=True)
            yield TabPane("Off", id="off", disabled=True)
        yield Footer()

    def on_mount(self) -> None:
        table = self.query_one(DataTable)
        table.add_columns("Number", "Amount")
        for row in range(3):
            table.add_row(f"2026-{row}", "$10.00")


SHEETS = (Forms, Buttons, Lists)


def readable(app: App[None], state: str) -> None:
    worst, where = worst_contrast(app)
    assert worst >= FLOOR[app.theme], f"{worst:.2f} {state}: {where}"


async def states(pilot: Pilot[None]) -> None:
    """Measure as it opens, with each widget focused, and with the mouse on each of them."""
    app = pilot.app
    readable(app, "as it opens")
    first = app.focused
    while True:
        await pilot.press("tab")
        readable(app, f"with the focus on {app.focused}")
        if app.focused is first:
            break
    for widget in [*app.query("Tab, Button, LinkButton, FooterKey, ListItem, OptionList, DataTable")]:
        await pilot.hover(widget)
        readable(app, f"with the mouse on {widget}")


@pytest.mark.parametrize("theme", THEME_NAMES)
@pytest.mark.parametrize("sheet", SHEETS)
async def test_all_text_is_readable(sheet: type[Sheet], theme: str) -> None:
    async with sheet(theme).run_test() as pilot:
        await states(pilot)


@pytest.mark.parametrize("theme", THEME_NAMES)
async def test_messages_and_typed_text_are_readable(theme: str) -> None:
    app = Forms(theme)
    async with app.run_test(notifications=True) as pilot:
        app.query(TextInput).first().focus()
        await pilot.press(*"jane", "ctrl+shift+a", "tab", *"hunter2", "f2", "tab", *"123456")
        for severity in ("information", "warning", "error"):
            app.notify("saved", title="Done", severity=severity)
        await pilot.pause()
        readable(app, "with messages")
        app.query(TextInput).first().focus()
        await pilot.pause()
        readable(app, "with selected text")


@pytest.mark.parametrize("theme", THEME_NAMES)
async def test_an_open_list_of_choices_is_readable(theme: str) -> None:
    app = Lists(theme)
    async with app.run_test() as pilot:
        app.query_one(Select).focus()
        await pilot.press("enter")
        assert app.query_one(Select).expanded
        readable(app, "with the choices open")


@pytest.mark.parametrize("theme", THEME_NAMES)
@pytest.mark.parametrize("sheet", SHEETS)
async def test_without_colour_no_text_is_invisible(
    sheet: type[Sheet], theme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with sheet(theme).run_test() as pilot:
        assert invisible(pilot.app) == []
        await states(pilot)


@pytest.mark.parametrize("system", [ColorSystem.STANDARD, ColorSystem.EIGHT_BIT])
@pytest.mark.parametrize("theme", THEME_NAMES)
@pytest.mark.parametrize("sheet", SHEETS)
async def test_with_fewer_colours_no_text_is_invisible(sheet: type[Sheet], theme: str, system: ColorSystem) -> None:
    async with sheet(theme).run_test() as pilot:
        assert invisible(pilot.app, system) == []


@pytest.mark.parametrize("theme", THEME_NAMES)
async def test_the_border_of_the_focus_is_seen(theme: str) -> None:
    """WCAG 2.2, 1.4.11: 3:1 for what tells a control's state."""
    app = Forms(theme)
    async with app.run_test():
        colours = app.theme_variables
        for ground in ("background", "surface", "panel"):
            assert ratio(Color.parse(colours["border"]), Color.parse(colours[ground])) >= 3


async def test_a_secret_and_the_chosen_tab_are_orange() -> None:
    for theme in THEME_NAMES:
        async with Lists(theme).run_test() as pilot:
            pilot.app.query_one(DataTable).focus()
            await pilot.pause()
            red, green, blue = pilot.app.query_one("Tab.-active").styles.color.rgb
            assert red > green > blue
            assert (
                pilot.app.theme_variables["text-accent"] == pilot.app.query_one("Tab.-active").styles.color.hex.lower()
            )


def test_an_unknown_theme_is_refused() -> None:
    with pytest.raises(ValueError, match="tui-mfa-dark, tui-mfa-light, tui-mfa-high-contrast"):
        Forms("textual-dark")


def colours() -> Iterator[tuple[str, str, float]]:
    yield "#000000", "#ffffff", 21.0
    yield "#777777", "#ffffff", 4.48
    yield "#767676", "#ffffff", 4.54
    yield "#ff0000", "#ff0000", 1.0


@pytest.mark.parametrize(("one", "other", "expected"), colours())
def test_the_measure_agrees_with_known_ratios(one: str, other: str, expected: float) -> None:
    assert ratio(Color.parse(one), Color.parse(other)) == pytest.approx(expected, abs=0.005)


async def test_the_measure_finds_what_the_built_in_theme_does_wrong() -> None:
    """The measure can fail: Textual's own dark theme has text at 3.5:1."""
    app = Lists(DARK)
    async with app.run_test() as pilot:
        app.theme = "textual-dark"
        await pilot.pause()
        assert worst_contrast(app)[0] < 4.5
