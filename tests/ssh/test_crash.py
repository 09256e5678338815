"""A mistake of the program in one session: a reference for its person, the traceback in the log, nothing for others."""

import re
from pathlib import Path

import asyncssh
import pytest

from tests.fakes import PASSWORD, app_code, make_account, make_services
from tests.ssh.house import Screen, eventually, give_key, log_in, street
from tui_mfa.domain.account import Method
from tui_mfa.domain.login import key_login
from tui_mfa.screens.login import LoginScreen
from tui_mfa.ssh import commands
from tui_mfa.ssh.driver import STOP, ChannelDriver
from tui_mfa.terminal import EXIT_UNEXPECTED

LOCAL = "hunter"
"""In a local variable of what fails, with a number behind it."""


def fail(*_: object) -> None:
    secret = f"{LOCAL}{len(PASSWORD)}"
    raise RuntimeError(f"broken after {len(secret)} characters")


def check(screen: Screen, caplog: pytest.LogCaptureFixture) -> None:
    """The person has a reference that stands in the log; the variable stands nowhere."""
    found = re.search(r"Something went wrong \(reference ([0-9a-f]{8})\)", screen.everything)
    assert found is not None, screen.everything
    assert f"reference {found[1]}" in caplog.text
    assert "RuntimeError: broken after" in caplog.text
    assert screen.status == EXIT_UNEXPECTED
    assert STOP.encode() in screen.seen
    assert bytes(screen.seen).rindex(STOP.encode()) < bytes(screen.seen).rindex(found[1].encode())
    for text in (screen.everything, caplog.text):
        assert LOCAL not in text
    assert "RuntimeError" not in screen.everything
    assert "why=unexpected error" in caplog.text


async def test_a_key_that_breaks_a_page_ends_one_session_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level("INFO", "tui_mfa")
    services = make_services(tmp_path)
    make_account(services, method=Method.DISABLED)
    async with street(tmp_path, services) as here, here.visitor() as other, here.visitor() as screen:
        await log_in(other)
        await screen.until("Username or e-mail")
        with monkeypatch.context() as patch:
            patch.setattr(LoginScreen, "action_go_to_password", fail)
            screen.type("jane\r")
            await screen.ended()
        check(screen, caplog)
        await eventually(lambda: len(here.house.sessions) == 1)
        other.type("?")
        await other.until("What this page does")
        async with here.visitor() as third:
            await log_in(third)
    said = capfd.readouterr()
    assert LOCAL not in said.out + said.err


async def test_a_mistake_between_the_client_and_the_app_ends_one_session(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "tui_mfa")
    async with street(tmp_path, make_services(tmp_path)) as here, here.visitor() as screen:
        await screen.until("Username or e-mail")
        monkeypatch.setattr(ChannelDriver, "feed", fail)
        screen.type("x")
        await screen.ended()
        check(screen, caplog)
        assert not here.house.sessions


async def test_a_mistake_before_there_is_an_app_ends_one_session(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "tui_mfa")
    services, key = make_services(tmp_path), asyncssh.generate_private_key("ssh-ed25519")
    give_key(services, make_account(services).id, key)
    monkeypatch.setattr(key_login, "log_in", fail)
    async with street(tmp_path, services) as here, here.visitor(client_keys=[key]) as screen:
        await screen.ended()
        assert "Something went wrong (reference " in screen.everything
        assert LOCAL not in screen.everything + caplog.text
        assert screen.status == EXIT_UNEXPECTED


async def test_a_command_that_breaks_says_so_on_standard_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    services, key = make_services(tmp_path), asyncssh.generate_private_key("ssh-ed25519")
    jane = make_account(services, method=Method.AUTHENTICATOR)
    give_key(services, jane.id, key)
    monkeypatch.setattr(commands, "run", fail)
    async with street(tmp_path, services) as here, await here.connect(client_keys=[key]) as conn:
        done = await conn.run(f"keys list --json --code {app_code(services, jane.id)}")
    assert (done.exit_status, done.stdout) == (EXIT_UNEXPECTED, "")
    assert "Something went wrong (reference " in str(done.stderr)
    assert LOCAL not in str(done.stderr) + caplog.text
    assert services.store.get(jane.id).sessions == []
