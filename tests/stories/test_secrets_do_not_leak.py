"""Whatever the program writes beside the screen holds no password, no code and no secret (S63, S68)."""

import logging
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.app import App
from textual.widgets import Input

from tests.beside import kept_out, machine, portal, saved_secret, settings_of
from tests.fakes import (
    CheapPasswords,
    FakeClock,
    last_code,
    make_account,
    make_keys,
    make_services,
    wrong_code,
)
from tests.profile_host import until, until_shown
from tests.pty_terminal import Terminal
from tests.qr_picture import screen_of
from tests.two_factor_host import enrolling, finish, keys, page, phone_code, shown_secret, told
from tui_mfa import bootstrap
from tui_mfa.app import MfaApp
from tui_mfa.domain.login.model import Origin
from tui_mfa.domain.secret import Secret
from tui_mfa.mail.memory import MemoryMailer
from tui_mfa.screens.context import Context
from tui_mfa.screens.modals import ProofModal, RecoveryCodesModal
from tui_mfa.screens.register import RegisterScreen
from tui_mfa.screens.second_factor import SecondFactorScreen
from tui_mfa.screens.two_factor import TwoFactorScreen
from tui_mfa.security.box import AesGcmBox

PASSWORD = "ochre tugboat vexes marmots"


def files(folder: Path, but: tuple[str, ...] = ()) -> dict[str, str]:
    """Return what every file holds, bytes as characters, without those whose name ends in one of some ways."""
    every = (path for path in folder.rglob("*") if path.is_file() and not path.name.endswith(but))
    return {str(path.relative_to(folder)): path.read_bytes().decode("latin-1") for path in every}


def everything(app: App[Any]) -> Iterator[str]:
    """Yield the repr of every widget of every screen, of its messages and of what it keeps as attributes."""
    for screen in app.screen_stack:
        for node in screen.walk_children(with_self=True):
            yield repr(node)
            yield from (
                repr(value) for name, value in vars(node).items() if name in {"_new_secret", "_drawn", "_cached"}
            )


