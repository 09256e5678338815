"""What the modals share that ask for a mailed code: mailing it, and telling what became of it."""

from typing import TypeVar

from textual import on
from textual.message import Message
from textual.widget import Widget

from tui_mfa.domain.errors import AttemptEnded, DomainError
from tui_mfa.domain.login import mailed_code
from tui_mfa.domain.login.model import CodeOwed, CodeSent
from tui_mfa.screens.base import UseCaseModal
from tui_mfa.screens.mailed_code import MailedCodeForm

R = TypeVar("R")


async def clear_out(place: Widget, selector: str = "*") -> None:
    """Remove what a place holds, and let it shrink: Textual keeps the height of a box whose children went.

    Args:
        place: The box.
        selector: Which children.
    """
    await place.remove_children(selector)
    place.refresh(layout=True)


class MailingModal(UseCaseModal[R]):
    """A modal with a ``MailedCodeForm``, once ``owed`` is known."""

    owed: CodeOwed | None = None
    """The code that is asked for now."""

    class CodeMailed(Message):
        """A mail with a code was handed over."""

        def __init__(self, sent: CodeSent) -> None:
            super().__init__()
            self.sent = sent
            """Which request, and until when."""

    class MailFailed(Message):
        """No mail went out; what it was for goes on."""

        def __init__(self, error: DomainError) -> None:
            super().__init__()
            self.error = error
            """Why."""

    @on(MailedCodeForm.ResendRequested)
    def mail_code(self) -> None:
        """Mail a code; a failure is told in the form and ends nothing."""
        owed = self.owed
        if owed is None:
            return

        def send() -> Message:
            try:
                return self.CodeMailed(mailed_code.send(self.context.services, owed.handle))
            except AttemptEnded:
                raise
            except DomainError as error:
                return self.MailFailed(error)

        if self.start(send):
            self.query_one(MailedCodeForm).sending()

    @on(CodeMailed)
    def tell_sent(self, event: CodeMailed) -> None:
        """Say where the code went; whoever is typing in another field stays there."""
        before = self.focused
        form = self.query_one(MailedCodeForm)
        form.sent(event.sent)
        if before is not None and form not in before.ancestors:
            before.focus()

    @on(MailFailed)
    def tell_failure(self, event: MailFailed) -> None:
        """Say that no mail went out."""
        self.query_one(MailedCodeForm).failed(event.error)
