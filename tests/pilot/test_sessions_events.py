"""Where the account is logged in and what happened on it: the lists, the filter, ending sessions."""

import threading
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Button, DataTable, Input

from tests.contrast import worst_contrast
from tests.fakes import clock_of, log_in, make_account, make_services, tags
from tests.profile_host import enter, fail_login, page, paste, profile, screen_text, until, until_shown
from tui_mfa import themes
from tui_mfa.domain.account import Method
from tui_mfa.domain.errors import SessionEnded
from tui_mfa.domain.events import SecurityEvent, Tag
from tui_mfa.domain.login.model import Origin
from tui_mfa.domain.ports import Services
from tui_mfa.domain.profile import flows
from tui_mfa.screens.event_words import WORDS, details_of, words_of
from tui_mfa.screens.events import SHOWN, EventsScreen
from tui_mfa.screens.login import LoginScreen
from tui_mfa.screens.modals import ConfirmChoiceModal
from tui_mfa.screens.sessions import SessionsScreen
from tui_mfa.store.memory import MemoryStore

OFFICE = Origin("203.0.113.9", "203.0.113.9")
TRAIN = Origin("203.0.113.77", "203.0.113.77")


async def open_page(pilot: Pilot[Any], link: str) -> None:
    """Open a page by its link on the Security tab."""
    page(pilot).query_one(f"#{link}").focus()
    await pilot.press("enter")
    await until(pilot, lambda: isinstance(pilot.app.screen, SessionsScreen | EventsScreen))
    await until(pilot, lambda: table(pilot).row_count)


def table(pilot: Pilot[Any]) -> DataTable[Any]:
    """Return the page's table."""
    found: DataTable[Any] = pilot.app.screen.query_one(DataTable)
    return found


def column(pilot: Pilot[Any], number: int) -> list[str]:
    """Return a column's texts, top to bottom."""
    return [str(table(pilot).get_row_at(row)[number]) for row in range(table(pilot).row_count)]


def two_others() -> tuple[Services, Any]:
    """Return services, and a session beside two older ones."""
    services = make_services()
    make_account(services)
    log_in(services, origin=OFFICE)
    clock_of(services).advance(minutes=2)
    log_in(services, origin=TRAIN)
    clock_of(services).advance(minutes=2)
    return services, enter(services)


async def test_sessions_show_this_one_first_then_those_seen_last() -> None:
    """S50: each session with its factor, since when, last seen, and from where."""
    services, logged_in = two_others()
    async with profile(services, logged_in) as pilot:
        await open_page(pilot, "sessions")
        assert column(pilot, 0) == ["●", "", ""]
        assert column(pilot, 1) == ["mailed code"] * 3
        assert column(pilot, 2) == ["2026-11-24 14:06", "2026-11-24 14:04", "2026-11-24 14:02"]
        assert column(pilot, 4) == ["192.0.2.7", "203.0.113.77", "203.0.113.9"]
        text = screen_text(pilot.app)
        assert "3 sessions are open: this one (●) and 2 others." in text
        assert all(head in text for head in ("Second factor", "Since (UTC)", "Last seen (UTC)", "From"))


async def test_the_only_session_says_so_and_offers_nothing_to_end() -> None:
    services = make_services()
    make_account(services)
    async with profile(services, enter(services)) as pilot:
        await open_page(pilot, "sessions")
        assert "This is the only session." in screen_text(pilot.app)
        assert pilot.app.screen.query_one("#end", Button).disabled
        assert pilot.app.screen.query_one("#end-others", Button).disabled
        await pilot.press("d", "o")
        await pilot.pause()
        assert isinstance(pilot.app.screen, SessionsScreen)


async def test_d_asks_and_ends_the_marked_session_alone() -> None:
    services, logged_in = two_others()
    async with profile(services, logged_in) as pilot:
        await open_page(pilot, "sessions")
        await pilot.press("d")
        await pilot.pause()
        assert isinstance(pilot.app.screen, SessionsScreen)  # this session is ended by Logout
        await pilot.press("j", "d")
        await until_shown(pilot, "End the session from 203.0.113.77")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, SessionsScreen))
        assert len(services.store.get(logged_in.session.account_id).sessions) == 3
        await pilot.press("d")
        await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmChoiceModal))
        await pilot.press("left", "enter")
        await until_shown(pilot, "The session is ended.")
        await until(pilot, lambda: column(pilot, 4) == ["192.0.2.7", "203.0.113.9"])
        assert tags(services, logged_in.session.account_id)[-1] == Tag.SESSION_ENDED_OTHER


async def test_all_others_are_ended_at_once() -> None:
    services, logged_in = two_others()
    async with profile(services, logged_in) as pilot:
        await open_page(pilot, "sessions")
        await pilot.press("o")
        await until_shown(pilot, "End 2 other sessions?")
        await pilot.press("left", "enter")
        await until_shown(pilot, "Ended 2 other sessions.")
        await until_shown(pilot, "This is the only session.")
        assert [one.id for one in services.store.get(logged_in.session.account_id).sessions] == [logged_in.session.id]


async def test_a_session_ended_in_one_terminal_is_led_to_the_login_page_in_the_other() -> None:
    """S49: the second terminal is logged out at its next step."""
    services = make_services()
    make_account(services)
    first, second = enter(services), enter(services, origin=OFFICE)
    async with profile(services, second) as there:
        async with profile(services, first) as here:
            await open_page(here, "sessions")
            await here.press("o")
            await until(here, lambda: isinstance(here.app.screen, ConfirmChoiceModal))
            await here.press("left", "enter")
            await until_shown(here, "Ended 1 other session.")
        with pytest.raises(SessionEnded):
            flows.overview(services, second.session)
        page(there).query_one("#events").focus()
        await there.press("enter")
        await until(there, lambda: isinstance(there.app.screen, LoginScreen))
        await until_shown(there, "This session was ended")


