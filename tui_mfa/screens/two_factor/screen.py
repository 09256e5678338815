"""Manage Two Factor Authentication: three tabs, and nothing changes before a confirmation and a validated code."""

from typing import ClassVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import ContentSwitcher

from tui_mfa.domain.account import Method
from tui_mfa.domain.login.model import Session
from tui_mfa.domain.names import masked_email
from tui_mfa.domain.profile import flows as profile
from tui_mfa.domain.profile.model import Overview
from tui_mfa.domain.two_factor import flows
from tui_mfa.presentation import day
from tui_mfa.screens.context import Context
from tui_mfa.screens.messages import OverviewLoaded
from tui_mfa.screens.two_factor.enrolment import EnrolmentPage
from tui_mfa.screens.two_factor.facts import MethodChanged
from tui_mfa.screens.two_factor.modals import INSTEAD, DisableModal
from tui_mfa.widgets.status_line import StatusLine
from tui_mfa.widgets.tab_row import TabRow
from tui_mfa.widgets.two_factor.authenticator_app_tab import AuthenticatorAppTab
from tui_mfa.widgets.two_factor.disabled_tab import DisabledTab
from tui_mfa.widgets.two_factor.email_based_tab import EmailBasedTab

TABS = (("disabled", "Disabled"), ("email", "Email Based"), ("authenticator", "Authenticator App"))
"""Ids (the methods' names) and labels."""

ROOMY = (100, 34)
"""Columns of the page and rows of the window from which the authenticator's form has air and all its words."""

FOOTER_ROWS = 26
"""Rows from which the footer does not take anything from the code."""


class TwoFactorScreen(EnrolmentPage):
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
        Binding("1", "tab('disabled')", "Disabled", show=False, id="two-factor.1", tooltip="Choose Disabled"),
        Binding("2", "tab('email')", "Email Based", show=False, id="two-factor.2", tooltip="Choose Email Based"),
        Binding("3", "tab('authenticator')", "App", show=False, id="two-factor.3", tooltip="Choose Authenticator App"),
    ]

    def __init__(self, context: Context, session: Session, account: str, *, replacing: bool = False) -> None:
        super().__init__(context, session, account)
        self._replacing = replacing
        self._overview: Overview | None = None

    def compose_page(self) -> ComposeResult:
        """Put the tabs above what belongs to them."""
        yield TabRow(TABS, id="tabs")
        with ContentSwitcher(id="panes"):
            yield DisabledTab(id="disabled")
            yield EmailBasedTab(id="email")
            yield AuthenticatorAppTab(id="authenticator")
        yield StatusLine(id="page-status")

    def on_mount(self) -> None:
        """Load what is in force."""
        self.load()

    def on_resize(self, event: events.Resize) -> None:
        """Give the code the rows it needs, and words the room that is left."""
        super().on_resize(event)
        self.set_class(event.size.height < FOOTER_ROWS, "-tight")
        # After the layout: a panel beside the page takes columns from it.
        self.call_after_refresh(self._fit, event.size.height)

    def load(self) -> None:
        """Read what is in force."""
        services, session = self.context.services, self.session
        self.read(lambda: OverviewLoaded(profile.overview(services, session)))

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
        since = overview.authenticator_since
        self.app_tab.since = day(since, self.context.zone) if since else ""
        if first:
            self._show_tab(overview.method)
            if self._replacing:
                self.make_secret()

    @on(TabRow.Chosen)
    def choose_tab(self, event: TabRow.Chosen) -> None:
        """Show another tab; the app's makes a new secret at once when there is none in force."""
        event.stop()
        self.action_tab(event.tab_id)

    def action_tab(self, tab_id: str) -> None:
        """Show a tab by its key."""
        if self._overview is None or self.busy or self.query_one(TabRow).chosen == tab_id:
            return
        self.drop_secret()
        self._show_tab(tab_id)
        if tab_id == Method.AUTHENTICATOR and self._overview.method is not Method.AUTHENTICATOR:
            self.make_secret()

    @on(AuthenticatorAppTab.SetUpRequested)
    def set_up(self, event: AuthenticatorAppTab.SetUpRequested) -> None:
        """Make a new secret."""
        event.stop()
        self.make_secret()

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
        self.load()
        await self.tell_done(event.fact, event.others)

    def _enable_email(self) -> None:
        services, session = self.context.services, self.session
        fact = "Email Based is on: a code is mailed at each login."
        self.start(lambda: MethodChanged(fact, flows.enable_email(services, session)), "Enabling…")

    def _show_tab(self, tab_id: str) -> None:
        self.query_one(TabRow).chosen = tab_id
        self.query_one(ContentSwitcher).current = tab_id
        self.page_status.clear()
        self.query_one(TabRow).focus()

    def _fit(self, rows: int) -> None:
        columns = self.query_one("#page").size.width
        self.set_class(columns >= ROOMY[0] and rows >= ROOMY[1], "-roomy")
