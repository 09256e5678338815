"""Ways in without the device: a recovery code, the saved secret, a mailed code for those who came with an SSH key.

And what support can do when all of it is lost.
"""

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Button, Input, Label, OptionList, Static
from textual.widgets.option_list import Option

from tui_mfa.domain.account import Factor
from tui_mfa.domain.errors import DomainError
from tui_mfa.domain.login import key_login
from tui_mfa.domain.login.model import CodeOwed, LoggedIn
from tui_mfa.domain.recovery import by_key
from tui_mfa.domain.recovery import flows as recovery
from tui_mfa.domain.secret import Secret
from tui_mfa.domain.two_factor.totp import SECRET_CHARACTERS
from tui_mfa.presentation import as_content, day
from tui_mfa.screens.context import Context
from tui_mfa.screens.login_step import LoginStep
from tui_mfa.screens.messages import SessionOpened
from tui_mfa.widgets.password_input import PasswordInput
from tui_mfa.widgets.text_input import TextInput
from tui_mfa.widgets.wait_line import WaitLine

TYPED_MAX = 4 * SECRET_CHARACTERS
"""Characters of a typed secret, with room for spaces and hyphens: what the rules look at."""

PROOF = (
    "Have ready what proves who you are: your username, the address of the account, and something only its owner "
    "knows, such as recent invoices. Two people check it, then some days pass; you are told by mail at each step, so "
    "that nobody can do this behind your back. At the end codes come by mail instead of from the app."
)
"""What support wants, and how long it takes (SECURITY.md)."""

MAILBOX = (
    "Your second factor is a code by mail, so there is no device to lose. If mail is late, go back and press Resend. "
    "If you cannot open the mailbox any more, “Forgotten password” does not help either: its code goes to the same "
    "address."
)
"""For those whose codes come by mail."""


class WipedInput(TextInput):
    """An input for what nobody else should see; it is empty when it goes."""

    ALLOW_SELECT = False

    def on_unmount(self) -> None:
        """Leave nothing behind."""
        with self.prevent(Input.Changed):
            self.clear()


class SavedSecretInput(WipedInput):
    """An input for the saved secret; a paste of several lines is one secret."""

    def paste_text(self, text: str) -> None:
        """Put all the lines of a text into the field.

        Args:
            text: What came from a clipboard.
        """
        super().paste_text(" ".join(text.split()))


