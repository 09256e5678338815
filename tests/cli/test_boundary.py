"""What happens to errors, and the log."""

import logging
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.home import PASSWORD, Home
from tui_mfa.cli import log
from tui_mfa.domain.operator import flows


@pytest.fixture
def logger() -> Iterator[logging.Logger]:
    program = logging.getLogger("tui_mfa")
    before = program.handlers[:], program.propagate
    yield program
    program.handlers[:], program.propagate = before


def test_settings_that_cannot_be_used_are_all_named(home: Home) -> None:
    home.environ |= {"TUI_MFA_IDLE_LOCK": "2d", "TUI_MFA_THEME": "pink"}
    refused = home.run("accounts", "list", "--json")
    assert (refused.status, refused.error["code"]) == (2, "settings")
    assert "TUI_MFA_IDLE_LOCK" in refused.error["message"]
    assert "TUI_MFA_THEME" in refused.error["message"]
    assert home.run("--data-dir", "", "accounts", "list").status == 2


def test_a_settings_file_that_is_not_there(home: Home) -> None:
    refused = home.run("--config", str(home.folder / "none.toml"), "accounts", "list")
    assert (refused.status, "none.toml" in refused.err) == (2, True)


def test_the_command_line_wins_over_the_environment(home: Home) -> None:
    home.add()
    assert (
        home.run(
            "--data-dir", str(home.folder / "other"), "--key-file", str(home.folder / "k" / "keys"), "accounts", "list"
        ).out
        == ""
    )
    assert (home.folder / "other" / "accounts").is_dir()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("acounts",), "Did you mean accounts?"),
        (("accounts", "zzz"), "zzz"),
        (("accounts", "show"), "NAME"),
        (("accounts", "show", "jane", "--no\x1b[31m"), "--no"),
        ((), "needs a terminal"),
        (("demo",), "needs a terminal"),
    ],
)
def test_what_cannot_be_meant_is_status_two(home: Home, arguments: tuple[str, ...], words: str) -> None:
    refused = home.run(*arguments)
    assert (refused.status, refused.out) == (2, "")
    assert words in refused.err
    assert "--help" in refused.err.splitlines()[-1]
    assert "\x1b" not in refused.err


def test_a_usage_error_is_json_when_json_was_asked_for(home: Home) -> None:
    refused = home.run("accounts", "show", "--json")
    assert (refused.status, refused.err, refused.error["code"]) == (2, "", "usage")


@pytest.mark.parametrize("arguments", [(), ("accounts",), ("mfa",), ("events",), ("outbox",), ("doctor",), ("demo",)])
def test_every_command_explains_itself(home: Home, arguments: tuple[str, ...]) -> None:
    shown = home.run(*arguments, "--help")
    assert (shown.status, shown.err) == (0, "")
    assert shown.out.startswith("Usage: tui-mfa")


def test_a_damaged_store_is_status_three(home: Home) -> None:
    home.add()
    (file,) = (home.data / "accounts").rglob("*.json")
    file.write_text("")
    refused = home.run("accounts", "list", "--json")
    assert (refused.status, refused.error["code"]) == (3, "corrupt")
    assert refused.error["next"] == "tui-mfa doctor --all"


def test_lax_modes_are_status_three_and_name_the_command(home: Home) -> None:
    home.add()
    home.data.chmod(0o750)
    refused = home.run("accounts", "list")
    assert (refused.status, f"chmod 700 {home.data}" in refused.err) == (3, True)
    assert refused.err.splitlines()[-1] == "Next: tui-mfa doctor"


def break_the_list(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        password = "hunter2" + "-in-a-local"
        raise RuntimeError(f"broken\x1b[31m {len(password)}")

    monkeypatch.setattr(flows, "accounts", fail)


def test_an_unexpected_error_is_one_line_and_a_private_log(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    home.add()
    break_the_list(monkeypatch)
    failed = home.run("accounts", "list")
    file = home.data / log.FILE_NAME
    assert (failed.status, failed.out) == (70, "")
    assert "broken" not in failed.err
    reference = failed.err.partition("reference ")[2][:8]
    text = file.read_text()
    assert f"reference {reference}" in text
    assert "RuntimeError: broken" in text
    assert "hunter2-in-a-local" not in text
    assert PASSWORD not in text
    assert "\x1b" not in text
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    again = home.run("accounts", "list", "--json")
    assert (again.status, again.error["code"]) == (70, "unexpected")
    assert reference not in again.error["message"]


def test_an_unexpected_error_without_a_place_for_the_log(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    home.add()
    break_the_list(monkeypatch)
    (home.data / log.FILE_NAME).symlink_to(home.folder / "elsewhere")
    failed = home.run("accounts", "list")
    assert (failed.status, "no place to log it" in failed.err) == (70, True)
    assert not (home.folder / "elsewhere").exists()


def test_an_interrupt_is_status_130(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(flows, "accounts", interrupt)
    assert home.run("accounts", "list").status == 130


def test_log_records_go_to_the_file_and_nowhere_else(
    tmp_path: Path, logger: logging.Logger, capsys: pytest.CaptureFixture[str]
) -> None:
    log.to_file(tmp_path)
    log.to_file(tmp_path)
    logger.error("what %s", "happened")
    file = tmp_path / log.FILE_NAME
    (line,) = file.read_text().splitlines()
    assert line.endswith("Z ERROR what happened")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert tuple(capsys.readouterr()) == ("", "")


def test_a_record_that_cannot_be_written_disturbs_nobody(
    tmp_path: Path, logger: logging.Logger, capsys: pytest.CaptureFixture[str]
) -> None:
    log.to_file(tmp_path / "none")
    logger.error("lost")
    assert tuple(capsys.readouterr()) == ("", "")


def test_a_large_log_is_put_aside(tmp_path: Path) -> None:
    file = tmp_path / log.FILE_NAME
    file.touch()
    os.truncate(file, log.SIZE_MAX + 1)
    log.append(file, "new\n")
    assert file.read_text() == "new\n"
    assert (tmp_path / f"{log.FILE_NAME}.1").stat().st_size == log.SIZE_MAX + 1


def test_of_two_processes_that_put_a_log_aside_at_once_one_does(tmp_path: Path) -> None:
    """The second one has opened the large file before the first one put it aside."""
    file, aside = tmp_path / log.FILE_NAME, tmp_path / f"{log.FILE_NAME}.1"
    file.touch()
    os.truncate(file, log.SIZE_MAX + 1)
    second = os.open(file, os.O_WRONLY)
    log.append(file, "from the first\n")
    log._put_aside(file, second)
    log.append(file, "from the second\n")
    assert aside.stat().st_size == log.SIZE_MAX + 1
    assert file.read_text() == "from the first\nfrom the second\n"


def test_the_demo_refuses_a_theme_that_is_not_there(home: Home) -> None:
    refused = home.run("--theme", "pink", "demo")
    assert (refused.status, refused.out) == (2, "")
    assert "--theme takes tui-mfa-dark" in refused.err


def test_the_demo_refuses_what_writes_down_keys(home: Home) -> None:
    """S68: what people type into the demo is not for a developer's log either; every variable is named."""
    home.environ |= {"TEXTUAL_LOG": str(home.folder / "keys.log"), "TEXTUAL_PRESS": "q"}
    refused = home.program("demo")
    assert (refused.status, refused.out) == (2, "")
    assert "unset TEXTUAL_LOG" in refused.err
    assert "unset TEXTUAL_PRESS" in refused.err
    assert not (home.folder / "keys.log").exists()
