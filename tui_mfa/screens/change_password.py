"""Set a new password."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Button

from tui_mfa.domain.errors import DomainError
from tui_mfa.domain.profile import flows as profile
from tui_mfa.presentation import as_content
from tui_mfa.screens.confirm import GuardedModal
from tui_mfa.screens.new_password import NewPasswordFields
from tui_mfa.widgets.status_line import StatusLine


class ChangePasswordModal(GuardedModal[int | None]):
    """Asks for the new password twice; the result is how many other sessions are open, ``None`` when it was left.

    The password used until now is asked for by the confirmation, with the second factor.
    """

    CSS_PATH: ClassVar[str] = "change_password.tcss"
    AUTO_FOCUS = "#new-password"

    class Changed(Message):
        """The new password is in force."""

        def __init__(self, others: int) -> None:
            super().__init__()
            self.others = others
            """How many other sessions could be ended."""

    def compose(self) -> ComposeResult:
        """Ask."""
        with Vertical(classes="modal") as box:
            box.border_title = as_content("Change password")
            yield NewPasswordFields()
            yield StatusLine()
            with Horizontal(classes="buttons"):
                yield Button("Change password", id="change", compact=True, variant="primary")
                yield Button("Cancel", id="cancel", compact=True)

    @on(NewPasswordFields.Submitted)
    @on(Button.Pressed, "#change")
    def change(self, event: Message) -> None:
        """Have the new password judged and set."""
        event.stop()
        fresh = self.query_one(NewPasswordFields).read()
        if fresh is not None:
            services, session = self.context.services, self.session
            self.start(lambda: self.Changed(profile.change_password(services, session, fresh)), "Changing…")

    @on(Changed)
    def close(self, event: Changed) -> None:
        """Done."""
        self.dismiss(event.others)

    @on(Button.Pressed, "#cancel")
    def action_cancel(self) -> None:
        """Close; the password stays as it is."""
        self.dismiss(None)

    def refuse(self, error: DomainError) -> None:
        """Tell what is wrong with the password beside it."""
        if error.field in {"new_password", "password"}:
            self.status.clear()
            self.query_one(NewPasswordFields).refuse(error.user_message)
        else:
            super().refuse(error)
