"""The phone has scanned the code, and the program dies before Validate: the account is what it was."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.beside import code_in, eventually, machine, portal, settings_of
from tests.fakes import FakeClock, app_code, make_account, start_login
from tests.fakes import enter as judge
from tests.pty_terminal import Terminal
from tui_mfa import bootstrap
from tui_mfa.domain.account import Account, Method
from tui_mfa.domain.ports import Services
from tui_mfa.domain.secret import Secret
from tui_mfa.domain.two_factor import rules, totp

PASSWORD = "ochre tugboat vexes marmots"


def said(terminal: Terminal) -> str:
    return " ".join(" ".join(terminal.screen.display).split())


def until(terminal: Terminal, text: str) -> None:
    terminal.until(lambda: text in said(terminal))


def only(services: Services) -> Account:
    (account_id,) = services.store.ids()
    return services.store.get(account_id)


def log_in(terminal: Terminal, folder: Path, services: Services, mails: int) -> None:
    """Log in by password and by the second factor that is in force."""
    until(terminal, "Forgotten password")
    terminal.send(f"jane\r{PASSWORD}\r")
    if only(services).method is Method.EMAIL:
        until(terminal, "valid until")
        outbox = settings_of(machine(folder)).outbox_dir
        mail = eventually(lambda: found[-1] if len(found := sorted(outbox.glob("*.eml"))) >= mails else None)
        terminal.send(code_in(mail.read_bytes()))
    else:
        until(terminal, "Open your authenticator app")
        terminal.send(app_code(services, only(services).id))
    until(terminal, "Manage Two Factor Authentication")


@pytest.fixture
def services(tmp_path: Path) -> Services:
    environ = machine(tmp_path)
    return bootstrap.build(settings_of(environ), environ)


def kill_at_the_code(folder: Path, services: Services, keys: str) -> str:
    """Run the real program until the code is on screen, kill it, and return the secret that was scanned."""
    terminal = Terminal(*portal(machine(folder)))
    try:
        log_in(terminal, folder, services, 1)
        terminal.send("\r")
        until(terminal, "●")
        terminal.send(keys)
        until(terminal, "ENTER THE CODE")
        account = only(services)
        assert account.enrolment is not None
        sealed, place = account.enrolment.sealed, rules.context(account.id, account.enrolment.id)
        secret = totp.to_base32(services.box.open(sealed, place)).reveal()
        assert secret[:4] in said(terminal)
    finally:
        terminal.close()
    assert terminal.process.returncode == -9
    return secret


def test_mailed_codes_stay_in_force(tmp_path: Path, services: Services) -> None:
    make_account(services, password=PASSWORD, method=Method.EMAIL)
    kill_at_the_code(tmp_path, services, "3")
    account = only(services)
    assert account.method is Method.EMAIL
    assert account.authenticator is None
    again = Terminal(*portal(machine(tmp_path)))
    try:
        log_in(again, tmp_path, services, 2)
        until(again, "Email Based · a code is mailed at each login")
        again.send("q")
        assert again.to_the_end() == 0
    finally:
        again.close()


def test_the_old_app_stays_in_force_and_the_new_one_is_nothing(tmp_path: Path, services: Services) -> None:
    account_id = make_account(services, password=PASSWORD, method=Method.AUTHENTICATOR).id
    before = only(services).authenticator
    assert before is not None
    scanned = kill_at_the_code(tmp_path, services, "\t\r")
    after = only(services).authenticator
    assert after is not None
    assert (after.id, after.sealed) == (before.id, before.sealed)
    later = replace(services, clock=FakeClock(services.clock.now() + timedelta(minutes=1)))
    handle = start_login(later, password=PASSWORD).handle
    new = totp.code_at(totp.from_base32(Secret(scanned)), totp.step_at(later.clock.now())).reveal()
    assert judge(later, handle, new) is not None
    assert judge(later, handle, app_code(later, account_id)) is None
    assert only(services).method is Method.AUTHENTICATOR
