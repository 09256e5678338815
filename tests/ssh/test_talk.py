"""What a command asks for: on a terminal, and in a script."""

from pathlib import Path

import asyncssh
import pytest

from tests.fakes import PASSWORD, WRONG, app_code, make_account, make_services
from tests.ssh.house import Screen, Street, eventually, give_key, public_line, street
from tui_mfa.domain.account import Factor, Method
from tui_mfa.domain.ports import Services

NEW = asyncssh.generate_private_key("ssh-ed25519")
ADD = f"keys add {public_line(NEW)} --title desk"


class World:
    """An account with a key."""

    def __init__(self, folder: Path, method: Method = Method.AUTHENTICATOR) -> None:
        self.services: Services = make_services(folder)
        self.key = asyncssh.generate_private_key("ssh-ed25519")
        self.id = make_account(self.services, method=method).id
        give_key(self.services, self.id, self.key)

    @property
    def code(self) -> str:
        has_app = self.services.store.get(self.id).method is Method.AUTHENTICATOR
        return app_code(self.services, self.id) if has_app else "123456"

    @property
    def titles(self) -> list[str]:
        return [key.title for key in self.services.store.get(self.id).ssh_keys]


async def piped(here: Street, world: World, command: str, text: str) -> tuple[int | None, str, str]:
    """Run a command with a script's standard input."""
    async with await here.connect(client_keys=[world.key]) as conn:
        process = await conn.create_process(command)
        process.stdin.write(text)
        process.stdin.write_eof()
        done = await process.wait()
    return done.exit_status, str(done.stdout), str(done.stderr)


async def asked(screen: Screen, question: str) -> None:
    """Wait for a question; it comes by standard error, which is no part of the screen here."""
    await eventually(lambda: question in screen.everything, lambda: screen.everything)


async def test_password_and_code_are_the_lines_of_a_script(tmp_path: Path) -> None:
    """S51: key, password and code are a confirmation."""
    world = World(tmp_path)
    async with street(tmp_path, world.services) as here:
        status, out, err = await piped(here, world, ADD, f"{PASSWORD}\n{world.code}\n")
    assert status == 0, err
    assert "was added" in out
    assert "ssh -t hides what you type" in err
    assert world.titles == ["laptop k1", "desk"]
    assert PASSWORD not in out + err


async def test_the_code_may_come_as_an_option_and_the_password_never(tmp_path: Path) -> None:
    world = World(tmp_path)
    async with street(tmp_path, world.services) as here:
        status, out, _ = await piped(here, world, f"tokens create ci --code {world.code}", f"{PASSWORD}\n")
        assert status == 0
        assert out.startswith("tmfa_")
        status, _, err = await piped(here, world, f"{ADD} --password {PASSWORD}", "")
    assert (status, world.titles) == (2, ["laptop k1"])
    assert "no option --password" in err


async def test_without_a_second_factor_the_password_is_enough(tmp_path: Path) -> None:
    world = World(tmp_path, Method.DISABLED)
    async with street(tmp_path, world.services) as here:
        status, _, err = await piped(here, world, ADD, f"{PASSWORD}\n")
    assert (status, world.titles) == (0, ["laptop k1", "desk"]), err


@pytest.mark.parametrize("method", [Method.AUTHENTICATOR, Method.DISABLED])
@pytest.mark.parametrize("typed", [f"{WRONG}\n", "\n", ""])
async def test_without_the_right_password_nothing_is_added(tmp_path: Path, method: Method, typed: str) -> None:
    """Story: the laptop with the key and the phone are in somebody else's hands."""
    world = World(tmp_path, method)
    async with street(tmp_path, world.services) as here:
        status, out, _ = await piped(here, world, f"{ADD} --code {world.code}", typed)
    assert (status, out, world.titles) == (1, "", ["laptop k1"])
    account = world.services.store.get(world.id)
    assert account.sessions == []
    assert account.tries_of(Factor.PASSWORD).in_a_row == (1 if typed == f"{WRONG}\n" else 0)


async def test_on_a_terminal_nothing_that_is_typed_is_shown(tmp_path: Path) -> None:
    """Backspace takes a character back, Enter is what a terminal sends, and lines do not form stairs."""
    world = World(tmp_path)
    async with street(tmp_path, world.services) as here, await here.connect(client_keys=[world.key]) as conn:
        screen = Screen()
        await conn.create_session(lambda: screen, ADD, term_type="xterm", term_size=(80, 24), encoding=None)
        await asked(screen, "Password:")
        assert "ssh -t" not in screen.everything
        screen.type(f"{PASSWORD}ü€x\x7f\x7f\x7f\r")
        await asked(screen, "Code:")
        screen.type(f"{world.code}\r")
        await screen.ended()
    assert (screen.status, world.titles) == (0, ["laptop k1", "desk"])
    assert PASSWORD not in screen.everything
    assert b"was added" in screen.seen
    assert b"\n" not in screen.seen.replace(b"\r\n", b"")


@pytest.mark.parametrize("key", ["\x03", "\x04"])
async def test_ctrl_c_and_ctrl_d_give_up(tmp_path: Path, key: str) -> None:
    world = World(tmp_path)
    async with street(tmp_path, world.services) as here, await here.connect(client_keys=[world.key]) as conn:
        screen = Screen()
        await conn.create_session(lambda: screen, ADD, term_type="xterm", term_size=(80, 24), encoding=None)
        await asked(screen, "Password:")
        screen.type(f"{PASSWORD}{key}")
        await screen.ended()
    assert (screen.status, world.titles) == (1, ["laptop k1"])
