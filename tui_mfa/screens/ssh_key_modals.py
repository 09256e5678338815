"""Add an SSH key by paste, and give one another title."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Button, Input, Label, Static, TextArea

from tui_mfa import terminal
from tui_mfa.domain.errors import DomainError
from tui_mfa.domain.login.model import Session
from tui_mfa.domain.names import TEXT_MAX
from tui_mfa.domain.secret import Secret
from tui_mfa.domain.ssh_keys import flows, parse
from tui_mfa.domain.ssh_keys.model import Added, KeyView
from tui_mfa.domain.ssh_keys.refusals import SHOW, KeyRefused, Reason, refused
from tui_mfa.presentation import as_content
from tui_mfa.screens.base import UseCaseModal
from tui_mfa.screens.confirm import GuardedModal
from tui_mfa.screens.context import Context
from tui_mfa.widgets.key_area import KeyArea
from tui_mfa.widgets.status_line import StatusLine
from tui_mfa.widgets.text_input import TextInput

LONG = 600
"""Cells of the longest refusal, with the command that mends it."""


def dropped_words(dropped: tuple[str, ...]) -> str:
    """Return what is said about options that stood before a key; nothing where there were none.

    Args:
        dropped: Their names.
    """
    return f"Options are not kept: {', '.join(dropped)}." if dropped else ""


class AddKeyModal(GuardedModal[Added]):
    """Takes a pasted key, a title and an expiry; hands over what was added.

    A private key is refused at once: field, clipboards and everything that could bring it back are wiped.

    Args:
        context: Services and terminal.
        session: Whose.
        offered: Public keys of the person's own client, to be chosen instead of a paste: ``type base64``.
    """

    CSS_PATH: ClassVar[str] = "ssh_key_modals.tcss"
    AUTO_FOCUS = "#key"

    class KeyAdded(Message):
        """The key is in the list."""

        def __init__(self, added: Added) -> None:
            super().__init__()
            self.added = added
            """The key, and what to say about it."""

    def __init__(self, context: Context, session: Session, offered: tuple[str, ...] = ()) -> None:
        super().__init__(context, session)
        self._offered = offered
        self._next = 0

    def compose(self) -> ComposeResult:
        """The key, what it is, title and expiry side by side."""
        with Vertical(classes="modal") as box:
            box.border_title = as_content("Add an SSH key")
            yield Label("Paste the public key, the line of your .pub file", classes="label", markup=False)
            yield KeyArea(id="key")
            yield Static(as_content(f"To see it: {SHOW}"), id="verdict", classes="hint", markup=False)
            with Horizontal(id="more"):
                with Vertical(id="title-column"):
                    yield Label("Title", classes="label", markup=False)
                    yield TextInput(id="title", placeholder="taken from the key", max_length=TEXT_MAX)
                with Vertical():
                    yield Label("Expires (days, or last day)", classes="label", markup=False)
                    yield TextInput(id="expires", placeholder="never, 90, 2027-01-31", max_length=TEXT_MAX)
            yield StatusLine()
            with Horizontal(classes="buttons"):
                yield Button("Add key", id="add", compact=True, variant="primary")
                yield Button("Cancel", id="cancel", compact=True)
                if self._offered:
                    connected = Button("Take the key I am connected with", id="connected", compact=True)
                    connected.active_effect_duration = 0.0  # it takes no other press as long as that
                    yield connected

    @on(Button.Pressed, "#connected")
    def take_offered(self, event: Button.Pressed) -> None:
        """Put the client's own key into the field; with several, the next one at each press."""
        event.stop()
        number = self._next % len(self._offered)
        self._next = number + 1
        self.query_one(KeyArea).load_text(self._offered[number])
        if len(self._offered) > 1:
            event.button.label = as_content(f"Key {number + 1} of {len(self._offered)}: take the next")

    @on(TextArea.Changed)
    def tell_verdict(self) -> None:
        """Say what was pasted as soon as it is a key; what is wrong is told when it is to be added."""
        text = self.query_one(KeyArea).text
        title = self.query_one("#title", TextInput)
        title.placeholder = "taken from the key"
        words = f"To see it: {SHOW}"
        if text:
            try:
                judged = parse.judge(text)
            except KeyRefused:
                words = ""
            else:
                self.status.clear()
                title.placeholder = as_content(judged.title or title.placeholder).plain
                found = f"✓ {judged.key.kind}  {judged.key.fingerprint}"
                words = "  ".join(filter(None, (found, dropped_words(judged.dropped), judged.advice)))
        self.query_one("#verdict", Static).update(as_content(words, LONG))

    @on(KeyArea.PrivateKeySeen)
    def wipe_private_key(self) -> None:
        """Say it loudly, and empty the clipboards that it came from."""
        self._wipe()
        self.status.error(refused(Reason.PRIVATE).user_message)

    @on(KeyArea.TooLong)
    def tell_too_long(self) -> None:
        """Say why nothing was pasted."""
        self.status.error(refused(Reason.TOO_LONG, most=str(parse.SIZE_MAX)).user_message)

    @on(Input.Submitted)
    @on(Button.Pressed, "#add")
    def add(self, event: Message) -> None:
        """Have the key judged, and add it."""
        event.stop()
        text = Secret(self.query_one(KeyArea).text)
        title = self.query_one("#title", TextInput).value
        expires = self.query_one("#expires", TextInput).value
        services, session = self.context.services, self.session
        self.start(lambda: self.KeyAdded(flows.add(services, session, text, title=title, expires=expires)), "Adding…")

    @on(KeyAdded)
    def close(self, event: KeyAdded) -> None:
        """Hand it over."""
        self.dismiss(event.added)

    @on(Button.Pressed, "#cancel")
    def action_cancel(self) -> None:
        """Close; nothing is added."""
        self.dismiss(None)

    def refuse(self, error: DomainError) -> None:
        """Tell a refused key with the command that mends it, where one does that outside of this page."""
        if isinstance(error, KeyRefused):
            here = error.reason in {Reason.DUPLICATE, Reason.LIMIT}
            self.status.error(error.why if here else error.user_message)
            self.query_one(KeyArea).focus()
            if error.reason is Reason.PRIVATE:
                self._wipe()
        else:
            super().refuse(error)

    def _wipe(self) -> None:
        self.query_one(KeyArea).wipe()
        self._again = None
        self.app.copy_to_clipboard("")
        terminal.forget_clipboard(self.app)


