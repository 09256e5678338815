"""The profile reads the account while it is made: once, and whether that is quick, slow or refused."""

import threading
from typing import Any

import pytest
from textual.widgets import Static

from tests.fakes import make_account, make_services
from tests.profile_host import enter, page, profile, screen_text, until, until_shown
from tui_mfa.domain.account import Method
from tui_mfa.domain.errors import Unavailable
from tui_mfa.domain.login import flows as login
from tui_mfa.domain.ports import Services
from tui_mfa.domain.profile import flows
from tui_mfa.screens.login import LoginScreen


class Reader:
    """Stands before ``flows.overview``: counts, waits until told, and refuses as often as it is told."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, waits: bool = False, refuses: int = 0) -> None:
        self.count, self._refuses = 0, refuses
        self.go = threading.Event()
        if not waits:
            self.go.set()
        self._overview = flows.overview
        monkeypatch.setattr(flows, "overview", self)

    def __call__(self, *given: Any) -> Any:
        self.count += 1
        self.go.wait(30)
        if self.count <= self._refuses:
            raise Unavailable("The store does not answer.")
        return self._overview(*given)


def inhabited() -> Services:
    """Return services with one account."""
    services = make_services()
    make_account(services, method=Method.EMAIL)
    return services


def state(app: Any) -> str:
    """Return what the section of the second factor says."""
    return str(app.screen.query_one("#two-factor-state", Static).visual)


async def test_a_new_profile_reads_the_account_once(monkeypatch: pytest.MonkeyPatch) -> None:
    services = inhabited()
    reader = Reader(monkeypatch)
    async with profile(services, enter(services)) as pilot:
        await until(pilot, lambda: state(pilot.app).startswith("Email Based"))
        await pilot.app.workers.wait_for_complete()
        assert reader.count == 1


async def test_a_page_that_comes_back_reads_it_again(monkeypatch: pytest.MonkeyPatch) -> None:
    services = inhabited()
    reader = Reader(monkeypatch)
    async with profile(services, enter(services)) as pilot:
        await until(pilot, lambda: state(pilot.app).startswith("Email Based"))
        here = page(pilot)
        here.query_one("#events").focus()
        await pilot.press("enter")
        await until(pilot, lambda: pilot.app.screen is not here)
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is here)
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()
        assert reader.count == 2


async def test_a_slow_store_does_not_keep_the_page_back(monkeypatch: pytest.MonkeyPatch) -> None:
    services = inhabited()
    reader = Reader(monkeypatch, waits=True)
    async with profile(services, enter(services), settled=False) as pilot:
        await until_shown(pilot, "Loading…")
        assert "Email Based" not in screen_text(pilot.app)
        reader.go.set()
        await until_shown(pilot, "Email Based")
        assert reader.count == 1


async def test_a_store_that_fails_is_told_on_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    services = inhabited()
    Reader(monkeypatch, refuses=99)
    async with profile(services, enter(services), settled=False) as pilot:
        await until_shown(pilot, "The store does not answer.")


async def test_a_session_that_is_over_before_the_page_is_there_leads_to_the_login() -> None:
    services = inhabited()
    logged_in = enter(services)
    login.log_out(services, logged_in.session)
    async with profile(services, logged_in, settled=False) as pilot:
        await until(pilot, lambda: isinstance(pilot.app.screen, LoginScreen))
