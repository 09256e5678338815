"""The account's SSH keys: what there is, a new one, another title, and the end of one."""

from datetime import tzinfo
from typing import ClassVar, Final

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Button, DataTable, Static

from tui_mfa.domain.login.model import Session
from tui_mfa.domain.ssh_keys import flows
from tui_mfa.domain.ssh_keys.model import KeyView
from tui_mfa.presentation import as_cell, as_content, day, when
from tui_mfa.screens.base import SessionPage
from tui_mfa.screens.context import Context
from tui_mfa.screens.modals import ConfirmChoiceModal
from tui_mfa.widgets.status_line import StatusLine
from tui_mfa.widgets.table import Table

WIDE: Final = 116
"""Cells from which on the table has room for whole fingerprints."""

TITLE_WIDTH: Final = 16
"""Cells of the title in the table; the line below shows all of it."""

WIDE_TITLE: Final = 22
"""The same where there is room for whole fingerprints beside it."""

HASH_WIDTH: Final = 8
"""Cells of the fingerprint where it is cut: enough to tell two keys apart."""

EMPTY: Final = (
    "No SSH keys yet. Add the public half of yours: it opens the machines that ask this portal for keys. "
    "ssh-keygen -t ed25519 makes a key, cat ~/.ssh/id_ed25519.pub shows its public half."
)
"""What stands in the place of an empty table."""


class KeysLoaded(Message):
    """The keys are read."""

    def __init__(self, keys: list[KeyView]) -> None:
        super().__init__()
        self.keys = keys
        """In the order in which they were added."""


class KeyDeleted(Message):
    """A key opens nothing any more."""

    def __init__(self, key: KeyView) -> None:
        super().__init__()
        self.key = key
        """The key that was there."""


def expiry_words(key: KeyView, zone: tzinfo | None) -> str:
    """Return when a key ends, in a word for the table.

    Args:
        key: The key.
        zone: The reader's zone.
    """
    if key.problem:
        return "✗ unusable"
    if key.expires_at is None:
        return "never"
    return "○ expired" if key.expired else day(key.expires_at, zone)


