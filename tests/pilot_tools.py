"""What pilot tests of whole pages share: an app on real services, waiting for a condition, reading the screen."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC
from typing import Any

from textual.app import App
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Input, Static
from textual.worker import WorkerCancelled

from tests.fakes import ORIGIN, PASSWORD, mailer_of
from tui_mfa.app import MfaApp
from tui_mfa.domain.ports import Services
from tui_mfa.screens.context import Context
from tui_mfa.screens.login import LoginScreen
from tui_mfa.screens.second_factor import SecondFactorScreen
from tui_mfa.widgets.status_line import StatusLine

ROUNDS = 400
"""Looks at a condition before a test gives up; each lets every queue run empty."""


def make_app(services: Services, mail_note: str = "") -> MfaApp:
    """Return the portal on the services of a test."""
    return MfaApp(Context(services=services, origin=ORIGIN, zone=UTC, mail_note=mail_note))


async def settle(pilot: Pilot[Any]) -> None:
    """Let all workers end and all messages be handled."""
    with suppress(WorkerCancelled):  # its page was left meanwhile
        await pilot.app.workers.wait_for_complete()
    await pilot.pause()


async def until(pilot: Pilot[Any], condition: Callable[[], object]) -> None:
    """Wait until a condition holds, however slow the machine is; fail with what is on the screen."""
    for _ in range(ROUNDS):
        if condition():
            return
        await settle(pilot)
    raise AssertionError("it never came to that; on the screen:\n" + screen_text(pilot.app))


async def until_page(pilot: Pilot[Any], page: type[Screen[Any]]) -> None:
    """Wait until a page is on top and has settled."""
    await until(pilot, lambda: isinstance(pilot.app.screen, page) and pilot.app.screen.is_mounted)
    await settle(pilot)


async def type_text(pilot: Pilot[Any], text: str) -> None:
    """Type a text key by key."""
    await pilot.press(*("space" if key == " " else key for key in text))


def rows(app: App[Any]) -> list[str]:
    """Return the screen's text, row by row."""
    return ["".join(segment.text for segment in strip).rstrip() for strip in app.screen._compositor.render_strips()]


def screen_text(app: App[Any]) -> str:
    """Return the screen's text with line breaks and runs of spaces as one space, to look for whole sentences."""
    return " ".join("\n".join(rows(app)).split())


def status(app: App[Any]) -> str:
    """Return what the page's status line says."""
    return shown(app, "StatusLine") if app.screen.query(StatusLine) else ""


def shown(app: App[Any], selector: str) -> str:
    """Return the text of a Static on the page."""
    return str(app.screen.query_one(selector, Static).visual)


def inputs(app: App[Any]) -> list[Input]:
    """Return every input of every page of the present mode, to be looked at when they are gone."""
    return [field for page in app.screen_stack for field in page.query(Input)]


def focused(app: App[Any]) -> str | None:
    """Return the id of the focused widget."""
    return app.focused.id if app.focused is not None else None


async def enter_password(pilot: Pilot[int], name: str = "jane") -> None:
    """Go through the login page to the second factor."""
    await until_page(pilot, LoginScreen)
    await type_text(pilot, name)
    await pilot.press("enter")
    await type_text(pilot, PASSWORD)
    await pilot.press("enter")
    await until_page(pilot, SecondFactorScreen)


async def until_mailed(pilot: Pilot[int], count: int = 1) -> None:
    """Wait until so many mails are told about."""
    page = pilot.app.screen
    assert isinstance(page, SecondFactorScreen)
    mailed = mailer_of(page.context.services).kept
    await until(pilot, lambda: len(mailed) == count and not page.busy and "valid until" in screen_text(pilot.app))


async def enter_code(pilot: Pilot[int], code: str) -> None:
    """Type a code and wait for what comes of it."""
    page = pilot.app.screen
    assert isinstance(page, SecondFactorScreen)
    await type_text(pilot, code)
    await until(pilot, lambda: not page.busy)
    await settle(pilot)
