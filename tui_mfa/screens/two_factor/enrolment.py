"""The half of the page that holds a new secret: made, shown, saved, validated, dropped."""

from typing import ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.widgets import Button

from tui_mfa import terminal
from tui_mfa.domain.errors import AttemptEnded, ConfirmationRequired, DomainError, SessionEnded, WrongCode
from tui_mfa.domain.login.model import Session
from tui_mfa.domain.profile import flows as profile
from tui_mfa.domain.two_factor import flows
from tui_mfa.domain.two_factor.model import NewSecret
from tui_mfa.screens.base import SessionPage
from tui_mfa.screens.confirm import ConfirmModal
from tui_mfa.screens.context import Context
from tui_mfa.screens.modals import EndOthersModal, ProofModal, RecoveryCodesModal
from tui_mfa.screens.two_factor import saved_secret
from tui_mfa.screens.two_factor.facts import EnrolmentEnded, OthersEnded, SecretMade, SecretSaved
from tui_mfa.screens.two_factor.modals import LargeCodeModal, UriModal
from tui_mfa.widgets.otp_input import OtpInput
from tui_mfa.widgets.status_line import StatusLine
from tui_mfa.widgets.two_factor.authenticator_app_tab import AuthenticatorAppTab
from tui_mfa.widgets.two_factor.enrol_form import EnrolForm

SENT = "Sent to your terminal's clipboard, if it allows that. Paste it somewhere safe to see."

CONFIRMED = "Confirmed. Now type the code that the app shows at this moment."

ENROLLING = "-enrolling"
"""Class of the page while a secret is shown: every row belongs to the code."""


