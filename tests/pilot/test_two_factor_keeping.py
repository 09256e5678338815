"""Ways to keep a new secret: a file, the terminal's clipboard, the URI, a larger picture."""

import base64
from pathlib import Path

import pytest

from tests.fakes import make_account, make_services
from tests.profile_host import until
from tests.two_factor_host import enrolling, page, shown_secret, told
from tui_mfa.screens.two_factor import TwoFactorScreen
from tui_mfa.screens.two_factor.modals import LargeCodeModal, UriModal
from tui_mfa.widgets.secret_text import SecretText
from tui_mfa.widgets.two_factor.enrol_form import EnrolForm


async def test_the_secret_is_saved_to_a_private_file_of_its_own(tmp_path: Path) -> None:
    services = make_services(tmp_path)
    make_account(services)
    async with enrolling(services) as pilot:
        secret = shown_secret(pilot)
        for number in (1, 2):
            await pilot.press("s")
            await until(pilot, lambda number=number: len(list(tmp_path.iterdir())) == number)  # type: ignore[misc]
            await until(pilot, lambda: told(pilot).startswith("✓ Saved to "))
    check_saved(tmp_path, secret)


def check_saved(folder: Path, secret: str) -> None:
    """Look at both files."""
    names = ["tui-mfa-secret-jane-2026-11-24-2.txt", "tui-mfa-secret-jane-2026-11-24.txt"]
    assert sorted(file.name for file in folder.iterdir()) == names
    for name in names:
        assert (folder / name).stat().st_mode & 0o777 == 0o600
        lines = (folder / name).read_text().splitlines()
        assert " ".join(secret[place : place + 4] for place in range(0, 52, 4)) in lines
        assert f"otpauth://totp/tui-mfa:jane@example.com?secret={secret}&issuer=tui-mfa" in lines
        assert any("Lost your device?" in line for line in lines)


async def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    services = make_services(tmp_path / "file")
    make_account(services)
    async with enrolling(services) as pilot:
        await pilot.press("s")
        await until(pilot, lambda: told(pilot).startswith("! "))
        assert page(pilot).query(EnrolForm), "the secret stays on screen, to be kept in another way"


async def test_copy_sends_osc_52_and_promises_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    services = make_services()
    make_account(services)
    async with enrolling(services) as pilot:
        written: list[str] = []
        driver = pilot.app._driver
        assert driver is not None
        monkeypatch.setattr(driver, "write", written.append)
        secret = shown_secret(pilot)
        await pilot.press("c")
        await until(pilot, lambda: "Sent to your terminal's clipboard, if it allows that." in told(pilot))
        assert f"\x1b]52;c;{base64.b64encode(secret.encode()).decode()}\a" in written
        assert pilot.app.clipboard == ""


async def test_the_uri_and_the_larger_code_close_by_escape_and_leave_nothing() -> None:
    services = make_services()
    make_account(services)
    async with enrolling(services) as pilot:
        secret = shown_secret(pilot)
        await pilot.press("u")
        await until(pilot, lambda: isinstance(pilot.app.screen, UriModal))
        assert f"?secret={secret}&issuer=tui-mfa" in str(pilot.app.screen.query_one(SecretText).visual)
        await pilot.press("escape")
        await pilot.press("f")
        await until(pilot, lambda: isinstance(pilot.app.screen, LargeCodeModal))
        await pilot.press("f")
        await until(pilot, lambda: isinstance(pilot.app.screen, TwoFactorScreen))
        assert shown_secret(pilot) == secret
