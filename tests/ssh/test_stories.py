"""Ways in, and ways to write on another's screen or into the log, that somebody might try; see also test_exec."""

from pathlib import Path
from typing import Any

import asyncssh
import pytest

from tests.fakes import PASSWORD, app_code, make_account, make_services
from tests.ssh.house import Person, Screen, Street, eventually, give_key, log_in, street
from tui_mfa.domain.account import Method
from tui_mfa.domain.ports import Services
from tui_mfa.ssh.portal import believed

EVIL = "\x1b]0;owned\x07\x1b[2J\nadmin logged in\u202e\x9b31m"
"""A title, an erased screen, a line of a log that never was, and text that runs backwards."""

FORBIDDEN = ("\x1b]0;owned", "owned\x07", "\u202e", "\x9b", "\nadmin logged in")


def logged(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return the lines of the program's log; asyncssh's own is not kept."""
    return [record.getMessage() for record in caplog.records if record.name.startswith("tui_mfa")]


def clean(caplog: pytest.LogCaptureFixture) -> None:
    """Nothing of it is in the log but in harmless characters, on the line where it belongs."""
    assert all(message.isprintable() and len(message) < 300 for message in logged(caplog)), logged(caplog)
    assert not any(message.startswith("admin logged in") for message in logged(caplog))


@pytest.fixture
def services(tmp_path: Path) -> Services:
    return make_services(tmp_path)


@pytest.fixture(autouse=True)
def log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "tui_mfa")


class Answers(Person):
    """Answers every question, with more than was asked for."""

    def kbdint_challenge_received(self, name: str, instructions: str, lang: str, prompts: object) -> list[str]:
        return [PASSWORD, "123456"]


async def refused(here: Street, conn: asyncssh.SSHClientConnection) -> None:
    """The login page is all that there is."""
    screen = Screen()
    await conn.create_session(lambda: screen, term_type="xterm-256color", term_size=(80, 24), encoding=None)
    await screen.until("Username or e-mail")
    (session,) = here.house.sessions
    assert session.app is not None
    assert session.app.session is None


async def test_auth_bypass_by_answers_to_questions_that_were_not_asked(tmp_path: Path, services: Services) -> None:
    make_account(services)
    async with street(tmp_path, services) as here:
        known = asyncssh.import_known_hosts(f"* {here.host_key.export_public_key().decode()}")
        async with await asyncssh.connect(
            "127.0.0.1", here.port, username="jane", known_hosts=known, client_factory=Answers, client_keys=None
        ) as conn:
            await refused(here, conn)


async def test_auth_bypass_by_password_and_by_nothing(tmp_path: Path, services: Services) -> None:
    """Neither is offered: the password goes into the portal's own page, where its limits count."""
    make_account(services)
    async with street(tmp_path, services) as here:
        for options in ({"password": PASSWORD, "preferred_auth": "password"}, {"preferred_auth": "hostbased"}):
            with pytest.raises(asyncssh.PermissionDenied):
                await here.connect(**options)


async def test_auth_bypass_by_a_key_that_was_deleted_after_it_had_signed(tmp_path: Path, services: Services) -> None:
    key = asyncssh.generate_private_key("ssh-ed25519")
    jane = make_account(services, method=Method.DISABLED)
    give_key(services, jane.id, key)
    async with street(tmp_path, services) as here, await here.connect(client_keys=[key]) as conn:
        with services.store.account(jane.id) as account:
            account.ssh_keys.clear()
        await refused(here, conn)


async def test_auth_bypass_by_a_second_channel(tmp_path: Path, services: Services) -> None:
    """While somebody is logged in on the first one, neither a shell nor a command nor a subsystem opens beside it."""
    key = asyncssh.generate_private_key("ssh-ed25519")
    jane = make_account(services, method=Method.AUTHENTICATOR)
    give_key(services, jane.id, key)
    async with street(tmp_path, services) as here, await here.connect(client_keys=[key]) as conn:
        screen = Screen()
        await conn.create_session(lambda: screen, term_type="xterm", term_size=(80, 24), encoding=None)
        await screen.until("Open your authenticator app")
        screen.type(app_code(services, jane.id))
        await screen.until("User Profile")
        many: list[dict[str, Any]] = [{"command": "keys list"}, {"subsystem": "sftp"}, {"term_type": "xterm"}, {}]
        for more in many:
            with pytest.raises(asyncssh.ChannelOpenError):
                await conn.create_session(Screen, **more)
        assert len(here.house.sessions) == 1


@pytest.mark.parametrize("name", ["sftp", "netconf", EVIL, "x" * 10_000])
async def test_auth_bypass_and_a_forged_log_by_the_name_of_a_subsystem(
    tmp_path: Path, services: Services, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with street(tmp_path, services) as here, await here.connect() as conn:
        with pytest.raises(asyncssh.ChannelOpenError):
            await conn.create_session(asyncssh.SSHClientSession, subsystem=name)
        assert not here.house.sessions
    clean(caplog)
    assert name == EVIL or any("ssh subsystem refused" in message for message in logged(caplog))


@pytest.mark.parametrize("name", [EVIL, "jane\x00admin", "jane\r\nadmin", "\u202ejane", "jane\x7f", ""])
async def test_a_forged_log_by_the_username(
    tmp_path: Path, services: Services, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Whether the library refuses such a name or the server takes it: nothing of it stands in the log as it is."""
    async with street(tmp_path, services) as here:
        try:
            async with here.visitor(name) as screen:
                await screen.until("Username or e-mail")
                assert not any(text in screen.everything for text in FORBIDDEN)
        except (asyncssh.Error, ValueError):
            pass
    clean(caplog)


async def test_escapes_in_the_terminals_type_and_the_environment(
    tmp_path: Path, services: Services, caplog: pytest.LogCaptureFixture
) -> None:
    sent = dict.fromkeys(("LANG", "LC_ALL", "COLORTERM", "TERM_PROGRAM", "NO_COLOR"), EVIL)
    assert believed(EVIL, sent) == {}
    async with street(tmp_path, services) as here:
        for env in (sent, {"LANG": b"\xff\xfe", b"\xff": "x"}):
            async with here.visitor(term="xterm\x1b[2J\n", env=env) as screen:
                await screen.until("Username or e-mail")
                assert not any(text in screen.seen.decode("utf-8", "replace") for text in FORBIDDEN)
    clean(caplog)


async def test_escapes_in_the_title_of_a_key(tmp_path: Path, services: Services) -> None:
    """Refused at the door; one that is in the store all the same is drawn harmless, on its owner's screen too."""
    jane = make_account(services, method=Method.DISABLED)
    give_key(services, jane.id, asyncssh.generate_private_key("ssh-ed25519"))
    with services.store.account(jane.id) as account:
        account.ssh_keys[0].title = EVIL
    async with street(tmp_path, services) as here, here.visitor() as screen:
        await log_in(screen)
        screen.type("5")
        await screen.until("Manage SSH Keys")
        screen.type("\x1b[A\x1b[A\r")
        await screen.until("admin logged in")
        assert not any(text in screen.seen.decode("utf-8", "replace") for text in FORBIDDEN)


async def test_escapes_in_a_command(tmp_path: Path, services: Services, caplog: pytest.LogCaptureFixture) -> None:
    key = asyncssh.generate_private_key("ssh-ed25519")
    jane = make_account(services, method=Method.DISABLED)
    give_key(services, jane.id, key)
    async with street(tmp_path, services) as here:
        for command in (f"keys list {EVIL}", f"keys rename k1 '{EVIL}'", "\u202ekeys list"):
            async with await here.connect(client_keys=[key]) as conn:
                done = await conn.run(command)
            assert done.exit_status not in {0, None}
            assert not any(text in f"{done.stdout!s}{done.stderr!s}" for text in FORBIDDEN)
        await eventually(lambda: not here.house.sessions)
    clean(caplog)
    assert services.store.get(jane.id).ssh_keys[0].title == "laptop k1"
