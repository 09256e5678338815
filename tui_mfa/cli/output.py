"""What a command writes: data and secrets to standard output, words to standard error, people's text made harmless."""

import os
import sys
from collections.abc import Iterable, Sequence
from typing import TextIO

from tui_mfa.domain.secret import Secret

LINE_MAX = 2000
"""Cells of one line; nothing that is meant to be read is longer."""

CELL_MAX = 80
"""Terminal cells of one column; the names of files in the outbox fit."""

NOBODY_READS = 141
"""Exit status when the reader of a pipe has gone: 128 and the number of SIGPIPE, as a shell shows it."""


class Output:
    """Standard output and standard error of one command."""

    def __init__(self) -> None:
        self.json = False
        """Whether standard output gets one JSON document and nothing else."""

    def words(self, *lines: str) -> None:
        """Write lines for the person to standard error."""
        _write(sys.stderr, _harmless(lines))

    def prompt(self, text: str) -> None:
        """Write a question to standard error; the answer is typed on the same line."""
        from tui_mfa.presentation import safe_text

        _write(sys.stderr, safe_text(text))

    def data(self, *lines: str) -> None:
        """Write lines to standard output."""
        _write(sys.stdout, _harmless(lines))

    def plain(self, *lines: str) -> None:
        """Write lines of printable ASCII that this program has made; refuses others.

        It loads nothing, unlike ``data``.

        Raises:
            ValueError: A line holds another character.
        """
        if not all(line.isascii() and line.isprintable() for line in lines):
            raise ValueError("a plain line is printable ASCII")
        _write(sys.stdout, "".join(f"{line}\n" for line in lines))

    def secret(self, *secrets: Secret[str]) -> None:
        """Write secrets to standard output, each alone on its line."""
        _write(sys.stdout, "".join(f"{secret.reveal()}\n" for secret in secrets))

    def drawing(self, text: str) -> None:
        """Write what this program has drawn, control sequences included, to standard error."""
        _write(sys.stderr, text)

    def document(self, value: object) -> None:
        """Write a JSON document to standard output; everything but ASCII is escaped, so no terminal is steered."""
        from json import dumps

        _write(sys.stdout, dumps(value, indent=2) + "\n")

    def table(self, head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """Write columns to standard output.

        Args:
            head: The names of the columns.
            rows: The cells; each is cut at ``CELL_MAX``, and an empty one shown as a hyphen.
        """
        from rich.cells import cell_len

        from tui_mfa.presentation import safe_text

        lines = [head, *([safe_text(cell, CELL_MAX) if cell else "-" for cell in row] for row in rows)]
        widths = [max(cell_len(line[column]) for line in lines) for column in range(len(head))]
        _write(
            sys.stdout,
            "".join(
                "  ".join(
                    cell + " " * (width - cell_len(cell)) for cell, width in zip(line, widths, strict=True)
                ).rstrip()
                + "\n"
                for line in lines
            ),
        )


def _harmless(lines: Iterable[str]) -> str:
    from tui_mfa.presentation import safe_text

    return "".join(f"{safe_text(line, LINE_MAX)}\n" for text in lines for line in text.split("\n"))


def _write(stream: TextIO, text: str) -> None:
    """Write and flush; when nobody reads any more, end quietly (raises ``Exit``)."""
    try:
        stream.write(text)
        stream.flush()
    except BrokenPipeError:
        from click.exceptions import Exit  # click is not loaded for the portal

        # What is still buffered would raise the same error once more when the interpreter ends.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
        raise Exit(NOBODY_READS) from None
