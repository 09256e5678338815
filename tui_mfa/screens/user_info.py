"""The User Info tab: who the account belongs to."""

from datetime import tzinfo
from typing import Final

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.message import Message
from textual.suggester import Suggester
from textual.widgets import Button, Input, Label, Static

from tui_mfa.domain.profile import countries
from tui_mfa.domain.profile.model import Overview
from tui_mfa.presentation import as_content, day
from tui_mfa.screens.security import LOADING, Opened
from tui_mfa.widgets.text_input import TextInput

LONGEST = 300
"""Characters that a field takes; the rule says so when that is too many, which a cut paste would not."""

FIELDS: Final = (
    ("name", "Name"),
    ("company", "Company"),
    ("address", "Address"),
    ("country", "Country"),
    ("vat-id", "VAT id"),
)
"""Ids and labels of what can be edited in place, in order."""


class CountrySuggester(Suggester):
    """Completes the name of a country while it is typed; Right takes it."""

    def __init__(self) -> None:
        super().__init__(case_sensitive=True)

    async def get_suggestion(self, value: str) -> str | None:
        """Return the whole name, with what was typed left as it is."""
        return countries.completed(value)


class UserInfoTab(VerticalScroll, can_focus=False, inherit_bindings=False):
    """Shows the account; what the person tells about themselves is edited in place.

    Posts ``SaveRequested``, and ``Opened`` with ``change-email`` or ``change-password``.
    """

    class SaveRequested(Message):
        """The fields are to be kept as they stand."""

        def __init__(self, changes: dict[str, str]) -> None:
            super().__init__()
            self.changes = changes
            """As typed, by the names that the rules have for them."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(id=id)
        self._stored: tuple[str, ...] = ("",) * len(FIELDS)

    def compose(self) -> ComposeResult:
        """One row for each thing."""
        with Horizontal(classes="row"):
            yield Label("Username", classes="row-label", markup=False)
            yield Static(LOADING, id="username", classes="row-value", markup=False)
            yield Static(LOADING, id="member-since", markup=False)
        for field, label in FIELDS:
            with Horizontal(classes="row"):
                yield Label(label, classes="row-label", markup=False)
                yield TextInput(
                    id=field,
                    compact=True,
                    max_length=LONGEST,
                    placeholder="not given",
                    disabled=True,
                    suggester=CountrySuggester() if field == "country" else None,
                )
        with Horizontal(id="edit-buttons", classes="row"):
            yield Button("Save", id="save", compact=True, variant="primary", disabled=True)
            yield Button("Undo", id="undo", compact=True, disabled=True)
        with Horizontal(classes="row"):
            yield Label("E-mail", classes="row-label", markup=False)
            yield Static(LOADING, id="address-proved", classes="row-value", markup=False)
            yield Button("Change e-mail", id="user-change-email", compact=True)
        with Horizontal(classes="row"):
            yield Label("Password", classes="row-label", markup=False)
            yield Static(LOADING, id="password-changed", classes="row-value", markup=False)
            yield Button("Change password", id="user-change-password", compact=True)

    def show(self, overview: Overview, zone: tzinfo | None) -> None:
        """Show the account; what is being edited stays as it is.

        Args:
            overview: The account.
            zone: The reader's zone.
        """
        editing = self.edited
        self._stored = (overview.name, overview.company, overview.address, overview.country, overview.vat_id)
        self._set("username", overview.username)
        self._set("address-proved", f"{overview.email} ({'verified' if overview.email_verified else 'not verified'})")
        self._set("password-changed", f"changed {day(overview.password_changed_at, zone)}")
        self._set("member-since", f"member since {day(overview.member_since, zone)}")
        for field in self._fields:
            field.disabled = False
        if not editing:
            self.undo()

    @property
    def edited(self) -> bool:
        """Whether a field differs from what is stored."""
        return tuple(field.value for field in self._fields) != self._stored

    def settle(self) -> None:
        """Take what stands in the fields as stored, after it was saved."""
        self._stored = tuple(field.value for field in self._fields)
        self._offer_buttons()

    @on(Button.Pressed, "#undo")
    def undo(self) -> None:
        """Put what is stored back into the fields."""
        for field, value in zip(self._fields, self._stored, strict=True):
            field.value = value
        self._offer_buttons()

    @on(Input.Changed)
    def follow_typing(self, event: Input.Changed) -> None:
        """Offer Save and Undo while there is something to save or undo."""
        event.stop()
        self._offer_buttons()

    @on(Input.Submitted)
    @on(Button.Pressed, "#save")
    def ask_to_save(self, event: Message) -> None:
        """Ask the page to keep what was typed."""
        event.stop()
        if self.edited:
            changes = {(field.id or "").replace("-", "_"): field.value for field in self._fields}
            self.post_message(self.SaveRequested(changes))

    @on(Button.Pressed, "#user-change-email")
    @on(Button.Pressed, "#user-change-password")
    def open_change(self, event: Button.Pressed) -> None:
        """Ask the page for the modal."""
        event.stop()
        self.post_message(Opened((event.button.id or "").removeprefix("user-")))

    @property
    def _fields(self) -> tuple[TextInput, ...]:
        return tuple(self.query_one(f"#{field}", TextInput) for field, _label in FIELDS)

    def _offer_buttons(self) -> None:
        for button in ("save", "undo"):
            self.query_one(f"#{button}", Button).disabled = not self.edited

    def _set(self, widget_id: str, text: str) -> None:
        self.query_one(f"#{widget_id}", Static).update(as_content(text, 120))
