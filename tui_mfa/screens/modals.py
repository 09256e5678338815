"""Small boxes above a page: help, a question, recovery codes, the proof that the secret was saved."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Grid, Horizontal, Vertical
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Static

from tui_mfa.domain.login.model import Session
from tui_mfa.domain.secret import Secret
from tui_mfa.domain.two_factor import flows as two_factor
from tui_mfa.domain.two_factor.model import NewRecoveryCodes
from tui_mfa.domain.two_factor.rules import PROOF_GROUPS
from tui_mfa.presentation import as_content, day
from tui_mfa.screens.base import UseCaseModal
from tui_mfa.screens.context import Context
from tui_mfa.screens.help import LONG, HelpModal
from tui_mfa.screens.shown_once import Leaving, ShownOnceModal
from tui_mfa.widgets.secret_text import SecretText
from tui_mfa.widgets.status_line import StatusLine
from tui_mfa.widgets.text_input import TextInput

__all__ = ["ConfirmChoiceModal", "EndOthersModal", "HelpModal", "ProofModal", "RecoveryCodesModal", "file_text"]

GROUP = 4
"""Characters of the secret that stand together on screen."""


class ConfirmChoiceModal(ModalScreen[bool]):
    """A question with two answers; the harmless one has the focus, and Esc means it.

    Args:
        title: What it is about.
        text: The question, and what follows from a yes.
        yes: The button that does it.
        no: The button that leaves everything as it is.
        danger: Whether the yes takes something away.
    """

    CSS_PATH = "modals.tcss"
    AUTO_FOCUS = "#no"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "answer(False)", "Cancel", id="choice.cancel", tooltip="Close; nothing is changed"),
        Binding("left,up,k", "app.focus_previous", "Previous", show=False, id="choice.left", tooltip="Other answer"),
        Binding("right,down,j", "app.focus_next", "Next", show=False, id="choice.right", tooltip="Other answer"),
    ]

    def __init__(self, title: str, text: str, yes: str, no: str = "Cancel", danger: bool = False) -> None:
        super().__init__()
        self._title = title
        self._text = text
        self._yes = yes
        self._no = no
        self._danger = danger

    def compose(self) -> ComposeResult:
        """Put the question above the answers."""
        with Vertical(classes="modal") as box:
            box.border_title = as_content(self._title)
            yield Static(as_content(self._text, LONG), classes="question", markup=False)
            with Horizontal(classes="buttons"):
                yield Button(
                    as_content(self._yes), id="yes", compact=True, variant="error" if self._danger else "primary"
                )
                yield Button(as_content(self._no), id="no", compact=True)

    @on(Button.Pressed)
    def answer_by_button(self, event: Button.Pressed) -> None:
        """Close with the answer."""
        event.stop()
        self.dismiss(event.button.id == "yes")

    def action_answer(self, yes: bool) -> None:
        """Close with the answer."""
        self.dismiss(yes)


class EndOthersModal(ConfirmChoiceModal):
    """Offers to end the other sessions after a change of what guards the account; pre-selected (S49).

    Args:
        count: How many others there are, at least 1.
    """

    AUTO_FOCUS = "#yes"

    def __init__(self, count: int) -> None:
        they = "1 other session is open. End it?" if count == 1 else f"{count} other sessions are open. End them?"
        super().__init__("Other sessions", they, "End now", no="Leave open")


class RecoveryCodesModal(ShownOnceModal[NewRecoveryCodes]):
    """Ten recovery codes: the file is for paper, the copy for a password manager."""

    CSS_PATH = "modals.tcss"
    AUTO_FOCUS = "#save"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "Done", id="modal.cancel", tooltip="Close; the codes are not shown again"),
        Binding(
            "s", "save", "Save to file", id="codes.save", tooltip="Save the codes to a file that only you can read"
        ),
        Binding("c", "copy", "Copy", id="codes.copy", tooltip="Send the codes to your terminal's clipboard"),
    ]
    BUTTONS = ("save", "copy")
    LEAVING = Leaving(
        "Recovery codes",
        "Have you written them down? They are not shown again. You can make new ones at any time.",
        "Show them again",
    )

    def compose(self) -> ComposeResult:
        """Show the codes in two columns, read down."""
        codes = self._made
        with Vertical(classes="modal") as box:
            if codes is None:
                return
            box.border_title = as_content(f"Recovery codes · set {codes.set_id} of {day(codes.made_at)}")
            yield Static(
                "Each code logs you in once when the phone is gone. They are shown only now: keep them apart from it.",
                markup=False,
            )
            with Grid(id="codes"):
                half = len(codes.codes) // 2
                for row in range(half):
                    for number in (row, row + half):
                        yield Static(f"{number + 1:>2}", classes="number", markup=False)
                        secret = codes.codes[number]
                        yield SecretText(secret, size=len(secret), classes="code")
            yield from self.compose_end()

    def file_of(self, shown: NewRecoveryCodes) -> tuple[str, Secret[str]]:
        """Return a file with account, date, set and codes."""
        text = file_text(shown, self.context.services.policy.issuer, self._username)
        return f"recovery-codes-{self._username}-{shown.set_id}.txt", text

    def copy_of(self, shown: NewRecoveryCodes) -> Secret[str]:
        """Return all codes, one a line."""
        return Secret("\n".join(code.reveal() for code in shown.codes))


def file_text(codes: NewRecoveryCodes, issuer: str, username: str) -> Secret[str]:
    """Return what stands in a saved file: account, date, set and codes.

    Args:
        codes: The codes.
        issuer: The service.
        username: The account.
    """
    lines = [
        f"Recovery codes of the account {username} at {issuer}",
        f"Set {codes.set_id}, made {day(codes.made_at)}. Each code works once, in place of the authenticator's.",
        "",
        *(f"{number:>2}  {code.reveal()}" for number, code in enumerate(codes.codes, start=1)),
        "",
    ]
    return Secret("\n".join(lines))


class ProofModal(UseCaseModal[bool]):
    """Asks for four characters of the secret, as proof that it was saved; can be put off.

    Args:
        context: Services and terminal.
        session: Whose.
        positions: First and last character asked for, from 1.
    """

    CSS_PATH = "modals.tcss"
    AUTO_FOCUS = "#code"

    class Proved(Message):
        """The characters were right."""

    def __init__(self, context: Context, session: Session, positions: tuple[int, int]) -> None:
        super().__init__(context, session.account_id)
        self._session = session
        self._positions = positions

    def compose(self) -> ComposeResult:
        """Ask."""
        first, last = self._positions
        with Vertical(classes="modal") as box:
            box.border_title = as_content("Did you save the secret?")
            yield Static(
                f"Type characters {first}–{last} of the secret (group {last // GROUP} of {PROOF_GROUPS}).",
                markup=False,
            )
            yield Static(
                "With the saved secret you get in when the phone is lost. Look at your copy, not at the app.",
                classes="hint",
                markup=False,
            )
            yield TextInput(id="code", placeholder="four characters", max_length=16)
            yield StatusLine()
            with Horizontal(classes="buttons"):
                yield Button("Check", id="check", compact=True, variant="primary")
                yield Button("Later", id="later", compact=True)

    @on(Input.Submitted, "#code")
    @on(Button.Pressed, "#check")
    def check(self, event: Message) -> None:
        """Have the characters judged."""
        event.stop()
        field = self.query_one("#code", TextInput)
        typed = Secret(field.value)
        if not typed:
            field.focus()
            return
        services = self.context.services

        def prove() -> Message:
            two_factor.prove_saved(services, self._session, typed)
            return self.Proved()

        if self.start(prove, "Checking…"):
            field.clear()

    @on(Proved)
    def close(self) -> None:
        """The proof is given."""
        self.dismiss(True)

    @on(Button.Pressed, "#later")
    def action_cancel(self) -> None:
        """Put it off; the profile reminds."""
        self.dismiss(None)
