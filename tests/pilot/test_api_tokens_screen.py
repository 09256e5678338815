"""The page of API tokens: made by keys, shown once, revoked after a question."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Button, DataTable

from tests.fakes import (
    OTHER_PASSWORD,
    PASSWORD,
    clock_of,
    last_code,
    mailer_of,
    mails,
    make_account,
    make_services,
)
from tests.pilot_tools import type_text
from tests.profile_host import enter, page, profile, screen_text, until, until_shown
from tui_mfa.domain.api_tokens import flows
from tui_mfa.domain.api_tokens.model import Scope
from tui_mfa.domain.login.model import LoggedIn
from tui_mfa.domain.ports import Services
from tui_mfa.domain.profile import flows as profile_flows
from tui_mfa.domain.secret import Secret
from tui_mfa.screens.api_token_modals import NewTokenModal, TokenShownModal
from tui_mfa.screens.api_tokens import ApiTokensScreen
from tui_mfa.screens.confirm import ConfirmModal
from tui_mfa.widgets.secret_text import SecretText


@pytest.fixture
def services(tmp_path: Path) -> Services:
    made = make_services(tmp_path)
    make_account(made)
    return made


@pytest.fixture
def jane(services: Services) -> LoggedIn:
    return enter(services)


@asynccontextmanager
async def tokens_page(services: Services, jane: LoggedIn, **more: Any) -> AsyncIterator[Pilot[Any]]:
    """Open the page by its button in the Security tab."""
    async with profile(services, jane, **more) as pilot:
        page(pilot).query_one("#api-tokens", Button).focus()
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, ApiTokensScreen))
        await until(pilot, lambda: "Loading" not in screen_text(pilot.app))
        yield pilot


async def make(pilot: Pilot[Any], name: str = "backup") -> TokenShownModal:
    """Make a token by keys, up to the moment when it is shown."""
    await pilot.press("a")
    await until(pilot, lambda: isinstance(pilot.app.screen, NewTokenModal))
    await type_text(pilot, name)
    await pilot.press("enter")
    await until(pilot, lambda: isinstance(pilot.app.screen, TokenShownModal))
    await until(pilot, lambda: bool(pilot.app.screen.query(SecretText)))
    shown = pilot.app.screen
    assert isinstance(shown, TokenShownModal)
    return shown


def shown_token(pilot: Pilot[Any]) -> str:
    """Return the token on the screen."""
    return next(word for word in screen_text(pilot.app).split() if word.startswith("tmfa_"))


def saved(folder: Path) -> tuple[str, int]:
    """Return content and mode of the one file that was saved."""
    (path,) = folder.rglob("api-token-jane-*.txt")
    return path.read_text(), path.stat().st_mode & 0o777


async def test_an_empty_list_says_what_a_token_is(services: Services, jane: LoggedIn) -> None:
    async with tokens_page(services, jane) as pilot:
        assert "There are no API tokens." in screen_text(pilot.app)
        await until(pilot, lambda: pilot.app.focused is not None and pilot.app.focused.id == "add")
        assert not pilot.app.screen.query_one(DataTable).display


async def test_a_token_is_made_by_keys_and_shown_once(services: Services, jane: LoggedIn) -> None:
    """S57: on the screen once, gone with the modal, never again."""
    async with tokens_page(services, jane) as pilot:
        modal = await make(pilot, "nightly backup")
        token = shown_token(pilot)
        assert flows.check(services, Secret(token)).view.name == "nightly backup"
        assert "will not be able to see it again" in screen_text(pilot.app)
        await pilot.press("c", "escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, ApiTokensScreen))
        await until_shown(pilot, "1 live token")
        assert token not in screen_text(pilot.app)
        assert pilot.app.clipboard == ""
        assert modal._made is None
        assert "● live" in screen_text(pilot.app)
        assert f"tmfa_…{token[-4:]}" in screen_text(pilot.app)
        await until(pilot, lambda: any(mail.template.value == "api_token_created" for mail in mails(services)))
        await pilot.press("escape")
        await until_shown(pilot, "1 token, expires 2026-12-24")


async def test_what_is_ticked_is_what_it_may_do(services: Services, jane: LoggedIn) -> None:
    async with tokens_page(services, jane) as pilot:
        await pilot.press("a")
        await until(pilot, lambda: isinstance(pilot.app.screen, NewTokenModal))
        await type_text(pilot, "ci")
        await pilot.press("tab", "tab", "space")
        await until_shown(pilot, "[x] keys")
        await pilot.press("tab", "tab", "home", "delete", "delete")
        await type_text(pilot, "7")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, TokenShownModal))
    (view,) = flows.operator_list(services, "jane")
    assert view.scopes == (Scope.READ, Scope.KEYS)
    assert (view.expires_at - view.created_at).days == 7


@pytest.mark.parametrize(
    ("name", "days", "words"),
    [
        ("", "30", "Give the token a name"),
        ("x", "0", "from 1 to 365 days"),
        ("x", "366", "from 1 to 365 days"),
        ("x", "abc", "from 1 to 365 days"),
        ("taken", "30", "live token of that name"),
    ],
)
async def test_a_refusal_keeps_what_was_typed(
    services: Services, jane: LoggedIn, name: str, days: str, words: str
) -> None:
    flows.create(services, jane.session, "taken")
    async with tokens_page(services, jane) as pilot:
        await pilot.press("a")
        await until(pilot, lambda: isinstance(pilot.app.screen, NewTokenModal))
        await type_text(pilot, name)
        pilot.app.screen.query_one("#days").focus()
        await pilot.press("home", "delete", "delete", "delete")
        await type_text(pilot, days)
        await pilot.press("enter")
        await until_shown(pilot, words)
        assert isinstance(pilot.app.screen, NewTokenModal)
        assert not name or name in screen_text(pilot.app)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, ApiTokensScreen))
    assert len(flows.operator_list(services, "jane")) == 1


async def test_an_unkept_token_is_asked_about(services: Services, jane: LoggedIn) -> None:
    async with tokens_page(services, jane) as pilot:
        await make(pilot)
        token = shown_token(pilot)
        await pilot.press("escape")
        await until_shown(pilot, "Have you kept it?")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, TokenShownModal))
        assert shown_token(pilot) == token
        await pilot.press("escape")
        await until_shown(pilot, "Have you kept it?")
        await pilot.press("left", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, ApiTokensScreen))


async def test_a_token_is_saved_alone_in_a_private_file(services: Services, jane: LoggedIn, tmp_path: Path) -> None:
    """S65: only its owner can read the file."""
    async with tokens_page(services, jane) as pilot:
        await make(pilot)
        token = shown_token(pilot)
        await pilot.press("s")
        await until_shown(pilot, "Saved to")
    assert saved(tmp_path) == (f"{token}\n", 0o600)


async def test_an_old_confirmation_is_asked_for_in_between(services: Services, jane: LoggedIn) -> None:
    """S51: after fifteen minutes, password and factor once more; then the token is made without typing it again."""
    for _ in range(2):
        clock_of(services).advance(minutes=8)
        profile_flows.keep_alive(services, jane.session)
    async with tokens_page(services, jane) as pilot:
        await pilot.press("a")
        await until(pilot, lambda: isinstance(pilot.app.screen, NewTokenModal))
        await type_text(pilot, "late")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmModal))
        assert flows.operator_list(services, "jane") == ()
        before = len(mailer_of(services).kept)
        await until(pilot, lambda: bool(pilot.app.screen.query("#code")))
        await until(pilot, lambda: len(mailer_of(services).kept) > before or "sent" in screen_text(pilot.app))
        await type_text(pilot, PASSWORD)
        await pilot.press("enter")
        await type_text(pilot, last_code(mailer_of(services)))
        await until(pilot, lambda: isinstance(pilot.app.screen, TokenShownModal))
        assert OTHER_PASSWORD not in screen_text(pilot.app)
    assert [view.name for view in flows.operator_list(services, "jane")] == ["late"]


async def test_revoke_asks_first(services: Services, jane: LoggedIn) -> None:
    """S58: at once, and told in the list."""
    made = flows.create(services, jane.session, "backup")
    async with tokens_page(services, jane) as pilot:
        await pilot.press("d")
        await until_shown(pilot, "Revoke “backup”")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, ApiTokensScreen))
        assert flows.check(services, made.token).state.value == "live"
        await pilot.press("d")
        await until_shown(pilot, "Revoke “backup”")
        await pilot.press("left", "enter")
        await until_shown(pilot, "✗ revoked")
        assert flows.check(services, made.token).state.value == "revoked"
        assert pilot.app.screen.query_one("#revoke", Button).disabled
        await pilot.press("d")
        await pilot.pause()
        assert isinstance(pilot.app.screen, ApiTokensScreen)


@pytest.mark.parametrize("name", ["[bold red]x[/]", "日本語🙂", "e\u0301" * 30, "a" * 100, "$(rm -rf /)"])
async def test_a_name_is_shown_as_it_is(services: Services, jane: LoggedIn, name: str) -> None:
    flows.create(services, jane.session, name)
    async with tokens_page(services, jane) as pilot:
        assert name[:10] in screen_text(pilot.app).replace("\n", "") or name.startswith("e")
        assert "live" in screen_text(pilot.app)


async def test_a_session_that_ended_elsewhere_leaves_the_page(services: Services, jane: LoggedIn) -> None:
    other = enter(services)
    async with tokens_page(services, jane) as pilot:
        profile_flows.end_other_sessions(services, other.session)
        await pilot.press("a")
        await until(pilot, lambda: isinstance(pilot.app.screen, NewTokenModal))
        await type_text(pilot, "late")
        await pilot.press("enter")
        await until_shown(pilot, "This session was ended")
    assert flows.operator_list(services, "jane") == ()


@pytest.mark.parametrize("size", [(80, 24), (60, 18), (120, 40)])
async def test_every_button_of_the_form_can_be_seen(services: Services, jane: LoggedIn, size: tuple[int, int]) -> None:
    async with tokens_page(services, jane, size=size) as pilot:
        await pilot.press("a")
        await until(pilot, lambda: isinstance(pilot.app.screen, NewTokenModal))
        for field in ("name", "scope-admin", "days", "make", "cancel"):
            pilot.app.screen.query_one(f"#{field}").focus()
            await pilot.pause()
            region = pilot.app.screen.query_one(f"#{field}").region
            assert pilot.app.screen.region.contains_region(region), field
