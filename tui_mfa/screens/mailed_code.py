"""The form for a code that comes by mail: where it went, which request it is, a field, and Resend."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Label, Static

from tui_mfa.domain.account import Purpose
from tui_mfa.domain.errors import DomainError, NotAllowed, TooManyAttempts
from tui_mfa.domain.login.model import COOL_DOWN, RESENDS, CodeOwed, CodeSent
from tui_mfa.domain.secret import Secret
from tui_mfa.presentation import as_content, safe_text, wait_words, when
from tui_mfa.screens.context import Context
from tui_mfa.widgets.link_button import LinkButton
from tui_mfa.widgets.otp_input import OtpInput

NAME_WIDTH = 40
"""Cells of a typed name that is repeated in a sentence."""

OUTBOX = "Mail is not sent from here: read it with “tui-mfa outbox show”."
"""Where the mail is when it does not go to people."""

NO_MAIL = "Only the newest mail counts. None after a minute? Look in the spam folder, check the address, then Resend."
"""What to do when it does not come."""


def clock_time(moment: datetime, zone: tzinfo | None) -> str:
    """Return a time of day in the reader's zone with UTC beside it: ``15:12 CET (14:12 UTC)``."""
    return when(moment, zone)[len("2026-11-20 ") :]


class MailedCodeForm(Vertical):
    """Asks for a code that was, or will be, mailed. The page sends the mail and judges the code.

    The page calls ``sending`` when it starts to mail, then ``sent`` or ``failed`` with the outcome; it answers
    ``ResendRequested`` by mailing again, and ``CodeEntered`` by a use case, after whose refusal it calls
    ``clear_code``. ``OtpInput.Rejected`` (a letter, a wrong paste) bubbles to the page, which has the status line.
    The first mail goes out when the page says so, usually at mount.

    Args:
        context: Services and terminal.
        owed: What the use case answered; says where the code goes and what it proves.
        id: The widget's id.
    """

    DEFAULT_CSS = """
    MailedCodeForm {
        height: auto;
        #mail-state { height: auto; }
        &.-failed #mail-state { color: $text-error; text-style: bold; }
        #code-row { height: auto; }
        #mail-valid { width: 1fr; padding: 1 0 0 2; }
        #resend-row { height: auto; }
        #resend-note { width: 1fr; padding-left: 2; }
    }
    """

    class CodeEntered(Message):
        """Six digits are there, once for each code."""

        def __init__(self, code: Secret[str]) -> None:
            super().__init__()
            self.code = code
            """The digits."""

    class ResendRequested(Message):
        """A new mail is wanted, and nothing known here stands against it."""

    def __init__(self, context: Context, owed: CodeOwed, *, id: str | None = None) -> None:  # noqa: A002 - Textual's
        super().__init__(id=id)
        self._clock = context.services.clock
        self._zone = context.zone
        self._delivers = context.services.mailer.delivers
        self._owed = owed
        self._sending = False
        self._resends_left = RESENDS
        self._resend_at = self._clock.now()
        self._timer: Timer | None = None

    def compose(self) -> ComposeResult:
        """Sentence, field, Resend, advice."""
        yield Static(id="mail-state", markup=False)
        yield Label("Code", classes="label", markup=False)
        with Horizontal(id="code-row"):
            yield OtpInput(id="code", tooltip="The six digits from the mail; they are sent off by themselves")
            yield Static(id="mail-valid", classes="hint", markup=False)
        with Horizontal(id="resend-row"):
            yield LinkButton("Resend", id="resend", tooltip="Mail a new code; the one before becomes void")
            yield Static(id="resend-note", classes="hint", markup=False)
        yield Static(NO_MAIL if self._delivers else OUTBOX, id="mail-advice", classes="hint", markup=False)

    def on_mount(self) -> None:
        """Start quietly: no mail is under way yet."""
        self._timer = self.set_interval(1, self.tick, pause=True)
        self._show_state(f"A code goes to {self._address()}.")
        self.tick()

    @property
    def code(self) -> OtpInput:
        """The field."""
        return self.query_one("#code", OtpInput)

    def sending(self) -> None:
        """Say that a mail is on its way to the mail server."""
        self._sending = True
        self.remove_class("-failed")
        self._show_state(f"… Sending a code to {self._address()}")
        self.tick()

    def sent(self, sent: CodeSent) -> None:
        """Say where the code went, which request it is, and how long it is good for.

        Args:
            sent: What the use case answered.
        """
        self._sending = False
        self._resends_left = sent.resends_left
        self._resend_at = sent.sent_at + COOL_DOWN
        self.remove_class("-failed")
        self._show_state(self._sent_words(sent))
        self.query_one("#mail-valid", Static).update(f"valid until {clock_time(sent.valid_until, self._zone)}")
        self.tick()
        self.clear_code()

    def failed(self, error: DomainError) -> None:
        """Say that no mail went out; the attempt stands.

        Args:
            error: What the use case refused: ``MailUnavailable``, ``TooManyAttempts``, ``NotAllowed``.
        """
        self._sending = False
        words = error.user_message
        if isinstance(error, TooManyAttempts):
            self._resend_at = self._clock.now() + timedelta(seconds=error.retry_after)
            words = "No mail was sent: too many were asked for."
        elif isinstance(error, NotAllowed):
            self._resends_left = 0
        else:
            self._resend_at = self._clock.now()
            words = f"{words} Nothing is lost: press Resend to try again."
        self.add_class("-failed")
        self._show_state(f"! {words}")
        self.tick()
        if self._wait() or not self._resends_left:
            self.code.focus()
        else:
            self.query_one("#resend").focus()

    def clear_code(self) -> None:
        """Empty the field after an answer, and put the cursor into it."""
        self.code.clear()
        self.code.focus()

    def submit(self) -> None:
        """Post the code that stands in the field once more, for a button beside the form."""
        self.code.submit()

    def tick(self) -> None:
        """Show how long Resend has to wait now; the timer rests when nothing counts."""
        wait = self._wait()
        resend = self.query_one("#resend", LinkButton)
        resend.disabled = bool(self._sending or wait or not self._resends_left)
        self.query_one("#resend-note", Static).update(self._resend_note(wait))
        if self._timer is not None:
            if wait and self._resends_left:
                self._timer.resume()
            else:
                self._timer.pause()

    @on(OtpInput.Completed, "#code")
    def hand_over_code(self, event: OtpInput.Completed) -> None:
        """Post the code, unless a newer one is just being mailed, which makes this one void."""
        event.stop()
        if self._sending:
            self.code.clear()
        else:
            self.post_message(self.CodeEntered(event.code))

    @on(LinkButton.Pressed, "#resend")
    def ask_resend(self, event: LinkButton.Pressed) -> None:
        """Ask the page for a new mail."""
        event.stop()
        self.post_message(self.ResendRequested())

    def _wait(self) -> int:
        return max(0, -int(-(self._resend_at - self._clock.now()).total_seconds() // 1))

    def _resend_note(self, wait: int) -> str:
        if not self._resends_left:
            return "no resends left; for more, start again"
        left = "1 resend left" if self._resends_left == 1 else f"{self._resends_left} resends left"
        when_ = f"in {wait_words(wait)} · " if wait and not self._sending else ""
        return f"{when_}{left}"

    def _address(self) -> str:
        if self._owed.masked_address is not None:
            return safe_text(self._owed.masked_address)
        return f"the address of “{safe_text(self._owed.handle.name, NAME_WIDTH)}”"

    def _sent_words(self, sent: CodeSent) -> str:
        request = f"(request {sent.request_id})"
        mails = RESENDS + 1 - sent.resends_left
        if self._owed.masked_address is None:
            name = safe_text(self._owed.handle.name, NAME_WIDTH)
            words = f"If there is an account for “{name}”, we sent a code to its address {request}."
        elif self._owed.verifying:
            proves = "it" if self._owed.handle.purpose is Purpose.CHANGE_EMAIL else "the address"
            words = f"Check your mail: we sent a code to {self._address()} to prove that {proves} is yours {request}."
        else:
            words = f"We sent a code to {self._address()} {request}."
        return words if mails == 1 else f"{words} That makes {mails} mails; only {sent.request_id} counts."

    def _show_state(self, words: str) -> None:
        self.query_one("#mail-state", Static).update(as_content(words, limit=600))
