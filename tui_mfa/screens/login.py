"""The first page: who are you, and the ways in for those who cannot log in."""

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar, cast

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Button, Input, Label, Static

from tui_mfa.domain.errors import DomainError
from tui_mfa.domain.names import EMAIL_MAX
from tui_mfa.presentation import as_content
from tui_mfa.screens.base import PageScreen
from tui_mfa.screens.context import Context
from tui_mfa.screens.messages import Refused, SessionOpened
from tui_mfa.screens.use_cases import Unexpected
from tui_mfa.widgets.link_button import LinkButton
from tui_mfa.widgets.mounting import mount_into
from tui_mfa.widgets.password_input import PasswordInput
from tui_mfa.widgets.text_input import TextInput
from tui_mfa.widgets.wait_line import WaitLine

if TYPE_CHECKING:
    from tui_mfa.domain.login.model import CodeOwed, LoggedIn
    from tui_mfa.screens.login_step import LoginStep

PADLOCK = " ▄▀▀▄\n▐█▛▜█▌\n▐█▙▟█▌"
"""The sign beside the name of the service: six columns, three rows."""


class LoginScreen(PageScreen):
    """Asks for name and password; opens the session, or the page for the second factor.

    Args:
        context: Services and terminal.
        message: Why the person is here again, for example "You are logged out."
    """

    CSS_PATH = "login.tcss"
    AUTO_FOCUS = "#name"
    BINDINGS: ClassVar[list[BindingType]] = [
        # With priority, as for Tab: a password that comes in one piece behind name and Enter must not land in the name.
        Binding(
            "enter",
            "go_to_password",
            show=False,
            priority=True,
            id="login.next",
            tooltip="From the name to the password",
        ),
        Binding("ctrl+q", "app.quit", "Quit", priority=True, id="login.quit", tooltip="Leave the program"),
    ]
    HELP = (
        "Type your username or your e-mail address, then your password. What follows is a code: from your "
        "authenticator app, or by mail.\n\n"
        "Ctrl+R in the password field shows what you typed. The links below the button are for those who have no "
        "account yet, forgot the password, or lost the phone with the app."
    )
    LOST = "Log in with your password first. Then choose “Lost your device?”."

    class PasswordAccepted(Message):
        """The password was right."""

        def __init__(self, answer: "CodeOwed | LoggedIn") -> None:
            super().__init__()
            self.answer = answer
            """A session, or the code that is owed."""

    class DoorSeen(Message):
        """It is known who may create an account."""

        def __init__(self, *, is_open: bool, empty: bool) -> None:
            super().__init__()
            self.is_open = is_open
            """A stranger may create an account."""
            self.empty = empty
            """There is no account at all, and the first one may be created here."""

    def __init__(self, context: Context, message: str = "") -> None:
        super().__init__(context)
        self._message = message

    def compose_page(self) -> ComposeResult:
        """Name of the service, form, ways in for others."""
        with VerticalScroll(id="body", can_focus=False), Vertical(classes="form"):
            yield from self._compose_brand()
            if self._message:
                yield Static(as_content(self._message), id="message", markup=False)
            yield Label("Username or e-mail", classes="label", markup=False)
            name = TextInput(id="name", max_length=EMAIL_MAX, tooltip="The name of your account, or its e-mail address")
            yield name.looked_at_when_sent()
            yield Label("Password", classes="label", markup=False)
            yield PasswordInput(id="password", tooltip="It is never copied; Ctrl+R shows it").looked_at_when_sent()
            with Horizontal(classes="buttons"):
                yield Button("Log in", id="log-in", variant="primary", compact=True)
            yield WaitLine(self.context.services.clock.now)
            with Horizontal(classes="links"):
                yield LinkButton("Forgotten password", id="forgotten", tooltip="Set a new one by a mailed code")
                yield LinkButton("Lost second factor", id="lost", tooltip="What to do without the phone")
            if self.context.mail_note:
                yield Static(as_content(self.context.mail_note), id="mail-note", classes="hint", markup=False)

    def _compose_brand(self) -> ComposeResult:
        with Horizontal(id="brand"):
            yield Static(PADLOCK, id="padlock", markup=False)
            with Vertical():
                yield Static(as_content(self.context.services.policy.issuer, 40), id="issuer", markup=False)
                yield Static("Your account, from the terminal", id="tagline", markup=False)

    def on_mount(self) -> None:
        """Ask for what is not known yet."""
        # The rules are loaded for this, too: the page is drawn before.
        self.call_after_refresh(self.look_at_door)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer no way back, since there is nothing below; let Enter alone outside of the name."""
        if action == "go_to_password":
            return self.focused is not None and self.focused.id == "name"
        return False if action == "back" else super().check_action(action, parameters)

    @work(thread=True, group="door", exclusive=True, exit_on_error=False)
    def look_at_door(self) -> None:
        """Find out who may create an account; the store may be slow, so not while the page waits."""
        from tui_mfa.domain.login import registration  # noqa: PLC0415 - loaded when the page is drawn

        services = self.context.services
        try:
            is_open = registration.is_open(services)
            seen: Message = self.DoorSeen(is_open=is_open, empty=is_open and services.store.is_empty())
        except DomainError as error:
            seen = Refused(error)
        except Exception as error:  # noqa: BLE001 - as for every use case: logged with a reference
            seen = Refused(Unexpected(self.portal.report(error)))
        self.post_message(seen)

    @on(DoorSeen)
    async def show_door(self, event: DoorSeen) -> None:
        """Offer registration where it is open, and lead to it where there is nobody yet."""
        event.stop()
        await self._offer("create", event.is_open and not event.empty, _create_link, before="#forgotten")
        await self._offer("welcome", event.empty, _welcome, before=".label")
        self.set_class(event.empty, "-welcome")
        name = self.query_one("#name", TextInput)
        if event.empty and self.focused is name and not name.value:
            self.query("#create-first").focus()  # none where somebody has just left

    def action_go_to_password(self) -> None:
        """Move on to the password, at once: ``Widget.focus`` would let the next keys through to the name."""
        self.set_focus(self.query_one("#password"))

    @on(Input.Submitted, "#password")
    @on(Button.Pressed, "#log-in")
    def log_in(self) -> None:
        """Have name and password checked; the password leaves its field."""
        name, field = self.query_one("#name", TextInput), self.query_one("#password", PasswordInput)
        if self.busy:
            return
        if not name.value.strip():
            self._ask_for(name, "Type your username or your e-mail address.")
        elif not field.value:
            self._ask_for(field, "Type your password.")
        else:
            from tui_mfa.domain.login import flows  # noqa: PLC0415 - loaded when the page is drawn

            services, origin = self.context.services, self.context.origin
            typed, password = name.value, field.take()
            self._forget_message()
            self.start(lambda: self.PasswordAccepted(flows.log_in(services, typed, password, origin)), "Checking…")

    @on(PasswordAccepted)
    def go_on(self, event: PasswordAccepted) -> None:
        """Open the session, or ask for the code."""
        event.stop()
        from tui_mfa.domain.login.model import LoggedIn  # noqa: PLC0415 - loaded when the page is drawn

        if isinstance(event.answer, LoggedIn):
            self.post_message(SessionOpened(event.answer))
        else:
            self._ask_code(event.answer)

    def refuse(self, error: DomainError) -> None:
        """Tell; whatever was wrong, the password has to be typed again."""
        self.query_one(WaitLine).refusal(error)
        self.query_one("#password").focus()

    @on(Button.Pressed, "#create-first")
    @on(LinkButton.Pressed, "#create")
    def create_account(self) -> None:
        """Open the registration."""
        from tui_mfa.screens.register import RegisterScreen  # noqa: PLC0415 - loaded when it is needed

        self._open(RegisterScreen(self.context))

    @on(LinkButton.Pressed, "#forgotten")
    def reset_password(self) -> None:
        """Open the reset of the password, for the name that was typed."""
        from tui_mfa.screens.password_reset import PasswordResetScreen  # noqa: PLC0415 - loaded when it is needed

        self._open(PasswordResetScreen(self.context, self.query_one("#name", TextInput).value))

    @on(LinkButton.Pressed, "#lost")
    def explain_lost_factor(self) -> None:
        """Say where the way in without the device begins."""
        self.query_one(WaitLine).advice(self.LOST)
        name = self.query_one("#name", TextInput)
        (self.query_one("#password") if name.value else name).focus()

    async def _offer(self, offer_id: str, wanted: bool, make: Callable[[], Widget], *, before: str) -> None:
        """Show a way in or hide it; most people's page never has it."""
        offers = list(self.query(f"#{offer_id}"))
        if not offers and wanted:
            place = self.query(before).first()
            await mount_into(cast("Widget", place.parent), make(), before=place)
        for offer in offers:
            offer.display = wanted

    def _ask_code(self, owed: "CodeOwed") -> None:
        from tui_mfa.screens.second_factor import SecondFactorScreen  # noqa: PLC0415 - loaded when it is needed

        self._open(SecondFactorScreen(self.context, owed))

    def _ask_for(self, field: Input, words: str) -> None:
        self.status.error(words)
        field.focus()

    def _open(self, step: "LoginStep") -> None:
        """Put a page above this one, which keeps no password meanwhile."""
        self.query_one("#password", PasswordInput).take()
        self._forget_message()
        self.status.clear()
        self.app.push_screen(step, lambda _: self._come_back(step))

    def _forget_message(self) -> None:
        for message in self.query("#message"):
            message.display = False

    def _come_back(self, step: "LoginStep") -> None:
        """Tell how a page above ended, or go on with the code that it led to."""
        if step.follow_up is not None:
            self._ask_code(step.follow_up)
            return
        if step.farewell and step.done:
            self.status.fact(step.farewell)
        elif step.farewell:
            self.status.error(step.farewell)
        name = self.query_one("#name", TextInput)
        (self.query_one("#password") if name.value else name).focus()
        self.look_at_door()


def _create_link() -> Widget:
    return LinkButton("Create an account", id="create", tooltip="For those who have none yet")


def _welcome() -> Widget:
    return Vertical(
        Static("Welcome. There is no account here yet.\nCreate the first one.", markup=False),
        Button("Create an account", id="create-first", variant="primary", compact=True),
        id="welcome",
    )
