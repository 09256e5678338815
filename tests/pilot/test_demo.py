"""The demo as a speaker plays it: with the phone and the mailbox beside the portal."""

from asyncio import to_thread
from pathlib import Path

import pytest

from tests.demo_host import WIDE, demo, log_in, method, panel, phone_shows, show_code, step
from tests.profile_host import screen_text, until, until_shown
from tui_mfa.app import MfaApp
from tui_mfa.demo.app import DemoApp
from tui_mfa.demo.mailbox import MailList, MailModal
from tui_mfa.demo.panel import BANNER, SidePanel
from tui_mfa.demo.phone import Phone
from tui_mfa.demo.seed import PASSWORD
from tui_mfa.domain.account import Method
from tui_mfa.screens.confirm import ConfirmModal
from tui_mfa.screens.login import LoginScreen
from tui_mfa.screens.modals import EndOthersModal, ProofModal, RecoveryCodesModal
from tui_mfa.screens.profile import ProfileScreen
from tui_mfa.screens.second_factor import SecondFactorScreen
from tui_mfa.screens.two_factor import TwoFactorScreen
from tui_mfa.widgets.otp_input import OtpInput


async def test_the_whole_story_by_the_demos_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    async with demo() as (pilot, app, clock):
        assert BANNER in screen_text(app)
        await until(pilot, lambda: f"jane / {PASSWORD}" in step(app))
        await log_in(pilot, app)
        await until(pilot, lambda: "Security (5), then Configure" in step(app))
        await show_code(pilot, app)
        await until(pilot, lambda: "F5 scans" in step(app))
        await until_shown(pilot, "A QR code is in view")
        await pilot.press("f5")
        await until(pilot, lambda: "F6 types it" in step(app))
        await until_shown(pilot, "Elestio · jane@example.com")
        assert method(app) is Method.EMAIL
        await pilot.press("f6")

        await until(pilot, lambda: isinstance(app.screen, RecoveryCodesModal) and app.screen.query(SidePanel))
        await until(pilot, lambda: "Keep the recovery codes" in step(app))
        await pilot.press("s")
        await until_shown(pilot, "nowhere, since the demo saves nothing")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, ProofModal))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, EndOthersModal))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, TwoFactorScreen) and "The app is on" in step(app))
        assert method(app) is Method.AUTHENTICATOR

        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, ProfileScreen) and "Done" in step(app))
        await pilot.click("#top-bar-logout")
        await until(pilot, lambda: isinstance(app.screen, LoginScreen) and app.screen.query(SidePanel))
        await pilot.press("f3", "enter")
        await until(pilot, lambda: isinstance(app.screen, SecondFactorScreen) and "on the phone" in step(app))
        await pilot.press("f6")
        await until_shown(pilot, "This code was already used")
        clock.advance(seconds=30)
        await pilot.press("f6")
        await until(pilot, lambda: isinstance(app.screen, ProfileScreen))
    assert not await to_thread(lambda: list(tmp_path.iterdir()))


async def test_the_portal_keeps_eighty_columns_beside_the_panel() -> None:
    async with demo() as (pilot, app, _clock):
        assert app.screen.query_one("#page").size.width == 80
        assert panel(app).region.right == WIDE[0]
        await pilot.resize_terminal(119, 40)
        await until(pilot, lambda: app.screen.query_one("#page").size.width == 119)
        assert not panel(app).query_one(Phone).region
        await pilot.resize_terminal(*WIDE)
        await until(pilot, lambda: app.screen.query_one("#page").size.width == 80)
        assert panel(app).query_one(Phone).region


async def test_a_modal_stands_beside_a_panel_of_its_own() -> None:
    async with demo() as (pilot, app, clock):
        await log_in(pilot, app)
        clock.advance(minutes=6)  # the login is too old to count as a confirmation
        await pilot.press("5", "enter")
        await until(pilot, lambda: isinstance(app.screen, TwoFactorScreen) and app.screen.query_one("#tabs"))
        await until_shown(pilot, "Email Based ●")
        await pilot.press("3")
        await until(pilot, lambda: isinstance(app.screen, ConfirmModal) and app.screen.query(SidePanel))
        await until_shown(pilot, "valid until")
        assert app.screen.query_one(".modal").region.right <= panel(app).region.x
        await until(pilot, lambda: PASSWORD in step(app) and "mailbox" in step(app))
        await pilot.press("f3", "f7")
        await until(pilot, lambda: isinstance(app.screen, TwoFactorScreen) and app.screen.query(OtpInput))


