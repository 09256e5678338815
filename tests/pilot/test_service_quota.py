"""The Service Quota tab: rows, bars, words, asking for more, and texts that are up to no good."""

from functools import partial
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from tests.contrast import ratio, text_runs, worst_contrast
from tests.fakes import log_in, make_account, make_services
from tests.profile_host import enter, page, paste, profile, screen_text, until, until_shown
from tui_mfa import themes
from tui_mfa.domain.login.model import LoggedIn
from tui_mfa.domain.ports import Services
from tui_mfa.domain.quota import flows, operator
from tui_mfa.domain.quota.model import IncreaseRequest, RequestState
from tui_mfa.screens.quota_request import QuotaRequestModal
from tui_mfa.screens.service_quota import QuotaLine

HOSTILE = (
    "\x1b]0;owned\x07",
    "\x9b31m",
    "\u202egpj.exe",
    "[@click=app.quit]x[/]",
    "$accent",
    "a\nb\0c",
    "\u200b\u2066",
)


def ready() -> tuple[Services, LoggedIn]:
    """Return services with six limits at every level, and a session."""
    services = make_services()
    make_account(services)
    for name, limit, label, unit in (
        ("services", "10", "Services", ""),
        ("cpu-cores", "8", "CPU cores", ""),
        ("memory", "64", "Memory", "GB"),
        ("storage", "500", "Storage", "GB"),
        ("traffic", "unlimited", "Traffic", "GB"),
        ("snapshots", "20", "Snapshots", ""),
    ):
        operator.set_default(services, name, limit, label=label, unit=unit)
    amounts = {"services": "4", "cpu-cores": "6", "memory": "59", "storage": "500", "traffic": "1840"}
    operator.report(services, "jane", amounts)
    return services, enter(services)


def row_of(pilot: Pilot[Any], label: str) -> str:
    """Return the row of a limit as it is on the screen, with single spaces."""
    rows = [" ".join(row.split()) for row in screen_text(pilot.app).splitlines()]
    return next(row for row in rows if row.startswith(label))


async def open_tab(pilot: Pilot[Any]) -> None:
    await pilot.press("6")
    await until(pilot, lambda: len(page(pilot).query(QuotaLine)) > 1 and "API tokens" in screen_text(pilot.app))


async def open_request(pilot: Pilot[Any], name: str) -> QuotaRequestModal:
    await open_tab(pilot)
    page(pilot).query_one(f"#quota-{name}").focus()
    await pilot.press("enter")
    await until(pilot, lambda: isinstance(pilot.app.screen, QuotaRequestModal))
    modal = pilot.app.screen
    assert isinstance(modal, QuotaRequestModal)
    return modal


async def test_each_limit_has_figures_a_bar_and_a_word() -> None:
    services, logged_in = ready()
    async with profile(services, logged_in) as pilot:
        await open_tab(pilot)
        shown = {
            label: row_of(pilot, label) for label in ("Services", "CPU", "Memory", "Storage", "Traffic", "Snapshots")
        }
        assert shown["Services"].startswith("Services 4 / 10 █")
        assert shown["Services"].endswith("40 % ✓ ok")
        assert shown["CPU"].startswith("CPU cores 6 / 8 █")
        assert shown["CPU"].endswith("75 % ▲ near")
        assert shown["Memory"].startswith("Memory 59 / 64 GB █")
        assert shown["Memory"].endswith("92 % ▲ almost full")
        assert shown["Storage"].startswith("Storage 500 / 500 GB █")
        assert shown["Storage"].endswith("100 % ✗ full")
        assert shown["Traffic"] == "Traffic 1840 GB ∞ unlimited"
        assert shown["Snapshots"] == "Snapshots – / 20 · not reported"
        assert row_of(pilot, "SSH keys").endswith("0 % ✓ ok")
        assert "reported on 2026-11-24" in " ".join(screen_text(pilot.app).split())


async def test_every_row_fits_the_smallest_window_without_its_bar() -> None:
    services, logged_in = ready()
    async with profile(services, logged_in, size=(60, 20)) as pilot:
        await open_tab(pilot)
        assert row_of(pilot, "Memory") == "Memory 59 / 64 GB 92 % ▲ almost full"


async def test_asking_for_more_by_keys_shows_the_request_at_once() -> None:
    services, logged_in = ready()
    async with profile(services, logged_in) as pilot:
        await open_request(pilot, "cpu-cores")
        assert "The limit is 8, used 6." in screen_text(pilot.app)
        await pilot.press("1", "6", "enter")
        await pilot.press(*"builds", "enter")
        await until_shown(pilot, "Your request is sent.")
        await until_shown(pilot, "You asked for 16 on 2026-11-24 · open: “builds”")
        request = services.store.get(logged_in.session.account_id).quotas.requests[-1]
        assert (request.quota, request.wanted, request.reason, request.state) == (
            "cpu-cores",
            16,
            "builds",
            RequestState.OPEN,
        )


