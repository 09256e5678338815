"""The enrolment page in a real xterm, as two decoders see it."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.beside import Phone, eventually, machine, portal, settings_of
from tests.fakes import make_account
from tests.terminal.xterm_window import Xterm
from tui_mfa import bootstrap
from tui_mfa.domain.account import Account, Method
from tui_mfa.domain.ports import Services
from tui_mfa.domain.two_factor import rules, totp
from tui_mfa.domain.two_factor.uri import provisioning_uri

PASSWORD = "ochre tugboat vexes marmots"

ADDRESS = "jane.doe@department.com"
"""As long as addresses usually are."""


def only(services: Services) -> Account:
    (account_id,) = services.store.ids()
    return services.store.get(account_id)


def meant(services: Services) -> str:
    """Return the URI of the secret that is kept, sealed, in the account's file."""
    account = only(services)
    assert account.enrolment is not None
    secret = services.box.open(account.enrolment.sealed, rules.context(account.id, account.enrolment.id))
    return provisioning_uri(totp.to_base32(secret).reveal(), "Elestio", ADDRESS)


def go_to_code(window: Xterm, services: Services) -> None:
    """Log in by keys and open the enrolment."""
    login = window.until_drawn()
    window.type("jane")
    window.press("Return")
    window.type(PASSWORD)
    window.press("Return")
    eventually(lambda: only(services).sessions)
    profile = window.until_drawn(login)
    window.press("Return")
    window.until_drawn(profile)
    window.type("3")
    eventually(lambda: only(services).enrolment)


@pytest.mark.parametrize("colours", [("black", "white"), ("white", "black")], ids=["dark", "light"])
def test_two_decoders_read_the_code_in_xterm(
    colours: tuple[str, str], tool: Callable[[str], Path], tmp_path: Path
) -> None:
    zbar = tool("zbarimg")
    environ = machine(tmp_path)
    services = bootstrap.build(settings_of(environ), environ)
    make_account(services, email=ADDRESS, password=PASSWORD, method=Method.DISABLED)
    phone = Phone()
    with Xterm(tool, colours, *portal(environ)) as window:
        go_to_code(window, services)
        eventually(lambda: phone.scan(window.picture()))
        assert phone.uri == meant(services)
        window.picture().save(tmp_path / "screen.png")
    read = subprocess.run(
        [zbar, "--quiet", "--raw", tmp_path / "screen.png"], capture_output=True, text=True, check=True
    )
    assert read.stdout.strip() == phone.uri
