"""What the use cases of the page “Manage Two Factor Authentication” came to."""

from textual.message import Message

from tui_mfa.domain.two_factor.model import AuthenticatorEnabled, NewSecret


class SecretMade(Message):
    """A new secret can be shown."""

    def __init__(self, new_secret: NewSecret) -> None:
        super().__init__()
        self.new_secret = new_secret
        """The secret."""


class EnrolmentEnded(Message):
    """The new authenticator is in force."""

    def __init__(self, enabled: AuthenticatorEnabled) -> None:
        super().__init__()
        self.enabled = enabled
        """Recovery codes and what comes next."""


class MethodChanged(Message):
    """Another method is in force."""

    def __init__(self, fact: str, others: int) -> None:
        super().__init__()
        self.fact = fact
        """What to say."""
        self.others = others
        """How many other sessions could be ended."""


class SecretSaved(Message):
    """The secret is in a file."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self.path = path
        """Where."""


class OthersEnded(Message):
    """The other sessions are over."""

    def __init__(self, count: int, before: str) -> None:
        super().__init__()
        self.count = count
        """How many there were."""
        self.before = before
        """What happened before, still to be told."""