@pytest.mark.parametrize(
    ("amount", "reason", "focus", "says"),
    [
        ("8", "x", "amount", "The limit is 8. Ask for more"),
        ("many", "x", "amount", "Type a whole number"),
        ("", "x", "amount", "Type a whole number"),
        ("16", "", "reason", "Say in a few words"),
        ("16", "x" * 301, "reason", "At most 300 characters"),
    ],
)
async def test_a_refusal_is_told_and_puts_the_cursor_into_its_field(
    amount: str, reason: str, focus: str, says: str
) -> None:
    services, logged_in = ready()
    async with profile(services, logged_in) as pilot:
        modal = await open_request(pilot, "cpu-cores")
        modal.query_one("#amount", Input).value = amount
        modal.query_one("#reason", Input).value = reason
        modal.query_one("#send").focus()
        await pilot.press("enter")
        await until_shown(pilot, says)
        await until(pilot, lambda: modal.query_one(f"#{focus}").has_focus)
        assert services.store.get(logged_in.session.account_id).quotas.requests == []


async def test_esc_asks_for_nothing() -> None:
    services, logged_in = ready()
    async with profile(services, logged_in) as pilot:
        modal = await open_request(pilot, "storage")
        await paste(pilot, modal.query_one("#amount", Input), "900")
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is page(pilot))
        assert services.store.get(logged_in.session.account_id).quotas.requests == []


async def test_where_nothing_is_limited_nothing_is_asked() -> None:
    services, logged_in = ready()
    async with profile(services, logged_in) as pilot:
        await open_tab(pilot)
        page(pilot).query_one("#quota-traffic").focus()
        await pilot.press("enter")
        await until_shown(pilot, "Traffic is unlimited for you.")
        assert pilot.app.screen is page(pilot)


async def test_an_answer_and_a_new_amount_are_there_when_the_page_is_read_again() -> None:
    services, logged_in = ready()
    request = flows.request_increase(services, logged_in.session, "storage", "1000", "backups")
    async with profile(services, logged_in) as pilot:
        await open_tab(pilot)
        page(pilot).query_one("#quota-storage").focus()
        operator.grant(services, "jane", request.id, "800", "Enough for now")
        page(pilot).load()
        await until(pilot, lambda: "500 / 800 GB" in screen_text(pilot.app))
        assert "granted: 800 GB on 2026-11-24: “Enough for now”" in " ".join(screen_text(pilot.app).split())
        assert page(pilot).query_one("#quota-storage").has_focus


async def test_arrows_move_from_limit_to_limit_and_scroll() -> None:
    services, logged_in = ready()
    for number in range(30):
        operator.set_default(services, f"z{number:02}", "1", label=f"Zone {number:02}")
    async with profile(services, logged_in) as pilot:
        await open_tab(pilot)
        assert "Zone 29" not in screen_text(pilot.app)
        for key, name in (("down", "api-tokens"), ("down", "cpu-cores"), ("j", "memory"), ("k", "cpu-cores")):
            await pilot.press(key)
            line = page(pilot).query_one(f"#quota-{name}")
            await until(pilot, partial(getattr, line, "has_focus"))
        page(pilot).query_one("#quota-z28").focus()
        await pilot.press("j", "j", "j")
        await until_shown(pilot, "Zone 29")
        assert page(pilot).query_one("#quota-z29").has_focus


async def test_a_click_asks_too() -> None:
    services, logged_in = ready()
    async with profile(services, logged_in) as pilot:
        await open_tab(pilot)
        await pilot.click("#quota-memory")
        await until(pilot, lambda: isinstance(pilot.app.screen, QuotaRequestModal))
        assert "Request an increase: Memory" in screen_text(pilot.app)


@pytest.mark.parametrize("hostile", HOSTILE)
async def test_hostile_text_in_the_store_steers_nothing(hostile: str) -> None:
    """S66: labels, units, reasons and answers that somebody wrote into the store by hand."""
    services, logged_in = ready()
    now = services.clock.now()
    with services.store.change_installation() as installation:
        installation.quotas["cpu-cores"].label = installation.quotas["cpu-cores"].unit = hostile
    for state in (RequestState.OPEN, RequestState.REFUSED):
        with services.store.account(logged_in.session.account_id) as account:
            account.quotas.requests.append(
                IncreaseRequest(
                    id=state.value, quota="memory", wanted=99, reason=hostile, answer=hostile, asked_at=now, state=state
                )
            )
        async with profile(services, enter(services)) as pilot:
            await open_request(pilot, "cpu-cores")
            for text in (screen_text(pilot.app), pilot.app.export_screenshot()):
                assert not set(text) & set("\x1b\x07\x9b\u202e\u200b\u2066\0")
            await pilot.press("escape")
            await until_shown(pilot, "You asked for 99")
            assert not set(screen_text(pilot.app)) & set("\x1b\x07\x9b\u202e\u200b\u2066\0")


@pytest.mark.parametrize("theme", themes.THEME_NAMES)
async def test_all_text_is_readable(theme: str) -> None:
    services, logged_in = ready()
    flows.request_increase(services, log_in(services), "storage", "900", "x")
    async with profile(services, logged_in) as pilot:
        pilot.app.theme = theme
        await open_tab(pilot)
        for name in ("cpu-cores", "storage"):
            page(pilot).query_one(f"#quota-{name}").focus()
            await pilot.pause()
            worst, where = worst_contrast(pilot.app)
            assert worst >= 4.5, where
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, QuotaRequestModal))
        box = pilot.app.screen.query_one(".modal").region
        inside = [run for run in text_runs(pilot.app) if box.contains(run.x, run.y)]
        assert inside
        assert min(ratio(run.ink, run.ground) for run in inside) >= 4.5
