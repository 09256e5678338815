"""What the profile says without being asked: the login before this one, and what is still owed."""

from collections.abc import Mapping
from datetime import tzinfo
from types import MappingProxyType
from typing import Final

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widget import Widget
from textual.widgets import Static

from tui_mfa.domain.account import Method
from tui_mfa.domain.login.model import LoggedIn
from tui_mfa.domain.profile.model import Overview
from tui_mfa.presentation import as_content, when
from tui_mfa.widgets.link_button import LinkButton
from tui_mfa.widgets.mounting import mount_into

FEW_CODES = 3
"""So few recovery codes are worth a line."""

REPLACE, PROOF, CODES = "replace-owed", "proof-owed", "codes-low"
"""Ids of the reminders."""

TOOLTIPS: Final[Mapping[str, str]] = MappingProxyType(
    {
        REPLACE: "Set up a new authenticator",
        PROOF: "Type four characters of the secret",
        CODES: "Make ten new recovery codes",
    }
)
"""What each reminder does, from the top."""


def login_line(logged_in: LoggedIn, zone: tzinfo | None) -> str:
    """Return what is said about the login before this one.

    Args:
        logged_in: What the login answered.
        zone: The reader's zone.
    """
    failed = logged_in.failed_since
    attempts = f"{failed} failed attempt{'' if failed == 1 else 's'}"
    if logged_in.previous is None:
        return "This is your first login. Welcome." + (f" · {attempts} before it" if failed else "")
    line = f"Last login {when(logged_in.previous.at, zone)} from {logged_in.previous.origin}"
    return f"{line} · {attempts} since" if failed else line


def codes_line(overview: Overview) -> str:
    """Return the reminder about recovery codes; empty when there are enough, or none are needed.

    Args:
        overview: The account.
    """
    if overview.method is not Method.AUTHENTICATOR:
        return ""
    if overview.recovery is None:
        return "There are no recovery codes: make ten now"
    left = overview.recovery.left
    if left > FEW_CODES:
        return ""
    return f"{left or 'No'} recovery code{'' if left == 1 else 's'} left: make new ones"


class Reminders(Vertical):
    """The line about the login before, and a link for each thing that is owed.

    Args:
        logged_in: What the login answered.
        zone: The reader's zone.
    """

    DEFAULT_CSS = """
    Reminders {
        height: auto;
        padding: 0 2;
        #login-line { height: auto; color: $text-muted; }
        #login-line.-warning { color: $text-warning; }
        .reminder { max-width: 100%; color: $text-warning; text-style: bold; }
        .reminder:focus { text-style: bold reverse underline; }
    }
    """

    def __init__(self, logged_in: LoggedIn, zone: tzinfo | None) -> None:
        super().__init__()
        self._logged_in = logged_in
        self._zone = zone

    def compose(self) -> ComposeResult:
        """The login alone; a link is made when something is owed."""
        line = Static(as_content(login_line(self._logged_in, self._zone), 400), id="login-line", markup=False)
        line.set_class(self._logged_in.failed_since > 0, "-warning")
        yield line

    def show(self, overview: Overview) -> None:
        """Show what is owed.

        Args:
            overview: The account.
        """
        # Replace makes a new secret and new codes, so it is enough to be reminded of that.
        if overview.replace_owed:
            words = {REPLACE: "You came in by recovery: replace the authenticator now"}
        else:
            proof = "You have not proved yet that you saved the secret" if overview.proof_owed else ""
            words = {PROOF: proof, CODES: codes_line(overview)}
        links = {link.id: link for link in self.query(LinkButton)}
        before: Widget = self.query_one("#login-line")
        for link_id, tooltip in TOOLTIPS.items():
            text, link = words.get(link_id, ""), links.get(link_id)
            if link is None:
                if not text:
                    continue
                link = LinkButton("", id=link_id, classes="reminder", tooltip=tooltip)
                mount_into(self, link, after=before)
            link.update(as_content(f"! {text}"))
            link.display = bool(text)
            before = link
