"""Commands start fast because they import little (docs/architecture.md, the walls)."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

SLOW = ("textual", "rich.console", "smtplib", "email", "ssl", "asyncio", "zxcvbn", "argon2", "cryptography", "qrcode")
"""What no listing needs."""

ONCE = """
import sys
from tui_mfa.cli import main
try:
    main(sys.argv[1:])
except SystemExit as ended:
    sys.stderr.write(f"status {ended.code}\\n")
sys.stderr.write("\\n".join(sys.modules))
"""


def modules(folder: Path, *arguments: str) -> set[str]:
    """Run a command in a process of its own and return what it imported."""
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            ONCE,
            "--data-dir",
            str(folder / "data"),
            "--key-file",
            str(folder / "keys"),
            *arguments,
        ],
        capture_output=True,
        text=True,
        env={"HOME": str(folder), "PATH": os.environ["PATH"]},
        check=True,
    )
    status, *names = done.stderr.splitlines()
    assert status == "status 0", done
    assert done.stdout
    return set(names)


def test_importing_the_command_line_imports_nearly_nothing() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import sys, tui_mfa.cli; print(*sys.modules, sep='\\n')"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert not {"textual", "rich", "click", "msgspec", "tinydb"} & set(done.stdout.splitlines())


@pytest.mark.parametrize(
    "arguments",
    [
        ("--help",),
        ("--version",),
        ("mfa", "--help"),
        ("accounts", "list", "--json"),
        ("api", "--help"),
        ("tokens", "--help"),
    ],
)
def test_a_command_imports_only_what_it_needs(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    assert not modules(tmp_path, *arguments) & set(SLOW)


@pytest.mark.parametrize("arguments", [("--help",), ("accounts", "--help")])
def test_help_opens_no_store_and_reads_no_settings(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    loaded = modules(tmp_path, *arguments)
    assert not {"tinydb", "msgspec", "tui_mfa.settings", "tui_mfa.bootstrap", "tui_mfa.cli.mfa"} & loaded
    assert not (tmp_path / "data").exists()
