"""The real page as a camera and a person see it: in every size, theme and kind of terminal that is claimed to work."""

from typing import Any

import pytest
from rich.color import ColorSystem
from textual.pilot import Pilot
from textual.widget import Widget

from tests.fakes import make_account, make_services
from tests.profile_host import screen_text, until, until_shown
from tests.qr_picture import DARK_TERMINAL, LIGHT_TERMINAL, picture_of, read_qr
from tests.two_factor_host import enrolling, page, shown_secret, told, words
from tui_mfa.domain.ports import Policy
from tui_mfa.screens.two_factor.modals import LargeCodeModal
from tui_mfa.widgets.otp_input import OtpInput
from tui_mfa.widgets.qr_code import QRCode

SIZES = ((80, 24), (100, 30), (120, 40))

NAMES = {"short": "a@b.co", "typical": "jane.doe@department.com", "long": "j" * 48 + "@example.com"}
"""E-mail addresses by how much room their code needs; the username is jane."""

TEXTS = (
    "Security",
    "Disabled",
    "Email Based ●",
    "▐Authenticator App▌",
    "Two Factor Authentication",
    "Scan the code with your Authenticator App",
    "OR",
    "Enter this code in your Authenticator App to setup Two factor Authentication",
    "Please save this secret for recovering Incase you lost or delete your Authenticator App",
    "ENTER THE CODE [ 123 456 ]",
    "Validate",
    "s save to file",
    "c copy",
    "u show URI",
    "f larger code",
    "? help",
    "esc back",
)
"""What stands on the page at 80×24, beside the code."""


def uri(secret: str, label: str, issuer: str = "Elestio") -> str:
    return f"otpauth://totp/{issuer}:{label}?secret={secret}&issuer={issuer}"


def parts(pilot: Pilot[Any]) -> list[Widget]:
    """Return the widgets of the form that are meant to be seen."""
    return [widget for widget in page(pilot).query("EnrolForm *") if widget.region]


def column_right_of_code(pilot: Pilot[Any]) -> str:
    """Return the words beside the code, joined."""
    left = page(pilot).query_one("#words").region.x
    rows = screen_text(pilot.app).splitlines()
    return " ".join(" ".join(row[left:].split()) for row in rows)


async def drawn(pilot: Pilot[Any], size: tuple[int, int]) -> None:
    """Give the window a size and let everything find its place."""
    await pilot.resize_terminal(*size)
    await until(pilot, lambda: pilot.app.screen.size == size)
    await pilot.pause()


@pytest.mark.parametrize("name", NAMES)
async def test_at_80_by_24_everything_is_on_one_screen_and_nothing_is_cut(name: str) -> None:
    services = make_services(policy=Policy(issuer="Elestio"))
    make_account(services, email=NAMES[name])
    async with enrolling(services) as pilot:
        await pilot.pause()
        text = " ".join(screen_text(pilot.app).split()) + column_right_of_code(pilot)
        assert [words for words in TEXTS if words not in text] == []
        secret = shown_secret(pilot)
        assert " ".join(secret[place : place + 4] for place in range(0, 52, 4)) in text
        assert page(pilot).query_one("#words").max_scroll_y == 0
        window = pilot.app.screen.region
        assert [widget for widget in parts(pilot) if not window.contains_region(widget.region)] == []
        assert len(read_qr(picture_of(pilot.app))) == 1


