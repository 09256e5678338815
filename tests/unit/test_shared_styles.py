"""Style rules are read once for a process, and a wrong source never spoils the ones in force."""

from collections.abc import Callable

import pytest
from textual.app import App, ComposeResult
from textual.containers import Horizontal
from textual.css.stylesheet import Stylesheet, StylesheetParseError
from textual.screen import Screen
from textual.widgets import Button, DataTable, Input, Static

from tui_mfa import styles
from tui_mfa.styles import SharedStylesheet

VARIABLES = {"ink": "red"}
WHERE = ("here", "")


def sheet(css: str, variables: dict[str, str]) -> SharedStylesheet:
    made = SharedStylesheet(variables=variables)
    made.add_source(css, read_from=WHERE)
    return made


def test_what_one_app_read_the_next_one_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    css = "Static { color: $ink; } /* read once */"
    first = sheet(css, VARIABLES).rules

    def read_again(*_: object) -> None:
        raise AssertionError("it was read again")

    monkeypatch.setattr(Stylesheet, "_parse_rules", read_again)
    assert sheet(css, dict(VARIABLES)).rules == first


def test_each_theme_has_rules_of_its_own() -> None:
    css = "Static { color: $ink; }"
    red, blue = sheet(css, VARIABLES).rules[0].styles.color, sheet(css, {"ink": "blue"}).rules[0].styles.color
    assert (red.hex, blue.hex) == ("#FF0000", "#0000FF")


def test_a_new_theme_is_taken_and_the_old_one_comes_back() -> None:
    shared = sheet("Static { color: $ink; }", VARIABLES)
    seen = []
    for ink in ("red", "blue", "red"):
        shared.set_variables({"ink": ink})
        shared.reparse()
        seen.append(shared.rules[0].styles.color.hex)
    assert seen == ["#FF0000", "#0000FF", "#FF0000"]


def test_a_wrong_source_leaves_the_rules_before_in_force() -> None:
    shared = sheet("Static { color: red; }", VARIABLES)
    before = shared.rules
    shared.add_source("Static { color: not-a-colour; }", read_from=("there", ""))
    with pytest.raises(StylesheetParseError):
        shared.reparse()
    assert shared._rules is before


class Two(App[None]):
    CSS = "Static { color: $primary; }"

    def __init__(self) -> None:
        super().__init__()
        styles.share_styles(self)

    def compose(self) -> ComposeResult:
        yield Static("words")


async def test_one_apps_theme_stays_its_own() -> None:
    one, other = Two(), Two()
    async with one.run_test(), other.run_test() as pilot:
        one.theme, other.theme = "nord", "gruvbox"
        await pilot.pause()
        found = [app.query_one(Static).styles.color for app in (one, other)]
    assert found[0] != found[1]


class Look(Screen[None]):
    """A page on which places, states and parts of widgets decide."""

    DEFAULT_CSS = """
    Look {
        #first { color: red; }
        .wide { width: 100%; }
        #row { grid-columns: 1fr 2fr; }
        Button:focus { color: green; }
        Static:first-child { padding: 1; }
        Horizontal:focus-within Static { color: blue; }
        .on Static { text-style: bold; }
        DataTable > .datatable--cursor { color: yellow; }
        &.on DataTable > .datatable--cursor { color: magenta; }
        &.on > Static { text-style: italic; }
    }
    """

    def compose(self) -> ComposeResult:
        yield Static("a", id="first")
        yield Static("b", classes="wide")
        with Horizontal(id="row"):
            yield Static("c")
            yield Button("press", id="one")
            yield Button("press", id="two", disabled=True)
        yield DataTable()
        yield Input(id="name")


def styles_of(app: App[None]) -> list[dict[str, object]]:
    """Return what every widget of the page, and every part of one, looks like by its rules."""
    found = []
    for node in app.screen.walk_children(with_self=True):
        watched = (node._has_hover_style, node._has_focus_within, node._has_order_style, node._has_odd_or_even)
        found.append({"watched": watched, **node.styles.base._rules})
        found.extend(dict(part.base._rules) for _, part in sorted(node._component_styles.items()))
    return found


def by_textual(app: App[None]) -> list[dict[str, object]]:
    """Return the same, found by Textual alone for all widgets anew."""
    plain = Stylesheet(variables=app.stylesheet._variables)
    for (path, name), source in app.stylesheet.source.items():
        plain.add_source(source.content, (path, name), source.is_defaults, source.tie_breaker, source.scope)
    plain.parse()
    shared, app.stylesheet = app.stylesheet, plain
    for node in app.screen.walk_children(with_self=True):
        node._component_styles.clear()
    plain.update(app.screen)
    found = styles_of(app)
    app.stylesheet = shared
    return found


@pytest.mark.parametrize("app_number", [1, 2])
async def test_every_widget_looks_as_textual_alone_would_have_it(app_number: int) -> None:
    """After each change of focus, class, state, place, children and theme; the second app finds what the first kept."""
    app = Two()
    async with app.run_test(size=(60, 20)) as pilot:
        page = Look()
        await app.push_screen(page)
        changes: dict[str, Callable[[], object]] = {
            "nothing": lambda: None,
            "focus": lambda: page.set_focus(page.query_one("#one")),
            "a class": lambda: page.query_one("#row").add_class("on"),
            "a class above": lambda: page.add_class("on"),
            "a state": lambda: setattr(page.query_one("#two"), "disabled", False),
            "focus elsewhere": lambda: page.set_focus(page.query_one("#name")),
            "one less": lambda: page.query_one("#first").remove(),
            "one more": lambda: page.query_one("#row").mount(Static("d", classes="wide")),
            "another theme": lambda: setattr(app, "theme", "textual-light"),
            "no class above": lambda: page.remove_class("on"),
            "the theme before": lambda: setattr(app, "theme", "textual-dark"),
        }
        for what, change in changes.items():
            change()
            await pilot.pause()
            # Textual tells no sibling that it has become the first one.
            app.stylesheet.update(page) if what == "one less" else None
            assert styles_of(app) == by_textual(app), f"{what}, app {app_number}"
            assert isinstance(app.stylesheet, SharedStylesheet)
