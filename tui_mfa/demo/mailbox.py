"""A mailbox, newest mail first. ``python -m tui_mfa.demo.mailbox`` shows one alone."""

from collections.abc import Sequence
from datetime import tzinfo
from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tui_mfa import themes
from tui_mfa.demo import keys, mail_words
from tui_mfa.domain.ports import Mail, Template
from tui_mfa.domain.secret import Secret
from tui_mfa.mail.memory import Kept, MemoryMailer
from tui_mfa.security.system import SystemClock

WIDTH = 36
"""Cells of a line in the list, on a panel of 40 columns."""

HINT = f"{keys.label(keys.MAILED_CODE)} types the newest code · {keys.label(keys.MAIL)} opens"


class MailList(OptionList):
    """The mails: the subject, and below it the time with the code or how the text begins."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "select", "Read", id="mailbox.read", tooltip="Read the whole mail"),
        Binding("down,j", "cursor_down", "Mail", show=False, id="mailbox.down", tooltip="The mail below"),
        Binding("up,k", "cursor_up", "Mail", show=False, id="mailbox.up", tooltip="The mail above"),
    ]


class Mailbox(Vertical):
    """The list under its heading.

    Args:
        kept: The mails, oldest first; looked at again by ``sync``.
        zone: The reader's zone; None is the machine's own.
        id: The widget's id.
    """

    ALLOW_SELECT = False

    DEFAULT_CSS = """
    Mailbox {
        height: 1fr;
        #mailbox-title { text-style: bold; height: 1; }
        #mailbox-hint { color: $text-muted; height: 1; }
        #mailbox-empty { color: $text-muted; height: auto; padding: 1 2; }
        MailList {
            height: 1fr;
            border: none;
            padding: 0;
            background: $background;
            scrollbar-size-vertical: 1;
            &:focus { border: none; }
            & > .option-list--option { padding: 0; }
        }
    }
    """

    class MailOpened(Message):
        """A mail is to be read as a whole."""

        def __init__(self, kept: Kept) -> None:
            super().__init__()
            self.kept = kept
            """The mail."""

    def __init__(self, kept: Sequence[Kept], zone: tzinfo | None = None, *, id: str | None = None) -> None:  # noqa: A002 - Textual's
        super().__init__(id=id)
        self._kept = kept
        self._shown = 0
        self._zone = zone

    def compose(self) -> ComposeResult:
        """Put the list under its heading."""
        yield Static(id="mailbox-title", markup=False)
        yield Static("No mail yet. What the portal sends arrives here at once.", id="mailbox-empty", markup=False)
        yield MailList()
        yield Static(HINT, id="mailbox-hint", markup=False)

    def on_mount(self) -> None:
        """Show what is there."""
        self.sync()

    def sync(self) -> None:
        """Show the mails that came since the last time; the newest is highlighted."""
        mails = tuple(self._kept)
        mail_list = self.query_one(MailList)
        mail_list.display = bool(mails)
        self.query_one("#mailbox-empty").display = not mails
        if len(mails) == self._shown and self._shown:
            return
        self._shown = len(mails)
        self.query_one("#mailbox-title", Static).update(f"✉ Mailbox · {len(mails)}" if mails else "✉ Mailbox")
        mail_list.clear_options()
        mail_list.add_options(
            Option(mail_words.summary(mails[index], WIDTH, self._zone), id=str(index))
            for index in reversed(range(len(mails)))
        )
        mail_list.highlighted = 0 if mails else None

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Ask for a mail to be opened."""
        event.stop()
        self.post_message(self.MailOpened(self._kept[int(event.option.id or 0)]))


class MailModal(ModalScreen[None]):
    """One whole mail.

    Args:
        kept: The mail.
    """

    DEFAULT_CSS = """
    MailModal {
        #mail-scroll { height: auto; max-height: 1fr; }
        #mail-text { height: auto; }
        #mail-keys { margin-top: 1; color: $text-muted; }
    }
    """
    AUTO_FOCUS = "#mail-scroll"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,enter", "close", "Close", id="mail.close", tooltip="Back to where you were"),
        Binding("j", "scroll(1)", "Down", show=False, id="mail.down", tooltip="Further down"),
        Binding("k", "scroll(-1)", "Up", show=False, id="mail.up", tooltip="Further up"),
    ]

    def __init__(self, kept: Kept) -> None:
        super().__init__()
        self._kept = kept

    def compose(self) -> ComposeResult:
        """Show the mail as text."""
        words = "Esc closes" + (
            f" · {keys.label(keys.MAILED_CODE)} types the newest code" if self._kept.mail.code else ""
        )
        with Vertical(id="mail-box", classes="modal") as box:
            box.border_title = "Mail"
            with VerticalScroll(id="mail-scroll"):
                yield Static(mail_words.whole(self._kept), id="mail-text", markup=False)
            yield Static(words, id="mail-keys", markup=False)

    def action_close(self) -> None:
        """Go back."""
        self.dismiss()

    def action_scroll(self, by: int) -> None:
        """Move the text by a line."""
        self.query_one("#mail-scroll", VerticalScroll).scroll_relative(y=by, animate=False)


class _Alone(App[None]):
    """Shows one mailbox with two made-up mails."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("q", "quit", "Quit", id="mailbox.quit", tooltip="Leave")]

    def __init__(self) -> None:
        super().__init__()
        themes.register(self)
        self._mailer = MemoryMailer("security@example.com", "Elestio", "", SystemClock())
        params = {"username": "jane", "origin": "this machine", "time": "2026-11-24 09:00 UTC"}
        code = {"request_id": "K7", "valid_until": "09:10 UTC"}
        self._mailer.send(Mail(template=Template.PASSWORD_CHANGED, to="jane@example.com", params=params))
        login = Mail(
            template=Template.LOGIN_CODE, to="jane@example.com", params={**params, **code}, code=Secret("482913")
        )
        self._mailer.send(login)

    def compose(self) -> ComposeResult:
        """Place the mailbox."""
        yield Mailbox(self._mailer.kept)

    def on_mailbox_mail_opened(self, event: Mailbox.MailOpened) -> None:
        """Open a mail."""
        self.push_screen(MailModal(event.kept))


if __name__ == "__main__":
    _Alone().run()
