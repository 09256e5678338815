"""The portal: themes, the two modes (login and profile), the palette, the idle lock, the boundary for mistakes."""

import asyncio
import gc
import secrets
from collections.abc import Iterable
from datetime import datetime
from functools import partial
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import SystemCommand
from textual.binding import Binding, BindingType
from textual.command import CommandPalette
from textual.screen import Screen
from textual.theme import Theme
from textual.widget import Widget
from textual.widgets import Input, LoadingIndicator

from tui_mfa import freeing, styles, terminal, themes
from tui_mfa.domain.errors import DomainError, SessionEnded
from tui_mfa.screens.context import Context
from tui_mfa.screens.drawing import fit_classes
from tui_mfa.screens.messages import LogoutRequested, SessionLost, SessionOpened
from tui_mfa.widgets.text_input import first_line

if TYPE_CHECKING:
    from tui_mfa.domain.login.model import LoggedIn, Session

KEEP_ALIVE = 60
"""Seconds between two notes in the store that the person is there."""

IDLE_CHECK = 5
"""Seconds between two looks at the time of the last key."""

_LOGIN_CSS = Path(__file__).with_name("screens") / "login.tcss"


class MfaApp(terminal.VisibleCursor[int], terminal.ErrorBoundary[int]):
    """One person's portal in one terminal.

    Args:
        context: Services and terminal.
        theme: Name of one of the own themes.
    """

    TITLE = "tui-mfa"
    # Whole, since Textual would look for a bare name beside a subclass.
    CSS_PATH: ClassVar[list[str | PurePath]] = [Path(__file__).with_name("app.tcss")]
    ENABLE_COMMAND_PALETTE = True
    DEFAULT_MODE = "login-0"
    HORIZONTAL_BREAKPOINTS = [(0, "-slim"), (60, "-wide")]
    BINDINGS: ClassVar[list[BindingType]] = [
        # With priority, so that the keys that come right behind them in one piece reach the new field: a password
        # manager types name, Tab and password at once, and none of it may land in a field that shows it.
        Binding("tab", "focus_next", show=False, priority=True, id="app.next", tooltip="To the next field"),
        Binding(
            "shift+tab", "focus_previous", show=False, priority=True, id="app.previous", tooltip="To the one before"
        ),
        Binding(
            "ctrl+q", "quit", "Quit", show=False, priority=True, id="app.quit", tooltip="Log out and leave the program"
        ),
    ]

    _offered: dict[str, Theme] | None = None

    def __init__(self, context: Context, theme: str = themes.THEME_NAMES[0]) -> None:
        super().__init__()
        self.context = context
        self.session: Session | None = None
        self.animation_level = "none"
        styles.share_styles(self)
        freeing.free_when_removed(self)
        themes.register(self, theme)
        # Read with the app's own: a stylesheet that comes later has all the others parsed once more.
        self.stylesheet.read(_LOGIN_CSS)
        self._last_key = context.services.clock.now()
        self._last_note = self._last_key
        self._profiles = 0

    @property
    def available_themes(self) -> dict[str, Theme]:
        """The own themes, whose contrast is tested, and the two that take the terminal's own colours.

        Not those two at ``NO_COLOR``: Textual takes away the ground then and keeps the ink, so that what is marked by
        its ground, such as a button or the chosen row, would be black on black.
        """
        if self._offered is None:
            known = super().available_themes
            if not known.keys() >= set(themes.THEME_NAMES):
                return known  # Textual asks before the own themes are registered, too
            names = themes.THEME_NAMES if self.no_color else (*themes.THEME_NAMES, "ansi-dark", "ansi-light")
            # Asked for some thirty times with each drawing.
            self._offered = {name: known[name] for name in names if name in known}
        return self._offered

    def get_default_screen(self) -> Screen[None]:
        """Return the login page: the first frame is its own, with no switch of modes before it."""
        return self._login("")

    def on_mount(self) -> None:
        """Make the mode of the first login page one that can be dropped, and watch for idleness."""
        self.add_mode(self.DEFAULT_MODE, partial(self._login, ""))
        self.set_interval(IDLE_CHECK, self.lock_when_idle)

    def on_ready(self) -> None:
        """Have the collector work again: the command line switches it off until the first frame is drawn."""
        if not gc.isenabled():
            gc.freeze()  # what was loaded so far stays; walking it would only make pauses
            gc.enable()

    def delay_update(self, delay: float = 0.05) -> None:
        """Draw a new mode's page as soon as it is there; Textual would keep it back, and draw it twice.

        Args:
            delay: In seconds; not used.
        """

    def side_panel(self) -> Widget | None:
        """Return what stands beside every page: nothing, except in the demo."""
        return None

    def report(self, error: Exception) -> str:
        """Log a mistake of the program and return the reference that the person is told."""
        reference = secrets.token_hex(4)
        terminal.log_error(reference, terminal.describe(error))
        return reference

    @on(SessionOpened)
    def open_profile(self, event: SessionOpened) -> None:
        """Leave the login with all its screens, and show the profile."""
        self.session = event.logged_in.session
        self._last_key = self._last_note = self.context.services.clock.now()
        self._profiles += 1
        mode = f"profile-{self._profiles}"
        self.add_mode(mode, partial(self._profile, event.logged_in))
        before = self._change_mode(mode)
        if before is not None:
            self.screen.call_after_refresh(self._drop_mode, before)  # it holds no secret; the profile comes first

    @on(LogoutRequested)
    async def log_out(self) -> None:
        """End the session and show the login page."""
        await self._end_session()
        self._open_login("You are logged out.")

    @on(SessionLost)
    async def lock(self, event: SessionLost) -> None:
        """Wipe the screen and everything below it: the session is over."""
        if self.session is not None:
            await self._end_session()
            self._open_login(event.reason)

    async def on_event(self, event: events.Event) -> None:
        """Note that the person is there, keep what is pasted into the palette clean, then go on as always."""
        if isinstance(event, events.Paste) and self.screen_stack and isinstance(self.screen, CommandPalette):
            event.text = first_line(event.text)
        if isinstance(event, events.Key | events.Paste | events.MouseDown) and self.session is not None:
            now = self.context.services.clock.now()
            if not self._is_idle(now):
                self._last_key = now
                if (now - self._last_note).total_seconds() >= KEEP_ALIVE:
                    self._last_note = now
                    self.run_worker(self._keep_alive(self.session), group="keep-alive", exit_on_error=False)
        await super().on_event(event)

    def lock_when_idle(self) -> None:
        """Lock when no key was pressed for as long as the policy allows."""
        if self.session is not None and self._is_idle(self.context.services.clock.now()):
            minutes = int(self.context.services.policy.idle_lock.total_seconds() // 60)
            self.post_message(SessionLost(f"Locked after {minutes} minutes without a key. Log in again."))

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:  # noqa: ARG002 - Textual's
        """Offer themes, help and the ways out; no screenshot, since it would be of secrets and on this machine."""
        yield SystemCommand("Theme", "Change how it looks", self.action_change_theme)
        yield SystemCommand("Help", "What this page does, and its keys", partial(self._on_screen, "help"))
        if self.session is not None:
            yield SystemCommand("Logout", "End this session", partial(self.post_message, LogoutRequested()))
        yield SystemCommand("Quit", "Log out and leave the program", self.action_quit)

    def action_command_palette(self) -> None:
        """Open the palette of commands, unless it is open."""
        from tui_mfa.screens.palette import Palette  # noqa: PLC0415 - loaded when it is shown

        if not isinstance(self.screen, CommandPalette):
            self.push_screen(Palette(id="--command-palette"))

    @on(CommandPalette.Opened)
    def keep_palette_still(self) -> None:
        """Let no caret blink in the palette and nothing be drawn there by itself, as nowhere else."""
        for field in self.screen.query(Input):
            field.cursor_blink = False
        for sign in self.screen.query(LoadingIndicator):
            sign.auto_refresh = None

    def action_screenshot(self, filename: str | None = None, path: str | None = None) -> None:
        """Take no screenshot, by whatever way this is asked for."""

    async def action_quit(self) -> None:
        """End the session and leave."""
        await self._end_session()
        self.exit(0)

    async def _end_session(self) -> None:
        session, self.session = self.session, None
        terminal.forget_clipboard(self)
        if session is not None:
            from tui_mfa.domain.login import flows as login  # noqa: PLC0415 - not needed at the start

            try:
                await asyncio.to_thread(login.log_out, self.context.services, session)
            except DomainError as error:
                self.report(error)

    async def _keep_alive(self, session: "Session") -> None:
        from tui_mfa.domain.profile import flows as profile  # noqa: PLC0415 - not needed at the start

        try:
            await asyncio.to_thread(profile.keep_alive, self.context.services, session)
        except SessionEnded as error:
            self.post_message(SessionLost(error.user_message))
        except DomainError as error:
            self.report(error)

    async def _on_screen(self, action: str) -> None:
        await self.screen.run_action(action)

    def _is_idle(self, now: datetime) -> bool:
        return now - self._last_key >= self.context.services.policy.idle_lock

    def _open_login(self, message: str) -> None:
        self._profiles += 1
        mode = f"login-{self._profiles}"
        self.add_mode(mode, partial(self._login, message))
        before = self._change_mode(mode)
        if before is not None:
            self._drop_mode(before)

    def _drop_mode(self, mode: str) -> None:
        """Drop a mode with its pages, also the first page of all, which Textual would keep to the end."""
        self._compose_screen = None
        pages = self._screen_stacks.pop(mode, [])
        del self._modes[mode]

        async def drop() -> None:
            for page in reversed(pages):
                await self._prune(page)  # ``remove_mode`` has the page in front drawn and laid out anew for it

        self.call_next(drop)

    def _change_mode(self, mode: str) -> str | None:
        """Switch to a new mode; return the one before, which is to be dropped with every screen in it."""
        before = self.current_mode
        self.switch_mode(mode)
        return before if before in self._old_modes(mode) else None

    def _old_modes(self, mode: str) -> set[str]:
        return {f"{kind}-{number}" for kind in ("login", "profile") for number in range(self._profiles + 1)} - {mode}

    def _login(self, message: str) -> Screen[None]:
        from tui_mfa.screens.login import LoginScreen  # noqa: PLC0415 - loaded when it is shown

        return self._made_ready(LoginScreen(self.context, message))

    def _profile(self, logged_in: "LoggedIn") -> Screen[None]:
        from tui_mfa.screens.profile import ProfileScreen  # noqa: PLC0415 - loaded when it is shown

        return self._made_ready(ProfileScreen(self.context, logged_in))

    def _made_ready(self, page: Screen[None]) -> Screen[None]:
        """Return a page that takes the place of all others, such that it is styled and drawn once."""
        fit_classes(page, self)
        styles.make_ready(self, page)
        return page
