"""The one file that touches Textual's private parts; each use says why, and a test over a pty holds it in place.

Four things Textual 8.2.8 has no public way for: a hardware cursor that screen readers can follow, forgetting what was
copied, an end after an unexpected error that shows no traceback, and reading each style rule once for all sessions of a
process. Beside them, what is known about the terminal.
"""

from __future__ import annotations

import codecs
import contextlib
import logging
import secrets
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic

from rich.text import Text
from textual import events
from textual.app import App, ReturnType
from textual.driver import Driver
from textual.geometry import Offset
from textual.widget import Widget
from textual.worker import WorkerFailed

from tui_mfa.presentation import safe_text

EXIT_UNEXPECTED = 70
"""Exit status after an unexpected error (EX_SOFTWARE of sysexits.h)."""

SHOW_CURSOR = "\x1b[?25h"
"""DECTCEM set: the terminal draws its cursor."""

ErrorSink = Callable[[str, str], None]
"""Takes the reference and the traceback, without locals, of an unexpected error."""


def show_cursor(app: App[Any]) -> None:
    """Let the terminal draw its cursor, which screen readers and braille lines follow.

    Args:
        app: A running app; without a terminal nothing happens.
    """
    # Textual's drivers hide the cursor when they start and offer no way to show it; App has no public write.
    driver = app._driver  # noqa: SLF001
    if driver is not None:
        driver.write(SHOW_CURSOR)
        driver.flush()


def follow_focus(app: App[Any], widget: Widget) -> None:
    """Put the terminal's cursor on the widget that has the focus.

    Inputs and text areas keep it on their caret while somebody types; here it gets there with the focus.

    Args:
        app: The running app.
        widget: The focused widget.
    """

    def place() -> None:
        if widget.has_focus and widget.region:
            caret: Offset | None = getattr(widget, "cursor_screen_offset", None)
            position = widget.content_region.offset if caret is None else caret
            if position != app.cursor_position:
                app.cursor_position = position
                # The cursor moves with the next drawing only.
                widget.refresh()

    place()
    # A widget that was just mounted, or scrolled into view, knows its place after the layout.
    app.call_after_refresh(place)


class VisibleCursor(App[ReturnType], Generic[ReturnType]):
    """An app whose terminal cursor is shown and stays on the focused widget."""

    def on_mount(self) -> None:
        """Show the cursor from the start."""
        show_cursor(self)
        self.app_resume_signal.subscribe(self, lambda _: show_cursor(self))

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Move the cursor along with the focus."""
        follow_focus(self, event.widget)


def forget_clipboard(app: App[Any]) -> None:
    """Forget what was copied inside the app; the person's own clipboard is left alone.

    Args:
        app: The app.
    """
    # copy_to_clipboard("") would forget it too, but also empty the clipboard of the person's machine.
    app._clipboard = ""  # noqa: SLF001


def log_error(reference: str, details: str) -> None:
    """Write an unexpected error to the program's log.

    Args:
        reference: What the person was told.
        details: The traceback without locals.
    """
    logging.getLogger("tui_mfa").error("unexpected error, reference %s\n%s", reference, details)


def error_line(reference: str) -> str:
    """Return what the person is told about an unexpected error; it fits 80 columns.

    Args:
        reference: Eight hexadecimal digits.
    """
    return f"Something went wrong (reference {reference}). Please tell support the reference."


def describe(error: BaseException) -> str:
    """Return an error with its traceback, without the values of variables and without control characters.

    Args:
        error: The error.
    """
    lines = "".join(traceback.format_exception(error, limit=-50)).splitlines()
    return "\n".join(safe_text(line, 500) for line in lines)


class ErrorBoundary(App[ReturnType], Generic[ReturnType]):
    """An app in which an unexpected error shows a reference and nothing else.

    The traceback goes to a sink, without the values of variables: Textual's own handler prints them, passwords
    included. A worker's error leaves the app running, with a message; any other error has stopped a widget's message
    loop, so the app ends with ``EXIT_UNEXPECTED`` and one line. Under ``run_test`` each such error is raised again.

    Args:
        error_sink: Takes the reference and the traceback.
        driver_class: The driver, or None for the one of this platform.
    """

    def __init__(self, error_sink: ErrorSink = log_error, driver_class: type[Driver] | None = None) -> None:
        super().__init__(driver_class=driver_class)
        self._error_sink = error_sink
        self.last_words: str | None = None
        """The line printed at the end when an unexpected error ended the app; a server sends it to its client."""

    # Textual calls this private method for each exception that nothing caught. It is the only place to step in: the
    # public alternative, catching around run(), comes after the traceback with its locals is printed.
    def _handle_exception(self, error: Exception) -> None:
        cause = error.error if isinstance(error, WorkerFailed) else error
        reference = secrets.token_hex(4)
        # A sink that fails, on a full disk say, must not take the place of the error, nor bring a traceback out.
        with contextlib.suppress(Exception):
            self._error_sink(reference, describe(cause))
        if self._exception is None:
            # What run_test raises at its end, so that no test passes over an error.
            self._exception = error
            self._exception_event.set()
        if isinstance(error, WorkerFailed) and self.is_running and self.screen_stack:
            self.notify(error_line(reference), title="Error", severity="error", markup=False)
        elif self.last_words is None:
            self.last_words = error_line(reference)
            self._return_code = EXIT_UNEXPECTED
            # Printed when the terminal is itself again. More than one entry would add advice for developers.
            self._exit_renderables[:] = [Text(self.last_words, overflow="ignore", no_wrap=True)]
            self._close_messages_no_wait()


@dataclass(frozen=True)
class TerminalAbility:
    """What a terminal says it can do."""

    name: str
    """The terminal program, or else its type; made harmless for the screen."""
    utf8: bool
    """Whether text is sent in UTF-8."""
    colours: str
    """``none``, ``16``, ``256`` or ``truecolor``."""


def terminal_ability(environ: Mapping[str, str], encoding: str | None) -> TerminalAbility:
    """Return what a terminal can do, by the variables that Textual goes by too.

    Args:
        environ: The environment.
        encoding: The encoding of the output stream; None when unknown.
    """
    term = environ.get("TERM", "").strip().lower()
    name = environ.get("TERM_PROGRAM") or term or "unknown"
    return TerminalAbility(safe_text(name, 40), _is_utf8(encoding), _colours(environ, term))


def _is_utf8(encoding: str | None) -> bool:
    try:
        return codecs.lookup(encoding or "").name == "utf-8"
    except (LookupError, ValueError):
        return False


def _colours(environ: Mapping[str, str], term: str) -> str:
    # Textual takes NO_COLOR as set when it is there, even if empty.
    if "NO_COLOR" in environ or term in {"", "dumb", "unknown"}:
        return "none"
    if environ.get("COLORTERM", "").strip().lower() in {"truecolor", "24bit"}:
        return "truecolor"
    return "256" if term.rpartition("-")[2] in {"256color", "kitty"} else "16"
