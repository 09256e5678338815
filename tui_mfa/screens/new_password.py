"""A new password, twice, with a hint about its length that follows the typing."""

from __future__ import annotations

import hmac

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Input, Label, Static

from tui_mfa.domain.names import PASSWORD_MIN, PASSWORD_MIN_ALONE
from tui_mfa.domain.secret import Secret
from tui_mfa.presentation import as_content
from tui_mfa.widgets.password_input import PasswordInput


def length_hint(size: int) -> str:
    """Return what the length of a new password is good for.

    Args:
        size: Bytes of the password in UTF-8, as the rules count.
    """
    if size == 0:
        return (
            f"{PASSWORD_MIN} characters or more; {PASSWORD_MIN_ALONE} if you may want to switch the second factor off."
        )
    if size < PASSWORD_MIN:
        missing = PASSWORD_MIN - size
        return f"{missing} more character{'s' if missing > 1 else ''} needed."
    if size < PASSWORD_MIN_ALONE:
        return f"Long enough; with {PASSWORD_MIN_ALONE - size} more, long enough without a second factor too."
    return "Long enough, also without a second factor."


class NewPasswordFields(Vertical):
    """Two password fields side by side, and one line under them for the length or for what is wrong.

    The passwords stay in the fields when another field is refused; the page calls ``wipe`` when it is done. Fields
    that go with their page wipe themselves.

    Args:
        id: The widget's id.
    """

    DEFAULT_CSS = """
    NewPasswordFields {
        height: auto;
        Horizontal { height: auto; }
        Horizontal > Vertical { width: 1fr; height: auto; }
        #again-column { margin-left: 2; }
        #password-hint { height: auto; min-height: 2; color: $text-muted; }
        &.-wrong #password-hint { color: $text-error; text-style: bold; }
    }
    """

    class Submitted(Message):
        """Enter was pressed in the second field."""

    def compose(self) -> ComposeResult:
        """Two fields and their line."""
        with Horizontal():
            with Vertical():
                yield Label("New password", classes="label", markup=False)
                yield PasswordInput(id="new-password", tooltip="Any characters; a password manager makes a good one")
            with Vertical(id="again-column"):
                yield Label("The same again", classes="label", markup=False)
                yield PasswordInput(id="new-password-again", tooltip="To be sure that it is what you meant")
        yield Static(length_hint(0), id="password-hint", markup=False)

    def on_mount(self) -> None:
        """Let Enter lead from the first field to the second."""
        self._field("new-password").moves_on = True

    def read(self) -> Secret[str] | None:
        """Return the new password, which stays in its field; ``None`` when the two differ or nothing was typed."""
        first, again = self._field("new-password"), self._field("new-password-again")
        if not first.value:
            self.refuse("Type a new password.")
        elif not hmac.compare_digest(_bytes(first), _bytes(again)):
            self.refuse("The two passwords are not the same.", again=True)
        else:
            return Secret(first.value)
        return None

    def refuse(self, reason: str, *, again: bool = False) -> None:
        """Say under the fields what is wrong with the password, and put the cursor there.

        Args:
            reason: A sentence for the person.
            again: Whether the second field is the one to mend.
        """
        self.add_class("-wrong")
        self.query_one("#password-hint", Static).update(as_content(f"! {reason}", limit=400))
        self._field("new-password-again" if again else "new-password").focus()

    def wipe(self) -> None:
        """Empty both fields."""
        for field in self.query(PasswordInput):
            field.take()

    @on(Input.Changed)
    def follow_length(self, event: Input.Changed) -> None:
        """Say what the length is good for, or that it is not enough yet."""
        event.stop()
        self.remove_class("-wrong")
        size = len(_bytes(self._field("new-password")))
        self.query_one("#password-hint", Static).update(length_hint(size))

    @on(Input.Submitted, "#new-password-again")
    def submit(self, event: Input.Submitted) -> None:
        """Tell the page."""
        event.stop()
        self.post_message(self.Submitted())

    def _field(self, name: str) -> PasswordInput:
        return self.query_one(f"#{name}", PasswordInput)


def _bytes(field: PasswordInput) -> bytes:
    return field.value.encode(errors="replace")
