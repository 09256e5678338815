"""The program itself, in processes of its own: pipes, signals, and somebody at a terminal."""

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from tests.cli.home import PASSWORD, Home
from tests.pty_terminal import Terminal
from tui_mfa.domain.secret import Secret
from tui_mfa.domain.two_factor import totp
from tui_mfa.security.system import SystemClock

AT_TERMINAL = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.executable, [sys.executable, "-m", "tui_mfa", *sys.argv[1:]])
"""
"""Makes the pty the controlling terminal, as a shell's is: Ctrl+C is a signal, and questions find ``/dev/tty``."""


class Somebody:
    """A person at a terminal, and what the person has: an installation, a mailbox, a phone."""

    def __init__(self, folder: Path) -> None:
        self.data = folder / "data"
        config = folder / "tui-mfa.toml"
        config.touch()
        options = ("--config", config, "--data-dir", self.data, "--key-file", folder / "keys" / "keys")
        self._program: tuple[str | Path, ...] = (sys.executable, "-c", AT_TERMINAL, *options)
        self._open: list[Terminal] = []

    def types(self, *command: str) -> Terminal:
        self._open.append(Terminal(*self._program, *command))
        return self._open[-1]

    def leaves(self) -> None:
        for terminal in self._open:
            terminal.close()

    def mailed_code(self) -> str:
        mails = sorted((self.data / "outbox").glob("*.eml"))
        found = re.search(r"^(\d{3} \d{3})\r?$", mails[-1].read_text(), re.MULTILINE)
        assert found is not None
        return found[1]


@pytest.fixture
def jane(tmp_path: Path) -> Iterator[Somebody]:
    somebody = Somebody(tmp_path)
    yield somebody
    somebody.leaves()


def answer(terminal: Terminal, question: str, text: str) -> None:
    """Wait for a question, answer it, and forget what was on screen before."""
    terminal.until(lambda: question in terminal.raw.decode(errors="replace"))
    terminal.raw = b""
    terminal.send(f"{text}\n")


def read_code(terminal: Terminal) -> str:
    """Read the QR code on a terminal as a camera would."""
    screen, side = terminal.screen, 6
    picture = Image.new("L", (screen.columns * side, screen.lines * side * 2), 0)
    for row in range(screen.lines):
        for column in range(screen.columns):
            cell = screen.buffer[row][column]
            front, back = (255 if colour == "ffffff" else 0 for colour in (cell.fg, cell.bg))
            upper, lower = {"▀": (front, back), "▄": (back, front)}.get(cell.data, (back, back))
            x, y = column * side, row * side * 2
            picture.paste(upper, (x, y, x + side, y + side))
            picture.paste(lower, (x, y + side, x + side, y + 2 * side))
    (found,) = zxingcpp.read_barcodes(picture)
    return str(found.text)


def test_a_person_makes_an_account_enables_the_app_and_deletes_it(jane: Somebody) -> None:
    add = jane.types("accounts", "add", "jane", "jane@example.com")
    answer(add, "New password: ", PASSWORD)
    answer(add, "The same again: ", PASSWORD)
    assert add.to_the_end() == 0
    assert PASSWORD.encode() not in add.raw

    enable = jane.types("mfa", "enable-app", "jane")
    answer(enable, "Password: ", PASSWORD)
    enable.until(lambda: b"Code from the mail" in enable.raw)
    enable.send("\n")
    answer(enable, "A new code can be sent in", "000000")
    answer(enable, "4 tries left", jane.mailed_code())
    enable.until(lambda: b"ENTER THE CODE: " in enable.raw)
    secret = re.search(r"^([A-Z2-7]{52})\r$", enable.raw.decode(), re.MULTILINE)
    assert secret is not None
    uri = read_code(enable)
    assert uri == f"otpauth://totp/tui-mfa:jane@example.com?secret={secret[1]}&issuer=tui-mfa"
    assert uri.encode() in enable.raw
    answer(enable, "ENTER THE CODE: ", "12345")
    now = totp.step_at(SystemClock().now())
    answer(enable, "A code has six digits.", totp.code_at(totp.from_base32(Secret(secret[1])), now).reveal())
    enable.until(lambda: b"of the secret that you saved" in enable.raw)
    assert len(re.findall(rb"^(?:[0-9A-Z]{4}-){3}[0-9A-Z]{4}\r$", enable.raw, re.MULTILINE)) == 10
    first, last = map(int, re.findall(r"Characters (\d+)–(\d+) of", enable.raw.decode())[0])
    answer(enable, "(Enter: later): ", "AAA1")
    # At the second prompt, not at the refusal before it: a hidden question throws away what was typed ahead of it.
    enable.until(lambda: b"(Enter: later): " in enable.raw)
    assert b"These are not the characters" in enable.raw
    answer(enable, "(Enter: later): ", secret[1][first - 1 : last])
    enable.until(lambda: b"The secret is saved." in enable.raw)
    assert enable.to_the_end() == 0

    delete = jane.types("accounts", "delete", "jane")
    answer(delete, "Type jane to delete", "jane")
    assert delete.to_the_end() == 0
    assert b"was deleted" in delete.raw


