"""Measuring one thing beside another, in turns, and what is told about it."""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

Sample = Callable[[], float]
"""Does the work once and returns seconds, or whatever else is compared."""

MIN_ROUNDS: Final = 5
"""Fewer tell nothing about the spread."""


@dataclass(frozen=True, slots=True)
class Budget:
    """What a ratio must be, and what is aimed for."""

    must: float
    aim: float
    at_least: bool = False
    """Whether more is better; otherwise less is."""

    def verdict(self, ratio: float) -> str:
        """Return ``aim``, ``ok`` or ``OVER``."""
        reached = [ratio >= limit if self.at_least else ratio <= limit for limit in (self.aim, self.must)]
        return "aim" if reached[0] else "ok" if reached[1] else "OVER"

    def __str__(self) -> str:
        sign = "≥" if self.at_least else "≤"
        return f"must {sign} {self.must:g}, aim {sign} {self.aim:g}"


@dataclass(frozen=True, slots=True)
class Result:
    """One line of the report."""

    name: str
    budget: Budget | None
    """None for a check, which is right or wrong."""
    ratios: tuple[float, ...] = ()
    """One for each round."""
    ours: float = 0
    """Median, in ``unit``."""
    peer: float = 0
    unit: str = "ms"
    passed: bool = True
    """For a check: whether it held."""
    skipped: bool = False
    """Whether nothing was measured; the note says why."""
    note: str = ""
    extra: dict[str, float] = field(default_factory=dict)
    """More figures for the JSON copy."""

    @property
    def ratio(self) -> float:
        """The median of the rounds' ratios."""
        return statistics.median(self.ratios)

    @property
    def quartiles(self) -> tuple[float, float]:
        """The lower and the upper one; of a single round, the ratio itself."""
        if len(self.ratios) == 1:
            return self.ratio, self.ratio
        first, _, third = statistics.quantiles(self.ratios, n=4, method="inclusive")
        return first, third

    @property
    def verdict(self) -> str:
        """``aim``, ``ok`` or ``OVER``; for a check ``ok`` or ``FAILED``; ``skipped`` for what was not measured."""
        if self.skipped:
            return "skipped"
        if self.budget is None:
            return "ok" if self.passed else "FAILED"
        return self.budget.verdict(self.ratio)

    def line(self) -> str:
        """Return the line for people."""
        if self.budget is None:
            return f"{self.name:<22} {self.note:<86} {self.verdict}"
        low, high = self.quartiles
        figures = f"{self.ratio:5.2f} × ({low:.2f}–{high:.2f})"
        medians = f"{self.ours:.4g} : {self.peer:.4g} {self.unit}"
        return f"{self.name:<22} {figures:<24} {self.budget!s:<24} {medians:<36} {self.verdict:<5} {self.note}".rstrip()

    def document(self) -> dict[str, object]:
        """Return the same for the JSON copy."""
        told: dict[str, object] = {"name": self.name, "verdict": self.verdict, "note": self.note, **self.extra}
        if self.budget is not None:
            low, high = self.quartiles
            told |= {
                "ratio": round(self.ratio, 4),
                "quartiles": [round(low, 4), round(high, 4)],
                "rounds": len(self.ratios),
                "must": self.budget.must,
                "aim": self.budget.aim,
                "ours": round(self.ours, 6),
                "peer": round(self.peer, 6),
                "unit": self.unit,
            }
        return told


def in_turns(ours: Sample, peer: Sample, rounds: int, warm_up: int = 1) -> tuple[list[float], list[float]]:
    """Take samples in turns, changing who is first, so that the machine's other load falls on both alike.

    Args:
        ours: The one.
        peer: The other.
        rounds: Samples of each.
        warm_up: Rounds before, which do not count.
    """
    mine: list[float] = []
    theirs: list[float] = []
    for number in range(-warm_up, max(rounds, MIN_ROUNDS)):
        pair = [(ours, mine), (peer, theirs)]
        for sample, taken in pair if number % 2 else reversed(pair):
            value = sample()
            if number >= 0:
                taken.append(value)
    return mine, theirs


def compared(
    name: str,
    budget: Budget,
    samples: tuple[Sequence[float], Sequence[float]],
    *,
    unit: str = "ms",
    scale: float = 1000,
    note: str = "",
) -> Result:
    """Return the result of samples that were taken in turns.

    Args:
        name: What was measured.
        budget: What it must be.
        samples: Ours and the peer's, round by round.
        unit: The unit after scaling.
        scale: From the samples to the unit.
        note: A word more.
    """
    ours, peer = samples
    return Result(
        name,
        budget,
        tuple(one / other for one, other in zip(ours, peer, strict=True)),
        statistics.median(ours) * scale,
        statistics.median(peer) * scale,
        unit,
        note=note,
    )
