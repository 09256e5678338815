"""The demo in a window of a size, played by its keys."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from textual.pilot import Pilot
from textual.widgets import Digits, Static

from tests.fakes import FakeClock
from tests.profile_host import screen_text, until, until_shown
from tui_mfa.demo.app import DemoApp
from tui_mfa.demo.panel import SidePanel
from tui_mfa.domain.account import Method
from tui_mfa.domain.login.model import Origin
from tui_mfa.screens.login import LoginScreen
from tui_mfa.screens.mailed_code import MailedCodeForm
from tui_mfa.screens.profile import ProfileScreen
from tui_mfa.screens.second_factor import SecondFactorScreen
from tui_mfa.screens.two_factor import TwoFactorScreen
from tui_mfa.widgets.qr_code import QRCode
from tui_mfa.widgets.tab_row import TabRow

WIDE = (120, 40)
"""Room for the portal's 80 columns and the panel."""

DemoPilot = Pilot[int]


@asynccontextmanager
async def demo(size: tuple[int, int] = WIDE) -> AsyncIterator[tuple[DemoPilot, DemoApp, FakeClock]]:
    """Run the demo until the login page stands."""
    clock = FakeClock()
    app = DemoApp(Origin("local:0", "this machine (pts/1)"), clock=clock)
    async with app.run_test(size=size, notifications=True) as pilot:
        await until(pilot, lambda: isinstance(app.screen, LoginScreen) and app.screen.query(SidePanel))
        yield pilot, app, clock


def panel(app: DemoApp) -> SidePanel:
    """Return the panel of the screen on top."""
    return app.screen.query_one(SidePanel)


def step(app: DemoApp) -> str:
    """Return what the panel says is to be done next."""
    return str(panel(app).query_one("#demo-step", Static).visual)


def phone_shows(app: DemoApp) -> str:
    """Return the large digits of the phone, without the gap."""
    return panel(app).query_one(Digits).value.replace(" ", "")


def method(app: DemoApp) -> Method:
    """Return the two-factor method that is in force."""
    (account_id,) = app.context.services.store.ids()
    return app.context.services.store.get(account_id).method


async def log_in(pilot: DemoPilot, app: DemoApp) -> None:
    """Log in by the demo's keys, with whatever the second factor is."""
    await pilot.press("f3")
    await pilot.press("enter")
    await until(pilot, lambda: isinstance(app.screen, SecondFactorScreen))
    if app.screen.query(MailedCodeForm):
        await until_shown(pilot, "We sent a code")
        await pilot.press("f7")
    else:
        await pilot.press("f6")
    await until(pilot, lambda: isinstance(app.screen, ProfileScreen) and "Last login" in screen_text(app))


async def show_code(pilot: DemoPilot, app: DemoApp) -> None:
    """From the profile to a drawn QR code of a new secret."""
    await pilot.press("5", "enter")
    await until(pilot, lambda: isinstance(app.screen, TwoFactorScreen) and app.screen.query_one(TabRow).marked)
    await pilot.press("3")
    await until(pilot, lambda: any(code.drawn_uri for code in app.screen.query(QRCode)))
