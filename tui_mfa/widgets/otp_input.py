"""Six digits, typed or pasted, handed over by themselves."""

from __future__ import annotations

import re

from textual import events
from textual.actions import SkipAction
from textual.message import Message

from tui_mfa.domain.secret import Secret
from tui_mfa.presentation import grouped
from tui_mfa.widgets.text_input import TextInput

DIGITS = 6
"""Digits of a code (RFC 4226 §5.3: at least 6)."""

HALF = 3
"""Digits before the gap that is shown."""

_PASTED = re.compile(r"([0-9]{3})[ -]?([0-9]{3})")
_LONGEST_PASTE = 40
"""Characters; more than a code with generous white space around it."""


class OtpInput(TextInput):
    """An input for a six-digit code, shown as ``123 456``.

    Typed or pasted ``123456``, ``123 456`` and ``123-456`` are taken; only the ASCII digits count, leading zeros stay.
    Whatever else comes changes nothing and posts ``Rejected``. The sixth digit posts ``Completed``, once for each
    code; Enter on a code that was posted already does nothing, so that a habit never spends a second guess. The screen
    calls ``clear`` when the answer to a code is there.

    Args:
        placeholder: Shown while the field is empty.
        id: The widget's id.
        classes: The widget's classes, divided by spaces.
        disabled: Whether the widget takes no keys.
        tooltip: Shown to a mouse that rests on it.
        compact: One row without a border.
        shortcuts: Characters that are no part of a code and go on to the page's key bindings.
    """

    ALLOW_SELECT = False

    DEFAULT_CSS = """
    OtpInput {
        width: 18;
        &.-textual-compact { width: 12; }
    }
    """

    ONLY_DIGITS = "Only the digits 0 to 9 make a code"
    """Reason for a character that is no digit."""
    TOO_MANY = "A code has six digits"
    """Reason for a seventh digit."""
    TOO_FEW = "Six digits are needed"
    """Reason for Enter before the sixth digit."""
    NOT_A_CODE = "What was pasted is not a six-digit code"
    """Reason for a paste that is no code."""

    class Completed(Message):
        """Six digits are there.

        Args:
            otp_input: The widget.
            code: The digits, without the gap.
        """

        def __init__(self, otp_input: OtpInput, code: Secret[str]) -> None:
            self.otp_input = otp_input
            self.code = code
            super().__init__()

        @property
        def control(self) -> OtpInput:
            """The widget, for ``@on`` selectors."""
            return self.otp_input

    class Rejected(Message):
        """Something that is no code was typed or pasted; the field is as it was.

        Args:
            otp_input: The widget.
            reason: A sentence for the person; it quotes nothing of what was typed.
        """

        def __init__(self, otp_input: OtpInput, reason: str) -> None:
            self.otp_input = otp_input
            self.reason = reason
            super().__init__()

        @property
        def control(self) -> OtpInput:
            """The widget, for ``@on`` selectors."""
            return self.otp_input

    def __init__(
        self,
        placeholder: str = "six digits",
        *,
        id: str | None = None,  # noqa: A002 - Textual's name for it
        classes: str | None = None,
        disabled: bool = False,
        tooltip: str | None = None,
        compact: bool = False,
        shortcuts: str = "",
    ) -> None:
        self._shortcuts = frozenset(shortcuts)
        super().__init__(
            placeholder=placeholder,
            select_on_focus=False,
            id=id,
            classes=classes,
            disabled=disabled,
            tooltip=tooltip,
            compact=compact,
        )

    def validate_value(self, value: str) -> str:
        """Give digits their gap; a value that holds anything else, or too many, is not taken.

        Args:
            value: The value about to be set.
        """
        digits = value.replace(" ", "")
        return grouped(digits, HALF) if re.fullmatch(f"[0-9]{{0,{DIGITS}}}", digits) else self.value

    def watch_value(self, value: str) -> None:
        """Hand the code over as soon as it is whole."""
        if len(digits := value.replace(" ", "")) == DIGITS:
            self.post_message(self.Completed(self, Secret(digits)))

    def submit(self) -> None:
        """Hand the code over again, for a button beside the field; with fewer digits, say what is missing."""
        digits = self.value.replace(" ", "")
        if len(digits) == DIGITS:
            self.post_message(self.Completed(self, Secret(digits)))
        else:
            self._reject(self.TOO_FEW)

    def replace(self, text: str, start: int, end: int) -> None:
        """Put digits in the place of others; every key that edits ends here.

        Args:
            text: The digits; empty to remove.
            start: Index of the first character to replace, or of the last one; the other one is ``end``.
            end: See ``start``.
        """
        start, end = sorted((max(0, start), min(len(self.value), end)))
        if not text and self.value[start:end] == " ":
            # The gap is not a character of the code: the key means the digit beyond it.
            start, end = (start - 1, end) if self.cursor_position >= end else (start, end + 1)
        before = self.value[:start].replace(" ", "")
        after = self.value[end:].replace(" ", "")
        if text in {" ", "-"} and start == end and len(before) == HALF:
            return
        if not re.fullmatch("[0-9]*", text):
            self._reject(self.ONLY_DIGITS)
        elif len(before + text + after) > DIGITS:
            self._reject(self.TOO_MANY)
        else:
            self.value = before + text + after
            ahead = len(before + text)
            self.cursor_position = ahead + (ahead > HALF)

    def paste_text(self, text: str) -> None:
        """Take a whole code in the place of whatever is in the field.

        Args:
            text: What came from a clipboard.
        """
        match = _PASTED.fullmatch(text.strip(" \t\r\n")) if len(text) <= _LONGEST_PASTE else None
        if match is None:
            self._reject(self.NOT_A_CODE)
            return
        self.value = match[1] + match[2]
        self.cursor_position = len(self.value)

    def check_consume_key(self, key: str, character: str | None = None) -> bool:
        """Leave the shortcuts to the page, so that its footer shows them.

        Args:
            key: The key's name.
            character: What it types, if anything.
        """
        return character not in self._shortcuts and super().check_consume_key(key, character)

    def on_key(self, event: events.Key) -> None:
        """Let a shortcut go on to the page's bindings instead of refusing it as no digit."""
        if event.character is not None and event.character in self._shortcuts:
            event.prevent_default()

    async def action_submit(self) -> None:
        """Say what is missing; a whole code went out with its sixth digit."""
        if len(self.value.replace(" ", "")) < DIGITS:
            self._reject(self.TOO_FEW)

    def action_copy(self) -> None:
        """Copy nothing; without a selection the key goes on to whoever else wants it."""
        if self.selection.is_empty:
            raise SkipAction

    def action_cut(self) -> None:
        """Cut nothing."""

    def _reject(self, reason: str) -> None:
        self.post_message(self.Rejected(self, reason))
