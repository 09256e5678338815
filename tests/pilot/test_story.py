"""The product's story, by keys and clicks alone: from the first start to an account that has an authenticator.

Everything is real but the clock: files, argon2id, SMTP over TLS, the picture of the screen, the decoder, the app.
"""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from tests.beside import Phone, machine, mailed, saved_secret, settings_of
from tests.fakes import ORIGIN, FakeClock
from tests.mail_server import MailServer
from tests.profile_host import screen_text, until, until_shown
from tests.qr_picture import picture_of
from tests.two_factor_host import keys
from tui_mfa import bootstrap
from tui_mfa.app import MfaApp
from tui_mfa.domain.account import Method
from tui_mfa.domain.two_factor import totp
from tui_mfa.screens.context import Context
from tui_mfa.screens.login import LoginScreen
from tui_mfa.screens.modals import ProofModal, RecoveryCodesModal
from tui_mfa.screens.profile import ProfileScreen
from tui_mfa.screens.register import RegisterScreen
from tui_mfa.screens.second_factor import SecondFactorScreen
from tui_mfa.screens.two_factor import TwoFactorScreen
from tui_mfa.screens.two_factor.modals import DisableModal

PASSWORD = "ochre tugboat vexes marmots"


def said(pilot: Pilot[Any]) -> str:
    """Return the screen's text as one line."""
    return " ".join(screen_text(pilot.app).split())


class Person:
    """Sits before the terminal, with a mailbox and a phone beside it.

    Args:
        pilot: The keyboard and the mouse.
        server: Where the mail arrives.
        clock: The time of the machine, which the phone has too.
        home: Where files are saved.
    """

    def __init__(self, pilot: Pilot[Any], server: MailServer, clock: FakeClock, home: Path) -> None:
        self.pilot, self.server, self.clock, self.home = pilot, server, clock, home
        self.phone = Phone()
        self.mails = 0

    async def on(self, page: type[object]) -> None:
        """Wait for a page."""
        await until(self.pilot, lambda: isinstance(self.pilot.app.screen, page))

    async def mail(self) -> None:
        """Wait for a mailed code and type it."""
        self.mails += 1
        await until(self.pilot, lambda: len(self.codes()) >= self.mails)
        await until_shown(self.pilot, "valid until")
        await self.pilot.press(*mailed(self.server, self.mails))

    def codes(self) -> list[bytes]:
        """Return the mails with a code."""
        return [mail.content for mail in self.server.messages if b"enter this code" in mail.content]

    async def create_account(self) -> None:
        """Take the first start's offer."""
        await until(self.pilot, lambda: self.pilot.app.screen.query("#create-first:focus"))
        await self.pilot.press("enter")
        await self.on(RegisterScreen)
        await self.pilot.press(*"jane", "enter", *"jane@example.com", "enter")
        await self.pilot.press(*keys(PASSWORD), "enter", *keys(PASSWORD), "enter")
        await self.on(SecondFactorScreen)
        assert "Prove your e-mail address" in said(self.pilot)
        await self.mail()
        await self.on(ProfileScreen)

    async def log_out(self) -> None:
        await self.pilot.click("#top-bar-logout")
        await until_shown(self.pilot, "You are logged out.")
        await self.on(LoginScreen)

    async def enter_password(self) -> None:
        await until(self.pilot, lambda: self.pilot.app.focused and self.pilot.app.focused.id == "name")
        await self.pilot.press(*"jane", "enter", *keys(PASSWORD), "enter")

    async def configure(self) -> None:
        """Security → Manage Two Factor Authentication."""
        await self.on(ProfileScreen)
        await until_shown(self.pilot, "Manage Two Factor Authentication")
        await until(self.pilot, lambda: self.pilot.app.focused and self.pilot.app.focused.id == "two-factor")
        await self.pilot.press("enter")
        await self.on(TwoFactorScreen)
        await until_shown(self.pilot, "●")

    async def enable_app(self) -> None:
        """Scan, save, type the code, keep the recovery codes, prove that the secret was saved."""
        await self.pilot.press("3")
        await until(self.pilot, lambda: self.phone.scan(picture_of(self.pilot.app)))
        await self.pilot.press("s")
        await until(self.pilot, lambda: "Saved to" in said(self.pilot))
        await self.pilot.press(*self.phone.code(self.clock.now()))
        await self.on(RecoveryCodesModal)
        await self.pilot.press("s")
        await until_shown(self.pilot, "Saved to")
        await self.pilot.press("escape")
        await self.on(ProofModal)
        asked = re.search(r"Type characters (\d+)–(\d+) of the secret", said(self.pilot))
        assert asked is not None
        first, last = int(asked[1]), int(asked[2])
        await self.pilot.press(*saved_secret(self.home)[first - 1 : last], "enter")
        await self.on(TwoFactorScreen)
        await until_shown(self.pilot, "The Authenticator App is on.")

    async def disable(self) -> None:
        """Type the word."""
        await self.pilot.press("1", "tab", "enter")
        await self.on(DisableModal)
        await self.pilot.press("shift+tab", *"disable", "enter")
        await until_shown(self.pilot, "Two-factor authentication is disabled.")


async def test_from_the_first_start_to_an_authenticator_and_back(tmp_path: Path) -> None:
    with MailServer("starttls") as server:
        environ = machine(tmp_path, server)
        settings, clock = settings_of(environ), FakeClock()
        services = replace(bootstrap.build(settings, environ), clock=clock)
        app = MfaApp(Context(services=services, origin=ORIGIN))
        async with app.run_test(size=(80, 24)) as pilot:
            jane = Person(pilot, server, clock, settings.save_dir)
            await jane.create_account()
            (account_id,) = services.store.ids()
            await jane.log_out()

            await jane.enter_password()
            await jane.on(SecondFactorScreen)
            await jane.mail()
            await jane.configure()
            await jane.enable_app()
            assert jane.phone.secret == saved_secret(settings.save_dir)
            assert jane.phone.uri.startswith("otpauth://totp/Elestio:jane@example.com?secret=")
            await pilot.press("escape")
            await jane.on(ProfileScreen)
            await until(pilot, lambda: "Authenticator App · since" in said(pilot))
            await jane.log_out()

            await jane.enter_password()
            await jane.on(SecondFactorScreen)
            await pilot.press(*jane.phone.code(clock.now()))
            await until(pilot, lambda: "This code was already used at 14:02 UTC." in said(pilot))
            clock.advance(seconds=totp.STEP_SECONDS)
            await pilot.press(*jane.phone.code(clock.now()))
            await jane.configure()
            await jane.disable()
            await pilot.press("escape")
            await jane.on(ProfileScreen)
            await jane.log_out()

            await jane.enter_password()
            await until(pilot, lambda: "Disabled · only the password protects this account" in said(pilot))
        account = services.store.get(account_id)
        assert account.method is Method.DISABLED
        assert account.authenticator is None
        assert all(mail.encrypted for mail in server.messages)
        told = [mail.message()["Subject"] for mail in server.messages]
        assert [subject for subject in told if "authenticator" in subject.lower()], told
        assert {(path.stat().st_mode & 0o777) for path in settings.save_dir.iterdir()} == {0o600}
