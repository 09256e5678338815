"""S61 at the command line: hostile arguments and a store edited by hand leave clean lines, and no traceback."""

from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from tests.cli.home import PASSWORD, Home
from tests.stories.hostile_texts import HOSTILE, poison_files, unclean_output
from tui_mfa.cli.root import root

OPENS_SOMETHING_ELSE = {"demo", "api", "serve"}
"""Commands that draw a terminal of their own, or listen."""

REFUSED = {0, 1, 2, 3}
"""Every exit status but that of a mistake in the program."""


def leaves(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Yield every command with its words."""
    if isinstance(command, click.Group):
        ctx = click.Context(command)
        for name in command.list_commands(ctx):
            child = command.get_command(ctx, name)
            if child is not None and name not in OPENS_SOMETHING_ELSE:
                yield from leaves(child, (*path, name))
    else:
        yield path, command


LEAVES = list(leaves(root))


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Home:
    monkeypatch.chdir(tmp_path)
    return Home(tmp_path, monkeypatch, capsys)


def arguments_of(command: click.Command, text: str, name: str) -> list[str]:
    """Return a value for each argument and each option that takes words; ``name`` for the account's own name."""
    given = []
    for parameter in command.params:
        if isinstance(parameter, click.Option) and not parameter.is_flag:
            given += [f"{parameter.opts[0]}={text}"]
    places = [parameter for parameter in command.params if isinstance(parameter, click.Argument)]
    # Behind "--", so that no text counts as an option.
    return [*given, "--", *(name if place.name in {"name", "username"} else text for place in places)]


def check(home: Home, *arguments: str) -> None:
    done = home.run(*arguments, stdin=(PASSWORD, "000000"))
    assert done.status in REFUSED, (arguments[:2], done)
    assert unclean_output(done.out) == [], arguments[:2]
    assert unclean_output(done.err) == [], arguments[:2]


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_arguments_command_no_terminal(kind: str, home: Home) -> None:
    home.add()
    text = HOSTILE[kind]
    for path, command in LEAVES:
        for name in ("jane", text):
            check(home, *path, *arguments_of(command, text, name))
            if any(parameter.name == "json" for parameter in command.params):
                check(home, *path, "--json", *arguments_of(command, text, name))


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_store_edited_by_hand_commands_no_terminal(kind: str, home: Home) -> None:
    home.add()
    assert poison_files(home.data, HOSTILE[kind]) == 1
    for path, command in LEAVES:
        names = [parameter.name for parameter in command.params if isinstance(parameter, click.Argument)]
        if names in ([], ["name"], ["username"]):
            given = ["jane"] * len(names)
            check(home, *path, *given)
            check(home, *path, "--json", *given)


def test_there_are_commands() -> None:
    assert len(LEAVES) > 40
