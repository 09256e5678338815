"""The guide for operators names commands, options and settings that exist: parsed by the real commands, never run."""

import os
import re
import shlex
import subprocess
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest

from tui_mfa.cli.root import root
from tui_mfa.settings_keys import KEYS

GUIDE = (Path(__file__).parents[2] / "docs" / "operating.md").read_text(encoding="utf-8")

BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"(?:^|(?<=/opt/tui-mfa/bin/))tui-mfa (.+)$", re.MULTILINE)
"""The program at the start of a line, or by the path at which the guide installs it: in units, for sshd, for PAM."""

SENTENCES = BLOCK.sub("", GUIDE)
MENTION = re.compile(rf"`(?:tui-mfa )?((?:{'|'.join(root.list_commands(click.Context(root)))})\b[^`]*)`")
"""A command in a sentence, by its whole name or without the program's."""

BLOCKS = BLOCK.findall(GUIDE)
SETTINGS = GUIDE.partition("\n## Settings\n")[2].partition("\n## ")[0]


def words(line: str) -> list[str]:
    """Return the arguments of a command line, up to a redirection or a further command."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    found: list[str] = []
    for word in lexer:
        if set(word) <= set(";<>|&()"):
            break
        found.append(word)
    return found


def commands() -> Iterator[str]:
    for _language, text in BLOCKS:
        yield from COMMAND.findall(text.replace("\\\n", " "))


def parse(arguments: list[str], *, names_only: bool = False) -> list[str]:
    """Have each command of a line parse its own part; return the commands' names, or raise ``click.UsageError``.

    Args:
        arguments: What follows the program's name.
        names_only: A command in a sentence, which need not have its arguments.
    """
    command: click.Command = root
    context: click.Context | None = None
    path: list[str] = ["tui-mfa"]
    while isinstance(command, click.Group):
        context = click.Context(command, info_name=path[-1], parent=context)
        _options, rest, _order = command.make_parser(context).parse_args(list(arguments))
        if names_only and not rest:
            return path
        name, found, arguments = command.resolve_command(context, rest)
        assert name is not None
        assert found is not None
        path.append(name)
        command = found
    if names_only:
        command.make_parser(click.Context(command, parent=context)).parse_args(list(arguments))
    else:
        command.make_context(path[-1], list(arguments), parent=context)
    return path


@pytest.mark.parametrize("line", dict.fromkeys(commands()))
def test_each_command_line_is_taken_as_it_stands(line: str) -> None:
    assert len(parse(words(line))) > 1


@pytest.mark.parametrize("line", dict.fromkeys(MENTION.findall(SENTENCES)))
def test_each_command_in_a_sentence_exists(line: str) -> None:
    parse(words(line), names_only=True)


def test_the_lines_were_found() -> None:
    """A changed form of the guide must not leave the tests above with nothing to look at."""
    lines = set(commands())
    assert {
        "quota list jane",
        "api --port 8022",
        "--config /etc/tui-mfa.toml keys authorized %u",
        "--config /etc/tui-mfa.toml keys used",
        "--config /etc/tui-mfa.toml tokens warn",
        "tokens revoke --found < backup.token",
    } <= lines
    assert {"billing run", "keys used", "tokens check --offline", "quota ask"} <= set(MENTION.findall(SENTENCES))
    assert not [text for language, text in BLOCKS if not language], "each block says what it is"


@pytest.mark.parametrize(
    "line", ["quota lst jane", "quota list --all jane", "billing paid", "tokens check x y", "apis"]
)
def test_a_line_that_is_wrong_is_found(line: str) -> None:
    with pytest.raises(click.UsageError):
        parse(words(line))


@pytest.mark.parametrize("line", ["quota lst", "quota list --every", "apis", "billing void --pdf FILE"])
def test_a_mention_that_is_wrong_is_found(line: str) -> None:
    with pytest.raises(click.UsageError):
        parse(words(line), names_only=True)


def test_the_table_has_every_setting_and_no_other() -> None:
    rows = [line.split("|")[1] for line in SETTINGS.splitlines() if line.startswith("| `")]
    named = [key for row in rows for key in re.findall(r"`(\w+)`", row)]
    assert sorted(named) == sorted(KEYS)


def units() -> dict[str, str]:
    """Return the files of the blocks for systemd by their paths in its folder; a line names each."""
    text = "".join(text for language, text in BLOCKS if language == "ini")
    _, *parts = re.split(r"^# /etc/systemd/system/(\S+)\n", text, flags=re.MULTILINE)
    return dict(zip(parts[::2], parts[1::2], strict=True))


def verified(systemd_analyze: Path, folder: Path, files: dict[str, str]) -> str:
    """Return what systemd says about units, for which there is a program in the place of ours."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text.replace("/opt/tui-mfa/bin/tui-mfa ", "/bin/true "))
    names = [str(folder / name) for name in files if "/" not in name]
    done = subprocess.run(
        [systemd_analyze, "verify", "--man=no", *names],
        env={"PATH": os.environ["PATH"], "SYSTEMD_UNIT_PATH": f"{folder}:"},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr or str(done.returncode or "")


def test_systemd_takes_each_unit(tool: Callable[[str], Path], tmp_path: Path) -> None:
    found = units()
    assert {"tui-mfa-ssh.service", "tui-mfa-ssh.socket", "tui-mfa-.service.d/limits.conf"} <= found.keys()
    assert verified(tool("systemd-analyze"), tmp_path, found) == ""


@pytest.mark.parametrize(
    ("name", "line", "wrong"),
    [
        ("tui-mfa-ssh.service", "Type=notify", "Type=notifies"),
        ("tui-mfa-.service.d/limits.conf", "NoNewPrivileges=", "NoNewPrivilege="),
        ("tui-mfa-ssh.socket", "ListenStream=2222", "ListenStream=port"),
    ],
)
def test_a_unit_that_is_wrong_is_found(
    tool: Callable[[str], Path], tmp_path: Path, name: str, line: str, wrong: str
) -> None:
    found = units()
    assert line in found[name]
    found[name] = found[name].replace(line, wrong)
    assert verified(tool("systemd-analyze"), tmp_path, found) != ""


def test_each_settings_file_has_known_keys() -> None:
    files = [tomllib.loads(text) for language, text in BLOCKS if language == "toml"]
    assert files
    assert {key for file in files for key in file} <= set(KEYS)
