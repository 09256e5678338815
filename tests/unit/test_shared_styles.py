"""Style rules are read once for a process, and a wrong source never spoils the ones in force."""

import pytest
from textual.app import App, ComposeResult
from textual.css.stylesheet import Stylesheet, StylesheetParseError
from textual.widgets import Static

from tui_mfa import terminal
from tui_mfa.terminal import SharedStylesheet

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
        terminal.share_styles(self)

    def compose(self) -> ComposeResult:
        yield Static("words")


async def test_one_apps_theme_stays_its_own() -> None:
    one, other = Two(), Two()
    async with one.run_test(), other.run_test() as pilot:
        one.theme, other.theme = "nord", "gruvbox"
        await pilot.pause()
        found = [app.query_one(Static).styles.color for app in (one, other)]
    assert found[0] != found[1]
