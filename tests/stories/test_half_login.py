"""S47: whoever has the password and owes the code sees nothing that is behind the login, whatever they press."""

from collections.abc import Callable
from typing import Any

import pytest
from textual.app import App
from textual.screen import Screen

from tests.fakes import make_services, start_login
from tests.pilot_tools import screen_text
from tests.snapshot.catalogue import entry
from tests.snapshot.login_states import by_mail
from tests.snapshot.stage import Stage, shown
from tui_mfa.domain.errors import SessionEnded
from tui_mfa.domain.login.model import Session
from tui_mfa.domain.profile import flows as profile
from tui_mfa.domain.recovery import flows as recovery
from tui_mfa.domain.secret import Secret
from tui_mfa.domain.two_factor import flows as two_factor
from tui_mfa.screens.base import SessionPage
from tui_mfa.screens.login import LoginScreen
from tui_mfa.screens.messages import LogoutRequested, SessionLost

HALF = ("second-factor-mail", "second-factor-app", "lost-device", "reset-code", "register-verify")
"""Pages of somebody who is not logged in yet and holds an attempt."""

BEHIND = ("User Profile", "Manage Two Factor", "Manage SSH Keys", "Logout", "Security events")
"""Words that stand on pages behind the login only."""

ENDS = {"quit", "suspend_process", "bell", "back", "app.quit"}
"""Actions that leave the page or the program, which is no way in."""

KEYS = (
    *("1", "2", "3", "4", "5", "6", "s", "c", "u", "f", "a", "d", "o", "e", "j", "k", "h", "l", "slash"),
    *("up", "down", "left", "right", "home", "end", "pageup", "pagedown", "tab", "shift+tab", "space", "delete"),
    *(f"f{number}" for number in range(2, 13)),
    *(f"ctrl+{letter}" for letter in "abcdefghijklnorstuvwxyz"),
)


def is_outside(stage: Stage) -> bool:
    """Return whether no page of a session is anywhere, and nobody is logged in."""
    app = stage.app
    pages: list[Screen[Any]] = [page for stack in app._screen_stacks.values() for page in stack]
    return app.session is None and not any(isinstance(page, SessionPage) for page in pages)


def assert_outside(stage: Stage, what: object) -> None:
    assert is_outside(stage), what
    text = screen_text(stage.app)
    assert not [words for words in BEHIND if words in text], what


@pytest.mark.parametrize("name", HALF)
async def test_no_key_leads_in(name: str) -> None:
    async with shown(entry(name)) as stage:
        for key in KEYS:
            await stage.press(key)
            assert_outside(stage, key)
            if stage.app._exit:
                return


@pytest.mark.parametrize("name", HALF)
async def test_the_palette_offers_no_way_in(name: str) -> None:
    async with shown(entry(name)) as stage:
        titles = {command.title for command in stage.app.get_system_commands(stage.app.screen)}
        assert titles == {"Theme", "Help", "Quit"}
        await stage.press("ctrl+p")
        assert_outside(stage, "palette")
        for words in ("logout", "security", "profile"):
            await stage.type(words)
            await stage.press("enter")
            assert_outside(stage, words)


def actions_of(app: App[Any]) -> list[str]:
    """Return the name of every action that the app, the page and its widgets have."""
    found = []
    for prefix, node in (("app", app), ("screen", app.screen)):
        names = (name.removeprefix("action_") for name in dir(node) if name.startswith("action_"))
        found += [f"{prefix}.{name}" for name in names]
    return sorted(found)


ARGUMENTS = ("()", "('profile-1')", "('profile')", "(1)", "('security')", "('profile', 'security')")


@pytest.mark.parametrize("name", ["second-factor-mail", "second-factor-app"])
async def test_no_action_by_its_name_leads_in(name: str) -> None:
    """A link in a text, or a keymap, can name any action; what fails is told by the log, and the page stays."""
    async with shown(entry(name)) as stage:
        actions = [action for action in actions_of(stage.app) if action.partition(".")[2] not in ENDS]
        assert "app.switch_mode" in actions
        for action in actions:
            for arguments in ARGUMENTS:
                await run_quietly(stage, action + arguments)
                assert_outside(stage, action + arguments)


async def run_quietly(stage: Stage, action: str) -> None:
    """Run an action; arguments that it does not take, or a mode that is not there, are errors of the caller."""
    try:
        await stage.app.run_action(action)
        await stage.settle()
    except Exception:  # noqa: BLE001 - each refusal is as good as another, as long as nobody is in
        await stage.settle()


@pytest.mark.parametrize("mode", ["profile", "profile-0", "profile-1", "profile-2", "login-1"])
async def test_there_is_no_mode_of_a_session_to_switch_to(mode: str) -> None:
    async with shown(entry("second-factor-mail")) as stage:
        assert [name for name in stage.app._modes if name.startswith("profile")] == []
        with pytest.raises(Exception, match=mode):
            await stage.app.switch_mode(mode)
        assert_outside(stage, mode)


async def test_messages_about_a_session_change_nothing_without_one() -> None:
    async with shown(entry("second-factor-mail")) as stage:
        page = stage.app.screen
        stage.app.post_message(SessionLost("over"))
        await stage.settle()
        assert stage.app.screen is page
        stage.app.post_message(LogoutRequested())
        await stage.until_page(LoginScreen)
        assert_outside(stage, "logout")


@pytest.mark.parametrize(
    "use",
    [
        profile.overview,
        profile.events,
        profile.keep_alive,
        profile.end_other_sessions,
        two_factor.begin,
        two_factor.enable_email,
        recovery.make_codes,
    ],
    ids=lambda use: f"{use.__module__.split('.')[2]}.{use.__name__}",
)
def test_the_handle_of_an_attempt_is_no_session(use: Callable[..., object]) -> None:
    """Even somebody who could call the use cases gets nowhere with what the page of the code holds."""
    services = make_services()
    by_mail(services)
    handle = start_login(services).handle
    for token in (handle.token, Secret(handle.token.reveal()[::-1]), Secret("")):
        for session_id in ("", handle.account_id[:8], handle.account_id):
            forged = Session(handle.account_id, session_id, token, handle.origin)
            with pytest.raises(SessionEnded):
                use(services, forged)
    assert services.store.get(handle.account_id).sessions == []
