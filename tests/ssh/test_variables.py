"""Variables that a client sends: few are kept, before the portal starts and after."""

import asyncio
from pathlib import Path

from asyncssh.packet import String

from tests.fakes import make_account, make_services
from tests.ssh.house import Street, eventually, street
from tui_mfa.ssh.beneath import VALUE_MAX


def kept(here: Street) -> dict[bytes, bytes]:
    """Return the variables of the only session."""
    (session,) = here.house.sessions
    return dict(session._chan.get_environment_bytes())


async def test_of_many_variables_the_few_that_are_believed_are_kept(tmp_path: Path) -> None:
    services = make_services(tmp_path)
    make_account(services)
    many = {f"VARIABLE_{number}": "x" * 1000 for number in range(500)}
    sent = many | {
        "LANG": "de_DE.UTF-8",
        "NO_COLOR": "1",
        "COLORTERM": "x" * (VALUE_MAX + 1),
        "LC_ALL": "x" * VALUE_MAX,
    }
    async with street(tmp_path, services) as here, here.visitor(env=sent) as screen:
        await screen.until("Username or e-mail")
        expected = {b"LANG": b"de_DE.UTF-8", b"NO_COLOR": b"1", b"LC_ALL": b"x" * VALUE_MAX}
        assert kept(here) == expected
        (session,) = here.house.sessions
        assert session.app is not None
        assert "38;" not in screen.seen.decode(), "what is kept is heeded"
        for number in range(100):
            screen.chan._send_request(b"env", String(f"LATE_{number}"), String("x" * 1000))
        answered = asyncio.create_task(screen.chan._make_request(b"env", String("LATER"), String("x")))  # after them
        assert await answered
        assert kept(here) == expected
        screen.type("somebody")
        await eventually(lambda: "somebody" in screen.text())