class LostDeviceScreen(LoginStep):
    """Offers what can stand for the code of a lost device.

    Args:
        context: Services and terminal.
        owed: The attempt, and which recovery codes it would take.
    """

    CSS_PATH = "lost_device.tcss"
    AUTO_FOCUS = "#ways, #password"
    HELP = (
        "A recovery code is one of the ten you were given when you enabled the app; each is good once. The saved "
        "secret is the one of 52 characters that stood beside the QR code. Either lets you in, and then leads to a "
        "new secret for a new device, so that the lost one is worth nothing.\n\n"
        "An SSH key of the account, with the password and a code by mail, does the same: connect with the key, ssh -i "
        "FILE NAME@HOST, and come back here.\n\n"
        "Esc goes back one step."
    )

    class Recovered(Message):
        """A recovery code or the secret was right."""

        def __init__(self, logged_in: LoggedIn) -> None:
            super().__init__()
            self.logged_in = logged_in
            """The session; it may replace the authenticator."""

    class PasswordProved(Message):
        """Who came with an SSH key gave the password, too."""

    class MailWanted(Message):
        """A code by mail is to stand for the device, beside the SSH key."""

        def __init__(self, owed: CodeOwed) -> None:
            super().__init__()
            self.owed = owed
            """What the mailed code finishes."""

    def __init__(self, context: Context, owed: CodeOwed) -> None:
        super().__init__(context, owed.handle.account_id)
        self._owed = owed
        self._password_owed = owed.by_key

    def compose_page(self) -> ComposeResult:
        """The choice; what was chosen takes its place."""
        with VerticalScroll(id="body", can_focus=False), Vertical(classes="form"):
            yield Static("Lost your device?", id="heading", classes="heading", markup=False)
            yield Vertical(*self._choice(), id="step")
            yield WaitLine(self.context.services.clock.now)

    def _choice(self) -> list[Widget]:
        if self._owed.factor is not Factor.AUTHENTICATOR:
            return [Static(MAILBOX, markup=False), *self._support()]
        if self._password_owed:
            return self._password_form()
        left = self._owed.recovery.left if self._owed.recovery is not None else 0
        return [
            Static("What do you still have?", classes="label", markup=False),
            OptionList(
                Option(_way("A recovery code", self._set_words()), id="recovery-code", disabled=not left),
                Option(_way("The saved secret", f"the {SECRET_CHARACTERS} characters from the set-up"), id="secret"),
                *self._key_way(),
                Option(_way("Neither", "how support can help"), id="support"),
                id="ways",
                markup=False,
            ),
        ]

    def _key_way(self) -> list[Option]:
        return [Option(_way("A mailed code", "beside your SSH key"), id="mail")] if self._owed.by_key else []

    def _password_form(self) -> list[Widget]:
        return [
            Static("You came with an SSH key. To go on without the device, type your password as well.", markup=False),
            Label("Password", classes="label", markup=False),
            PasswordInput(id="password"),
            Horizontal(Button("Continue", id="prove", variant="primary", compact=True), classes="buttons"),
        ]

    def _set_words(self) -> str:
        codes = self._owed.recovery
        if codes is None:
            return "none were made"
        left = f"{codes.left} left" if codes.left else "all used"
        return f"set {codes.set_id} of {day(codes.made_at, self.context.zone)}, {left}"

    @on(OptionList.OptionSelected, "#ways")
    async def show_way(self, event: OptionList.OptionSelected) -> None:
        """Show what belongs to the choice."""
        event.stop()
        self.status.clear()
        if event.option_id == "recovery-code":
            await self.show_step(*self._recovery_form())
            self.query_one("#recovery-code").focus()
        elif event.option_id == "secret":
            await self.show_step(*self._secret_form())
            self.query_one("#secret").focus()
        elif event.option_id == "mail":
            services, handle = self.context.services, self._owed.handle
            self.check(lambda: self.MailWanted(by_key.begin(services, handle)))
        else:
            await self.show_step(*self._support())

    def _recovery_form(self) -> list[Widget]:
        return [
            Static(f"Type one of your recovery codes: {self._set_words()}.", markup=False),
            Label("Recovery code", classes="label", markup=False),
            WipedInput(placeholder="XXXX-XXXX-XXXX-XXXX", id="recovery-code", max_length=64, select_on_focus=False),
            Static("Small letters will do, and hyphens may be left out. The code is used up.", classes="hint"),
            Horizontal(Button("Log in", id="use-code", variant="primary", compact=True), classes="buttons"),
        ]

    def _secret_form(self) -> list[Widget]:
        return [
            Static("Type or paste the secret that you saved when you set up the app.", markup=False),
            Label("Saved secret", classes="label", markup=False),
            SavedSecretInput(id="secret", max_length=TYPED_MAX, select_on_focus=False),
            Static(f"0 of {SECRET_CHARACTERS} characters", id="secret-count", classes="hint", markup=False),
            Static("Small letters, spaces and hyphens do not matter.", classes="hint", markup=False),
            Horizontal(Button("Log in", id="use-secret", variant="primary", compact=True), classes="buttons"),
        ]

    def _support(self) -> list[Widget]:
        address = self.context.services.policy.support_address
        where = f"Write to support: {address}" if address else "Ask the operator of this service."
        return [
            Static(as_content(where, limit=300), id="support-where", classes="label", markup=False),
            Static(PROOF, id="support-proof", classes="hint", markup=False),
        ]

    @on(Input.Changed, "#secret")
    def count(self, event: Input.Changed) -> None:
        """Say how many characters of the secret are there."""
        typed = sum(not character.isspace() and character not in "-=" for character in event.value)
        for hint in self.query("#secret-count").results(Static):  # gone when this was posted on the way out
            hint.update(f"{typed} of {SECRET_CHARACTERS} characters")

    @on(Input.Submitted, "#recovery-code")
    @on(Button.Pressed, "#use-code")
    def use_code(self) -> None:
        """Have the recovery code judged."""
        services, handle = self.context.services, self._owed.handle
        code = Secret(self.query_one("#recovery-code", Input).value)
        self.check(lambda: self.Recovered(recovery.use_code(services, handle, code)))

    @on(Input.Submitted, "#secret")
    @on(Button.Pressed, "#use-secret")
    def use_secret(self) -> None:
        """Have the saved secret judged."""
        services, handle = self.context.services, self._owed.handle
        secret = Secret(self.query_one("#secret", Input).value)
        self.check(lambda: self.Recovered(recovery.use_secret(services, handle, secret)))

    @on(Input.Submitted, "#password")
    @on(Button.Pressed, "#prove")
    def prove_password(self) -> None:
        """Have the password judged; it leaves its field."""
        services, handle = self.context.services, self._owed.handle
        password = self.query_one(PasswordInput).take()

        def judged() -> Message:
            key_login.prove_password(services, handle, password)
            return self.PasswordProved()

        self.check(judged)

    @on(PasswordProved)
    async def go_on(self, event: PasswordProved) -> None:
        """Show what recovery offers."""
        event.stop()
        self._password_owed = False
        await self.show_choice()

    @on(MailWanted)
    def ask_mailed_code(self, event: MailWanted) -> None:
        """Open the page for the code; when the attempt ends there, it ends here too."""
        from tui_mfa.screens.lost_device_mail import LostDeviceMailScreen  # noqa: PLC0415 - loaded when it is needed

        event.stop()
        page = LostDeviceMailScreen(self.context, event.owed)
        self.app.push_screen(page, lambda _: self.leave(page.farewell) if page.farewell else None)

    @on(Recovered)
    def open_session(self, event: Recovered) -> None:
        """Hand the session to the app."""
        event.stop()
        self.query_one(WipedInput).clear()
        self.post_message(SessionOpened(event.logged_in))

    def action_back(self) -> None:
        """Go back to the choice, or leave; not in the middle of a check."""
        if self._owed.factor is not Factor.AUTHENTICATOR or self.query("#ways, #password"):
            super().action_back()
        elif not self.busy:
            self.call_next(self.show_choice)

    async def show_choice(self) -> None:
        """Put the choice back into its place; what was typed is gone."""
        self.status.clear()
        await self.show_step(*self._choice())
        self.query_one("#ways").focus()

    def refuse(self, error: DomainError) -> None:
        """Tell; what was typed stays to be mended. At the end of the attempt, leave."""
        if self.ends_attempt(error):
            self.leave(error.user_message)
            return
        self.wait_line.refusal(error)
        for field in self.query("WipedInput, PasswordInput"):
            field.focus()


def _way(name: str, detail: str) -> Content:
    return Content.assemble((f"{name:<18}", "bold"), as_content(detail))
