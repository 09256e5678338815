"""The real program on a plain pty of 80×24: the first start, and a terminal that is left as it was found."""

import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.beside import code_in, eventually, machine, portal, settings_of
from tests.pty_terminal import Terminal

PASSWORD = "ochre tugboat vexes marmots"

ENTERED, LEFT = b"\x1b[?1049h", b"\x1b[?1049l"
"""The alternate screen (xterm's control sequences, DECSET 1049)."""

SHOWN = b"\x1b[?25h"
"""The cursor is shown (DECTCEM)."""

MOUSE = re.compile(rb"\x1b\[\?100[0-6]([hl])")
"""Mouse reports, on or off."""

PASTE = re.compile(rb"\x1b\[\?2004([hl])")
"""Bracketed paste, on or off."""


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    terminal = Terminal(*portal(machine(tmp_path), "TERM=xterm-256color"))
    yield terminal
    terminal.close()


def said(terminal: Terminal) -> str:
    return " ".join(" ".join(terminal.screen.display).split())


def until(terminal: Terminal, text: str) -> None:
    terminal.until(lambda: text in said(terminal))


def newest_mail(folder: Path, count: int) -> bytes:
    """Wait for the ``count``-th mail in the outbox."""
    outbox = settings_of(machine(folder)).outbox_dir
    mails = eventually(lambda: found if len(found := sorted(outbox.glob("*.eml"))) >= count else None)
    return mails[-1].read_bytes()


def create_account(terminal: Terminal, folder: Path) -> None:
    until(terminal, "Welcome. There is no account here yet.")
    until(terminal, "Mail is not sent from here")
    terminal.send("\r")
    until(terminal, "The same again")
    terminal.send(f"jane\rjane@example.com\r{PASSWORD}\r{PASSWORD}\r")
    until(terminal, "valid until")
    terminal.send(code_in(newest_mail(folder, 1)))
    until(terminal, "This is your first login. Welcome.")


def is_restored(raw: bytes) -> bool:
    """Say whether everything that was switched on is off again, and the cursor is back."""
    left = raw.rfind(LEFT) > raw.rfind(ENTERED) >= 0
    cursor = raw.rfind(SHOWN) > raw.rfind(b"\x1b[?25l")
    quiet = all(set(pattern.findall(raw)[-1:]) == {b"l"} for pattern in (MOUSE, PASTE))
    return left and cursor and quiet


def test_first_start_account_login_logout_and_quit(terminal: Terminal, tmp_path: Path) -> None:
    create_account(terminal, tmp_path)
    terminal.send("\x10")
    until(terminal, "Change how it looks")
    terminal.send("logout")
    terminal.until(lambda: "Change how it looks" not in said(terminal) and "End this session" in said(terminal))
    terminal.send("\r")
    until(terminal, "You are logged out.")
    terminal.send(f"jane\r{PASSWORD}\r")
    until(terminal, "We sent a code to")
    until(terminal, "valid until")
    terminal.send(code_in(newest_mail(tmp_path, 2)))
    until(terminal, "Last login")
    terminal.send("q")
    assert terminal.to_the_end() == 0
    assert is_restored(terminal.raw)
    assert PASSWORD.encode() not in terminal.raw


def test_ctrl_q_leaves_from_the_login_page_with_a_field_in_focus(terminal: Terminal) -> None:
    until(terminal, "Welcome")
    terminal.send("\x11")
    assert terminal.to_the_end() == 0
    assert is_restored(terminal.raw)


def test_a_terminal_that_goes_away_ends_the_program(terminal: Terminal) -> None:
    """SIGHUP, as from a closed window: no program stays behind."""
    until(terminal, "Welcome")
    terminal.process.send_signal(signal.SIGHUP)
    assert terminal.to_the_end() == -signal.SIGHUP


def test_the_check_of_the_terminal_can_fail() -> None:
    good = ENTERED + b"\x1b[?1000h\x1b[?2004h\x1b[?25l" + b"\x1b[?1000l\x1b[?2004l" + LEFT + SHOWN
    assert is_restored(good)
    for part in (LEFT, SHOWN, b"\x1b[?1000l", b"\x1b[?2004l"):
        assert not is_restored(good.replace(part, b""))


@pytest.mark.parametrize("name", ["TEXTUAL_LOG", "TEXTUAL", "TEXTUAL_DRIVER"])
def test_with_a_developers_variable_the_portal_does_not_start(name: str, tmp_path: Path) -> None:
    """S68: what would write down each key is refused, by its name, before anything is asked."""
    log = tmp_path / "textual.log"
    value = {"TEXTUAL_LOG": str(log), "TEXTUAL": "devtools,debug", "TEXTUAL_DRIVER": "nowhere:Driver"}[name]
    terminal = Terminal(*portal(machine(tmp_path), f"{name}={value}"))
    try:
        assert terminal.to_the_end() == 2
        assert f"unset {name}" in said(terminal).replace("T EXTUAL", "TEXTUAL"), "at 80 columns the name may be wrapped"
        assert "Password" not in said(terminal)
        assert not log.exists()
    finally:
        terminal.close()
