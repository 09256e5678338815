"""The portal with somebody logged in, for the tests of the pages behind the login."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import tzinfo
from typing import Any

import pytest
from textual import events
from textual.app import App
from textual.pilot import Pilot
from textual.widgets import Input

from tests.fakes import ORIGIN, PASSWORD, mailed, start_login, unused_app_code, wrong_code
from tui_mfa.app import MfaApp
from tui_mfa.domain.errors import WrongCode
from tui_mfa.domain.login import flows
from tui_mfa.domain.login.model import CodeOwed, LoggedIn, Origin
from tui_mfa.domain.ports import Services
from tui_mfa.domain.secret import Secret
from tui_mfa.screens.context import ALL_TABS, Context
from tui_mfa.screens.messages import SessionOpened
from tui_mfa.screens.profile import ProfileScreen

PATIENCE = 30
"""Seconds after which a condition counts as never met; a busy machine is no failure."""


async def until(pilot: Pilot[Any], condition: Callable[[], object]) -> None:
    """Let the app work until a condition holds.

    It looks, and does not wait for workers to end: a page that waits for its modal is one that does not end.

    Args:
        pilot: Drives the app.
        condition: Looked at whenever the app has nothing to do.
    """
    deadline = time.monotonic() + PATIENCE
    while True:
        await pilot.pause()
        if condition():
            return
        if time.monotonic() > deadline:
            raise AssertionError(f"this never came true, and the screen shows:\n{screen_text(pilot.app)}")
        # Gives threads the processor; the condition decides, not the time.
        await asyncio.sleep(0.005)


async def until_shown(pilot: Pilot[Any], text: str) -> None:
    """Let the app work until a text is on the screen."""
    await until(pilot, lambda: text in screen_text(pilot.app))


def screen_text(app: App[Any]) -> str:
    """Return what is on the screen, row by row."""
    strips = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip).rstrip() for strip in strips)


def enter(services: Services, name: str = "jane", password: str = PASSWORD, origin: Origin = ORIGIN) -> LoggedIn:
    """Log in by the real flows and return what the profile is given."""
    step = flows.log_in(services, name, Secret(password), origin)
    if isinstance(step, CodeOwed):
        by_mail = step.factor.value == "email"
        handle = step.handle
        code = mailed(services, handle) if by_mail else unused_app_code(services, handle.account_id)
        step = flows.enter_code(services, handle, Secret(code))
    assert isinstance(step, LoggedIn)
    return step


def fail_login(services: Services, name: str = "jane") -> None:
    """Enter a right password and a wrong code."""
    owed = start_login(services, name)
    right = mailed(services, owed.handle)
    with pytest.raises(WrongCode):
        flows.enter_code(services, owed.handle, Secret(wrong_code(right)))


@asynccontextmanager
async def profile(
    services: Services,
    logged_in: LoggedIn,
    *,
    size: tuple[int, int] = (80, 24),
    tabs: tuple[str, ...] = ALL_TABS,
    zone: tzinfo | None = None,
    settled: bool = True,
) -> AsyncIterator[Pilot[Any]]:
    """Run the portal with an open session until the profile has read the account, or only until it was asked for."""
    app = MfaApp(Context(services=services, origin=logged_in.session.origin, zone=zone, tabs=tabs))
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        app.post_message(SessionOpened(logged_in))
        if settled:
            await until(pilot, lambda: _is_read(app))
        yield pilot


def _is_read(app: MfaApp) -> bool:
    return any(isinstance(screen, ProfileScreen) and screen.account != "…" for screen in app.screen_stack)


async def paste(pilot: Pilot[Any], field: Input, text: str) -> None:
    """Paste into a field as a terminal does: to the app, which forwards it to the focused widget."""
    field.focus()
    await pilot.pause()
    pilot.app.post_message(events.Paste(text))
    await pilot.pause()


def page(pilot: Pilot[Any]) -> ProfileScreen:
    """Return the profile, wherever it is in the stack."""
    return next(screen for screen in pilot.app.screen_stack if isinstance(screen, ProfileScreen))


def typed(app: Any) -> str:
    """Return whatever stands in any input of any screen, to look for what must not be there."""
    return "".join(field.value for screen in app.screen_stack for field in screen.query(Input))
