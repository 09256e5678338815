"""The key that a client shows: to be added by its person, and worth nothing before."""

from pathlib import Path

import asyncssh

from tests.fakes import PASSWORD, last_code, mailer_of, make_account, make_services
from tests.ssh.house import Screen, Street, give_key, public_line, street
from tui_mfa.domain.ports import Services
from tui_mfa.domain.ssh_keys import flows
from tui_mfa.ssh.auth import SHOWN_KEYS

BUTTON = "Take the key I am connected with"


async def to_new_key(screen: Screen, services: Services, name: str = "jane") -> None:
    """Log in by password and code, and go to the page that adds a key."""
    await screen.until("Username or e-mail")
    screen.type(f"{name}\r")
    screen.type(f"{PASSWORD}\r")
    await screen.until("We sent a code")
    screen.type(last_code(mailer_of(services)))
    await screen.until("User Profile")
    screen.type("5")
    await screen.until("Manage SSH Keys")
    screen.type("\x1b[A\x1b[A\r")  # the first button of three; the last one has the focus
    await screen.until("Add a key")
    screen.type("a")
    await screen.until("Add an SSH key")


async def press_button(screen: Screen) -> None:
    """Go backwards from the field to the last button, and press it."""
    screen.type("\x1b[Z\r")


async def test_the_key_of_the_connection_is_added_and_logs_in_the_next_time(tmp_path: Path) -> None:
    services, key = make_services(tmp_path), asyncssh.generate_private_key("ssh-ed25519")
    made = make_account(services)
    async with street(tmp_path, services) as here:
        async with here.visitor(client_keys=[key], size=(100, 30)) as screen:
            await to_new_key(screen, services)
            await screen.until(BUTTON)
            await press_button(screen)
            await screen.until(f"✓ ED25519 {key.get_fingerprint()}")
            screen.type("\x1b[Z\x1b[Z\r")
            await screen.until("is added.")
        kept = services.store.get(made.id).ssh_keys
        assert [f"ssh-ed25519 {one.blob}" for one in kept] == [public_line(key)]
        async with here.visitor(client_keys=[key]) as screen:
            await screen.until("We sent a code")
            assert "Username or e-mail" not in screen.text()


async def test_several_keys_come_in_turn_and_one_that_is_there_is_left_out(tmp_path: Path) -> None:
    services = make_services(tmp_path)
    made = make_account(services)
    keys = [asyncssh.generate_private_key("ssh-ed25519") for _ in range(2)]
    known = asyncssh.generate_private_key("ssh-ed25519")
    give_key(services, made.id, known)
    with services.store.account(made.id) as account:
        account.ssh_keys[0].expires_at = services.clock.now()  # so that it opens nothing, and the login page comes
    async with (
        street(tmp_path, services) as here,
        here.visitor(client_keys=[known, *keys], size=(100, 30)) as screen,
    ):
        await to_new_key(screen, services)
        await screen.until(BUTTON)
        screen.type("\x1b[Z")
        for number, key in enumerate((*keys, keys[0])):
            screen.type("\r")
            await screen.until(f"Key {number % 2 + 1} of 2: take the next")
            await screen.until(key.get_fingerprint())


async def shown_by(here: Street, keys: list[asyncssh.SSHKey]) -> tuple[str, ...]:
    """Connect with keys, and return what the session was told of them."""
    async with here.visitor(client_keys=keys) as screen:
        await screen.until("Username or e-mail")
        (session,) = here.house.sessions
        assert session.app is not None
        return session.app.context.client_keys


async def test_a_client_with_a_hundred_keys_fills_nothing(tmp_path: Path) -> None:
    services = make_services(tmp_path)
    keys = [asyncssh.generate_private_key("ssh-ed25519") for _ in range(SHOWN_KEYS + 4)]
    async with street(tmp_path, services) as here:
        assert await shown_by(here, keys) == tuple(public_line(key) for key in keys[:SHOWN_KEYS])


async def test_a_shown_key_opens_nothing_by_itself(tmp_path: Path) -> None:
    """Story: somebody shows the public half of another's key, which is no secret."""
    services, key = make_services(tmp_path), asyncssh.generate_private_key("ssh-ed25519")
    made = make_account(services)
    async with street(tmp_path, services) as here:
        await shown_by(here, [key])
        await shown_by(here, [key])
    assert services.store.get(made.id).ssh_keys == []
    assert services.store.get(made.id).attempts == []


def test_what_is_no_acceptable_key_is_not_offered() -> None:
    good = public_line(asyncssh.generate_private_key("ssh-ed25519"))
    weak = public_line(asyncssh.generate_private_key("ssh-rsa", key_size=1024))
    assert flows.not_added((good, weak, "ssh-dss AAAAB3NzaC1kc3M=", "not a key"), ()) == (good,)
