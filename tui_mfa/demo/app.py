"""The portal with a phone and a mailbox beside it."""

from datetime import tzinfo
from pathlib import Path, PurePath
from typing import Any, ClassVar, TypeVar

from textual import on
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.screen import ModalScreen, Screen, SystemModalScreen
from textual.widget import Widget

from tui_mfa import themes
from tui_mfa.app import MfaApp
from tui_mfa.demo import keys, seed, story
from tui_mfa.demo.authenticator import Authenticator, NotReadable
from tui_mfa.demo.mailbox import Mailbox, MailModal
from tui_mfa.demo.panel import SidePanel
from tui_mfa.demo.phone import Phone
from tui_mfa.domain.account import Method
from tui_mfa.domain.login.model import Origin
from tui_mfa.domain.ports import Clock, Entropy
from tui_mfa.domain.secret import Secret
from tui_mfa.mail.memory import Kept
from tui_mfa.screens.context import Context
from tui_mfa.screens.login import LoginScreen
from tui_mfa.widgets.otp_input import OtpInput
from tui_mfa.widgets.password_input import PasswordInput
from tui_mfa.widgets.qr_code import QRCode
from tui_mfa.widgets.qr_matrix import Drawing
from tui_mfa.widgets.text_input import TextInput

InputT = TypeVar("InputT", bound=TextInput)

BESIDE = 120
"""Columns from which the panel stands beside the portal, which keeps 80."""


