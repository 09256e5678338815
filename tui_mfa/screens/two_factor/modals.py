"""The word that disables, the larger code, the URI."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Static

from tui_mfa.domain.secret import Secret
from tui_mfa.domain.two_factor import rules
from tui_mfa.widgets.qr_code import QRCode
from tui_mfa.widgets.qr_matrix import Drawing
from tui_mfa.widgets.secret_text import SecretText
from tui_mfa.widgets.text_input import TextInput

CLOSE: Binding = Binding("escape", "close", "Back", id="two-factor.close", tooltip="Close; nothing is changed")

INSTEAD = "email"
"""Result of the modal when mailed codes are chosen instead."""


class DisableModal(ModalScreen[str | None]):
    """Wants the word; the result is the word, ``email`` for Email Based instead, or ``None`` for Cancel.

    Args:
        offers_email: The present method is the app, so that Email Based is a step down and not off.
    """

    CSS_PATH = "modals.tcss"
    AUTO_FOCUS = "#cancel"
    BINDINGS: ClassVar[list[BindingType]] = [CLOSE]

    def __init__(self, *, offers_email: bool) -> None:
        super().__init__()
        self._offers_email = offers_email

    def compose(self) -> ComposeResult:
        """Ask for the word."""
        with Vertical(classes="modal") as box:
            box.border_title = "Disable Two Factor Authentication"
            yield Static(
                "To confirm the action, type disable in the confirmation input field", id="ask-word", markup=False
            )
            yield TextInput(placeholder="disable", max_length=40, id="word")
            if self._offers_email:
                yield Static("You can keep a second factor without the app: Email Based.", classes="hint", markup=False)
            with Horizontal(classes="buttons"):
                yield Button("Cancel", id="cancel", compact=True)
                if self._offers_email:
                    yield Button("Email Based instead", id="instead", compact=True)
                yield Button("Disable", id="disable", variant="error", disabled=True, compact=True)

    @on(Input.Changed, "#word")
    def compare_word(self, event: Input.Changed) -> None:
        """Switch the button on while the word matches exactly."""
        self.query_one("#disable", Button).disabled = event.value.strip() != rules.WORD

    @on(Input.Submitted, "#word")
    def submit_word(self, event: Input.Submitted) -> None:
        """Take Enter as the button, when it is on."""
        if event.value.strip() == rules.WORD:
            self.dismiss(event.value)

    @on(Button.Pressed, "#disable")
    def disable_factor(self) -> None:
        """Hand the word over."""
        self.dismiss(self.query_one("#word", TextInput).value)

    @on(Button.Pressed, "#instead")
    def choose_email(self) -> None:
        """Choose mailed codes instead."""
        self.dismiss(INSTEAD)

    @on(Button.Pressed, "#cancel")
    def action_close(self) -> None:
        """Close; nothing is changed."""
        self.dismiss(None)


class LargeCodeModal(ModalScreen[None]):
    """The QR code with the whole terminal for itself.

    Args:
        uris: Candidates, best first.
        drawing: How this terminal draws.
    """

    CSS_PATH = "modals.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        CLOSE,
        Binding("f", "close", "Back", show=False, id="two-factor.smaller", tooltip="Back to the smaller code"),
    ]

    def __init__(self, uris: tuple[Secret[str], ...], drawing: Drawing) -> None:
        super().__init__()
        self._uris = uris
        self._drawing = drawing

    def compose(self) -> ComposeResult:
        """Show nothing but the code."""
        yield QRCode(
            tuple(uri.reveal() for uri in self._uris),
            drawing=self._drawing,
            advice="Make the window larger, or press esc and type the secret instead.",
            id="large-code",
        )
        yield Static("esc back", id="large-hint", markup=False)

    def on_unmount(self) -> None:
        """Forget the secret."""
        self._uris = ()

    def action_close(self) -> None:
        """Go back."""
        self.dismiss()


class UriModal(ModalScreen[None]):
    """The provisioning URI as text, for password managers and command lines.

    Args:
        uri: The URI.
    """

    CSS_PATH = "modals.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [CLOSE]

    def __init__(self, uri: Secret[str]) -> None:
        super().__init__()
        self._uri = uri

    def compose(self) -> ComposeResult:
        """Show the URI, ready to be selected."""
        with Vertical(classes="modal") as box:
            box.border_title = "Provisioning URI"
            yield Static("For a password manager or a command line. It holds the secret.", classes="hint", markup=False)
            yield SecretText(self._uri, size=len(self._uri), id="uri-text")
            yield Static(
                "Select it with the mouse to copy it (hold Shift in most terminals).", classes="hint", markup=False
            )
            with Horizontal(classes="buttons"):
                yield Button("Close", id="close", compact=True)

    def on_unmount(self) -> None:
        """Forget the secret."""
        self._uri = Secret("")

    @on(Button.Pressed, "#close")
    def action_close(self) -> None:
        """Go back."""
        self.dismiss()