async def test_each_mail_arrives_on_top_and_opens_whole() -> None:
    async with demo() as (pilot, app, _clock):
        await log_in(pilot, app)
        await show_code(pilot, app)
        await pilot.press("f5", "f6")
        await until(pilot, lambda: isinstance(app.screen, RecoveryCodesModal) and app.screen.query(SidePanel))
        await until(pilot, lambda: panel(app).query_one(MailList).option_count == 3)
        newest = panel(app).query_one(MailList).get_option_at_index(0)
        assert newest.id == "2"
        panel(app).query_one(MailList).focus()
        await pilot.press("j", "down", "enter")
        await until(pilot, lambda: isinstance(app.screen, MailModal))
        await until_shown(pilot, "We never ask for this code.")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, RecoveryCodesModal))
        await pilot.press("f8")
        await until_shown(pilot, "recovery codes are new")
        assert isinstance(app.screen, MailModal)


async def test_a_mailed_code_is_typed_from_the_open_mail() -> None:
    async with demo() as (pilot, app, _clock):
        await pilot.press("f3", "enter")
        await until_shown(pilot, "We sent a code")
        await pilot.press("f8")
        await until(pilot, lambda: isinstance(app.screen, MailModal))
        await pilot.press("f7")
        await until(pilot, lambda: isinstance(app.screen, ProfileScreen))


async def test_the_phone_keeps_a_replaced_account_and_types_the_chosen_one() -> None:
    async with demo() as (pilot, app, _clock):
        await log_in(pilot, app)
        await show_code(pilot, app)
        await pilot.press("f5")
        old = phone_shows(app)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, ProfileScreen))
        await show_code(pilot, app)
        await until_shown(pilot, "A QR code is in view")
        await pilot.press("f5")
        await until(pilot, lambda: phone_shows(app) != old)
        new = phone_shows(app)
        assert f"{old[:3]} {old[3:]}" in screen_text(app)
        phone = panel(app).query_one(Phone)
        phone.focus()
        await pilot.press("down")
        assert phone_shows(app) == old
        await pilot.press("f6")
        await until_shown(pilot, "This is not the code")
        phone.focus()
        await pilot.press("k")
        assert phone_shows(app) == new
        await pilot.click("#phone-type")
        await until(pilot, lambda: isinstance(app.screen, RecoveryCodesModal))


async def test_the_phones_digits_change_with_the_step() -> None:
    async with demo() as (pilot, app, clock):
        await log_in(pilot, app)
        await show_code(pilot, app)
        await pilot.click("#phone-scan")
        await until(pilot, lambda: len(phone_shows(app)) == 6)
        first = phone_shows(app)
        clock.advance(seconds=30)
        await until(pilot, lambda: phone_shows(app) != first)


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("f5", "There is no QR code on the screen."),
        ("f6", "The phone has no account yet."),
        ("f7", "No code has come by mail yet."),
        ("f8", "There is no mail to open yet."),
    ],
)
async def test_a_key_that_can_do_nothing_says_so(key: str, words: str) -> None:
    async with demo() as (pilot, _app, _clock):
        await pilot.press(key)
        await until_shown(pilot, words)


async def test_a_code_without_a_field_is_not_typed_anywhere() -> None:
    async with demo() as (pilot, app, _clock):
        await log_in(pilot, app)
        await pilot.press("f7")
        await until_shown(pilot, "There is no field for a code here.")
        await pilot.press("f3")
        await until_shown(pilot, "There is no field for a password here.")


async def test_everything_can_be_read_without_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with demo() as (pilot, app, _clock):
        assert app.no_color
        await log_in(pilot, app)
        await show_code(pilot, app)
        await pilot.press("f5")
        await until_shown(pilot, "Elestio · jane@example.com")
        for strip in app.screen._compositor.render_strips():
            for segment in strip:
                style = segment.style
                if segment.text.strip() and style and style.color and style.bgcolor and set(segment.text) - set("▀▄█"):
                    assert style.color.triplet != style.bgcolor.triplet, segment.text


def test_every_key_of_the_demo_can_be_remapped_and_explains_itself() -> None:
    own = [binding for binding in DemoApp.BINDINGS if binding not in MfaApp.BINDINGS]
    for kind in (Phone, MailList, MailModal):
        own += kind.BINDINGS
    for binding in own:
        assert not isinstance(binding, tuple)
        assert binding.id
        assert binding.tooltip
    assert len({binding.id for binding in own if not isinstance(binding, tuple)}) == len(own)
