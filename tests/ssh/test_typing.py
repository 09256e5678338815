"""What a key sends to the client: people type over slow lines, and many of them at a server."""

from pathlib import Path

from tests.fakes import make_account, make_services
from tests.ssh.house import eventually, street


async def test_a_key_sends_the_line_and_not_the_border_around_it(tmp_path: Path) -> None:
    services = make_services(tmp_path)
    make_account(services)
    async with street(tmp_path, services) as here, here.visitor() as screen:
        await screen.until("Username or e-mail")
        screen.type("j")
        await eventually(lambda: "▊j" in screen.text() or "▊ j" in screen.text())
        before = len(screen.seen)
        screen.type("a")
        await screen.until("ja")
        sent = bytes(screen.seen[before:]).decode()
        assert "▔" not in sent
        assert "▁" not in sent
