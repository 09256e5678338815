"""The profile: six tabs, and what is to be known right after a login."""

import asyncio
from pathlib import PurePath
from typing import ClassVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import ContentSwitcher, Static

from tui_mfa.domain.account import Method
from tui_mfa.domain.login.model import LoggedIn
from tui_mfa.domain.profile import flows as profile
from tui_mfa.domain.profile.model import Overview
from tui_mfa.domain.recovery import flows as recovery
from tui_mfa.presentation import as_content, day
from tui_mfa.screens.base import SessionPage
from tui_mfa.screens.change_email import ChangeEmailModal
from tui_mfa.screens.change_password import ChangePasswordModal
from tui_mfa.screens.context import Context
from tui_mfa.screens.events import EventsScreen
from tui_mfa.screens.messages import CodesMade, Edited, OthersEnded, OverviewLoaded
from tui_mfa.screens.modals import ConfirmChoiceModal, EndOthersModal, ProofModal, RecoveryCodesModal
from tui_mfa.screens.pane import LaterTab, TabMade, TabMadeLater
from tui_mfa.screens.reminders import CODES, REPLACE, Reminders
from tui_mfa.screens.security import Opened, SecurityTab
from tui_mfa.screens.service_quota import ServiceQuotaTab
from tui_mfa.screens.sessions import SessionsScreen
from tui_mfa.screens.tabs import FIRST_TAB, LABELS, SHORT_LABELS
from tui_mfa.screens.user_info import UserInfoTab
from tui_mfa.widgets.link_button import LinkButton
from tui_mfa.widgets.mounting import mount_into
from tui_mfa.widgets.status_line import StatusLine
from tui_mfa.widgets.tab_row import TabRow


