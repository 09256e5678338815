"""A status line that counts a waiting time down."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from textual.timer import Timer

from tui_mfa.domain.errors import CodeAlreadyUsed, DomainError, TooManyAttempts
from tui_mfa.presentation import wait_words
from tui_mfa.widgets.status_line import StatusLine


class WaitLine(StatusLine):
    """A status line for refusals that end by themselves: it says how long to wait, second by second.

    The time left is a function of the clock, so a machine that slept does not count too long. Its timer runs only
    while it counts.

    Args:
        now: Gives the present moment, with a zone.
        id: The widget's id.
    """

    ADVICE = "→ "
    """What stands before advice."""
    OVER = "You can try again now."
    """What follows a wait."""

    def __init__(self, now: Callable[[], datetime], *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._now = now
        self._words: Callable[[str], str] | None = None
        self._until = now()
        self._timer: Timer | None = None

    def on_mount(self) -> None:
        """Make the timer that counts; it rests until there is something to count."""
        self._timer = self.set_interval(1, self.tick, pause=True)

    def refusal(self, error: DomainError) -> None:
        """Show an error; one with a waiting time counts down.

        Args:
            error: What a use case refused.
        """
        if isinstance(error, TooManyAttempts):
            self.count_down(lambda left: f"Too many tries. Wait {left}, then try again.", error.retry_after)
        elif isinstance(error, CodeAlreadyUsed):
            used = f"{error.used_at:%H:%M} UTC"
            self.count_down(lambda left: f"This code was already used at {used}. Wait {left} for the next.", error.wait)
        else:
            self.error(error.user_message)

    def count_down(self, words: Callable[[str], str], seconds: int) -> None:
        """Show an error whose waiting time counts down.

        Args:
            words: Makes the sentence from the time left in words.
            seconds: How long to wait.
        """
        self._until = self._now() + timedelta(seconds=seconds)
        self.error(words(wait_words(seconds)))
        self._words = words
        if self._timer is not None:
            self._timer.resume()

    def advice(self, text: str) -> None:
        """Show what to do; nothing went wrong.

        Args:
            text: A sentence for the person.
        """
        self._show(self.ADVICE, text, "advice")

    @property
    def waiting(self) -> bool:
        """Whether it counts."""
        return self._words is not None

    def tick(self) -> None:
        """Show the time that is left now."""
        if self._words is None:
            return
        left = -int(-(self._until - self._now()).total_seconds() // 1)
        if left > 0:
            words = self._words
            self.error(words(wait_words(left)))
            self._words = words
            if self._timer is not None:
                self._timer.resume()
        else:
            self.fact(self.OVER)

    def _show(self, mark: str, text: str, kind: str) -> None:
        """Show a text; whatever was counted before is over."""
        self._words = None
        if self._timer is not None:
            self._timer.pause()
        super()._show(mark, text, kind)