class RenameKeyModal(UseCaseModal[KeyView]):
    """Asks for another title; hands over the renamed key.

    Args:
        context: Services and terminal.
        session: Whose.
        key: The key.
    """

    CSS_PATH: ClassVar[str] = "ssh_key_modals.tcss"
    AUTO_FOCUS = "#title"

    class Renamed(Message):
        """The key has its new title."""

        def __init__(self, key: KeyView) -> None:
            super().__init__()
            self.key = key
            """As it is now."""

    def __init__(self, context: Context, session: Session, key: KeyView) -> None:
        super().__init__(context, session.account_id)
        self._session = session
        self._key = key

    def compose(self) -> ComposeResult:
        """Ask."""
        with Vertical(classes="modal") as box:
            box.border_title = as_content("Rename an SSH key")
            yield Static(as_content(f"{self._key.kind}  {self._key.fingerprint}"), classes="hint", markup=False)
            yield Label("Title", classes="label", markup=False)
            yield TextInput(self._key.title, id="title", max_length=TEXT_MAX)
            yield StatusLine()
            with Horizontal(classes="buttons"):
                yield Button("Rename", id="rename", compact=True, variant="primary")
                yield Button("Cancel", id="cancel", compact=True)

    @on(Input.Submitted)
    @on(Button.Pressed, "#rename")
    def rename(self, event: Message) -> None:
        """Have the title judged and kept."""
        event.stop()
        title, key_id = self.query_one("#title", TextInput).value, self._key.id
        services, session = self.context.services, self._session
        self.start(lambda: self.Renamed(flows.rename(services, session, key_id, title)), "Renaming…")

    @on(Renamed)
    def close(self, event: Renamed) -> None:
        """Hand it over."""
        self.dismiss(event.key)

    @on(Button.Pressed, "#cancel")
    def action_cancel(self) -> None:
        """Close; the title stays."""
        self.dismiss(None)
