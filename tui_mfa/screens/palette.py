"""The palette of commands."""

from collections.abc import Callable
from typing import Any

from textual.command import CommandPalette
from textual.timer import Timer

LATE = "_show_no_matches"
"""What Textual calls half a second after a search that found nothing."""


class Palette(CommandPalette):
    """Textual's palette, which survives that somebody types on while it is about to say that nothing was found.

    It says so by way of its queue, where it stays when the search is over; said twice, it would end the program.
    """

    def set_timer(
        self, delay: float, callback: Callable[[], Any] | None = None, *, name: str | None = None, pause: bool = False
    ) -> Timer:
        """Set a timer; one for a search that is over does nothing.

        Args:
            delay: In seconds.
            callback: Called then.
            name: As for Textual.
            pause: As for Textual.
        """
        if callback is None or getattr(callback, "__name__", "") != LATE:
            return super().set_timer(delay, callback, name=name, pause=pause)

        def say() -> None:
            if timer is self._no_matches_timer:
                callback()

        timer = super().set_timer(delay, say, name=name, pause=pause)
        return timer
