"""The page of SSH keys in the real portal."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from textual import events
from textual.pilot import Pilot
from textual.widgets import Static

from tests.fakes import make_account, make_services
from tests.profile_host import enter, profile, screen_text, until
from tui_mfa.domain.login.model import LoggedIn
from tui_mfa.domain.ports import Policy, Services
from tui_mfa.domain.secret import Secret
from tui_mfa.domain.ssh_keys import flows
from tui_mfa.domain.ssh_keys.model import KeyView
from tui_mfa.screens.ssh_key_modals import AddKeyModal
from tui_mfa.screens.ssh_keys import SshKeysScreen


def ready(*texts: str, **policy: Any) -> tuple[Services, LoggedIn]:
    """Return services with Jane logged in, who has keys."""
    services = make_services(policy=Policy(**policy))
    make_account(services)
    logged_in = enter(services)
    for text in texts:
        flows.add(services, logged_in.session, Secret(text))
    return services, logged_in


@asynccontextmanager
async def opened(
    services: Services, logged_in: LoggedIn, size: tuple[int, int] = (80, 24)
) -> AsyncIterator[Pilot[Any]]:
    """Run the portal for somebody who pressed Show Setting."""
    async with profile(services, logged_in, size=size) as pilot:
        pilot.app.screen.query_one("#ssh-keys").focus()
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, SshKeysScreen))
        await until(pilot, lambda: "Loading" not in screen_text(pilot.app))
        yield pilot


def told(pilot: Pilot[Any]) -> str:
    return str(pilot.app.screen.query_one("StatusLine", Static).visual)


def verdict(pilot: Pilot[Any]) -> str:
    return str(pilot.app.screen.query_one("#verdict", Static).visual)


def kept(services: Services, logged_in: LoggedIn) -> list[KeyView]:
    return flows.keys(services, logged_in.session)


async def begin(pilot: Pilot[Any]) -> None:
    await pilot.press("a")
    await until(pilot, lambda: isinstance(pilot.app.screen, AddKeyModal) and pilot.app.focused is not None)


async def paste(pilot: Pilot[Any], text: str) -> None:
    pilot.app.post_message(events.Paste(text))
    await pilot.pause()
    await pilot.pause()
