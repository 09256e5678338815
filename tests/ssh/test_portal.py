"""The portal over SSH, seen from the client."""

from pathlib import Path

import asyncssh
import pytest

from tests.fakes import PASSWORD, app_code, last_code, mailer_of, make_account, make_services
from tests.ssh.house import eventually, give_key, street
from tui_mfa.domain.account import Method
from tui_mfa.domain.login import registration
from tui_mfa.domain.ports import Policy
from tui_mfa.ssh.portal import at_a_distance, limit_key
from tui_mfa.ssh.server import drain


async def test_whoever_has_no_key_gets_the_login_page_and_both_factors(tmp_path: Path) -> None:
    services = make_services(tmp_path)
    make_account(services)
    async with street(tmp_path, services) as here, here.visitor() as screen:
        await screen.until("Username or e-mail")
        screen.type("jane\r")
        screen.type(f"{PASSWORD}\r")
        await screen.until("We sent a code to j•••@e•••.com")
        screen.type(last_code(mailer_of(services)))
        await screen.until("User Profile")
        screen.type("q")
        await screen.ended()
        assert screen.status == 0
        assert b"\x1b[?1049l" in screen.seen, "the terminal was not given back"


async def test_a_key_stands_for_the_password_and_not_for_the_code(tmp_path: Path) -> None:
    services, key = make_services(tmp_path), asyncssh.generate_private_key("ssh-ed25519")
    made = make_account(services, method=Method.AUTHENTICATOR)
    give_key(services, made.id, key)
    async with street(tmp_path, services) as here, here.visitor(client_keys=[key]) as screen:
        await screen.until("Open your authenticator app")
        screen.type(app_code(services, made.id))
        await screen.until("User Profile")
    found = services.store.get(made.id)
    assert found.ssh_keys[0].last_used_at is not None


async def test_the_window_grows_and_shrinks(tmp_path: Path) -> None:
    services = make_services(tmp_path)
    make_account(services)
    async with street(tmp_path, services) as here, here.visitor() as screen:
        await screen.until("Username or e-mail")
        screen.resize(120, 40)
        await eventually(lambda: screen.text().count("▔" * 100) or "Username" in screen.text())
        screen.resize(30, 8)
        await screen.until("this window has 30×8")
        screen.resize(80, 24)
        await screen.until("Username or e-mail")


async def test_without_a_terminal_the_command_form_is_named(tmp_path: Path) -> None:
    services = make_services(tmp_path)
    async with street(tmp_path, services) as here, await here.connect() as conn:
        done = await conn.run(term_type=None)
        assert done.exit_status == 2
        assert "ssh … help" in str(done.stderr)


@pytest.mark.parametrize("username", ["jane", "nobody"])
async def test_known_and_unknown_names_see_the_same(tmp_path: Path, username: str) -> None:
    services = make_services(tmp_path)
    make_account(services)
    async with street(tmp_path, services) as here, here.visitor(username) as screen:
        await screen.until("Username or e-mail")
        assert username not in screen.text()


async def test_sigterm_tells_everybody_and_gives_the_terminals_back(tmp_path: Path) -> None:
    services = make_services(tmp_path)
    make_account(services)
    async with street(tmp_path, services) as here, here.visitor() as screen:
        await screen.until("Username or e-mail")
        await drain(here.acceptor, here.house, within=1.0)
        await screen.ended()
        assert screen.status == 0
        assert "The service ends in 1 seconds." in screen.everything
        assert b"\x1b[?1049l" in screen.seen
        with pytest.raises((OSError, asyncssh.Error)):
            await here.connect()


async def test_a_stranger_does_not_get_the_first_account(tmp_path: Path) -> None:
    services = make_services(tmp_path, policy=Policy(registration_open=False))
    async with street(tmp_path, services) as here, here.visitor() as screen:
        await screen.until("Forgotten password")
        await screen.until("^p palette")
        assert "Create" not in screen.text()
        assert not registration.is_open(at_a_distance(services))
        assert registration.is_open(services), "at the machine it is as before"


async def test_what_a_command_sends_does_not_pile_up(tmp_path: Path) -> None:
    services, key = make_services(tmp_path), asyncssh.generate_private_key("ssh-ed25519")
    made = make_account(services, method=Method.AUTHENTICATOR)
    give_key(services, made.id, key)
    async with street(tmp_path, services) as here, await here.connect(client_keys=[key]) as conn:
        process = await conn.create_process("mfa status", encoding=None)
        process.stdin.write(b"x" * 4_000_000)
        await process.wait_closed()
        assert process.exit_status not in {0, None}
        assert not here.house.sessions


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("?", "?"),
    ],
)
def test_limits_count_by_customer_and_not_by_address(address: str, key: str) -> None:
    assert limit_key(address) == key
