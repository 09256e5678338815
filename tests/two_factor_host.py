"""The page “Manage Two Factor Authentication” in the real portal, and a phone that reads it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pyotp
from textual.pilot import Pilot
from textual.widgets import Static

from tests.fakes import PASSWORD, last_code, mailer_of, unused_app_code
from tests.profile_host import enter, profile, until, until_shown
from tui_mfa.domain.account import Account, Method
from tui_mfa.domain.login.model import LoggedIn
from tui_mfa.domain.ports import Services
from tui_mfa.screens.confirm import ConfirmModal
from tui_mfa.screens.modals import EndOthersModal, ProofModal, RecoveryCodesModal
from tui_mfa.screens.two_factor import TwoFactorScreen
from tui_mfa.widgets.tab_row import TabRow
from tui_mfa.widgets.two_factor.enrol_form import EnrolForm


def page(pilot: Pilot[Any]) -> TwoFactorScreen:
    """Return the page, wherever it is in the stack."""
    return next(screen for screen in pilot.app.screen_stack if isinstance(screen, TwoFactorScreen))


def words(pilot: Pilot[Any], selector: str) -> str:
    """Return the text of a Static on the page."""
    return str(page(pilot).query_one(selector, Static).visual)


def told(pilot: Pilot[Any]) -> str:
    """Return what the page's present status line says."""
    return str(page(pilot).status.visual)


def account(services: Services) -> Account:
    """Return the only account, as it is stored."""
    (account_id,) = services.store.ids()
    return services.store.get(account_id)


@asynccontextmanager
async def opened(
    services: Services, logged_in: LoggedIn | None = None, size: tuple[int, int] = (80, 24)
) -> AsyncIterator[Pilot[Any]]:
    """Run the portal for somebody who is logged in and pressed Configure."""
    async with profile(services, logged_in or enter(services), size=size) as pilot:
        await until(pilot, lambda: pilot.app.focused and pilot.app.focused.id == "two-factor")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, TwoFactorScreen))
        await until(pilot, lambda: page(pilot).query_one(TabRow).marked)
        yield pilot


@asynccontextmanager
async def enrolling(
    services: Services, logged_in: LoggedIn | None = None, size: tuple[int, int] = (80, 24)
) -> AsyncIterator[Pilot[Any]]:
    """Run the portal until a new secret is shown."""
    async with opened(services, logged_in, size) as pilot:
        if account(services).method is Method.AUTHENTICATOR:
            await pilot.click("#app-set-up")
        else:
            await pilot.press("3")
        await until_shown(pilot, "ENTER THE CODE")
        yield pilot


def shown_secret(pilot: Pilot[Any]) -> str:
    """Return the secret that is written on the screen."""
    return "".join(words(pilot, "#secret-text").split())


def phone_code(services: Services, secret: str, seconds_off: int = 0) -> str:
    """Return what a phone shows that holds the secret and whose clock is off by so many seconds."""
    return pyotp.TOTP(secret).at(int(services.clock.now().timestamp()) + seconds_off)


def keys(text: str) -> list[str]:
    """Return the keys that type a text."""
    return ["space" if char == " " else char for char in text]


async def confirm(pilot: Pilot[Any], services: Services, password: str = PASSWORD) -> None:
    """Prove password and factor in the modal that asks for them."""
    await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmModal) and pilot.app.screen.query("#code"))
    on_app = account(services).method is Method.AUTHENTICATOR
    await pilot.press(*keys(password), "enter")
    if not on_app:
        await until_shown(pilot, "valid until")
    code = unused_app_code(services, account(services).id) if on_app else last_code(mailer_of(services))
    await pilot.press(*code)
    await until(pilot, lambda: not isinstance(pilot.app.screen, ConfirmModal))


async def finish(pilot: Pilot[Any], services: Services) -> str:
    """Enter the right code of the secret on screen, pass the modals after it, and return the secret."""
    secret = shown_secret(pilot)
    await pilot.press(*phone_code(services, secret))
    await until(pilot, lambda: isinstance(pilot.app.screen, RecoveryCodesModal))
    await pilot.press("c", "escape")
    await until(pilot, lambda: isinstance(pilot.app.screen, ProofModal))
    await pilot.press("escape")
    await until(pilot, lambda: isinstance(pilot.app.screen, TwoFactorScreen | EndOthersModal))
    if isinstance(pilot.app.screen, EndOthersModal):
        await pilot.press("escape")
    await until(pilot, lambda: isinstance(pilot.app.screen, TwoFactorScreen) and not page(pilot).query(EnrolForm))
    return secret
