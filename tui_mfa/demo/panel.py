"""What stands beside the portal in the demo: banner, next step, phone, mailbox; folded away where it has no room."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, tzinfo

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.css.query import NoMatches
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Static

from tui_mfa.demo import keys
from tui_mfa.demo.authenticator import Authenticator
from tui_mfa.demo.mailbox import Mailbox, MailList
from tui_mfa.demo.phone import Phone
from tui_mfa.mail.memory import Kept
from tui_mfa.presentation import as_content
from tui_mfa.screens.base import SessionPage

BANNER = "Demo · nothing leaves this machine"

FOLDED = f"{keys.label(keys.PANEL)} phone & mail"
"""What is left of the panel where it has no room; on the first line of a page, between title and account."""

FOLDED_LOGIN = f"Demo · {keys.label(keys.PASSWORD)} password · {keys.label(keys.MAILED_CODE)} mailed code · {FOLDED}"
"""The same before a login, where the first line is free."""


class SidePanel(Vertical, can_focus=True):
    """The phone and the mailbox beside, or over, the portal.

    Args:
        app_on_phone: The accounts on the phone.
        kept: The mails, oldest first.
        now: Gives the present moment, with a zone.
        zone: The reader's zone; None is the machine's own.
    """

    ALLOW_SELECT = False

    unfolded: reactive[bool] = reactive(False, toggle_class="-unfolded")
    """Shown over the portal, where there is no room beside it."""

    def __init__(
        self,
        app_on_phone: Authenticator,
        kept: Sequence[Kept],
        now: Callable[[], datetime],
        zone: tzinfo | None = None,
    ) -> None:
        super().__init__(id="demo-panel")
        self._app = app_on_phone
        self._kept = kept
        self._now = now
        self._zone = zone
        self._before: Widget | None = None

    def compose(self) -> ComposeResult:
        """Put the story above the phone, and the phone above the mails."""
        yield Static(id="demo-folded", markup=False)
        with Vertical(id="demo-desk"):
            yield Static(BANNER, id="demo-banner", markup=False)
            yield Static(id="demo-step", markup=False)
            yield Phone(self._app, self._now, id="demo-phone")
            yield Mailbox(self._kept, self._zone, id="demo-mailbox")

    def on_mount(self) -> None:
        """Take the focus only while it lies over the portal; folded, keep to the row of the first line."""
        self.can_focus = False
        below_bar = isinstance(self.screen, SessionPage)
        self.set_class(below_bar, "-under-bar")
        if (line := self.query_one_optional("#demo-folded", Static)) is not None:  # gone with a page that is leaving
            line.update(FOLDED if below_bar else FOLDED_LOGIN)

    def show(self, step: str, *, in_view: bool) -> None:
        """Show what has changed.

        Args:
            step: What to do next.
            in_view: The portal shows a QR code that the phone does not know.
        """
        with suppress(NoMatches):  # a mail may come at any moment, and a page that leaves loses its parts one by one
            line, words = self.query_one("#demo-step", Static), as_content(f"▸ {step}", 300)
            if line.content != words:
                line.update(words)
            phone = self.query_one(Phone)
            phone.in_view = in_view
            phone.sync()
            self.query_one(Mailbox).sync()

    def unfold(self) -> None:
        """Come over the portal and take the focus."""
        self._before = self.screen.focused
        self.unfolded = self.can_focus = True
        mails = self.query_one(MailList)
        self.call_after_refresh((mails if mails.option_count else self).focus)

    def fold(self) -> None:
        """Go, and give the focus back."""
        self.unfolded = self.can_focus = False
        before, self._before = self._before, None
        if before is not None and before.is_attached:
            before.focus()
