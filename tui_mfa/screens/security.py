"""The Security tab: three sections with their buttons, and links to the rest of what guards the account."""

from datetime import tzinfo
from typing import Final

from textual import events, on
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.message import Message
from textual.widgets import Button, Static

from tui_mfa.domain.account import Method
from tui_mfa.domain.api_tokens.model import TokensState
from tui_mfa.domain.profile.model import Overview
from tui_mfa.domain.ssh_keys.model import KeysState
from tui_mfa.presentation import as_content, day
from tui_mfa.widgets.drawn import GAP, Dotted, Titled
from tui_mfa.widgets.link_button import LinkButton

LINKS: Final = (
    ("recovery-codes", "Recovery codes", "See how many are left, and make new ones"),
    ("sessions", "Sessions", "See where you are logged in, and end it"),
    ("events", "Security events", "See what happened on this account"),
    ("change-password", "Change password", "Set a new password"),
    ("change-email", "Change e-mail", "Move the account to another address"),
)
"""Id, label and tooltip of the links below the sections."""

LINKS_WIDTH: Final = sum(len(label) for _id, label, _tip in LINKS) + GAP * (len(LINKS) - 1) + 1
"""Cells that the links take in one row, with the dots between them and their margin."""

LOADING: Final = "Loading…"
"""State of a section before the account is read."""


class Opened(Message):
    """Something on the profile was chosen, to be shown as a page or a modal."""

    def __init__(self, subject: str) -> None:
        super().__init__()
        self.subject = subject
        """The id of the button or link."""


def two_factor_state(overview: Overview, zone: tzinfo | None) -> str:
    """Return the two-factor method in one line.

    Args:
        overview: The account.
        zone: The reader's zone.
    """
    if overview.method is Method.EMAIL:
        return "Email Based · a code is mailed at each login"
    if overview.method is Method.DISABLED:
        return "Disabled · only the password protects this account"
    since = f" · since {day(overview.authenticator_since, zone)}" if overview.authenticator_since else ""
    return f"Authenticator App{since}"


def ssh_keys_state(state: KeysState, zone: tzinfo | None) -> str:
    """Return the account's SSH keys in one line.

    Args:
        state: The keys.
        zone: The reader's zone.
    """
    if not state.count:
        return "No keys"
    count = "1 key" if state.count == 1 else f"{state.count} keys"
    used = f"last used {day(state.last_used_at, zone)}" if state.last_used_at else "never used"
    return ", ".join(filter(None, (count, used, f"{state.expired} expired" if state.expired else "")))


def api_tokens_state(state: TokensState, zone: tzinfo | None) -> str:
    """Return the account's tokens in one line.

    Args:
        state: The live tokens.
        zone: The reader's zone.
    """
    if not state.count or state.next_expiry is None:
        return "No tokens"
    end = day(state.next_expiry, zone)
    return f"1 token, expires {end}" if state.count == 1 else f"{state.count} tokens, the first expires {end}"


class SecurityTab(VerticalScroll, can_focus=False, inherit_bindings=False):
    """Three sections and five links; posts ``Opened`` for each of them."""

    def compose(self) -> ComposeResult:
        """Lay the sections out one below the other."""
        yield from self._section("Manage SSH Keys", "ssh-keys", "Show Setting", LOADING)
        yield from self._section("Manage API Tokens", "api-tokens", "Show Tokens", LOADING)
        yield from self._section("Manage Two Factor Authentication", "two-factor", "Configure", LOADING)
        with Dotted(id="security-links"):
            for link_id, label, tip in LINKS:
                yield LinkButton(label, id=link_id, tooltip=tip)

    def show(self, overview: Overview, zone: tzinfo | None) -> None:
        """Show the account's state.

        Args:
            overview: The account.
            zone: The reader's zone.
        """
        keys = ssh_keys_state(overview.ssh_keys, zone)
        self.query_one("#ssh-keys-state", Static).update(as_content(keys))
        tokens = api_tokens_state(overview.api_tokens, zone)
        self.query_one("#api-tokens-state", Static).update(as_content(tokens))
        state = self.query_one("#two-factor-state", Static)
        state.update(as_content(two_factor_state(overview, zone)))
        state.set_class(overview.method is Method.DISABLED, "-warning")

    @on(events.Resize)
    def fit_links(self) -> None:
        """Put the links one below the other where one row is too short for them."""
        self.set_class(self.content_size.width < LINKS_WIDTH, "-narrow")

    @on(Button.Pressed)
    def open_section(self, event: Button.Pressed) -> None:
        """Ask the page to open a section."""
        event.stop()
        self.post_message(Opened(event.button.id or ""))

    @on(LinkButton.Pressed)
    def open_link(self, event: LinkButton.Pressed) -> None:
        """Ask the page to open what a link names."""
        event.stop()
        self.post_message(Opened(event.button.id or ""))

    def _section(self, title: str, section_id: str, button: str, state: str) -> ComposeResult:
        with Titled(title):
            yield Button(button, id=section_id, compact=True)
        yield Static(state, id=f"{section_id}-state", classes="section-state", markup=False)