class SshKeysScreen(SessionPage):
    """A table of keys.

    Args:
        context: Services and terminal.
        session: Whose.
        account: The account's name.
    """

    CSS_PATH: ClassVar[str] = "ssh_keys.tcss"
    TITLE_TEXT = "SSH keys"
    HELP = (
        "Whoever has the private half of a key in this list can log in to the machines that ask this portal for keys. "
        "Add the public half only: the line of a .pub file. Compare fingerprints with ssh-add -l or ssh-keygen -lf "
        "FILE. Delete a key that you do not know, or whose private half is lost: from then on it opens nothing."
    )
    AUTO_FOCUS = "#keys-table"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "add", "Add a key", id="keys.add", tooltip="Add the public half of a key"),
        Binding("r", "rename", "Rename", id="keys.rename", tooltip="Give the marked key another title"),
        Binding("c", "copy", "Copy", id="keys.copy", tooltip="Copy the marked key's fingerprint to the clipboard"),
        Binding("d", "delete", "Delete", id="keys.delete", tooltip="Delete the marked key; asks first"),
        Binding("j", "cursor(1)", "Down", show=False, id="keys.down", tooltip="Next key"),
        Binding("k", "cursor(-1)", "Up", show=False, id="keys.up", tooltip="Key before"),
    ]

    def __init__(self, context: Context, session: Session, account: str) -> None:
        super().__init__(context, session, account)
        self._keys: list[KeyView] = []

    def compose_page(self) -> ComposeResult:
        """One line about the list, the table, the marked row in full, buttons."""
        yield Static("Loading…", id="keys-summary", markup=False)
        yield Table(id="keys-table", cursor_type="row")
        yield Static(id="keys-detail", classes="hint", markup=False)
        yield StatusLine()
        with Horizontal(classes="buttons"):
            yield Button("Add a key", id="add", compact=True, variant="primary")
            yield Button("Rename", id="rename", compact=True, disabled=True)
            yield Button("Delete", id="delete", compact=True, disabled=True)

    def on_mount(self) -> None:
        """Make the columns and read the keys."""
        self.table.add_columns("Title", "Type", "SHA256", "Added", "Last used", "Expires")
        self.load()

    @property
    def table(self) -> Table:
        """The table."""
        return self.query_one("#keys-table", Table)

    def load(self) -> None:
        """Read the keys."""
        services, session = self.context.services, self.session
        self.read(lambda: KeysLoaded(flows.keys(services, session)))

    @on(KeysLoaded)
    def show_keys(self, event: KeysLoaded) -> None:
        """Fill the page."""
        self._keys = event.keys
        self._fill()
        self.table.display = bool(self._keys)
        self.query_one("#keys-summary", Static).update(as_content(self._summary(), 400))
        if self.focused in {None, self.table}:
            self.query_one("#keys-table" if self._keys else "#add").focus()
        self.show_marked()

    @on(events.Resize)
    def fit_table(self) -> None:
        """Show as much of the fingerprints as there is room for."""
        if self._keys:
            self._fill()

    @on(DataTable.RowHighlighted)
    def show_marked(self) -> None:
        """Say all about the marked key below the table."""
        key = self._marked()
        words = self._details(key) if key is not None else ""
        self.query_one("#keys-detail", Static).update(as_content(words, 800))
        for name in ("rename", "delete"):
            self.query_one(f"#{name}", Button).disabled = key is None
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's
        """Offer only what there is a key for."""
        return action not in {"rename", "copy", "delete"} or self._marked() is not None

    def action_cursor(self, by: int) -> None:
        """Mark another key."""
        self.table.move_cursor(row=self.table.cursor_row + by)

    @on(Button.Pressed)
    def work_by_button(self, event: Button.Pressed) -> None:
        """Do what the button says."""
        event.stop()
        actions = {"add": self.action_add, "rename": self.action_rename, "delete": self.action_delete}
        actions[event.button.id or ""]()

    @work
    async def action_add(self) -> None:
        """Add a key."""
        from tui_mfa.screens.ssh_key_modals import AddKeyModal, dropped_words  # noqa: PLC0415 - loaded when shown

        self.status.clear()
        offered = flows.not_added(self.context.client_keys, self._keys)
        added = await self.app.push_screen_wait(AddKeyModal(self.context, self.session, offered))
        if added is not None:
            words = (f"“{added.key.title}” is added.", dropped_words(added.dropped), added.advice)
            self.status.fact(" ".join(filter(None, words)))
            self.load()

    @work
    async def action_rename(self) -> None:
        """Give the marked key another title."""
        from tui_mfa.screens.ssh_key_modals import RenameKeyModal  # noqa: PLC0415 - loaded when shown

        key = self._marked()
        if key is not None:
            self.status.clear()
            renamed = await self.app.push_screen_wait(RenameKeyModal(self.context, self.session, key))
            if renamed is not None:
                self.status.fact(f"The key is called “{renamed.title}” now.")
                self.load()

    def action_copy(self) -> None:
        """Send the marked key's fingerprint to the terminal, which may put it on its clipboard."""
        key = self._marked()
        if key is not None and key.fingerprint:
            self.app.copy_to_clipboard(key.fingerprint)
            self.status.fact("The fingerprint was sent to your terminal's clipboard, if it allows that.")

    @work
    async def action_delete(self) -> None:
        """Delete the marked key, after a question."""
        key = self._marked()
        if key is None:
            return
        text = f"Delete “{key.title}” ({key.kind}, {key.fingerprint})? It opens nothing from the next login on."
        if await self.app.push_screen_wait(ConfirmChoiceModal("Delete SSH key", text, "Delete it", danger=True)):
            services, session, key_id = self.context.services, self.session, key.id
            self.start(lambda: KeyDeleted(flows.delete(services, session, key_id)), "Deleting…")

    @on(KeyDeleted)
    def tell_deleted(self, event: KeyDeleted) -> None:
        """Say it and read the list again."""
        self.status.fact(f"“{event.key.title}” is deleted.")
        self.load()

    def _fill(self) -> None:
        """Write the table."""
        row = min(self.table.cursor_row, len(self._keys) - 1)
        zone = self.context.zone
        wide = self.size.width >= WIDE
        self.table.clear()
        for key in self._keys:
            bare = key.fingerprint.removeprefix("SHA256:")
            self.table.add_row(
                as_cell(key.title, WIDE_TITLE if wide else TITLE_WIDTH),
                as_cell(key.kind.partition(",")[0]),
                as_cell(bare or "–", len(bare) + 1 if wide else HASH_WIDTH),
                as_cell(day(key.added_at, zone)),
                as_cell(day(key.last_used_at, zone) if key.last_used_at else "never"),
                as_cell(expiry_words(key, zone)),
                key=key.id,
            )
        self.table.move_cursor(row=max(row, 0))

    def _marked(self) -> KeyView | None:
        row = self.table.cursor_row
        return self._keys[row] if 0 <= row < len(self._keys) else None

    def _details(self, key: KeyView) -> str:
        zone = self.context.zone
        used = f"last used {when(key.last_used_at, zone)}" if key.last_used_at else "never used"
        if key.expires_at is None:
            end = "never expires"
        else:
            end = f"{'expired' if key.expired else 'expires'} {when(key.expires_at, zone)}"
        added = f"added {when(key.added_at, zone)} from {key.added_from}"
        words = f"{key.title} · {key.kind} · {key.fingerprint or 'no fingerprint'} · {added} · {used} · {end}"
        return f"{words} · {key.problem}" if key.problem else words

    def _summary(self) -> str:
        if not self._keys:
            return EMPTY
        usable = sum(key.usable for key in self._keys)
        count = "1 key" if len(self._keys) == 1 else f"{len(self._keys)} keys"
        return count if usable == len(self._keys) else f"{count}, of which {usable} can log in"
