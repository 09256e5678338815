"""The real program, reached by the real OpenSSH client inside tmux."""

import os
import re
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.beside import Phone, eventually, machine, mailed, portal
from tests.mail_server import MailServer
from tests.terminal.test_story_tmux import PASSWORD, create_account
from tests.terminal.tmux_terminal import Tmux


@contextmanager
def served(environ: dict[str, str], folder: Path) -> Iterator[tuple[int, subprocess.Popen[str]]]:
    """Run ``tui-mfa serve`` until the block ends; give its port and its process."""
    command = [*portal(environ), "serve", "--host", "127.0.0.1", "--port", "0"]
    said = folder / "said"
    with said.open("w") as log, subprocess.Popen(command, stderr=log, stdout=log, text=True) as process:
        try:
            found = eventually(lambda: re.search(r"Listening on port (\d+)", said.read_text()), said.read_text)
            yield int(found[1]), process
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


def ssh(tool: Callable[[str], Path], port: int, *more: str) -> list[str]:
    options = ["StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "LogLevel=ERROR", "IdentityAgent=none"]
    return [
        *("env", "TERM=xterm-256color", "LANG=C.UTF-8", str(tool("ssh")), "-F", "none", "-p", str(port)),
        *(word for option in options for word in ("-o", option)),
        *more,
        "jane@127.0.0.1",
    ]


def test_log_in_enrol_add_a_key_and_come_back_with_it(tool: Callable[[str], Path], tmp_path: Path) -> None:
    phone, key = Phone(), tmp_path / "id"
    subprocess.run([tool("ssh-keygen"), "-q", "-t", "ed25519", "-N", "", "-C", "laptop", "-f", key], check=True)
    with MailServer("starttls") as server:
        environ = machine(tmp_path, server)
        with Tmux(tool("tmux"), *portal(environ)) as terminal:
            create_account(terminal, server)
            terminal.type("q")
            eventually(lambda: terminal.status() is not None, terminal.text)
        with served(environ, tmp_path) as (port, process):
            with Tmux(tool("tmux"), *ssh(tool, port)) as terminal:
                terminal.until("Forgotten password")
                terminal.type("jane")
                terminal.press("Enter")
                terminal.type(PASSWORD)
                terminal.press("Enter")
                terminal.until("We sent a code to j•••@e•••.com")
                terminal.type(mailed(server, 2))
                terminal.until("Last login")
                terminal.press("Enter")
                terminal.until("Email Based ●")
                terminal.type("3")
                terminal.until("ENTER THE CODE")
                eventually(lambda: phone.scan(terminal.picture()), terminal.text)
                terminal.press("C-c")
                terminal.run("resize-window", "-x", "100", "-y", "30")
                terminal.run("resize-window", "-x", "80", "-y", "24")
                terminal.until("ENTER THE CODE")
                terminal.type(phone.code())
                terminal.until("Recovery codes · set")
                terminal.type("s")
                terminal.until("Over SSH nothing is saved")
                process.send_signal(signal.SIGTERM)
                terminal.until("The service ends in")
                eventually(lambda: terminal.status() is not None, terminal.text)
            assert process.wait(60) == 0
    log = (tmp_path / "data" / "tui-mfa.log").read_text()
    assert "ssh portal begins user=jane from=127.0.0.1" in log
    assert re.search(r"ssh portal ends user=jane from=127\.0\.0\.1 after=\d+s why=", log)
    assert PASSWORD not in log


def test_a_network_that_is_cut_leaves_no_session(tool: Callable[[str], Path], tmp_path: Path) -> None:
    environ = machine(tmp_path)
    log = tmp_path / "data" / "tui-mfa.log"
    with (
        served(environ, tmp_path) as (port, _),
        Tmux(tool("tmux"), *ssh(tool, port)) as terminal,
        Tmux(tool("tmux"), *ssh(tool, port)) as second,
    ):
        terminal.until("Your account, from the terminal")
        second.until("Your account, from the terminal")
        shell = terminal.run("display-message", "-p", "#{pane_pid}").strip()
        client = subprocess.run(["pgrep", "-P", shell], capture_output=True, text=True, check=True).stdout
        os.kill(int(client), signal.SIGKILL)
        eventually(lambda: "ssh portal ends" in log.read_text(), log.read_text)
        second.type("x")
        second.until("Your account, from the terminal")


def test_a_key_that_is_pasted_opens_the_portal_the_next_time(tool: Callable[[str], Path], tmp_path: Path) -> None:
    """Bracketed paste by tmux, as a terminal sends it."""
    key = tmp_path / "id"
    subprocess.run([tool("ssh-keygen"), "-q", "-t", "ed25519", "-N", "", "-C", "laptop", "-f", key], check=True)
    with MailServer("starttls") as server:
        environ = machine(tmp_path, server)
        add = [*portal(environ), "accounts", "add", "jane", "jane@example.com", "--password-stdin"]
        subprocess.run(add, input=f"{PASSWORD}\n", text=True, check=True, capture_output=True)
        with served(environ, tmp_path) as (port, _):
            with Tmux(tool("tmux"), *ssh(tool, port)) as terminal:
                terminal.until("Forgotten password")
                terminal.type(f"jane\r{PASSWORD}\r")
                terminal.until("Prove your e-mail address")
                terminal.type(mailed(server, 1))
                terminal.until("jane · Logout")
                terminal.type("5")
                terminal.until("Manage SSH Keys")
                terminal.press("Up", "Up", "Enter")
                terminal.until("Add a key")
                terminal.type("a")
                terminal.until("Add an SSH key")
                terminal.run("set-buffer", key.with_suffix(".pub").read_text(), ";", "paste-buffer", "-p")
                terminal.until("✓ ED25519 SHA256:")
                terminal.press("BTab", "BTab", "Enter")
                terminal.until("is added.")
            with Tmux(tool("tmux"), *ssh(tool, port, "-i", str(key))) as terminal:
                terminal.until("We sent a code")
                assert "Username or e-mail" not in terminal.text()
                terminal.type(mailed(server, 2))
                terminal.until("jane · Logout")
