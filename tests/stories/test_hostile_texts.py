"""S61: whatever stands in the store or is typed into a field, nothing of it commands the terminal."""

import asyncio
from datetime import UTC
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.widgets import Input, TextArea

from tests.fakes import ORIGIN, make_services
from tests.pilot_tools import screen_text
from tests.snapshot.billing_states import a_year
from tests.snapshot.catalogue import entry
from tests.snapshot.key_states import KEY
from tests.snapshot.profile_states import logged_in
from tests.snapshot.stage import HomeFolder, Stage, shown
from tests.stories.hostile_texts import FLOOD, HOSTILE, faults_on_screen, poison_files
from tui_mfa.app import MfaApp
from tui_mfa.domain.api_tokens.model import ApiToken, Scope
from tui_mfa.domain.login.model import LoggedIn
from tui_mfa.domain.ports import Services
from tui_mfa.domain.quota import flows as quota
from tui_mfa.domain.ssh_keys.model import SshKey
from tui_mfa.screens.context import Context
from tui_mfa.store.tinydb import TinyDBStore
from tui_mfa.widgets.text_input import TextInput

FORMS = (
    "login",
    "register",
    "second-factor-mail",
    "second-factor-app",
    "lost-device-recovery-code",
    "lost-device-secret",
    "reset-name",
    "reset-new-password",
    "profile-user-info",
    "events-filtered",
    "billing-payment-options",
    "billing-add-credits",
    "billing-invoices-filtered",
    "quota-request-again",
    "keys-add",
    "keys-rename",
    "api-tokens-new",
    "change-password",
    "change-email",
    "confirm-mail",
    "enrolled-proof",
    "disable",
    "enrolment",
    "palette",
)
"""A state of the catalogue for each form there is."""

AGAIN = {"keys-rename": "r"}
"""The key that opens a form again when it was taken."""

LINKS = ("ssh-keys", "api-tokens", "sessions", "events", "change-email", "two-factor")
"""What the Security tab leads to."""


def full(services: Services) -> LoggedIn:
    """Make Jane, with something in every list, and log her in."""
    a_year(services)
    opened = logged_in(services)
    quota.request_increase(services, opened.session, "ssh-keys", "99", "More machines")
    with services.store.account(opened.session.account_id) as account:
        now = services.clock.now()
        account.ssh_keys.append(
            SshKey(id="0" * 8, title="laptop", blob=KEY.split()[1], added_at=now, added_from="192.0.2.7")
        )
        account.api_tokens.append(
            ApiToken(
                id="1" * 8,
                name="backup",
                hash="ab" * 32,
                last_four="k9fQ",
                scopes=[Scope.READ],
                created_at=now,
                created_from="192.0.2.7",
                expires_at=now.replace(year=now.year + 1),
            )
        )
    return opened


async def visit_everything(stage: Stage) -> list[str]:
    """Open every page behind the login, and return what was wrong on any of them."""
    faults, seen = faults_on_screen(stage.app), [screen_text(stage.app)]
    for key in "12346":
        stage.app.screen.query_one("#tabs").focus()
        await stage.press(key)
        faults += faults_on_screen(stage.app)
        seen.append(screen_text(stage.app))
    for link in LINKS:
        stage.app.screen.query_one("#tabs").focus()
        await stage.press("5")
        await stage.open(f"#{link}")
        await stage.press("down", "j")
        faults += faults_on_screen(stage.app)
        seen.append(screen_text(stage.app))
        await stage.press("escape")
    assert len(set(seen)) > len(LINKS), "the pages were not there"
    return faults


def on_disk(folder: Path, text: str) -> tuple[Services, LoggedIn]:
    """Return services on a TinyDB store whose account was edited by hand while Jane was logged in."""
    services = make_services(store=TinyDBStore(folder / "data"), files=HomeFolder())
    opened = full(services)
    assert poison_files(folder / "data", text) == 1
    return services, opened


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_store_edited_by_hand_commands_no_terminal(name: str, tmp_path: Path) -> None:
    text = HOSTILE[name]
    services, opened = await asyncio.to_thread(on_disk, tmp_path, text)
    app = MfaApp(Context(services=services, origin=ORIGIN, zone=UTC))
    async with app.run_test(size=(80, 24)) as pilot:
        stage = Stage(pilot, services)
        await stage.enter_profile(opened)
        assert await visit_everything(stage) == []
        assert app.session is not None
        if name == "action":
            stage.app.screen.query_one("#tabs").focus()
            await stage.press("5")
            await stage.open("#sessions")
            assert text in screen_text(app), "markup is shown as it was written"


def fields_of(stage: Stage) -> list[Any]:
    return [
        field
        for field in stage.app.screen.query("*")
        if isinstance(field, Input | TextArea) and field.display and not field.disabled
    ]


async def fill(stage: Stage, text: str) -> None:
    """Put a text into every field of the page: as a paste, and as a program would."""
    for field in fields_of(stage):
        stage.app.screen.set_focus(field)
        stage.app.post_message(events.Paste(text))
        await stage.settle()
        # The palette's field is Textual's own: nobody but the person fills it, and it goes nowhere.
        if isinstance(field, TextInput) and field.is_attached:
            assert field.value.isprintable()
            field.value = text
            assert field.value.isprintable()
        elif isinstance(field, TextArea):
            assert not [char for char in field.text if not char.isprintable() and char != "\n"]
    await stage.settle()


@pytest.mark.parametrize("name", FORMS)
async def test_what_is_typed_into_a_form_commands_no_terminal(name: str) -> None:
    waiting = dict(HOSTILE)
    while waiting:
        async with shown(entry(name)) as stage:
            page = stage.app.screen
            assert fields_of(stage), "there is no field"
            while waiting and stage.app.screen is page and fields_of(stage):
                kind, text = waiting.popitem()
                await fill(stage, text)
                assert faults_on_screen(stage.app) == [], kind
                await stage.press("enter")
                assert faults_on_screen(stage.app) == [], kind
                assert not stage.app._exit
                if stage.app.screen is not page and name in AGAIN:
                    await stage.press(AGAIN[name])
                    assert faults_on_screen(stage.app) == [], kind
                    page = stage.app.screen


async def test_the_search_would_notice() -> None:
    """The stories above can fail: a text that goes around ``presentation`` is found, and so is its link."""
    async with shown(entry("profile-security")) as stage:
        from textual.widgets import Static

        line = stage.app.screen.query_one("#two-factor-state", Static)
        for text in (HOSTILE["bidi"], HOSTILE["zero width"]):
            line.update(text)
            await stage.settle()
            assert faults_on_screen(stage.app)
        await stage.app.screen.mount(Static(HOSTILE["action"], markup=True))
        await stage.settle()
        assert any("is a link" in fault for fault in faults_on_screen(stage.app))
    assert len(HOSTILE["flood"]) == FLOOD
