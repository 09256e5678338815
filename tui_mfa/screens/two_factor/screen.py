"""Manage Two Factor Authentication: three tabs, and nothing changes before a confirmation and a validated code."""

from typing import ClassVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import ContentSwitcher

from tui_mfa import terminal
from tui_mfa.domain.account import Method
from tui_mfa.domain.errors import AttemptEnded, DomainError, WrongCode
from tui_mfa.domain.login.model import Session
from tui_mfa.domain.names import masked_email
from tui_mfa.domain.profile import flows as profile
from tui_mfa.domain.profile.model import Overview
from tui_mfa.domain.two_factor import flows
from tui_mfa.domain.two_factor.model import AuthenticatorEnabled, NewSecret
from tui_mfa.presentation import day
from tui_mfa.screens.base import SessionPage
from tui_mfa.screens.context import Context
from tui_mfa.screens.messages import OverviewLoaded
from tui_mfa.screens.modals import EndOthersModal, ProofModal, RecoveryCodesModal
from tui_mfa.screens.two_factor import saved_secret
from tui_mfa.screens.two_factor.modals import INSTEAD, DisableModal, LargeCodeModal, UriModal
from tui_mfa.widgets.otp_input import OtpInput
from tui_mfa.widgets.status_line import StatusLine
from tui_mfa.widgets.tab_row import TabRow
from tui_mfa.widgets.two_factor.authenticator_app_tab import AuthenticatorAppTab
from tui_mfa.widgets.two_factor.disabled_tab import DisabledTab
from tui_mfa.widgets.two_factor.email_based_tab import EmailBasedTab
from tui_mfa.widgets.two_factor.enrol_form import EnrolForm

TABS = (("disabled", "Disabled"), ("email", "Email Based"), ("authenticator", "Authenticator App"))
"""Ids (the methods' names) and labels."""

ROOMY = (100, 34)
"""Columns and rows from which the authenticator's form has air and all its words."""

FOOTER_ROWS = 26
"""Rows from which the footer does not take anything from the code."""

SENT = "Sent to your terminal's clipboard, if it allows that. Paste it somewhere safe to see."


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

    def __init__(self, count: int) -> None:
        super().__init__()
        self.count = count
        """How many there were."""


