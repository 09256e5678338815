"""The account's API tokens: what there is, a new one, and the end of one."""

from typing import ClassVar, Final

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Button, DataTable, Static

from tui_mfa.domain.api_tokens import flows
from tui_mfa.domain.api_tokens.model import State, TokenView
from tui_mfa.domain.login.model import Session
from tui_mfa.presentation import as_cell, as_content, day, when
from tui_mfa.screens.api_token_modals import NewTokenModal, TokenShownModal
from tui_mfa.screens.base import SessionPage
from tui_mfa.screens.context import Context
from tui_mfa.screens.modals import ConfirmChoiceModal
from tui_mfa.widgets.status_line import StatusLine
from tui_mfa.widgets.table import Table

NAME_WIDTH: Final = 22
"""Cells of the name in the table; the line below shows all of it."""

STATES: Final = {State.LIVE: "● live", State.EXPIRED: "○ expired", State.REVOKED: "✗ revoked"}
"""How a token is, as glyph and word."""


class TokensLoaded(Message):
    """The tokens are read."""

    def __init__(self, tokens: tuple[TokenView, ...]) -> None:
        super().__init__()
        self.tokens = tokens
        """Live ones first."""


class TokenRevoked(Message):
    """A token opens nothing any more."""


class ApiTokensScreen(SessionPage):
    """A table of tokens.

    Args:
        context: Services and terminal.
        session: Whose.
        account: The account's name.
    """

    CSS_PATH: ClassVar[str] = "api_tokens.tcss"
    TITLE_TEXT = "API tokens"
    HELP = (
        "A token lets a program use this account in your place, for a while and as far as its scopes go. It is shown "
        "once, when it is made. Revoke one that you do not know, or that somebody may have seen: it opens nothing from "
        "that moment on. Tokens that ended stay in the list for 30 days."
    )
    AUTO_FOCUS = "#tokens-table"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "add", "Make a token", id="tokens.add", tooltip="Make a new token"),
        Binding("d", "revoke", "Revoke", id="tokens.revoke", tooltip="End the marked token; asks first"),
        Binding("j", "cursor(1)", "Down", show=False, id="tokens.down", tooltip="Next token"),
        Binding("k", "cursor(-1)", "Up", show=False, id="tokens.up", tooltip="Token before"),
    ]

    def __init__(self, context: Context, session: Session, account: str) -> None:
        super().__init__(context, session, account)
        self._tokens: tuple[TokenView, ...] = ()

    def compose_page(self) -> ComposeResult:
        """One line about the list, the table, the marked row in full, buttons."""
        yield Static("Loading…", id="tokens-summary", markup=False)
        yield Table(id="tokens-table", cursor_type="row")
        yield Static(id="tokens-detail", classes="hint", markup=False)
        yield StatusLine()
        with Horizontal(classes="buttons"):
            yield Button("Make a token", id="add", compact=True, variant="primary")
            yield Button("Revoke", id="revoke", compact=True, disabled=True)

    def on_mount(self) -> None:
        """Make the columns and read the tokens."""
        self.table.add_columns("Name", "Scopes", "Last used", "Expires", "State")
        self.load()

    @property
    def table(self) -> Table:
        """The table."""
        return self.query_one("#tokens-table", Table)

    def load(self) -> None:
        """Read the tokens."""
        services, session = self.context.services, self.session
        self.read(lambda: TokensLoaded(flows.tokens(services, session)))

    @on(TokensLoaded)
    def show_tokens(self, event: TokensLoaded) -> None:
        """Fill the table."""
        self._tokens = event.tokens
        row = min(self.table.cursor_row, len(self._tokens) - 1)
        zone = self.context.zone
        self.table.clear()
        for token in self._tokens:
            self.table.add_row(
                as_cell(token.name, NAME_WIDTH),
                as_cell(" ".join(token.scopes)),
                as_cell(day(token.last_used_at, zone) if token.last_used_at else "never"),
                as_cell(day(token.expires_at, zone)),
                as_cell(STATES[token.state]),
                key=token.id,
            )
        self.table.display = bool(self._tokens)
        self.table.move_cursor(row=max(row, 0))
        self.query_one("#tokens-summary", Static).update(self._summary())
        add = self.query_one("#add")
        if self._tokens and self.focused is add:
            self.table.focus()
        elif not self._tokens:
            add.focus()
        self.show_marked()

    @on(DataTable.RowHighlighted)
    def show_marked(self) -> None:
        """Say all about the marked token below the table."""
        token = self._marked()
        words = self._details(token) if token is not None else ""
        self.query_one("#tokens-detail", Static).update(as_content(words, 600))
        self.query_one("#revoke", Button).disabled = token is None or token.state is not State.LIVE
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's
        """Offer only what can be revoked."""
        if action == "revoke":
            token = self._marked()
            return token is not None and token.state is State.LIVE
        return True

    def action_cursor(self, by: int) -> None:
        """Mark another token."""
        self.table.move_cursor(row=self.table.cursor_row + by)

    @on(Button.Pressed, "#add")
    def add_by_button(self) -> None:
        """Make a token."""
        self.action_add()

    @on(Button.Pressed, "#revoke")
    def revoke_by_button(self) -> None:
        """Revoke the marked token."""
        self.action_revoke()

    @work
    async def action_add(self) -> None:
        """Ask what for, make a token, show it once."""
        self.status.clear()
        made = await self.app.push_screen_wait(NewTokenModal(self.context, self.session))
        if made is None:
            return
        self.load()
        await self.app.push_screen_wait(TokenShownModal(self.context, made, self.account))
        self.status.fact(f"The token “{made.view.name}” is made.")

    @work
    async def action_revoke(self) -> None:
        """Revoke the marked token, after a question."""
        token = self._marked()
        if token is None or token.state is not State.LIVE:
            return
        text = (
            f"Revoke “{token.name}” ({token.hint})? Programs that use it are refused at once, and it never comes back."
        )
        if await self.app.push_screen_wait(ConfirmChoiceModal("Revoke token", text, "Revoke", danger=True)):
            services, session, token_id = self.context.services, self.session, token.id

            def revoke() -> Message:
                flows.revoke(services, session, token_id)
                return TokenRevoked()

            self.start(revoke, "Revoking…")

    @on(TokenRevoked)
    def tell_revoked(self) -> None:
        """Say it and read the list again."""
        self.status.fact("The token is revoked: it opens nothing any more.")
        self.load()

    def _marked(self) -> TokenView | None:
        row = self.table.cursor_row
        return self._tokens[row] if 0 <= row < len(self._tokens) else None

    def _details(self, token: TokenView) -> str:
        zone = self.context.zone
        words = f"{token.name} · {token.hint} · made {when(token.created_at, zone)} from {token.created_from} · "
        if token.last_used_at is not None:
            words += f"last used {when(token.last_used_at, zone)} from {token.last_used_from} · "
        if token.revoked_at is not None:
            return words + f"revoked {when(token.revoked_at, zone)}"
        verb = "expires" if token.state is State.LIVE else "expired"
        return words + f"{verb} {when(token.expires_at, zone)}"

    def _summary(self) -> str:
        live = sum(token.state is State.LIVE for token in self._tokens)
        if not self._tokens:
            return "There are no API tokens. A token lets a program use this account in your place."
        ended = len(self._tokens) - live
        words = f"{live} live token{'' if live == 1 else 's'}"
        return f"{words}, and {ended} that ended in the last 30 days." if ended else f"{words}."