class EnrolmentPage(SessionPage):
    """Takes a new secret through its life; the page that derives from this one has the tabs around it.

    Args:
        context: Services and terminal.
        session: Whose.
        account: The account's name for the first line.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "s", "save", "Save to file", id="two-factor.save", tooltip="Save the secret to a file only you can read"
        ),
        Binding("c", "copy", "Copy", id="two-factor.copy", tooltip="Send the secret to your terminal's clipboard"),
        Binding("u", "uri", "Show URI", id="two-factor.uri", tooltip="Show the secret as an otpauth URI"),
        Binding("f", "larger", "Larger code", id="two-factor.larger", tooltip="Show the code as large as the window"),
    ]

    def __init__(self, context: Context, session: Session, account: str) -> None:
        super().__init__(context, session, account)
        self._new_secret: NewSecret | None = None

    @property
    def app_tab(self) -> AuthenticatorAppTab:
        """The tab that shows the secret."""
        return self.query_one(AuthenticatorAppTab)

    @property
    def page_status(self) -> StatusLine:
        """The line at the bottom of the page, for what is no business of the form."""
        return self.query_one("#page-status", StatusLine)

    @property
    def status(self) -> StatusLine:
        """The form's status line while a secret is shown, else the page's."""
        if self._new_secret is None:
            return self.page_status
        return self.query(EnrolForm).last().query_one(StatusLine)

    def on_unmount(self) -> None:
        """Forget the secret."""
        self._new_secret = None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Offer the keys of the secret only while one is shown."""
        return self._new_secret is not None if action in {"save", "copy", "uri", "larger"} else True

    def load(self) -> None:
        """Read what is in force; the page with the tabs shows it."""

    def make_secret(self) -> None:
        """Have a new secret made."""
        services, session = self.context.services, self.session
        self.start(lambda: SecretMade(flows.begin(services, session)), "Making a secret…")

    @on(SecretMade)
    def show_secret(self, event: SecretMade) -> None:
        """Show a new secret."""
        self.page_status.clear()
        self.app_tab.show_secret(event.new_secret, self.context.drawing)
        self._new_secret = event.new_secret
        self.add_class(ENROLLING)
        self.refresh_bindings()

    @on(EnrolForm.CodeEntered)
    def validate_code(self, event: EnrolForm.CodeEntered) -> None:
        """Validate the secret with its first code."""
        event.stop()
        code, services, session = event.code, self.context.services, self.session
        self.start(lambda: EnrolmentEnded(flows.confirm(services, session, code)), "Checking the code…")

    @on(EnrolmentEnded)
    @work
    async def finish_enrolment(self, event: EnrolmentEnded) -> None:
        """Show the recovery codes once, ask for the proof, offer to end other sessions."""
        enabled = event.enabled
        self.forget_secret()
        self.query_one("#tabs").focus()
        self.load()
        await self.app.push_screen_wait(RecoveryCodesModal(self.context, enabled.codes, self.account))
        await self.app.push_screen_wait(ProofModal(self.context, self.session, enabled.proof))
        done = "The new app is on; the old one is void." if enabled.replaced else "The Authenticator App is on."
        await self.tell_done(f"{done} It is asked for at each login.", enabled.other_sessions)

    async def tell_done(self, fact: str, others: int) -> None:
        """Say what is in force now, and offer to end the other sessions.

        Args:
            fact: What to say.
            others: How many there are.
        """
        self.page_status.fact(fact)
        end_them = await self.app.push_screen_wait(EndOthersModal(others)) if others else False
        if end_them:
            services, session = self.context.services, self.session
            self.start(lambda: OthersEnded(profile.end_other_sessions(services, session), fact))

    @on(OthersEnded)
    def tell_others_ended(self, event: OthersEnded) -> None:
        """Say how many sessions were ended."""
        sessions = "1 other session was" if event.count == 1 else f"{event.count} other sessions were"
        self.page_status.fact(f"{event.before} {sessions} ended.")

    def refuse(self, error: DomainError) -> None:
        """Clear a wrong code; when the secret is no longer valid, make a new one possible."""
        if self._new_secret is None or isinstance(error, SessionEnded):
            super().refuse(error)
        elif isinstance(error, ConfirmationRequired):
            self.app.push_screen(ConfirmModal(self.context, self.session), self._go_on_validating)
        elif isinstance(error, AttemptEnded) or (isinstance(error, WrongCode) and error.tries_left == 0):
            self.drop_secret()
            self.load()
            self.page_status.error(error.user_message)
            self.query_one("#app-set-up", Button).focus()
        else:
            self._ask_again()
            super().refuse(error)

    def confirmation_declined(self) -> None:
        """Without a confirmation, no secret is made and nothing changes."""
        self.status.error("Nothing was changed: it was not confirmed that it is you.")

    def action_save(self) -> None:
        """Save the secret to a file."""
        if (new_secret := self._new_secret) is None:
            return
        services, account = self.context.services, self.account
        now = services.clock.now()
        name = saved_secret.file_name(services.policy.issuer, account, now)
        text = saved_secret.file_text(services.policy.issuer, account, new_secret, now)
        self.start(lambda: SecretSaved(services.files.save(name, text)), "Saving…")

    @on(SecretSaved)
    def tell_saved(self, event: SecretSaved) -> None:
        """Say where the file is."""
        self.status.fact(f"Saved to {event.path}.")

    def action_copy(self) -> None:
        """Send the secret to the terminal's clipboard; the program itself keeps no copy."""
        if self._new_secret is not None:
            self.app.copy_to_clipboard(self._new_secret.secret.reveal())
            terminal.forget_clipboard(self.app)
            self.status.fact(SENT)

    def action_uri(self) -> None:
        """Show the URI."""
        if self._new_secret is not None:
            self.app.push_screen(UriModal(self._new_secret.uris[0]))

    def action_larger(self) -> None:
        """Show the code alone."""
        if self._new_secret is not None:
            self.app.push_screen(LargeCodeModal(self._new_secret.uris, self.context.drawing))

    def action_back(self) -> None:
        """Leave; a secret that was not validated is dropped.

        Not in the middle of a use case: its answer may be recovery codes, which are shown only once.
        """
        if not self.busy:
            self.drop_secret()
            super().action_back()

    def drop_secret(self) -> None:
        """Forget a secret that is shown, here and in the store."""
        if self._new_secret is not None:
            self.forget_secret()
            self.run_worker(self._cancel, thread=True, group="cancel", exit_on_error=False)

    def forget_secret(self) -> None:
        """Forget a secret that is shown, here only."""
        self._new_secret = None
        terminal.forget_clipboard(self.app)
        self.remove_class(ENROLLING)
        self.app_tab.hide_secret()
        self.refresh_bindings()

    def _cancel(self) -> None:
        try:
            flows.cancel(self.context.services, self.session)
        except DomainError as error:
            self.portal.report(error)

    def _ask_again(self) -> None:
        field = self.query(EnrolForm).last().query_one(OtpInput)
        field.clear()
        field.focus()

    def _go_on_validating(self, confirmed: bool | None) -> None:
        """Ask for a new code: the one before is of a time before the confirmation, and would tell of a wrong clock."""
        self._ask_again()
        if confirmed:
            self.status.fact(CONFIRMED)
        else:
            self.confirmation_declined()
