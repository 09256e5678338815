"""The product's story in a real terminal: the real program inside tmux at 80×24, with the real time."""

import re
from collections.abc import Callable
from pathlib import Path

from tests.beside import Phone, eventually, machine, mailed, portal, saved_secret
from tests.mail_server import MailServer
from tests.terminal.tmux_terminal import Tmux

PASSWORD = "ochre tugboat vexes marmots"


def create_account(terminal: Tmux, server: MailServer) -> None:
    terminal.until("Welcome. There is no account here yet.")
    terminal.press("Enter")
    terminal.until("E-mail address")
    for text in ("jane", "jane@example.com", PASSWORD, PASSWORD):
        terminal.type(text)
        terminal.press("Enter")
    terminal.until("Check your mail: we sent a code to j•••@e•••.com")
    terminal.type(mailed(server, 1))
    terminal.until("This is your first login. Welcome.")


def log_out(terminal: Tmux) -> None:
    """Log out by the palette."""
    terminal.press("C-p")
    terminal.until("Change how it looks")
    terminal.type("logout")
    eventually(lambda: "Change how it looks" not in terminal.said() and "End this session" in terminal.said())
    terminal.press("Enter")
    terminal.until("You are logged out.")


def enter_password(terminal: Tmux) -> None:
    terminal.until("Forgotten password")
    terminal.type("jane")
    terminal.press("Enter")
    terminal.type(PASSWORD)
    terminal.press("Enter")


def enable_app(terminal: Tmux, phone: Phone, home: Path) -> None:
    terminal.press("Enter")
    terminal.until("Email Based ●")
    terminal.type("3")
    terminal.until("ENTER THE CODE")
    eventually(lambda: phone.scan(terminal.picture()), terminal.text)
    terminal.type("s")
    terminal.until("Saved to")
    assert saved_secret(home) == phone.secret
    terminal.type(phone.code())
    terminal.until("Recovery codes · set")
    terminal.type("s")
    terminal.until("recovery-codes-jane")
    terminal.press("Escape")
    terminal.until("Did you save the secret?")
    asked = re.search(r"Type characters (\d+)–(\d+) of the secret", terminal.said())
    assert asked is not None
    terminal.type(phone.secret[int(asked[1]) - 1 : int(asked[2])])
    terminal.press("Enter")
    terminal.until("The Authenticator App is on.")
    terminal.press("Escape")
    terminal.until("Authenticator App · since")


def enter_app_code(terminal: Tmux, phone: Phone) -> None:
    """Type the app's code; the step of the enrolment is used, so the page says when the next one comes."""
    terminal.until("Open your authenticator app")
    terminal.type(phone.code())
    seen = eventually(
        lambda: next((words for words in ("already used", "Last login") if words in terminal.said()), None),
        terminal.text,
    )
    if seen == "already used":
        terminal.until("You can try again now.")
        terminal.type(phone.code())
    terminal.until("Last login")


def disable(terminal: Tmux) -> None:
    terminal.press("Enter")
    terminal.until("Authenticator App ●")
    terminal.type("1")
    terminal.until("Disable…")
    terminal.press("Tab", "Enter")
    terminal.until("To confirm the action, type disable")
    terminal.press("BTab")
    terminal.type("disable")
    terminal.press("Enter")
    terminal.until("Two-factor authentication is disabled.")
    terminal.press("Escape")
    terminal.until("Disabled · only the password protects this account")


def test_the_story_inside_tmux(tool: Callable[[str], Path], tmp_path: Path) -> None:
    phone = Phone()
    with MailServer("starttls") as server, Tmux(tool("tmux"), *portal(machine(tmp_path, server))) as terminal:
        create_account(terminal, server)
        log_out(terminal)
        enter_password(terminal)
        terminal.until("We sent a code to j•••@e•••.com")
        terminal.type(mailed(server, 2))
        terminal.until("Last login")
        enable_app(terminal, phone, tmp_path / "home")
        log_out(terminal)
        enter_password(terminal)
        enter_app_code(terminal, phone)
        disable(terminal)
        log_out(terminal)
        enter_password(terminal)
        terminal.until("Disabled · only the password protects this account")
        terminal.type("q")
        assert eventually(lambda: terminal.status() is not None, terminal.text)
        assert terminal.status() == 0
