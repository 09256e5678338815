"""The screens about money at every edge, with hostile texts, in every theme."""

from functools import partial
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from tests.billing_accounts import EDGES, HOSTILE
from tests.billing_host import CREDITS, INVOICES, OPTIONS, checkout, fake, looks_only_when_told, offline, stripe
from tests.contrast import worst_contrast
from tests.fake_stripe import FakeStripe
from tests.profile_host import enter, page, profile, screen_text, until, until_shown
from tui_mfa import themes
from tui_mfa.domain.billing import flows, ledger, operator
from tui_mfa.domain.ports import Services

__all__ = ["fake", "looks_only_when_told", "offline", "stripe"]
"""Fixtures that pytest finds here."""


@pytest.mark.parametrize("edge", EDGES, ids=[edge.__name__ for edge in EDGES])
@pytest.mark.parametrize("size", [(80, 24), (60, 18)])
async def test_every_edge_account_is_shown_in_every_tab(offline: Services, edge: Any, size: tuple[int, int]) -> None:
    logged_in = enter(offline)
    said = edge(offline)
    async with profile(offline, logged_in, size=size) as pilot:
        for key, loaded in (
            (INVOICES, "#invoices-summary"),
            (OPTIONS, "#cards-summary"),
            (CREDITS, "#credits-balance"),
        ):
            await pilot.press(key)
            await until(pilot, partial(_is_loaded, pilot, loaded))
        await until_shown(pilot, said)


def _is_loaded(pilot: Pilot[Any], selector: str) -> bool:
    return any(str(line.visual) != "Loading…" for line in page(pilot).query(selector).results(Static))


@pytest.mark.parametrize("hostile", HOSTILE, ids=range(len(HOSTILE)))
async def test_texts_that_are_up_to_no_good_stay_texts(stripe: Services, hostile: str) -> None:
    """S66: a provider's words, a damaged store's, an operator's: none steers the terminal or is read as markup."""
    logged_in = enter(stripe)
    number = flows.begin_top_up(stripe, logged_in.session, 2_500).invoice
    with stripe.store.account(logged_in.session.account_id) as account:
        invoice = account.billing.invoices[0]
        invoice.text = invoice.note = hostile
        invoice.bill_to = [hostile]
        account.billing.payments[0].problem = hostile
        ledger.spend(account.billing, 5, hostile, stripe.clock.now())
    async with profile(stripe, logged_in) as pilot:
        for key in (INVOICES, OPTIONS, CREDITS):
            await pilot.press(key)
            await until(pilot, lambda: "Loading" not in screen_text(pilot.app))
            assert not set("\x1b\x00\x07\x9b\u202e\u200b") & set(screen_text(pilot.app))
        await pilot.press(INVOICES)
        await until_shown(pilot, number)
        page(pilot).query_one("#invoices-table").focus()
        await pilot.press("enter")
        await until_shown(pilot, "Bill to")
        assert not set("\x1b\x00\x07\x9b\u202e\u200b") & set(screen_text(pilot.app))


@pytest.mark.parametrize("theme", themes.THEME_NAMES)
async def test_all_text_is_readable(fake: FakeStripe, stripe: Services, theme: str) -> None:
    logged_in = enter(stripe)
    operator.charge(stripe, "jane", 100, "", None)
    async with profile(stripe, logged_in) as pilot:
        pilot.app.theme = theme
        for key, text in ((INVOICES, "no invoices"), (OPTIONS, "Auto-refill"), (CREDITS, "Nothing is left")):
            await pilot.press(key)
            await until_shown(pilot, text)
            worst, where = worst_contrast(pilot.app)
            assert worst >= 4.5, where
        await checkout(pilot)
        await until_shown(pilot, "Waiting for the payment")
        worst, where = worst_contrast(pilot.app)
        assert worst >= 4.5, where
