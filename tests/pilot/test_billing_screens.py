"""Invoices, Payment Options and Add Credits by keyboard: what they show, what they do, and what reaches the screen."""

import io
from pathlib import Path

import pytest
from pypdf import PdfReader
from textual.widgets import Button, Checkbox, DataTable, Input

from tests.billing_accounts import long_list
from tests.billing_host import (
    CREDITS,
    INVOICES,
    OPTIONS,
    billing,
    checkout,
    fake,
    looks_only_when_told,
    offline,
    stripe,
    top_up,
    until_saved,
)
from tests.fake_stripe import PUBLIC_URL, FakeStripe
from tests.fakes import clock_of
from tests.profile_host import enter, page, profile, screen_text, until, until_shown
from tests.qr_picture import picture_of, read_qr
from tui_mfa.domain.billing import flows, operator
from tui_mfa.domain.billing.model import InvoiceStatus
from tui_mfa.domain.ports import Services
from tui_mfa.screens.invoice import InvoiceScreen
from tui_mfa.screens.modals import ConfirmChoiceModal

__all__ = ["fake", "looks_only_when_told", "offline", "stripe"]
"""Fixtures that pytest finds here."""


async def test_a_payment_is_waited_for_beside_a_code_that_a_phone_reads(fake: FakeStripe, stripe: Services) -> None:
    async with profile(stripe, enter(stripe)) as pilot:
        await checkout(pilot)
        await until_shown(pilot, "Waiting for the payment")
        link = next(row.strip() for row in screen_text(pilot.app).splitlines() if PUBLIC_URL in row)
        await until(pilot, lambda: read_qr(picture_of(pilot.app)) == [link])
        fake.pay("cs_test_1")
        await pilot.press("r")
        await until_shown(pilot, "Paid: the credits are on your account.")
        assert link not in screen_text(pilot.app)
        await pilot.press("escape")
        await until_shown(pilot, "Balance $25.00")


async def test_the_address_is_a_hyperlink_and_can_be_copied(fake: FakeStripe, stripe: Services) -> None:
    async with profile(stripe, enter(stripe)) as pilot:
        screen = await checkout(pilot)
        await until_shown(pilot, PUBLIC_URL)
        strips = screen._compositor.render_strips()
        links = {segment.style.link for strip in strips for segment in strip if segment.style and segment.style.link}
        assert len(links) == 1
        assert links.pop().startswith(f"{PUBLIC_URL}/c/")
        await pilot.press("c")
        await until_shown(pilot, "Sent to your terminal's clipboard")
        assert pilot.app.clipboard == ""


async def test_it_notices_by_itself_that_it_is_paid(
    fake: FakeStripe, stripe: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui_mfa.screens.checkout.POLL", 0.01)
    async with profile(stripe, enter(stripe)) as pilot:
        await checkout(pilot)
        await until_shown(pilot, "Waiting for the payment")
        fake.pay("cs_test_1")
        await until_shown(pilot, "Paid:")


async def test_a_page_that_was_not_used_is_said_to_be_expired(fake: FakeStripe, stripe: Services) -> None:
    async with profile(stripe, enter(stripe)) as pilot:
        await checkout(pilot)
        await until_shown(pilot, "Waiting for the payment")
        fake.expire("cs_test_1")
        await pilot.press("r")
        await until_shown(pilot, "Expired:")


async def test_a_payment_that_bounced_is_said_to_have_failed(fake: FakeStripe, stripe: Services) -> None:
    async with profile(stripe, enter(stripe)) as pilot:
        await checkout(pilot)
        await until_shown(pilot, "Waiting for the payment")
        fake.debit("cs_test_1")
        fake.bounce("cs_test_1")
        await pilot.press("r")
        await until_shown(pilot, "Failed: The payment was not honoured")


async def test_a_provider_that_does_not_answer_is_asked_again(fake: FakeStripe, stripe: Services) -> None:
    async with profile(stripe, enter(stripe)) as pilot:
        fake.lose = ["request"] * 2
        await top_up(pilot, "25")
        await until_shown(pilot, "The payment provider does not")
        await pilot.press("enter")
        await until_shown(pilot, "Waiting for the payment")
        assert len(billing(stripe).invoices) == len(fake.sessions) == 1
        fake.lose = ["request"] * 2
        await pilot.press("r")
        await until_shown(pilot, "The payment provider does not")
        fake.pay("cs_test_1")
        await pilot.press("r")
        await until_shown(pilot, "Paid:")


@pytest.mark.parametrize("amount", ["9.99", "1000.01", "5..", "$"])
async def test_an_amount_that_is_none_is_refused_and_makes_no_invoice(offline: Services, amount: str) -> None:
    async with profile(offline, enter(offline)) as pilot:
        await pilot.press(CREDITS)
        await until_shown(pilot, "Amount in USD")
        page(pilot).query_one("#amount", Input).focus()
        await pilot.press(*({".": "full_stop", "$": "dollar_sign"}.get(key, key) for key in amount), "enter")
        await until_shown(pilot, "! ")
        assert billing(offline).issued == 0
        assert page(pilot).query_one("#amount", Input).has_focus


async def test_without_a_provider_the_page_tells_how_to_pay(offline: Services) -> None:
    async with profile(offline, enter(offline)) as pilot:
        await checkout(pilot)
        await until_shown(pilot, "Transfer to XX00, name the number.")
        (invoice,) = billing(offline).invoices
        assert invoice.number in screen_text(pilot.app)
        operator.paid(offline, invoice.number)
        await pilot.press("r")
        await until_shown(pilot, "Paid:")


async def test_an_invoice_opens_as_a_page_and_is_saved_as_pdf_and_text(offline: Services, tmp_path: Path) -> None:
    logged_in = enter(offline)
    number = flows.begin_top_up(offline, logged_in.session, 2_500).invoice
    async with profile(offline, logged_in) as pilot:
        await pilot.press(INVOICES)
        await until_shown(pilot, number)
        page(pilot).query_one("#invoices-table").focus()
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, InvoiceScreen))
        await until_shown(pilot, "Transfer to XX00")
        await pilot.press("s")
        await until_saved(pilot, f"{number}.pdf")
        assert number in PdfReader(io.BytesIO((tmp_path / f"{number}.pdf").read_bytes())).pages[0].extract_text()
        await pilot.press("t")
        await until_saved(pilot, f"{number}.txt")
        assert "$25.00" in (tmp_path / f"{number}.txt").read_text()


