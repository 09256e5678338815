"""How a mail of the demo reads on screen."""

from datetime import tzinfo

from textual.content import Content

from tui_mfa.mail.memory import Kept
from tui_mfa.mail.message import text_of
from tui_mfa.presentation import as_content, grouped, safe_text

HALF = 3
"""Digits before the gap that is shown."""

_BEFORE = len("  07:04  ")
"""Cells before what a mail says."""


def time_of(kept: Kept, zone: tzinfo | None) -> str:
    """Return the time of day at which a mail came, in the reader's zone.

    Args:
        kept: The mail.
        zone: The reader's zone; None is the machine's own.
    """
    return f"{kept.message['Date'].datetime.astimezone(zone):%H:%M}"


def code_line(kept: Kept) -> str:
    """Return the code that a mail carries as ``123 456``; empty when it carries none."""
    return grouped(kept.mail.code.reveal(), HALF) if kept.mail.code is not None else ""


def summary(kept: Kept, width: int, zone: tzinfo | None) -> Content:
    """Return a mail as two lines: the subject, then the time with the code, or with how the text begins.

    Args:
        kept: The mail.
        width: Cells of a line.
        zone: The reader's zone.
    """
    head = f"{safe_text(str(kept.message['Subject']), width)}\n  {time_of(kept, zone)}  "
    code = code_line(kept)
    if code:
        return Content.assemble(head, (code, "bold"))
    first = " ".join(text_of(kept.message).partition("\n\n")[0].split())
    return Content.assemble(head, safe_text(first, width - _BEFORE))


def whole(kept: Kept) -> Content:
    """Return a whole mail: the headers that a person looks at, then the text."""
    heads = [as_content(f"{name}: {kept.message[name]}", 300) for name in ("From", "To", "Date", "Subject")]
    lines = [as_content(line, 300) for line in text_of(kept.message).rstrip("\n").split("\n")]
    return Content("\n").join([*heads, Content(""), *lines])
