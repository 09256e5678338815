"""Colours are brought to what the client can show, and nothing else is touched."""

import pytest

from tui_mfa.ssh.colours import fit

RED = "\x1b[1;38;2;255;0;0;48;2;0;0;0mx\x1b[0m"


@pytest.mark.parametrize(
    ("ability", "shown"),
    [
        ("truecolor", RED),
        ("256", "\x1b[1;38;5;196;48;5;16mx\x1b[0m"),
        ("16", "\x1b[1;31;40mx\x1b[0m"),
        ("none", "\x1b[1mx\x1b[0m"),
    ],
)
def test_each_ability_gets_its_own(ability: str, shown: str) -> None:
    assert fit(RED, ability) == shown


@pytest.mark.parametrize("text", ["\x1b[2J", "\x1b[10;20H", "\x1b[?25h", "plain 38;2;1;2;3m", "\x1b]52;c;eA==\x07"])
@pytest.mark.parametrize("ability", ["none", "16", "256"])
def test_what_is_no_colour_stays(ability: str, text: str) -> None:
    assert fit(text, ability) == text


def test_no_colour_is_left_where_there_are_none() -> None:
    assert fit("\x1b[31;97;104;39;49;4mx\x1b[38;5;12my", "none") == "\x1b[4mxy"