async def test_an_open_invoice_is_paid_or_cancelled_from_its_page(fake: FakeStripe, stripe: Services) -> None:
    logged_in = enter(stripe)
    number = flows.begin_top_up(stripe, logged_in.session, 2_500).invoice
    async with profile(stripe, logged_in) as pilot:
        await pilot.press(INVOICES)
        await until_shown(pilot, number)
        page(pilot).query_one("#invoices-table").focus()
        await pilot.press("enter")
        await until_shown(pilot, "Bill to")
        await pilot.press("p")
        await until_shown(pilot, "Waiting for the payment")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, InvoiceScreen))
        await pilot.press("d")
        await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmChoiceModal))
        await pilot.press("enter")  # the harmless answer has the focus
        await until(pilot, lambda: isinstance(pilot.app.screen, InvoiceScreen))
        assert billing(stripe).invoices[0].status is InvoiceStatus.OPEN
        await pilot.press("d")
        await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmChoiceModal))
        pilot.app.screen.query_one("#yes", Button).press()
        await until_shown(pilot, "The invoice is void.")
        await until_shown(pilot, "– Void")
        assert fake.sessions["cs_test_1"]["status"] == "expired"
        await pilot.press("escape")
        await until_shown(pilot, "1 invoice. Enter opens one.")


async def test_two_hundred_invoices_are_filtered_and_exported(offline: Services, tmp_path: Path) -> None:
    logged_in = enter(offline)
    long_list(offline)
    async with profile(offline, logged_in) as pilot:
        await pilot.press(INVOICES)
        await until_shown(pilot, "200 invoices")
        table = page(pilot).query_one("#invoices-table", DataTable)
        table.focus()
        await pilot.press("slash", *"0042")
        await until_shown(pilot, "1 of 200 invoices match")
        await pilot.press("enter", "e")
        await until_saved(pilot, "invoices-jane.csv")
        assert len((tmp_path / "invoices-jane.csv").read_text().splitlines()) == 2
        await pilot.press("slash", *"zebra")
        await until_shown(pilot, "None of 200 invoices matches “zebra”.")
        await pilot.press("escape")
        await until_shown(pilot, "200 invoices")
        await until(pilot, lambda: table.has_focus)


async def test_cards_are_added_chosen_and_removed(fake: FakeStripe, stripe: Services) -> None:
    async with profile(stripe, enter(stripe)) as pilot:
        await pilot.press(OPTIONS)
        await until_shown(pilot, "No card is saved.")
        for number, last4 in ((1, "4242"), (2, "4444")):
            page(pilot).query_one("#add-card", Button).press()
            await until_shown(pilot, "Waiting for the card")
            fake.enter_card(f"cs_test_{number}", f"pm_{number}", last4)
            await pilot.press("r")
            await until_shown(pilot, "Saved: the card is on your account.")
            await pilot.press("escape")
            await until_shown(pilot, f"•••• {last4}")
        page(pilot).query_one("#cards-table", DataTable).focus()
        await pilot.press("down", "enter")
        await until_shown(pilot, "Visa •••• 4444 is the default now.")
        assert billing(stripe).default_card == "pm_2"
        await pilot.press("d")
        await until_shown(pilot, "Remove Visa •••• 4444?")
        pilot.app.screen.query_one("#yes", Button).press()
        await until_shown(pilot, "is removed.")
        assert fake.detached == ["pm_2"]
        assert billing(stripe).default_card == "pm_1"


async def test_auto_refill_is_switched_on_and_saved(offline: Services) -> None:
    async with profile(offline, enter(offline)) as pilot:
        await pilot.press(OPTIONS)
        await until_shown(pilot, "Auto-refill is off")
        save = page(pilot).query_one("#save-refill", Button)
        await until(pilot, lambda: page(pilot).query_one("#minimum", Input).value == "100.00")
        assert save.disabled
        page(pilot).query_one("#refill", Checkbox).focus()
        await pilot.press("space")
        await until_shown(pilot, "Auto-refill is on")
        page(pilot).query_one("#refill-amount", Input).value = "5"
        save.press()
        await until_shown(pilot, "Between $10.00 and $1,000.00")
        assert page(pilot).query_one("#refill-amount", Input).has_focus
        page(pilot).query_one("#refill-amount", Input).value = "50"
        page(pilot).query_one("#warning-days", Input).value = "3"
        save.press()
        await until_shown(pilot, "Saved.")
        kept = billing(offline)
        assert (kept.refill.on, kept.refill.amount, kept.warning_days) == (True, 5_000, 3)
        await until(pilot, lambda: save.disabled)


async def test_a_session_that_ends_while_waiting_leads_to_the_login_page(fake: FakeStripe, stripe: Services) -> None:
    async with profile(stripe, enter(stripe)) as pilot:
        screen = await checkout(pilot)
        await until_shown(pilot, "Waiting for the payment")
        clock_of(stripe).advance(minutes=16)
        screen.action_look()
        await until_shown(pilot, "Locked after 15 minutes")
