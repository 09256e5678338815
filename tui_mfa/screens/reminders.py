"""What the profile says without being asked: the login before this one, and what is still owed."""

from datetime import tzinfo

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from tui_mfa.domain.account import Method
from tui_mfa.domain.login.model import LoggedIn
from tui_mfa.domain.profile.model import Overview
from tui_mfa.presentation import as_content, when
from tui_mfa.widgets.link_button import LinkButton

FEW_CODES = 3
"""So few recovery codes are worth a line."""

REPLACE, PROOF, CODES = "replace-owed", "proof-owed", "codes-low"
"""Ids of the reminders."""


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
        .reminder { display: none; max-width: 100%; color: $text-warning; text-style: bold; }
        .reminder:focus { text-style: bold reverse underline; }
    }
    """

    def __init__(self, logged_in: LoggedIn, zone: tzinfo | None) -> None:
        super().__init__()
        self._logged_in = logged_in
        self._zone = zone

    def compose(self) -> ComposeResult:
        """The login first; the links are shown when the account is read."""
        line = Static(as_content(login_line(self._logged_in, self._zone), 400), id="login-line", markup=False)
        line.set_class(self._logged_in.failed_since > 0, "-warning")
        yield line
        yield LinkButton("", id=REPLACE, classes="reminder", tooltip="Set up a new authenticator")
        yield LinkButton("", id=PROOF, classes="reminder", tooltip="Type four characters of the secret")
        yield LinkButton("", id=CODES, classes="reminder", tooltip="Make ten new recovery codes")

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
        for link in self.query(LinkButton):
            text = words.get(link.id or "", "")
            link.update(as_content(f"! {text}"))
            link.display = bool(text)
