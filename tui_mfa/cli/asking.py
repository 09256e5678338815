"""Questions: asked on the terminal, or answered by the lines of standard input. No password is ever an argument."""

import sys

import click

from tui_mfa.cli.output import Output
from tui_mfa.domain.errors import InvalidInput
from tui_mfa.domain.secret import Secret

_LINE_MAX = 8192
"""Characters read of one line: above every limit of the rules, which then say what is too long."""


class Asker:
    """Where the answers of one command come from.

    Args:
        out: For the questions.
        password_stdin: The password is the first line of standard input, and what else is asked the next ones.
        code: An app's code that was given as an option; good for one question.
    """

    def __init__(self, out: Output, *, password_stdin: bool = False, code: str | None = None) -> None:
        self._out = out
        self._code = code
        self.interactive = not password_stdin and sys.stdin.isatty()
        """Somebody sits at the terminal and can be asked again."""
        self._lines = password_stdin

    def password(self) -> Secret[str]:
        """Return the password of somebody who has one."""
        return self._hidden("Password: ")

    def new_password(self) -> Secret[str]:
        """Return a new password, typed twice.

        Raises:
            InvalidInput: The two differ.
        """
        first = self._hidden("New password: ")
        if self._lines:
            return first
        second = self._hidden("The same again: ")
        if first.reveal() != second.reveal():
            raise InvalidInput("The two passwords are not the same. Nothing was changed.", field="new_password")
        return first

    def code(self, question: str, missing: str, *, option: bool = False) -> Secret[str]:
        """Return a code: given as an option, typed, or the next line of standard input.

        Args:
            question: What to ask.
            missing: What to say when there is no line.
            option: Whether it is the code that the option gives.
        """
        if option and self._code is not None:
            given, self._code = Secret(self._code), None
            return given
        return Secret(self._typed(question) if self.interactive else self._next_line(missing))

    def word(self, question: str, option: str) -> str:
        """Return a word that is typed to confirm something.

        Args:
            question: What to ask.
            option: The option that gives the word without a terminal.

        Raises:
            click.UsageError: There is no terminal to ask on.
        """
        if not self.interactive:
            raise click.UsageError(f"{option} is needed without a terminal.")
        return self._typed(question)

    def secret_line(self, question: str, missing: str) -> Secret[str]:
        """Return a secret that is no password: typed unseen, or the next line of standard input.

        Args:
            question: What to ask.
            missing: What to say when there is no line.
        """
        return self._hidden(question) if self.interactive else Secret(self._next_line(missing))

    def _hidden(self, question: str) -> Secret[str]:
        if self._lines:
            return Secret(self._next_line("The password is the first line of standard input, which is empty."))
        if not self.interactive:
            raise click.UsageError("There is no terminal to ask for the password on: use --password-stdin.")
        from getpass import getpass

        try:
            return Secret(getpass(question))
        except EOFError:
            raise click.UsageError("Nothing was typed.") from None

    def _typed(self, question: str) -> str:
        self._out.prompt(question)
        return self._next_line("Nothing was typed.")

    def _next_line(self, missing: str) -> str:
        try:
            line = sys.stdin.readline(_LINE_MAX)
        except UnicodeDecodeError:
            raise click.UsageError("Standard input is not UTF-8.") from None
        if not line:
            raise click.UsageError(missing)
        return line.removesuffix("\n").removesuffix("\r")
