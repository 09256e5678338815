"""Waiting for the screens, and reading them."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

from textual.app import App
from textual.pilot import Pilot

PATIENCE = 30
"""Seconds after which a condition counts as never met; a busy machine is no failure."""


async def until(pilot: Pilot[Any], condition: Callable[[], object]) -> None:
    """Let the app work until a condition holds.

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
    """Return what the topmost screen shows, row by row."""
    strips = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip).rstrip() for strip in strips)
