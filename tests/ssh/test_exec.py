"""Commands over SSH, and the ways around the login that somebody might try."""

import json
from pathlib import Path
from typing import Any

import asyncssh
import pytest

from tests.fakes import app_code, make_account, make_services, wrong_code
from tests.ssh.house import Screen, Street, give_key, street
from tui_mfa.domain.account import Method
from tui_mfa.domain.ports import Services
from tui_mfa.ssh.commands import HELP
from tui_mfa.ssh.exec import NEEDS_KEY
from tui_mfa.ssh.request import COMMAND_MAX, split


class World:
    """A server, an account with an authenticator and a key, and the key."""

    def __init__(self, folder: Path) -> None:
        self.services: Services = make_services(folder)
        self.key = asyncssh.generate_private_key("ssh-ed25519")
        self.jane = make_account(self.services, method=Method.AUTHENTICATOR)
        give_key(self.services, self.jane.id, self.key)

    @property
    def code(self) -> str:
        return app_code(self.services, self.jane.id)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


async def ran(here: Street, command: str, **options: Any) -> tuple[int | None, str, str]:
    async with await here.connect(**options) as conn:
        done = await conn.run(command)
    return done.exit_status, str(done.stdout), str(done.stderr)


async def test_a_command_with_its_code_is_done_for_the_owner(tmp_path: Path, world: World) -> None:
    async with street(tmp_path, world.services) as here:
        status, out, err = await ran(here, f"keys list --json --code {world.code}", client_keys=[world.key])
    assert (status, err) == (0, "")
    assert [key["title"] for key in json.loads(out)["keys"]] == ["laptop k1"]
    assert world.services.store.get(world.jane.id).sessions == [], "the session of a command ends with it"


async def test_the_code_is_asked_for(tmp_path: Path, world: World) -> None:
    async with street(tmp_path, world.services) as here, await here.connect(client_keys=[world.key]) as conn:
        done = await conn.run("mfa status", input=f"{world.code}\n")
    assert done.exit_status == 0
    assert "authenticator" in str(done.stdout)
    assert "Code: " in str(done.stderr)


@pytest.mark.parametrize("command", ["keys list", "mfa status", "tokens create x", "keys add x"])
async def test_without_a_key_no_command_is_done(tmp_path: Path, world: World, command: str) -> None:
    """An exec request is no way around the password."""
    async with street(tmp_path, world.services) as here:
        status, out, err = await ran(here, f"{command} --code {world.code}")
        assert (status, out, err.strip()) == (1, "", NEEDS_KEY)
        status, out, err = await ran(here, f"{command} --code {world.code} --json")
    assert (status, err, json.loads(out)["error"]["code"]) == (1, "", "needs_key")


async def test_a_wrong_code_is_counted_and_refused(tmp_path: Path, world: World) -> None:
    async with street(tmp_path, world.services) as here:
        status, out, _ = await ran(here, f"keys list --code {wrong_code(world.code)}", client_keys=[world.key])
    assert (status, out) == (1, "")
    assert world.services.store.get(world.jane.id).failed_since_login == 1


async def test_a_code_is_taken_once(tmp_path: Path, world: World) -> None:
    async with street(tmp_path, world.services) as here:
        first = await ran(here, f"keys list --code {world.code}", client_keys=[world.key])
        again = await ran(here, f"keys list --code {world.code}", client_keys=[world.key])
    assert (first[0], again[0], again[1]) == (0, 1, "")


@pytest.mark.parametrize(
    "command",
    [
        "accounts list",
        "keys list mallory",
        "keys authorized jane",
        "--data-dir /tmp keys list",
        "billing paid INV-AAAAAA-0001",
        "quota set jane storage 9",
        "doctor",
        "sh -c id",
        "keys list; id",
        "scp -f /etc/passwd",
        "tokens create --data-dir /tmp x",
        "keys add",
    ],
)
async def test_no_command_of_an_operator_and_no_other_account_is_reached(
    tmp_path: Path, world: World, command: str
) -> None:
    async with street(tmp_path, world.services) as here:
        status, out, err = await ran(here, f"{command} --code {world.code}", client_keys=[world.key])
    assert (status, out) == (2, "")
    assert "Try: help" in err


