"""The profile: tabs by key, mouse and arrows; what is said after a login; where each thing leads."""

from datetime import timedelta, timezone
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import ContentSwitcher, Static

from tests.contrast import worst_contrast
from tests.fakes import (
    clock_of,
    confirm,
    log_in,
    make_account,
    make_services,
)
from tests.profile_host import enter, fail_login, page, profile, screen_text, until, until_shown
from tui_mfa import themes
from tui_mfa.domain.account import Method
from tui_mfa.domain.login.model import LoggedIn, Origin
from tui_mfa.domain.ports import Services
from tui_mfa.domain.profile import flows
from tui_mfa.domain.two_factor import flows as two_factor
from tui_mfa.domain.two_factor import rules
from tui_mfa.screens.context import ALL_TABS
from tui_mfa.screens.login import LoginScreen
from tui_mfa.screens.two_factor import TwoFactorScreen
from tui_mfa.widgets.tab_row import TabRow

LABELS = ("User Info", "Invoices", "Payment Options", "Add Credits", "Security", "Service Quota")
"""Letter for letter as the Elestio page has them."""

HERE = Origin("local:0", "this machine (pts/3)")


def ready(method: Method = Method.EMAIL) -> tuple[Services, LoggedIn]:
    """Return services with an account, and a session of it."""
    services = make_services()
    make_account(services, method=method)
    return services, enter(services)


def chosen(pilot: Pilot[Any]) -> str:
    """Return the tab that is shown; the row and the content agree."""
    row, panes = page(pilot).query_one(TabRow), page(pilot).query_one(ContentSwitcher)
    assert row.chosen == panes.current
    return row.chosen


def state(pilot: Pilot[Any]) -> str:
    """Return the two-factor section's state."""
    return str(page(pilot).query_one("#two-factor-state", Static).visual)


async def test_it_opens_on_security_with_six_tabs_and_three_sections() -> None:
    services, logged_in = ready()
    async with profile(services, logged_in) as pilot:
        rows = screen_text(pilot.app).splitlines()
        assert rows[0].split() == ["←", "User", "Profile", "jane", "·", "Logout"]
        assert rows[1].replace("▐", " ").replace("▌", " ").split() == " ".join(LABELS).split()
        assert "▐Security▌" in rows[1]
        assert "━" * len("▐Security▌") in rows[2]
        for title, button in (
            ("Manage SSH Keys", "Show Setting"),
            ("Manage API Tokens", "Show Tokens"),
            ("Manage Two Factor Authentication", "Configure"),
        ):
            (row,) = (row for row in rows if title in row)
            assert row.endswith(button) or row.rstrip().endswith(button)
        (links,) = (row for row in rows if "Recovery codes" in row)
        assert links.strip() == "Recovery codes · Sessions · Security events · Change password · Change e-mail"


async def test_keys_choose_the_tabs_in_order() -> None:
    services, logged_in = ready()
    async with profile(services, logged_in) as pilot:
        for number, (tab_id, label) in enumerate(zip(ALL_TABS, LABELS, strict=True), start=1):
            await pilot.press(str(number))
            await pilot.pause()
            assert chosen(pilot) == tab_id
            assert f"▐{label}▌" in screen_text(pilot.app)


async def test_the_chosen_tab_is_orange_too() -> None:
    services, logged_in = ready()
    async with profile(services, logged_in) as pilot:
        accent = pilot.app.theme_variables["text-accent"]
        cells = [segment for strip in pilot.app.screen._compositor.render_strips() for segment in strip]
        (tab,) = (segment for segment in cells if "▐Security▌" in segment.text)
        assert tab.style is not None
        assert tab.style.color is not None
        assert tab.style.color.name == accent


async def test_arrows_in_the_row_and_the_mouse_choose_tabs() -> None:
    services, logged_in = ready()
    async with profile(services, logged_in) as pilot:
        page(pilot).query_one(TabRow).focus()
        await pilot.press("right")
        await until(pilot, lambda: chosen(pilot) == "service-quota")
        await pilot.press("right", "left", "left")
        await until(pilot, lambda: chosen(pilot) == "add-credits")
        column = screen_text(pilot.app).splitlines()[1].index("Invoices")
        await pilot.click(TabRow, offset=(column, 0))
        await until(pilot, lambda: chosen(pilot) == "invoices")


async def test_only_the_operators_tabs_are_there_and_are_counted() -> None:
    services, logged_in = ready()
    async with profile(services, logged_in, tabs=("user-info", "security")) as pilot:
        assert "Invoices" not in screen_text(pilot.app)
        assert chosen(pilot) == "security"
        await pilot.press("1")
        await until(pilot, lambda: chosen(pilot) == "user-info")
        await pilot.press("6")
        await pilot.pause()
        assert chosen(pilot) == "user-info"


