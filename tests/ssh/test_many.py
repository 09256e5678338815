"""Fifty people in one process, each at something else: no byte that one is sent holds anything of another."""

import asyncio
import gc
from collections.abc import Iterator
from pathlib import Path

import asyncssh
import pytest

from tests.fakes import PASSWORD, make_account, make_services
from tests.ssh.house import Screen, eventually, give_key, street
from tui_mfa.domain.account import Method
from tui_mfa.domain.ports import Services
from tui_mfa.ssh.gate import Limits
from tui_mfa.ssh.server import COLLECTED_AFTER

PEOPLE = 50

AT_WORK = 12
"""Of the fifty that are connected, those who log in or open a page at the same moment, so that no step takes long."""


def pasted(text: str) -> str:
    """Return a text as terminals send it when it is pasted: one event, however long it is."""
    return f"\x1b[200~{text}\x1b[201~"


class Visitor:
    """One of the fifty.

    Args:
        number: From 0.
        services: Where the account is made.
        key: An SSH key of the account.
    """

    def __init__(self, number: int, services: Services, key: asyncssh.SSHKey) -> None:
        self.number = number
        self.name, self.mail = f"who{number:02}q", f"mail{number:02}q@example.com"
        self.title, self.typed = f"title{number:02}q", f"typed{number:02}q"
        made = make_account(services, self.name, self.mail, method=Method.DISABLED)
        give_key(services, made.id, key, self.title)
        self.seen = ""

    @property
    def marks(self) -> tuple[str, ...]:
        """What is this person's, and would be on no other's screen."""
        return self.name, self.mail.partition("@")[0], self.title, self.typed

    async def enter(self, screen: Screen) -> None:
        """Log in, some with a mistake before."""
        await screen.until("Username or e-mail")
        if self.number % 7 == 1:  # fewer than the address has tries
            screen.type(f"{self.typed}\r{pasted('not the password')}\r")
            await screen.until("is not right")
            screen.type("\x1b[Z" + "\x7f" * len(self.typed))
        screen.type(f"{pasted(self.name)}\r{pasted(PASSWORD)}\r")
        await screen.until(f"{self.name} · Logout")

    async def do(self, screen: Screen) -> None:
        """Open something, and type."""
        match self.number % 5:
            case 0:
                screen.type("5")
                await screen.until("Manage SSH Keys")
                screen.type("\x1b[A\x1b[A\r")
                await screen.until(self.title)
            case 1:
                screen.type("\x10")
                await screen.until("Change how it looks")
                screen.type(self.typed)
                await screen.until(self.typed)
            case 2:
                screen.type("1")
                await screen.until(self.mail)
            case 3:
                screen.type("?")
                await screen.until("esc closes")
                screen.type("\x1b")
                screen.resize(100, 30)
            case _:
                screen.type("q")
                await screen.ended()


@pytest.fixture
def collected_rarely() -> Iterator[None]:
    """Set the collector as the server does; it would take a third of the time."""
    before = gc.get_threshold()
    gc.set_threshold(*COLLECTED_AFTER)
    yield
    gc.set_threshold(*before)


@pytest.mark.usefixtures("collected_rarely")
async def test_no_byte_of_fifty_sessions_holds_anything_of_another(tmp_path: Path) -> None:
    services = make_services(tmp_path)
    key = asyncssh.generate_private_key("ssh-ed25519")
    people = [Visitor(number, services, key) for number in range(PEOPLE)]
    working, all_in, arrived = asyncio.Semaphore(AT_WORK), asyncio.Event(), 0

    async with street(tmp_path, services, Limits(per_address=PEOPLE, per_minute=1000)) as here:

        async def visit(person: Visitor) -> None:
            nonlocal arrived
            async with here.visitor(person.name) as screen:
                async with working:
                    await person.enter(screen)
                arrived += 1
                if arrived == PEOPLE:
                    assert len(here.house.sessions) == PEOPLE
                    all_in.set()
                await all_in.wait()
                async with working:
                    await person.do(screen)
            person.seen = screen.everything + screen.seen.decode("utf-8", "replace")

        async with asyncio.TaskGroup() as group:
            for person in people:
                group.create_task(visit(person))
        await eventually(lambda: not here.house.sessions)
    for person in people:
        assert person.name in person.seen
        assert [mark for other in people if other is not person for mark in other.marks if mark in person.seen] == []
    shown = [mark for person in people for mark in person.marks if mark in person.seen]
    assert len(shown) > PEOPLE + PEOPLE // 2, "little was shown that could have been another's"
