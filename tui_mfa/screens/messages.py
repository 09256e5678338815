"""Facts and requests that travel from a screen to the app."""

from typing import TYPE_CHECKING

from textual.message import Message

from tui_mfa.domain.errors import DomainError

if TYPE_CHECKING:
    from tui_mfa.domain.login.model import LoggedIn
    from tui_mfa.domain.profile.model import Overview
    from tui_mfa.domain.two_factor.model import NewRecoveryCodes


class Refused(Message):
    """A use case ended with an error; nothing else happened."""

    def __init__(self, error: DomainError) -> None:
        super().__init__()
        self.error = error
        """What to tell."""


class SessionOpened(Message):
    """A login is complete."""

    def __init__(self, logged_in: "LoggedIn") -> None:
        super().__init__()
        self.logged_in = logged_in
        """The session, and what the first line tells about the login before."""


class SessionLost(Message):
    """The session is over without a word from its owner: too old, idle, ended from elsewhere."""

    def __init__(self, reason: str) -> None:
        super().__init__()
        self.reason = reason
        """A sentence for the login screen."""


class LogoutRequested(Message):
    """The person wants to leave the account."""


class OverviewLoaded(Message):
    """The account as it is now."""

    def __init__(self, overview: "Overview") -> None:
        super().__init__()
        self.overview = overview
        """What to show."""


class Edited(Message):
    """What was edited is kept."""


class CodesMade(Message):
    """There are new recovery codes."""

    def __init__(self, codes: "NewRecoveryCodes") -> None:
        super().__init__()
        self.codes = codes
        """To be shown once."""


class OthersEnded(Message):
    """The other sessions are over."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self.count = count
        """How many there were."""
