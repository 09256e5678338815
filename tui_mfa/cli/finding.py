"""What a check of ``tui-mfa doctor`` found."""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How it is."""

    OK = "ok"
    WARNING = "warning"
    """Works, but not for long, or not for everybody."""
    PROBLEM = "problem"
    """Does not work."""


_GLYPHS = {State.OK: "✓", State.WARNING: "!", State.PROBLEM: "✗"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report."""

    name: str
    """What was looked at, in a word or two."""
    state: State
    message: str
    """A sentence."""
    fix: str = ""
    """What to do: a command, or a sentence."""

    def value(self) -> dict[str, str]:
        """Return the finding for JSON."""
        return {"name": self.name, "state": self.state.value, "message": self.message, "fix": self.fix}

    def lines(self) -> list[str]:
        """Return the finding for people: the state as glyph and word, and below it what to do."""
        first = f"{_GLYPHS[self.state]} {self.state.value:<7}  {self.name:<12}  {self.message}"
        return [first, f"{'':25}Do: {self.fix}"] if self.fix else [first]


def ok(name: str, message: str) -> Finding:
    """Return a finding without a fault."""
    return Finding(name, State.OK, message)


def warning(name: str, message: str, fix: str = "") -> Finding:
    """Return a finding that wants attention."""
    return Finding(name, State.WARNING, message, fix)


def problem(name: str, message: str, fix: str = "") -> Finding:
    """Return a finding that keeps something from working."""
    return Finding(name, State.PROBLEM, message, fix)