class TwoFactorScreen(SessionPage):
    """The page with the three tabs.

    Args:
        context: Services and terminal.
        session: Whose.
        account: The account's name for the first line.
        replacing: Show a new secret at once, because the device is lost.
    """

    CSS_PATH = "screen.tcss"
    TITLE_TEXT = "Security"
    HELP = (
        "Choose how you prove that it is you, besides the password.\n\n"
        "Authenticator App: scan the code with the app on your phone, or type the secret into it; then enter the six "
        "digits that it shows and press Validate. Nothing changes before that. Save the secret: with it you get back "
        "in when the phone is lost.\n\n"
        "Email Based: a code is mailed at each login.\n\nDisabled: the password alone."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "s", "save", "Save to file", id="two-factor.save", tooltip="Save the secret to a file only you can read"
        ),
        Binding("c", "copy", "Copy", id="two-factor.copy", tooltip="Send the secret to your terminal's clipboard"),
        Binding("u", "uri", "Show URI", id="two-factor.uri", tooltip="Show the secret as an otpauth URI"),
        Binding("f", "larger", "Larger code", id="two-factor.larger", tooltip="Show the code as large as the window"),
        Binding("1", "tab('disabled')", "Disabled", show=False, id="two-factor.1", tooltip="Choose Disabled"),
        Binding("2", "tab('email')", "Email Based", show=False, id="two-factor.2", tooltip="Choose Email Based"),
        Binding("3", "tab('authenticator')", "App", show=False, id="two-factor.3", tooltip="Choose Authenticator App"),
    ]

    def __init__(self, context: Context, session: Session, account: str, *, replacing: bool = False) -> None:
        super().__init__(context, session, account)
        self._replacing = replacing
        self._overview: Overview | None = None
        self._new_secret: NewSecret | None = None

    def compose_page(self) -> ComposeResult:
        """Put the tabs above what belongs to them."""
        yield TabRow(TABS, id="tabs")
        with ContentSwitcher(id="panes"):
            yield DisabledTab(id="disabled")
            yield EmailBasedTab(id="email")
            yield AuthenticatorAppTab(id="authenticator")
        yield StatusLine(id="page-status")

    @property
    def status(self) -> StatusLine:
        """The form's status line while a secret is shown, else the page's."""
        form = self.query_one_optional(EnrolForm)
        return self.query_one("#page-status", StatusLine) if form is None else form.query_one(StatusLine)

    def on_mount(self) -> None:
        """Load what is in force."""
        self.query_one("#page-status").add_class("plain-status")
        self._load()

    def on_resize(self, event: events.Resize) -> None:
        """Give the code the rows it needs, and words the room that is left."""
        super().on_resize(event)
        columns, rows = event.size
        self.set_class(columns >= ROOMY[0] and rows >= ROOMY[1], "-roomy")
        self.set_class(rows < FOOTER_ROWS, "-tight")
        self.set_class(rows >= FOOTER_ROWS, "-wide-only")

    def on_unmount(self) -> None:
        """Forget the secret."""
        self._new_secret = None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Offer the keys of the secret only while one is shown."""
        return self._new_secret is not None if action in {"save", "copy", "uri", "larger"} else True

    @on(OverviewLoaded)
    def show_overview(self, event: OverviewLoaded) -> None:
        """Mark the method in force and fill the tabs."""
        overview, first = event.overview, self._overview is None
        self._overview = overview
        self.query_one(TabRow).marked = overview.method
        email = self.query_one(EmailBasedTab)
        email.in_force = overview.method is Method.EMAIL
        email.loses_app = overview.method is Method.AUTHENTICATOR
        email.address = masked_email(overview.email)
        disabled = self.query_one(DisabledTab)
        disabled.in_force = overview.method is Method.DISABLED
        disabled.required, disabled.short_password = overview.mfa_required, not overview.may_disable
        since = day(overview.authenticator_since, self.context.zone) if overview.authenticator_since else None
        if self._new_secret is None:
            self.query_one(AuthenticatorAppTab).show_words(since)
        if first:
            self._show_tab(overview.method)
            if self._replacing:
                self._make_secret()

    @on(TabRow.Chosen)
    def choose_tab(self, event: TabRow.Chosen) -> None:
        """Show another tab; the app's makes a new secret at once when there is none in force."""
        event.stop()
        self.action_tab(event.tab_id)

    def action_tab(self, tab_id: str) -> None:
        """Show a tab by its key."""
        if self._overview is None or self.busy or self.query_one(TabRow).chosen == tab_id:
            return
        self._drop_secret()
        self._show_tab(tab_id)
        if tab_id == Method.AUTHENTICATOR and self._overview.method is not Method.AUTHENTICATOR:
            self._make_secret()

    @on(AuthenticatorAppTab.SetUpRequested)
    def make_secret(self, event: AuthenticatorAppTab.SetUpRequested) -> None:
        """Make a new secret."""
        event.stop()
        self._make_secret()

    @on(SecretMade)
    def show_secret(self, event: SecretMade) -> None:
        """Show a new secret."""
        self._new_secret = event.new_secret
        self.query_one("#page-status", StatusLine).clear()
        self.query_one(AuthenticatorAppTab).show_secret(event.new_secret, self.context.drawing)
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
        self._forget_secret()
        self._load()
        await self.app.push_screen_wait(RecoveryCodesModal(self.context, enabled.codes, self.account))
        await self.app.push_screen_wait(ProofModal(self.context, self.session, enabled.proof))
        if enabled.other_sessions:
            await self._offer_to_end_others(enabled.other_sessions)
        done = "The new app is on; the old one is void." if enabled.replaced else "The Authenticator App is on."
        self.query_one("#page-status", StatusLine).fact(f"{done} It is asked for at each login.")

    @on(EmailBasedTab.EnableRequested)
    def enable_email(self, event: EmailBasedTab.EnableRequested) -> None:
        """Make mailed codes the method."""
        event.stop()
        self._enable_email()

    @on(DisabledTab.DisableRequested)
    @work
    async def disable_factor(self, event: DisabledTab.DisableRequested) -> None:
        """Ask for the word, then disable."""
        event.stop()
        on_app = self._overview is not None and self._overview.method is Method.AUTHENTICATOR
        word = await self.app.push_screen_wait(DisableModal(offers_email=on_app))
        services, session = self.context.services, self.session
        if word == INSTEAD:
            self._enable_email()
        elif word is not None:
            fact = "Two-factor authentication is disabled. Only the password protects this account."
            self.start(lambda: MethodChanged(fact, flows.disable(services, session, word)), "Disabling…")

    @on(MethodChanged)
    @work
    async def show_change(self, event: MethodChanged) -> None:
        """Show what is in force now, and offer to end other sessions."""
        self._load()
        if event.others:
            await self._offer_to_end_others(event.others)
        self.query_one("#page-status", StatusLine).fact(event.fact)

    def refuse(self, error: DomainError) -> None:
        """Clear a wrong code; when the secret is no longer valid, make a new one possible."""
        over = isinstance(error, AttemptEnded) or (isinstance(error, WrongCode) and error.tries_left == 0)
        if over and self._new_secret is not None:
            self._drop_secret()
            self._load()
            self.query_one("#page-status", StatusLine).error(error.user_message)
            return
        for field in self.query(OtpInput):
            field.clear()
        super().refuse(error)

    def confirmation_declined(self) -> None:
        """Without a confirmation, no secret is made and nothing changes."""
        if self._new_secret is None:
            self.query_one("#page-status", StatusLine).error(
                "Nothing was changed: it was not confirmed that it is you."
            )
        else:
            super().confirmation_declined()
            for field in self.query(OtpInput):
                field.clear()

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
        self.status.fact(f"Saved to {event.path}, readable by you alone.")

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
        """Leave; a secret that was not validated is dropped."""
        self._drop_secret()
        super().action_back()

    async def _offer_to_end_others(self, others: int) -> None:
        if await self.app.push_screen_wait(EndOthersModal(others)):
            services, session = self.context.services, self.session
            self.start(lambda: OthersEnded(profile.end_other_sessions(services, session)))

    def _enable_email(self) -> None:
        services, session = self.context.services, self.session
        fact = "Email Based is on: a code is mailed at each login."
        self.start(lambda: MethodChanged(fact, flows.enable_email(services, session)), "Enabling…")

    def _make_secret(self) -> None:
        services, session = self.context.services, self.session
        self.start(lambda: SecretMade(flows.begin(services, session)), "Making a secret…")

    def _drop_secret(self) -> None:
        """Forget a secret that is shown, here and in the store."""
        if self._new_secret is not None:
            self._forget_secret()
            self.run_worker(self._cancel, thread=True, group="cancel", exit_on_error=False)

    def _cancel(self) -> None:
        try:
            flows.cancel(self.context.services, self.session)
        except DomainError as error:
            self.portal.report(error)

    def _forget_secret(self) -> None:
        self._new_secret = None
        terminal.forget_clipboard(self.app)
        self.query_one(AuthenticatorAppTab).show_words(None)
        self.refresh_bindings()

    def _show_tab(self, tab_id: str) -> None:
        self.query_one(TabRow).chosen = tab_id
        self.query_one(ContentSwitcher).current = tab_id
        self.query_one("#page-status", StatusLine).clear()
        self.query_one(TabRow).focus()

    def _load(self) -> None:
        services, session = self.context.services, self.session
        self.read(lambda: OverviewLoaded(profile.overview(services, session)))
