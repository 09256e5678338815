"""User Info with all its fields: by keys, suggestions, refusals in their field, and texts of every width."""

from typing import Any

import pytest
from rich.cells import cell_len
from textual.pilot import Pilot
from textual.widgets import Input

from tests.fakes import make_account, make_services
from tests.profile_host import enter, page, paste, profile, screen_text, until, until_shown
from tui_mfa.domain.profile import flows


def field(pilot: Pilot[Any], name: str) -> Input:
    """Return a field of the tab."""
    return page(pilot).query_one(f"#{name}", Input)


async def test_every_field_is_kept_by_one_enter_and_shown_as_it_is_kept() -> None:
    services = make_services()
    account = make_account(services)
    async with profile(services, enter(services)) as pilot:
        await pilot.press("1")
        for name, text in (
            ("name", "Jane"),
            ("company", "Bakery"),
            ("address", "12 Harbour Road, Cork"),
            ("country", "uk"),
            ("vat-id", "gb 980 7806 84"),
        ):
            await paste(pilot, field(pilot, name), text)
        await pilot.press("enter")
        await until_shown(pilot, "Saved.")
        stored = services.store.get(account.id).profile
        assert (stored.address, stored.country, stored.vat_id) == ("12 Harbour Road, Cork", "GB", "GB980780684")
        await until(pilot, lambda: field(pilot, "country").value.startswith("United Kingdom of Great"))
        assert field(pilot, "vat-id").value == "GB980780684"


async def test_a_country_is_completed_while_it_is_typed() -> None:
    services = make_services()
    make_account(services)
    async with profile(services, enter(services)) as pilot:
        await pilot.press("1")
        field(pilot, "country").focus()
        await pilot.press(*"Germ")
        await until(pilot, lambda: "Germany" in screen_text(pilot.app))
        await pilot.press("right")
        await until(pilot, lambda: field(pilot, "country").value == "Germany")


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("country", "germny", "Did you mean Germany?"),
        ("vat-id", "61954506077", "country"),
        ("vat-id", "DE136695975", "This is no VAT id."),
        ("address", "x" * 201, "At most 200 characters"),
    ],
)
async def test_a_refusal_puts_the_cursor_into_its_field_and_keeps_what_was_typed(
    name: str, text: str, says: str
) -> None:
    services = make_services()
    account = make_account(services)
    async with profile(services, enter(services)) as pilot:
        await pilot.press("1")
        await paste(pilot, field(pilot, "name"), "Jane")
        await paste(pilot, field(pilot, name), text)
        field(pilot, "name").focus()
        await pilot.press("enter")
        await until_shown(pilot, says)
        await until(pilot, lambda: field(pilot, name).has_focus)
        assert (field(pilot, "name").value, field(pilot, name).value) == ("Jane", text)
        assert services.store.get(account.id).profile.name == ""


@pytest.mark.parametrize("text", ["木" * 60, "\N{BAGUETTE BREAD}" * 60, "x" * 60, "e\u0301" * 60, "مرحبا " * 10])
async def test_sixty_characters_of_any_width_fit_the_smallest_complete_window(text: str) -> None:
    services = make_services()
    make_account(services)
    logged_in = enter(services)
    flows.edit(services, logged_in.session, name=text, company=text, address=text)
    async with profile(services, logged_in) as pilot:
        await pilot.press("1")
        await until(pilot, lambda: field(pilot, "name").value)
        rows = screen_text(pilot.app).splitlines()
        assert all(cell_len(row) <= 80 for row in rows)
        for label in ("Username", "Name", "Company", "Address", "Country", "VAT id", "E-mail", "Password"):
            assert any(row.strip().startswith(label) for row in rows), label
        assert "Change password" in screen_text(pilot.app)


@pytest.mark.parametrize(
    "hostile", ["\x1b]0;owned\x07", "\x9b31m", "\u202egpj.exe", "[@click=app.quit]x[/]", "a\nb\0c"]
)
async def test_hostile_text_in_the_store_steers_nothing(hostile: str) -> None:
    """S66: what somebody wrote into the store by hand, in every field of the profile."""
    services = make_services()
    account = make_account(services)
    logged_in = enter(services)
    with services.store.account(account.id) as changing:
        changing.profile.name = changing.profile.company = changing.profile.address = hostile
        changing.profile.country = changing.profile.vat_id = hostile
    async with profile(services, logged_in) as pilot:
        await pilot.press("1")
        await until(pilot, lambda: not field(pilot, "name").disabled)
        assert not set(screen_text(pilot.app)) & set("\x1b\x07\x9b\u202e\0")
        assert all(field(pilot, name).value.isprintable() for name in ("name", "address", "country", "vat-id"))
