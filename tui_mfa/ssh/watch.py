"""How long a session may last, and be idle before a login; after it the portal's own lock applies."""

import asyncio
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from tui_mfa.ssh.session import PortalSession

WATCH_EVERY: Final = 5.0
"""Seconds between two looks at how long a session has been idle, and open."""

LOGIN_IDLE: Final = 600.0
"""Seconds without a key on the pages before a login; after it the portal's own lock applies."""


async def watched(session: "PortalSession") -> None:
    """End a session that has been idle before a login, or open, for too long.

    Args:
        session: It runs.
    """
    house = session.house
    total = house.settings.session_lifetime.total_seconds()
    left = session.started
    while True:
        await asyncio.sleep(WATCH_EVERY)
        now = house.now()
        if session.logged_in:
            left = now  # who was locked for being idle finds the login page, and not a connection that is gone
        if session.app is not None and now - max(session.last_input, left) > LOGIN_IDLE:
            session.leave("idle before the login")
        elif now - session.started > total:
            session.leave("open for too long")