async def test_logs_and_files_hold_nothing_that_opens_the_account(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The whole way, wrong entries included, with every logger at DEBUG and the real files."""
    caplog.set_level(logging.DEBUG)
    environ = machine(tmp_path)
    clock = FakeClock()
    mailer = MemoryMailer("noreply@example.net", "Elestio", "", clock)
    built = bootstrap.build(settings_of(environ), environ)
    services = replace(built, clock=clock, mailer=mailer, passwords=CheapPasswords())
    app = MfaApp(Context(services=services, origin=Origin("192.0.2.7", "192.0.2.7")))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.screen.query("#create-first:focus"))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, RegisterScreen))
        await pilot.press(*"jane", "enter", *"jane@example.com", "enter")
        await pilot.press(*keys(PASSWORD), "enter", *keys(PASSWORD), "enter")
        await until(pilot, lambda: isinstance(app.screen, SecondFactorScreen))
        await until_shown(pilot, "valid until")
        mailed = last_code(mailer)
        await pilot.press(*wrong_code(mailed))
        await until(pilot, lambda: "not the code" in text(app) or "not right" in text(app))
        await pilot.press(*mailed)
        await until(pilot, lambda: app.focused and app.focused.id == "two-factor")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, TwoFactorScreen))
        await until_shown(pilot, "●")
        await pilot.press("3")
        await until_shown(pilot, "ENTER THE CODE")
        secret, code = shown_secret(pilot), phone_code(services, shown_secret(pilot))
        await pilot.press("s")
        await until(pilot, lambda: "Saved to" in told(pilot))
        await pilot.press(*wrong_code(code))
        await until(pilot, lambda: told(pilot).startswith("!"))
        await pilot.press(*code)
        await until(pilot, lambda: isinstance(app.screen, RecoveryCodesModal))
        await pilot.press("s")
        await until_shown(pilot, "Saved to")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, ProofModal))
        await pilot.press("escape")
        await until(pilot, lambda: "is on." in told(pilot))
    saved = tmp_path / "home"
    assert saved_secret(saved) == secret
    (codes_file,) = saved.glob("recovery-codes-*.txt")
    recovery = [line.split()[1] for line in codes_file.read_text().splitlines() if line[:2].strip().isdigit()]
    assert len(recovery) == 10
    held = {"password": PASSWORD, "mailed code": mailed, "app code": code, "secret": secret}
    held |= {f"recovery code {number}": value for number, value in enumerate(recovery)}
    texts = files(tmp_path, but=(codes_file.name, *(path.name for path in saved.glob("*-secret-*"))))
    assert any("accounts" in name for name in texts), texts.keys()
    assert kept_out(held, texts | {"the log": caplog.text}) == []
    assert kept_out({"secret": secret}, files(saved)), "the search can find what is there"


def text(app: App[Any]) -> str:
    return " ".join("".join(segment.text for row in screen_of(app) for segment in row).split())


async def test_no_repr_on_the_enrolment_page_shows_the_secret() -> None:
    services = make_services()
    make_account(services)
    async with enrolling(services) as pilot:
        secret = shown_secret(pilot)
        await pilot.press(*"123")
        reprs = list(everything(pilot.app))
        assert len(reprs) > 40
        assert kept_out({"secret": secret, "digits": "'123'"}, {"a repr": "\n".join(reprs)}) == []
        await pilot.press("u")
        await pilot.pause()
        assert kept_out({"secret": secret}, {"a repr": "\n".join(everything(pilot.app))}) == []


class BrokenBox(AesGcmBox):
    """Opens nothing any more, by a mistake in the program and not by a rule."""

    def open(self, sealed: str, context: str) -> Secret[bytes]:
        raise RuntimeError(f"no way to open {len(sealed)} characters in {context}")


async def test_the_traceback_of_an_unexpected_error_has_no_values(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    services = make_services(box=BrokenBox(make_keys()))
    make_account(services)
    async with enrolling(services) as pilot:
        secret = shown_secret(pilot)
        code = phone_code(services, secret)
        await pilot.press(*code)
        await until(pilot, lambda: "Something went wrong (reference " in told(pilot))
        reference = told(pilot).split("reference ")[1][:8]
        assert f"unexpected error, reference {reference}" in caplog.text
        assert "RuntimeError: no way to open" in caplog.text
        assert kept_out({"secret": secret, "code": code, "password": PASSWORD}, {"the log": caplog.text}) == []
        assert page(pilot).query("EnrolForm"), "the person can go on"


async def test_nothing_stays_in_any_field_after_the_flows() -> None:
    services = make_services()
    make_account(services)
    async with enrolling(services) as pilot:
        secret = await finish(pilot, services)
        values = [field.value for screen in pilot.app.screen_stack for field in screen.query(Input)]
        assert not any(value and value in secret for value in values)
        assert pilot.app.clipboard == ""


@pytest.mark.parametrize("values", [["jo", "secret"], ["jo", "j@x", "secret", "secret"]], ids=["log in", "register"])
async def test_keys_in_one_piece_never_put_a_password_where_it_is_seen(values: list[str]) -> None:
    """A password manager types name, Enter and password without a pause."""
    app = MfaApp(Context(services=make_services(), origin=Origin("192.0.2.7", "192.0.2.7")))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.screen.query("#create-first:focus"))
        if len(values) > 2:
            await pilot.press("enter")
            await until(pilot, lambda: isinstance(app.screen, RegisterScreen))
        else:
            app.screen.query_one("#name").focus()
            await pilot.pause()
        fields = list(app.screen.query(Input))
        for char in "\r".join(values):
            app.post_message(events.Key("enter" if char == "\r" else char, char))
        await until(pilot, lambda: fields[-1].value == "secret")
        assert [field.value for field in fields] == values


async def test_no_page_offers_a_screenshot_and_the_action_takes_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    services = make_services(tmp_path / "saved")
    make_account(services)
    async with enrolling(services) as pilot:
        app = pilot.app
        for key in ("", "u", "escape", "f", "escape", "question_mark", "escape"):
            if key:
                await pilot.press(key)
                await pilot.pause()
            offered = [command.title for command in app.get_system_commands(app.screen)]
            assert "Quit" in offered
            assert not any("screen" in title.lower() for title in offered)
            await app.run_action("app.screenshot")
            await app.run_action("app.screenshot('x.svg', '.')")
        await pilot.press("ctrl+p")
        await until(pilot, lambda: "Change how it looks" in text(app))
        assert "screenshot" not in text(app).lower()
    assert files(tmp_path) == {}


def test_the_command_line_of_the_process_tells_nothing(tool: Callable[[str], Path], tmp_path: Path) -> None:
    """S65: what other users of the machine see by ``ps``; a mail server's login comes by the environment."""
    environ = machine(tmp_path) | {"TUI_MFA_SMTP": "smtp+plain://mailuser:hunter2-hunter2@127.0.0.1:1"}
    terminal = Terminal(*portal(environ))
    try:
        terminal.until(lambda: any("Welcome" in row for row in terminal.screen.display))
        ps = [str(tool("ps")), "-ww", "-o", "args=", "-p", str(terminal.process.pid)]
        shown = subprocess.run(ps, capture_output=True, text=True, check=True).stdout
        assert shown.split()[1:] == ["-m", "tui_mfa"]
        terminal.send("\x11")
        assert terminal.to_the_end() == 0
    finally:
        terminal.close()
    assert kept_out({"smtp password": "hunter2"}, files(tmp_path) | {"screen": terminal.raw.decode()}) == []