async def test_all_six_tabs_fit_a_narrow_window() -> None:
    services, logged_in = ready()
    async with profile(services, logged_in, size=(60, 18)) as pilot:
        row = screen_text(pilot.app).splitlines()[1].replace("▐", " ").replace("▌", " ").split()
        assert row == ["Info", "Invoices", "Payment", "Credits", "Security", "Quota"]
        assert "Recovery codes ·" not in screen_text(pilot.app)
        page(pilot).query_one("#change-email").focus()
        await until_shown(pilot, "Change e-mail")


async def test_the_first_login_is_welcomed() -> None:
    services, logged_in = ready()
    async with profile(services, logged_in) as pilot:
        assert "This is your first login. Welcome." in screen_text(pilot.app)


async def test_the_login_before_and_the_failures_since_are_told() -> None:
    services = make_services()
    make_account(services)
    enter(services, origin=HERE)
    clock_of(services).advance(hours=3)
    fail_login(services)
    clock_of(services).advance(minutes=10)
    fail_login(services)
    async with profile(services, enter(services)) as pilot:
        text = " ".join(screen_text(pilot.app).split())
        assert "Last login 2026-11-24 14:02 UTC from this machine (pts/3) · 2 failed attempts since" in text


async def test_the_login_before_is_told_in_the_readers_zone_beside_utc() -> None:
    services = make_services()
    make_account(services)
    enter(services, origin=HERE)
    async with profile(services, enter(services), zone=timezone(timedelta(hours=1), "CET")) as pilot:
        assert "Last login 2026-11-24 15:02 CET (14:02 UTC) from this machine" in screen_text(pilot.app)


async def test_a_hostile_origin_is_shown_literally() -> None:
    services = make_services()
    make_account(services, method=Method.DISABLED)  # no mail, which would refuse this origin
    enter(services, origin=Origin("x", "[@click=app.quit]x[/] \x1b[2J\u202e"))
    async with profile(services, enter(services)) as pilot:
        text = " ".join(screen_text(pilot.app).split())
        assert "from [@click=app.quit]x[/] \ufffd[2J\ufffd" in text


@pytest.mark.parametrize(
    ("method", "words"),
    [
        (Method.EMAIL, "Email Based · a code is mailed at each login"),
        (Method.AUTHENTICATOR, "Authenticator App · since 2026-11-24"),
        (Method.DISABLED, "Disabled · only the password protects this account"),
    ],
)
async def test_each_method_is_told_in_one_line(method: Method, words: str) -> None:
    services, logged_in = ready(method)
    async with profile(services, logged_in) as pilot:
        assert state(pilot) == words


async def test_esc_and_the_arrow_do_nothing_on_the_base_page() -> None:
    services, logged_in = ready()
    async with profile(services, logged_in) as pilot:
        await pilot.press("escape", "escape")
        await pilot.click("#top-bar-back")
        await pilot.pause()
        assert pilot.app.screen is page(pilot)
        assert "esc" not in screen_text(pilot.app).splitlines()[-1]


async def test_logout_leads_to_the_login_page_and_ends_the_session() -> None:
    services, logged_in = ready()
    async with profile(services, logged_in) as pilot:
        await pilot.click("#top-bar-logout")
        await until(pilot, lambda: isinstance(pilot.app.screen, LoginScreen))
        assert services.store.get(logged_in.session.account_id).sessions == []


async def test_arrows_and_letters_move_between_the_controls() -> None:
    services, logged_in = ready()
    async with profile(services, logged_in) as pilot:
        seen = []
        for key in ("up", "k", "down", "j", "down", "j", "down", "down", "down", "down"):
            await pilot.press(key)
            await pilot.pause()
            assert pilot.app.focused is not None
            seen.append(pilot.app.focused.id)
        links = ["recovery-codes", "sessions", "events", "change-password", "change-email"]
        # The last one stays: nothing wraps around.
        assert seen == ["api-tokens", "ssh-keys", "api-tokens", "two-factor", *links, "change-email"]


async def test_configure_opens_the_two_factor_page_and_the_way_back_shows_what_changed() -> None:
    services, logged_in = ready()
    async with profile(services, logged_in) as pilot:
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, TwoFactorScreen))
        two_factor.disable(services, logged_in.session, rules.WORD)
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is page(pilot) and state(pilot).startswith("Disabled"))


async def test_a_session_ended_from_elsewhere_leads_to_the_login_page_at_its_next_step() -> None:
    """S52: a session that was ended shows nothing more of the account."""
    services, logged_in = ready()
    other = log_in(services)
    async with profile(services, logged_in) as pilot:
        confirm(services, other)
        flows.end_other_sessions(services, other)
        page(pilot).query_one("#sessions").focus()
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, LoginScreen))
        await until_shown(pilot, "This session was ended")
        assert "jane" not in screen_text(pilot.app)


@pytest.mark.parametrize("theme", themes.THEME_NAMES)
@pytest.mark.parametrize("key", ["1", "2", "5"])
async def test_all_text_is_readable(theme: str, key: str) -> None:
    services, logged_in = ready(Method.DISABLED)
    async with profile(services, logged_in) as pilot:
        pilot.app.theme = theme
        await pilot.press(key)
        await pilot.pause()
        worst, where = worst_contrast(pilot.app)
        assert worst >= 4.5, where