async def test_events_are_told_newest_first_in_plain_words() -> None:
    services = make_services()
    make_account(services)
    clock_of(services).advance(minutes=3)
    fail_login(services)
    clock_of(services).advance(minutes=3)
    async with profile(services, enter(services, origin=OFFICE)) as pilot:
        await open_page(pilot, "events")
        assert column(pilot, 1)[:2] == ["Logged in", "A code was mailed"]
        assert column(pilot, 1)[-1] == "The account was created"
        assert column(pilot, 0) == sorted(column(pilot, 0), reverse=True)
        assert column(pilot, 2)[0] == "203.0.113.9"
        await until_shown(pilot, "2026-11-24 14:08 UTC · Logged in · from 203.0.113.9 · factor: email")
        row = column(pilot, 1).index("A wrong code was entered")
        await pilot.press(*["j"] * row)
        await until_shown(pilot, "2026-11-24 14:05 UTC · A wrong code was entered · from 192.0.2.7")


async def test_the_filter_shows_what_matches_and_esc_closes_it_first() -> None:
    services = make_services()
    make_account(services)
    fail_login(services)
    async with profile(services, enter(services)) as pilot:
        await open_page(pilot, "events")
        everything = table(pilot).row_count
        await pilot.press("slash")
        await paste(pilot, pilot.app.screen.query_one("#events-filter", Input), "WRONG code")
        await until_shown(pilot, f"1 of {everything} events match")
        assert column(pilot, 1) == ["A wrong code was entered"]
        await pilot.press("enter")
        assert table(pilot).has_focus
        assert table(pilot).row_count == 1
        await pilot.press("escape")
        await until(pilot, lambda: table(pilot).row_count == everything)
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is page(pilot))


async def test_a_filter_without_a_match_says_so_literally() -> None:
    services = make_services()
    make_account(services)
    async with profile(services, enter(services)) as pilot:
        await open_page(pilot, "events")
        await pilot.press("slash")
        await paste(pilot, pilot.app.screen.query_one("#events-filter", Input), "[/foo]")
        await until_shown(pilot, "events matches “[/foo]”.")
        assert table(pilot).row_count == 0


async def test_letters_of_the_filter_are_no_keys_of_the_page() -> None:
    services = make_services()
    make_account(services)
    async with profile(services, enter(services)) as pilot:
        await open_page(pilot, "events")
        await pilot.press("slash", "j", "q", "d", "slash")
        await pilot.pause()
        assert pilot.app.screen.query_one("#events-filter", Input).value == "jqd/"


async def test_a_long_log_shows_its_newest_and_the_filter_finds_the_rest() -> None:
    services = make_services()
    account = make_account(services)
    logged_in = enter(services)
    with services.store.account(account.id) as opened:
        opened.record(services.clock.now(), Tag.MFA_DISABLED, "needle")
        for _ in range(SHOWN + 20):
            opened.record(services.clock.now(), Tag.LOGOUT, "hay")
    async with profile(services, logged_in) as pilot:
        await open_page(pilot, "events")
        assert table(pilot).row_count == SHOWN
        assert f"the newest {SHOWN} are shown" in screen_text(pilot.app)
        await pilot.press("slash")
        await paste(pilot, pilot.app.screen.query_one("#events-filter", Input), "needle")
        await until(pilot, lambda: column(pilot, 1) == ["Two-factor authentication disabled"])


async def test_hostile_origins_are_shown_literally_in_both_lists() -> None:
    services = make_services()
    make_account(services, method=Method.DISABLED)
    enter(services, origin=Origin("x", "[/foo]\x1b[2J\u202e"))
    async with profile(services, enter(services)) as pilot:
        for link in ("sessions", "events"):
            await open_page(pilot, link)
            assert "[/foo]\ufffd[2J\ufffd" in screen_text(pilot.app)
            await pilot.press("escape")
            await until(pilot, lambda: pilot.app.screen is page(pilot))


class SlowLog(MemoryStore):
    """A store whose audit log takes until it is told to come."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = threading.Event()

    def events(self, account_id: str) -> list[SecurityEvent]:
        self.gate.wait(30)
        return super().events(account_id)


async def test_the_page_says_that_it_loads_until_the_log_is_there() -> None:
    store = SlowLog()
    services = make_services(store=store)
    make_account(services)
    async with profile(services, enter(services)) as pilot:
        page(pilot).query_one("#events").focus()
        await pilot.press("enter")
        await until_shown(pilot, "Loading…")
        assert table(pilot).row_count == 0
        store.gate.set()
        await until(pilot, lambda: table(pilot).row_count)
        assert "Loading…" not in screen_text(pilot.app)


def test_every_event_has_words() -> None:
    assert set(WORDS) == set(Tag)
    assert len(set(WORDS.values())) == len(WORDS)


def test_details_are_words() -> None:
    now = clock_of(make_services()).now()
    event = SecurityEvent(seq=1, at=now, tag=Tag.LOGIN_OK, origin="x", detail={"factor": "recovery_code", "left": "9"})
    assert words_of(event) == "Logged in"
    assert details_of(event) == "factor: recovery code, left: 9"


@pytest.mark.parametrize("theme", themes.THEME_NAMES)
@pytest.mark.parametrize("link", ["sessions", "events"])
async def test_all_text_is_readable(theme: str, link: str) -> None:
    services, logged_in = two_others()
    async with profile(services, logged_in) as pilot:
        pilot.app.theme = theme
        await open_page(pilot, link)
        worst, where = worst_contrast(pilot.app)
        assert worst >= 4.5, where