@pytest.mark.parametrize("no_color", [False, True])
@pytest.mark.parametrize("name", NAMES)
async def test_a_camera_reads_the_page_in_every_size_and_theme(
    name: str, no_color: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The best label that fits is drawn: the address, else the username."""
    if no_color:
        monkeypatch.setenv("NO_COLOR", "1")
    else:
        monkeypatch.delenv("NO_COLOR", raising=False)
    services = make_services(policy=Policy(issuer="Elestio"))
    address = NAMES[name]
    make_account(services, email=address)
    async with enrolling(services) as pilot:
        secret = shown_secret(pilot)
        for size in SIZES:
            await drawn(pilot, size)
            label = "jane" if name == "long" and size == (80, 24) else address
            for theme in pilot.app.available_themes:
                pilot.app.theme = theme
                await pilot.pause()
                for terminal, colours in (
                    (DARK_TERMINAL, ColorSystem.TRUECOLOR),
                    (LIGHT_TERMINAL, ColorSystem.STANDARD),
                ):
                    read = read_qr(picture_of(pilot.app, terminal, colours))
                    assert read == [uri(secret, label)], (size, theme, colours)


async def test_a_resize_draws_the_code_anew_and_keeps_what_was_typed() -> None:
    services = make_services(policy=Policy(issuer="Elestio"))
    make_account(services)
    async with enrolling(services, size=(120, 40)) as pilot:
        secret = shown_secret(pilot)
        await pilot.press(*"123")
        for size, readable in (
            ((120, 40), True),
            ((80, 24), True),
            ((60, 20), False),
            ((60, 40), True),
            ((120, 40), True),
        ):
            await drawn(pilot, size)
            assert read_qr(picture_of(pilot.app)) == ([uri(secret, "jane@example.com")] if readable else []), size
            assert shown_secret(pilot) == secret
            assert page(pilot).query_one(OtpInput).value == "123"


async def test_without_room_for_the_code_the_page_names_the_size_and_keeps_the_rest() -> None:
    services = make_services(policy=Policy(issuer="Elestio"))
    make_account(services)
    async with enrolling(services) as pilot:
        await drawn(pilot, (60, 20))
        text = " ".join(screen_text(pilot.app).split())
        assert "The code needs a window of 67×22 characters; this one has 60×20." in text
        secret = shown_secret(pilot)
        assert " ".join(secret[place : place + 4] for place in range(0, 52, 4)) in text
        assert "ENTER THE CODE" in text
        assert "s save to file c copy u show URI f larger code" in text
        assert page(pilot).query_one("#words").max_scroll_y == 0
        await pilot.press("c")
        await until(pilot, lambda: "Sent to your terminal's clipboard" in told(pilot))
        await pilot.press("u")
        await until_shown(pilot, "Provisioning URI")
        await pilot.press("escape", "f")
        await until(pilot, lambda: isinstance(pilot.app.screen, LargeCodeModal))
        await pilot.pause()
        assert read_qr(picture_of(pilot.app)) == [uri(secret, "jane@example.com")], "alone, the code fits"
        await pilot.press("escape")
        await drawn(pilot, (67, 22))
        assert read_qr(picture_of(pilot.app)) == [uri(secret, "jane@example.com")], "the size that was named is true"


async def test_what_is_told_is_in_view_however_long_it_is() -> None:
    services = make_services()
    make_account(services, email=NAMES["typical"])
    async with enrolling(services) as pilot:
        await drawn(pilot, (67, 24))
        page(pilot).status.error("A long sentence about what went wrong and what to do about it. " * 4 + "The end.")
        await pilot.pause()
        await until(pilot, lambda: "The end." in screen_text(pilot.app))


async def test_the_footer_gives_its_row_to_the_code_only_while_that_is_shown() -> None:
    services = make_services()
    make_account(services)
    async with enrolling(services) as pilot:
        assert not page(pilot).query_one("KeyHints").display
        await pilot.press("shift+tab", "1")
        await until(pilot, lambda: page(pilot).query_one("KeyHints").display)
        assert "esc Back" in screen_text(pilot.app).splitlines()[-1]
        assert words(pilot, "#disabled-words")
        await drawn(pilot, (100, 30))
        await pilot.press("3")
        await until(pilot, lambda: page(pilot).query(QRCode))
        await until_shown(pilot, "s Save to file")
        assert not page(pilot).query_one("#hints").display
