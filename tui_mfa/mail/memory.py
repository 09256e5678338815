"""Mail that stays in the program: for the demo's mailbox, and for tests of the flows."""

from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage

from tui_mfa.domain.ports import Clock, Mail
from tui_mfa.mail.message import compose


@dataclass(frozen=True, slots=True)
class Kept:
    """One mail that was handed over."""

    mail: Mail
    message: EmailMessage
    """What a server would have got."""


class MemoryMailer:
    """Composes each mail like the real ones do, and keeps it.

    Args:
        sender: The address that mail comes from.
        issuer: The product's name.
        support: An address that helps, or nothing.
        clock: Gives the Date.
        on_mail: Called with each mail, in the thread that sent it.
    """

    def __init__(
        self,
        sender: str,
        issuer: str,
        support: str,
        clock: Clock,
        on_mail: Callable[[Kept], None] | None = None,
    ) -> None:
        self._sender = sender
        self._issuer = issuer
        self._support = support
        self._clock = clock
        self._on_mail = on_mail
        self.kept: list[Kept] = []
        """Everything that was handed over, oldest first."""

    @property
    def delivers(self) -> bool:
        """True: who uses this mailer shows the mail to the person."""
        return True

    def send(self, mail: Mail) -> None:
        """Keep one mail, or raise ``InvalidInput`` as a real mailer would."""
        domain = self._sender.rpartition("@")[2]
        message = compose(mail, self._sender, self._issuer, self._support, domain, self._clock.now())
        kept = Kept(mail, message)
        self.kept.append(kept)
        if self._on_mail is not None:
            self._on_mail(kept)

    def check(self) -> None:
        """Do nothing: memory is always there."""