class DemoApp(MfaApp):
    """The real portal on a seeded account in memory.

    Args:
        origin: From where the person acts.
        zone: The person's time zone; None is the machine's own.
        drawing: How this terminal can draw a QR code.
        theme: Name of one of the own themes.
        clock: The machine's when not given.
        entropy: The machine's when not given.
    """

    CSS_PATH: ClassVar[list[str | PurePath]] = [*MfaApp.CSS_PATH, Path(__file__).with_name("demo.tcss")]
    HORIZONTAL_BREAKPOINTS = [(0, "-folded"), (BESIDE, "-beside")]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "fold", show=False, priority=True, id="demo.fold", tooltip="Hide the phone and the mailbox"),
        Binding(
            keys.PANEL,
            "panel",
            "Phone & mail",
            priority=True,
            id="demo.panel",
            tooltip="Show the phone and the mailbox over the portal, or hide them",
        ),
        Binding(
            keys.PASSWORD,
            "type_password",
            show=False,
            priority=True,
            id="demo.password",
            tooltip="Type Jane's password",
        ),
        Binding(
            keys.SCAN, "scan", show=False, priority=True, id="demo.scan", tooltip="Scan the QR code with the phone"
        ),
        Binding(
            keys.PHONE_CODE,
            "type_phone_code",
            show=False,
            priority=True,
            id="demo.phone-code",
            tooltip="Type the code that the phone shows",
        ),
        Binding(
            keys.MAILED_CODE,
            "type_mailed_code",
            show=False,
            priority=True,
            id="demo.mailed-code",
            tooltip="Type the newest code of the mailbox",
        ),
        Binding(keys.MAIL, "read_mail", show=False, priority=True, id="demo.mail", tooltip="Open the newest mail"),
    ]

    class MailCame(Message):
        """A mail was handed over."""

    def __init__(
        self,
        origin: Origin,
        *,
        zone: tzinfo | None = None,
        drawing: Drawing = Drawing.HALF_BLOCKS,
        theme: str = themes.DARK,
        clock: Clock | None = None,
        entropy: Entropy | None = None,
    ) -> None:
        seeded = seed.seed(self._tell_mail, clock, entropy)
        super().__init__(Context(services=seeded.services, origin=origin, zone=zone, drawing=drawing), theme)
        self.authenticator = Authenticator()
        """The app on the phone."""
        self.mails = seeded.mailer.kept
        """The mailbox, oldest first."""
        self._beside: bool | None = None

    def on_mount(self) -> None:
        """Follow what is on screen."""
        self.screen_change_signal.subscribe(self, lambda _: self.call_after_refresh(self.follow))
        self.set_interval(1, self.follow)

    def side_panel(self) -> Widget:
        """Return a panel for one page; all of them show the same phone and the same mails."""
        return SidePanel(self.authenticator, self.mails, self.context.services.clock.now, self.context.zone)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave Esc to the portal unless a panel lies over it; where the panel has its place, there is none to show."""
        if action == "fold":
            return self._cover() is not None
        if action == "panel":
            return self.size.width < BESIDE
        return super().check_action(action, parameters)

    @on(MailCame)
    @on(QRCode.Drawn)
    def follow(self) -> None:
        """Bring all panels up to date, and give a modal the panel that the page below it has."""
        front = self._front()
        if front is None:
            return
        beside = self.size.width >= BESIDE
        if beside != self._beside:
            self._beside = beside
            front.refresh_bindings()
        if beside and isinstance(front, ModalScreen) and front.is_running and not front.query(SidePanel):
            front.mount(self.side_panel())
        code = self._code_in_view()
        scanned = code is not None and self.authenticator.knows(code)
        facts = story.Facts(self._method(), code is not None, scanned)
        words = story.next_step(front, facts)
        for screen in self.screen_stack:
            for panel in screen.query(SidePanel):
                if panel.is_mounted:
                    panel.show(words, in_view=code is not None and not scanned)

    async def action_panel(self) -> None:
        """Show the panel over the portal, or hide it."""
        if isinstance(self.screen, MailModal) or self._cover() is not None:
            self._uncover()
        elif not isinstance(self.screen, SystemModalScreen):
            panel = self.screen.query_one_optional(SidePanel)
            if panel is None:
                panel = SidePanel(self.authenticator, self.mails, self.context.services.clock.now, self.context.zone)
                await self.screen.mount(panel)
            panel.unfold()
            self.follow()

    def action_fold(self) -> None:
        """Hide the panel that lies over the portal."""
        self._uncover()

    @on(Phone.ScanRequested)
    def action_scan(self) -> None:
        """Scan the QR code that is on the screen."""
        code = self._code_in_view()
        if code is None:
            self._say("There is no QR code on the screen.")
            return
        try:
            self.authenticator.scan(code)
        except NotReadable:
            self._say("This QR code is not one for an authenticator app.")
            return
        self.follow()
        if self._cover() is None and self.size.width < BESIDE:
            self._say(f"The phone has scanned it. {keys.label(keys.PHONE_CODE)} types its code.")

    @on(Phone.TypeRequested)
    def action_type_phone_code(self) -> None:
        """Type the code of the account that is chosen on the phone."""
        entry = self.authenticator.current
        if entry is None:
            self._say(f"The phone has no account yet. {keys.label(keys.SCAN)} scans a QR code.")
        else:
            self._type_code(entry.code(self.context.services.clock.now()))

    def action_type_mailed_code(self) -> None:
        """Type the newest code that came by mail."""
        code = next((kept.mail.code for kept in reversed(self.mails) if kept.mail.code is not None), None)
        if code is None:
            self._say("No code has come by mail yet.")
        else:
            self._type_code(code)

    def action_type_password(self) -> None:
        """Type Jane's password, and on the login page her name too."""
        self._uncover()
        field = self._field(PasswordInput)
        if field is None:
            self._say("There is no field for a password here.")
            return
        if isinstance(self.screen, LoginScreen):
            self.screen.query_one("#name", TextInput).value = seed.USERNAME
        field.focus()
        field.clear()
        field.paste_text(seed.PASSWORD)

    def action_read_mail(self) -> None:
        """Open the newest mail."""
        if not self.mails:
            self._say("There is no mail to open yet.")
        elif not isinstance(self.screen, MailModal | SystemModalScreen):
            self.push_screen(MailModal(self.mails[-1]))

    @on(Mailbox.MailOpened)
    def open_mail(self, event: Mailbox.MailOpened) -> None:
        """Open a mail of the list."""
        self.push_screen(MailModal(event.kept))

    def _type_code(self, code: Secret[str]) -> None:
        self._uncover()
        field = self._field(OtpInput)
        if field is None:
            self._say("There is no field for a code here.")
            return
        field.focus()
        field.clear()
        field.paste_text(code.reveal())

    def _field(self, kind: type[InputT]) -> InputT | None:
        """Return the focused field of a kind, or the first one on the screen."""
        fields = [widget for widget in self.screen.focus_chain if isinstance(widget, kind)]
        return next((field for field in fields if field.has_focus), fields[0] if fields else None)

    def _front(self) -> Screen[Any] | None:
        """Return the topmost screen of the portal's own."""
        own = [screen for screen in self.screen_stack if not isinstance(screen, MailModal | SystemModalScreen)]
        return own[-1] if own else None

    def _cover(self) -> SidePanel | None:
        """Return the panel that lies over the portal."""
        if self.size.width >= BESIDE or not self.screen_stack:
            return None
        return next((panel for panel in self.screen.query(SidePanel) if panel.unfolded), None)

    def _uncover(self) -> None:
        """Hide an open mail, and the panel where it lies over the portal."""
        while isinstance(self.screen, MailModal):
            self.pop_screen()
        if (panel := self._cover()) is not None:
            panel.fold()

    def _code_in_view(self) -> Secret[str] | None:
        """Return the URI of the QR code on the screen."""
        for screen in reversed(self.screen_stack):
            for code in screen.query(QRCode):
                if (uri := code.drawn_uri) is not None:
                    return Secret(uri)
        return None

    def _method(self) -> Method | None:
        session = self.session
        return None if session is None else self.context.services.store.get(session.account_id).method

    def _tell_mail(self, _kept: Kept) -> None:
        """Ring, from the thread that sent the mail."""
        self.post_message(self.MailCame())

    def _say(self, words: str) -> None:
        self.notify(words, markup=False)