@pytest.mark.parametrize(
    "command",
    ["keys list '", "keys \x1b[2J", "keys \x9b31m", "x" * (COMMAND_MAX + 1), "mfa status --code", "a --code abcdef"],
)
def test_what_cannot_be_understood_is_refused_with_harmless_words(command: str) -> None:
    refusal = split(command).refusal
    assert refusal
    assert refusal.isprintable()


@pytest.mark.parametrize("command", ["", "help", "-h", "--help"])
async def test_help_needs_no_login(tmp_path: Path, world: World, command: str) -> None:
    async with street(tmp_path, world.services) as here:
        status, out, _ = await ran(here, command or "help", username="nobody")
    assert (status, out) == (0, HELP)


async def test_the_key_that_was_offered_is_not_the_one_that_logged_in(tmp_path: Path, world: World) -> None:
    """The public half of somebody's key is known; offering it proves nothing."""
    public = asyncssh.import_public_key(world.key.export_public_key())

    class Offers(asyncssh.SSHClient):
        def kbdint_auth_requested(self) -> str:
            return ""

        def kbdint_challenge_received(self, *_: object) -> list[str]:
            return []

    other = asyncssh.generate_private_key("ssh-ed25519")
    forged = asyncssh.load_keypairs([other])[0]
    forged.public_data = public.public_data
    async with street(tmp_path, world.services) as here:
        status, out, err = await ran(here, f"keys list --code {world.code}", client_keys=[forged])
    assert (status, out, err.strip()) == (1, "", NEEDS_KEY)
    assert world.services.store.get(world.jane.id).ssh_keys[0].last_used_at is None


async def test_a_key_of_one_account_opens_no_other(tmp_path: Path, world: World) -> None:
    make_account(world.services, "mallory", method=Method.DISABLED)
    async with street(tmp_path, world.services) as here:
        status, _, err = await ran(here, "keys list", username="mallory", client_keys=[world.key])
    assert (status, err.strip()) == (1, NEEDS_KEY)


async def test_one_connection_has_one_channel(tmp_path: Path, world: World) -> None:
    async with street(tmp_path, world.services) as here, await here.connect() as conn:
        screen = Screen()
        await conn.create_session(lambda: screen, term_type="xterm", term_size=(80, 24), encoding=None)
        with pytest.raises(asyncssh.ChannelOpenError):
            await conn.run("help")
        await screen.until("Username or e-mail")


async def test_what_tunnels_is_refused(tmp_path: Path, world: World) -> None:
    async with street(tmp_path, world.services) as here:
        async with await here.connect() as conn:
            with pytest.raises(asyncssh.ChannelOpenError):
                await conn.open_connection("127.0.0.1", here.port)
        async with await here.connect() as conn:
            with pytest.raises(asyncssh.Error):
                await conn.start_sftp_client()
        async with await here.connect() as conn:
            with pytest.raises(asyncssh.ChannelListenError):
                await conn.forward_remote_port("", 0, "127.0.0.1", here.port)


async def test_variables_of_the_client_change_nothing_but_the_look(tmp_path: Path, world: World) -> None:
    """Auth bypass by environment: what is not about the terminal is not read."""
    env = {
        "TUI_MFA_DATA_DIR": "/tmp",
        "LD_PRELOAD": "/tmp/x.so",
        "TEXTUAL_LOG": str(tmp_path / "keys.log"),
        "LANG": "C",
    }
    async with street(tmp_path, world.services) as here, here.visitor(env=env) as screen:
        await screen.until("Username or e-mail")
        screen.type("jane")
        await screen.until("jane")
    assert not (tmp_path / "keys.log").exists()


@pytest.mark.parametrize("name", ["x" * 1000, "[@click=app.quit]jane[/]", "jane from=192.0.2.1 key=True"])
async def test_a_hostile_name_reaches_no_screen_and_floods_no_log(
    tmp_path: Path, world: World, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Names with control characters end at the library: SASLprep forbids them."""
    caplog.set_level("INFO", "tui_mfa.ssh")
    async with street(tmp_path, world.services) as here, here.visitor(name) as screen:
        await screen.until("Username or e-mail")
        assert name[:20] not in screen.text()
    assert caplog.messages
    assert all(message.isprintable() and len(message) < 300 for message in caplog.messages)