def test_a_new_password_is_typed_twice(jane: Somebody) -> None:
    add = jane.types("accounts", "add", "jane", "jane@example.com")
    answer(add, "New password: ", PASSWORD)
    answer(add, "The same again: ", f"{PASSWORD}!")
    assert add.to_the_end() == 1
    assert b"not the same" in add.raw


def test_ctrl_c_at_a_question_is_status_130(jane: Somebody) -> None:
    add = jane.types("accounts", "add", "jane", "jane@example.com")
    add.until(lambda: b"New password: " in add.raw)
    add.send("\x03")
    assert add.to_the_end() == 130
    assert b"Traceback" not in add.raw


def test_doctor_looks_at_the_terminal(jane: Somebody) -> None:
    doctor = jane.types("doctor")
    assert doctor.to_the_end() == 0
    text = doctor.raw.decode()
    assert "xterm-256color, UTF-8, colours: 256, 80×24." in text
    assert re.search(r"✓ ok +QR code +A typical code takes \d+×\d+ characters \(half blocks\), and fits.", text)


def test_a_script_goes_the_whole_way(home: Home) -> None:
    added = home.program("accounts", "add", "jane", "jane@example.com", "--password-stdin", stdin=f"{PASSWORD}\n")
    assert (added.status, added.out) == (0, "")
    command = [sys.executable, "-m", "tui_mfa", "mfa", "enable-email", "jane", "--password-stdin", "--json"]
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=home.environ,
        # Where the tests run in the background, a shell has the interrupt ignored, and children inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - one thread here
    ) as login:
        assert login.stdin is not None
        assert login.stderr is not None
        login.stdin.write(f"{PASSWORD}\n")
        login.stdin.flush()
        assert "We sent a code to" in login.stderr.readline()
        out, _ = login.communicate(f"{home.mailed_code()}\n")
    assert login.returncode == 0
    assert '"method": "email"' in out
    assert home.program("accounts", "show", "jane", "--json").value["email_verified"] is True
    assert home.program("accounts", "show", "nobody").status == 1
    assert home.program().status == 2


def test_a_reader_that_leaves_ends_the_program_quietly(home: Home) -> None:
    home.add()
    with subprocess.Popen(
        [sys.executable, "-m", "tui_mfa", "accounts", "list"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=home.environ,
    ) as listing:
        assert listing.stdout is not None
        assert listing.stderr is not None
        listing.stdout.close()
        assert listing.stderr.read() == b""
    assert listing.returncode == 141


def test_an_interrupt_while_a_line_is_awaited(home: Home) -> None:
    home.add()
    with subprocess.Popen(
        [sys.executable, "-m", "tui_mfa", "mfa", "enable-email", "jane", "--password-stdin"],
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=home.environ,
        # Where the tests run in the background, a shell has the interrupt ignored, and children inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - one thread here
    ) as login:
        assert login.stdin is not None
        assert login.stderr is not None
        login.stdin.write(f"{PASSWORD}\n")
        login.stdin.flush()
        assert "We sent a code to" in login.stderr.readline()
        login.send_signal(signal.SIGINT)
        assert "Traceback" not in login.stderr.read()
    assert login.returncode == 130


def test_output_in_an_old_encoding_shows_what_it_can(home: Home) -> None:
    home.add()
    home.environ |= {"PYTHONIOENCODING": "ascii"}
    shown = home.program("doctor")
    assert (shown.status, "? ok       accounts" in shown.out) == (0, True)


def test_without_a_command_the_portal_opens_and_leaves_by_ctrl_q(jane: Somebody) -> None:
    portal = jane.types()
    portal.until(lambda: portal.place("tui-mfa") != (-1, -1))
    portal.send("\x11")
    assert portal.to_the_end() == 0