class ProfileScreen(SessionPage):
    """The base page of somebody who is logged in.

    Args:
        context: Services and terminal.
        logged_in: The session, and what the first line tells about the login before.
    """

    CSS_PATH: ClassVar[list[str | PurePath]] = [
        "profile.tcss",
        "security.tcss",
        "user_info.tcss",
        "service_quota.tcss",
        "billing.tcss",
    ]
    TITLE_TEXT = "User Profile"
    HELP = (
        "Your account. The numbers 1 to 6 choose a tab, or the arrow keys while the row of tabs has the focus. In a "
        "tab, arrow keys or Tab move, and Enter opens.\n\n"
        "Security: the second factor of your login, recovery codes, where you are logged in, and what happened on the "
        "account.\n\n"
        "Service Quota: what the account may use, and how much of it is used. Enter on a limit asks for a higher one."
    )
    AUTO_FOCUS = "#two-factor"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("1", "tab(1)", "Tabs", key_display="1-6", id="profile.tab-1", tooltip="Choose a tab by its number"),
        Binding("2", "tab(2)", "Tab 2", show=False, id="profile.tab-2", tooltip="Choose a tab by its number"),
        Binding("3", "tab(3)", "Tab 3", show=False, id="profile.tab-3", tooltip="Choose a tab by its number"),
        Binding("4", "tab(4)", "Tab 4", show=False, id="profile.tab-4", tooltip="Choose a tab by its number"),
        Binding("5", "tab(5)", "Tab 5", show=False, id="profile.tab-5", tooltip="Choose a tab by its number"),
        Binding("6", "tab(6)", "Tab 6", show=False, id="profile.tab-6", tooltip="Choose a tab by its number"),
        Binding("down,j,right,l", "move(1)", "Move", key_display="↑↓", id="profile.next", tooltip="Go to the next"),
        Binding("up,k,left,h", "move(-1)", "Up", show=False, id="profile.previous", tooltip="Go to the one before"),
    ]

    def __init__(self, context: Context, logged_in: LoggedIn) -> None:
        super().__init__(context, logged_in.session, "…")
        self._logged_in = logged_in
        self._overview: Overview | None = None
        self._tabs = [(tab_id, label) for tab_id, label in LABELS if tab_id in context.tabs]
        self._is_away = True
        self._ahead: asyncio.Future[Message] | None = self.read_ahead(self._read_account)

    def compose_page(self) -> ComposeResult:
        """Tabs, what the login before was, reminders, the first tab alone, one line for what happened."""
        start = FIRST_TAB if FIRST_TAB in self.context.tabs else self._tabs[0][0]
        tabs = TabRow(self._tabs, short=dict(SHORT_LABELS), underlined=True, id="tabs")
        tabs.chosen = start
        yield tabs
        yield Reminders(self._logged_in, self.context.zone)
        with ContentSwitcher(initial=start, id="panes"):
            yield self._pane(start)
        yield StatusLine()

    def _pane(self, tab_id: str) -> SecurityTab | TabMadeLater | LaterTab:
        if tab_id == "security":
            return SecurityTab(id=tab_id)
        if tab_id == "service-quota":
            return TabMadeLater(lambda: ServiceQuotaTab(self.context, self.session), id=tab_id)
        if tab_id == "user-info":
            return TabMadeLater(UserInfoTab, id=tab_id)
        return LaterTab(self.context, self.session, id=tab_id)

    def on_mount(self) -> None:
        """Show the account before the page is drawn, if it was read meanwhile."""
        if self._ahead is None or not self._ahead.done():
            return
        outcome, self._ahead = self._ahead.result(), None
        self._is_away = False
        if isinstance(outcome, OverviewLoaded) and not outcome.overview.replace_owed:
            self.show_overview(outcome)
        else:
            self.post_message(outcome)

    @on(events.ScreenSuspend)
    def go_away(self) -> None:
        """Note that the account may be changed by the page above."""
        self._is_away = True

    @on(events.ScreenResume)
    def come_back(self) -> None:
        """Read the account, each time the page comes to the front; Textual says that twice of a new one."""
        if not self._is_away:
            return
        self._is_away = False
        ahead, self._ahead = self._ahead, None
        if ahead is None:
            self.load()
        else:
            ahead.add_done_callback(lambda done: done.cancelled() or self.post_message(done.result()))

    def load(self) -> None:
        """Read the account."""
        self.read(self._read_account)

    def _read_account(self) -> Message:
        return OverviewLoaded(profile.overview(self.context.services, self.session))

    @on(OverviewLoaded)
    def show_overview(self, event: OverviewLoaded) -> None:
        """Show the account; whoever came in by recovery is led to Replace at once."""
        first, self._overview = self._overview is None, event.overview
        self.account = event.overview.username
        self.query_one("#top-bar-account", Static).update(as_content(self.account))
        self.fill_tabs()
        self.query_one(Reminders).show(event.overview)
        if first and event.overview.replace_owed:
            self._open_two_factor()

    @on(TabMade)
    def fill_tabs(self) -> None:
        """Show the account in the tabs that there are by now."""
        if self._overview is None:
            return
        overview, zone = self._overview, self.context.zone
        for tab in (*self.query(SecurityTab), *self.query(UserInfoTab), *self.query(ServiceQuotaTab)):
            tab.show(overview, zone)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There is no page below this one, and no more tabs than are shown."""
        if action == "tab":
            return isinstance(parameters[0], int) and parameters[0] <= len(self._tabs)
        return action != "back"

    def action_tab(self, number: int) -> None:
        """Show a tab by its number, counted from 1."""
        tab_id = self._tabs[number - 1][0]
        self._show_tab(tab_id)
        self.set_focus(self.query_one("#two-factor" if tab_id == "security" else TabRow))

    def action_move(self, by: int) -> None:
        """Move the focus up or down, without wrapping around; at once, for keys that are typed ahead."""
        chain = self.focus_chain
        if self.focused in chain:
            self.set_focus(chain[max(0, min(len(chain) - 1, chain.index(self.focused) + by))])
        elif chain:
            self.set_focus(chain[0])

    @on(TabRow.Chosen)
    def choose_tab(self, event: TabRow.Chosen) -> None:
        """Show the tab that was chosen in the row."""
        event.stop()
        self._show_tab(event.tab_id)

    @on(LinkButton.Pressed, ".reminder")
    @work
    async def follow_reminder(self, event: LinkButton.Pressed) -> None:
        """Do what a reminder is about."""
        event.stop()
        overview = self._overview
        if event.button.id == REPLACE:
            self._open_two_factor()
        elif event.button.id == CODES:
            await self._offer_codes()
        elif overview is not None and overview.proof_owed is not None:
            modal = ProofModal(self.context, self.session, overview.proof_owed)
            proved = await self.app.push_screen_wait(modal)
            if proved:
                self.status.fact("You have proved that the secret is saved.")

    @on(Opened)
    @work
    async def open_subject(self, event: Opened) -> None:
        """Open what was chosen in a tab."""
        event.stop()
        self.status.clear()
        if event.subject == "two-factor":
            self._open_two_factor()
        elif event.subject == "ssh-keys":
            from tui_mfa.screens.ssh_keys import SshKeysScreen  # noqa: PLC0415 - loaded when it is shown

            self.app.push_screen(SshKeysScreen(self.context, self.session, self.account))
        elif event.subject == "api-tokens":
            from tui_mfa.screens.api_tokens import ApiTokensScreen  # noqa: PLC0415 - loaded when it is shown

            self.app.push_screen(ApiTokensScreen(self.context, self.session, self.account))
        elif event.subject == "sessions":
            self.app.push_screen(SessionsScreen(self.context, self.session, self.account))
        elif event.subject == "events":
            self.app.push_screen(EventsScreen(self.context, self.session, self.account))
        elif event.subject == "recovery-codes":
            await self._offer_codes()
        elif event.subject == "change-password":
            await self._change_password()
        elif event.subject == "change-email" and self._overview is not None:
            modal = ChangeEmailModal(self.context, self.session, self._overview.email)
            if await self.app.push_screen_wait(modal):
                self.status.fact("Your address is changed. We told your old address.")

    @on(UserInfoTab.SaveRequested)
    def save(self, event: UserInfoTab.SaveRequested) -> None:
        """Keep what was edited."""
        event.stop()
        services, session = self.context.services, self.session

        def edit() -> Message:
            profile.edit(services, session, **event.changes)
            return Edited()

        self.start(edit, "Saving…")

    @on(Edited)
    def tell_edited(self) -> None:
        """Say that it is kept, and show it as it is kept."""
        self.query_one(UserInfoTab).settle()
        self.status.fact("Saved.")
        self.load()

    @on(CodesMade)
    @work
    async def show_codes(self, event: CodesMade) -> None:
        """Show new recovery codes, once."""
        self.status.clear()
        await self.app.push_screen_wait(RecoveryCodesModal(self.context, event.codes, self.account))
        self.status.fact("The new recovery codes are in force; the old ones are void.")

    @on(OthersEnded)
    def tell_others_ended(self, event: OthersEnded) -> None:
        """Say how many sessions were ended."""
        self.status.fact(f"Ended {event.count} other session{'' if event.count == 1 else 's'}.")

    async def _offer_codes(self) -> None:
        overview = self._overview
        if overview is None:
            return
        if overview.method is not Method.AUTHENTICATOR:
            self.status.error("Recovery codes belong to the Authenticator App. Enable it first: Configure.")
            return
        if overview.recovery is None:
            state = "There are no recovery codes."
        else:
            made = day(overview.recovery.made_at, self.context.zone)
            state = f"Set {overview.recovery.set_id} of {made}: {overview.recovery.left} of 10 codes left."
        text = f"{state} Make ten new ones? The old ones are void from that moment on."
        question = ConfirmChoiceModal("Recovery codes", text, "Make new codes", no="Leave as it is")
        if await self.app.push_screen_wait(question):
            services, session = self.context.services, self.session
            self.start(lambda: CodesMade(recovery.make_codes(services, session)), "Making ten codes…")

    async def _change_password(self) -> None:
        others = await self.app.push_screen_wait(ChangePasswordModal(self.context, self.session))
        if others is None:
            return
        self.status.fact("Your password is changed.")
        end_them = await self.app.push_screen_wait(EndOthersModal(others)) if others else False
        if end_them:
            services, session = self.context.services, self.session
            self.start(lambda: OthersEnded(profile.end_other_sessions(services, session)), "Ending…")

    def _open_two_factor(self) -> None:
        from tui_mfa.screens.two_factor import TwoFactorScreen  # noqa: PLC0415 - with the QR code, loaded when shown

        replacing = self._overview is not None and self._overview.replace_owed
        self.app.push_screen(TwoFactorScreen(self.context, self.session, self.account, replacing=replacing))

    def _show_tab(self, tab_id: str) -> None:
        self.status.clear()
        self.query_one(TabRow).chosen = tab_id
        panes = self.query_one(ContentSwitcher)
        if not any(pane.id == tab_id for pane in panes.children):
            mount_into(panes, self._pane(tab_id))
        panes.current = tab_id
