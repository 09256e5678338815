"""The portal beside the five-line app: start, key to repaint, and what an idle page sends."""

import statistics
import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks.homes import Home, installation
from benchmarks.measure import Budget, Result, compared, in_turns
from benchmarks.terminal import Terminal

FORM = ("Username or e-mail", "Forgotten password", "Lost second factor")
"""Texts from the top and the bottom of the login form."""

PEER_FORM = ("ive lines",)
"""The placeholder; its first character is drawn apart, under the caret."""

_SETTLED = 0.5
"""Seconds of silence after which a start is over."""

_PAUSE = 0.02
"""Seconds of silence between two keys."""

_KEY = "z"
"""A letter that ends no control sequence that either app sends."""

_FIELD = 30
"""Keys that fit into both fields."""


def portal(home: Home) -> Terminal:
    """Start the portal as a person does."""
    script = Path(sys.executable).with_name("tui-mfa")
    command = [str(script)] if script.exists() else [sys.executable, "-m", "tui_mfa"]
    return Terminal(command, home.environ)


def five_lines() -> Terminal:
    """Start the five-line app."""
    return Terminal([sys.executable, str(Path(__file__).with_name("five_lines.py"))], {})


def start(rounds: int) -> Result:
    """Measure whole processes, from their start to their first drawn form."""
    with installation(1) as home:

        def ours() -> float:
            with portal(home) as terminal:
                return terminal.until(*FORM)

        def peer() -> float:
            with five_lines() as terminal:
                return terminal.until(*PEER_FORM)

        return compared("start", Budget(1.4, 1.15), in_turns(ours, peer, rounds, warm_up=2))


def keystroke(rounds: int) -> Result:
    """Measure a key in a field until it is drawn, both programs running side by side."""
    with installation(1) as home, portal(home) as mine, five_lines() as theirs:
        mine.until(*FORM)
        theirs.until(*PEER_FORM)
        sizes: dict[Terminal, list[int]] = {mine: [], theirs: []}

        def sample(terminal: Terminal) -> Callable[[], float]:
            def one() -> float:
                times = []
                for _ in range(_FIELD):
                    terminal.quiet(_PAUSE)
                    times.append(terminal.key(_KEY))
                    sizes[terminal].append(terminal.quiet(_PAUSE))
                terminal.send("\x15")  # empties the field up to the caret
                terminal.quiet(_PAUSE * 5)
                return statistics.median(times)

            return one

        for terminal in (mine, theirs):
            terminal.quiet(_SETTLED)
        result = compared("keystroke", Budget(1.3, 1.1), in_turns(sample(mine), sample(theirs), rounds))
    result.extra.update(more_bytes=statistics.median(sizes[mine]), peer_more_bytes=statistics.median(sizes[theirs]))
    return result


def idle(seconds: float) -> Result:
    """Count what the login page sends, and the processor time it takes, while nobody types."""
    with installation(1) as home, portal(home) as mine, five_lines() as theirs:
        mine.until(*FORM)
        theirs.until(*PEER_FORM)
        for terminal in (mine, theirs):
            terminal.listen(2)
        before = mine.cpu(), theirs.cpu()
        sent = mine.listen(seconds)
        used = (mine.cpu() - before[0]) / seconds
        peer_sent = theirs.quiet(_PAUSE)
        peer_used = (theirs.cpu() - before[1]) / seconds
    note = f"{seconds:g} s: {sent} bytes, {used:.1%} of a core (the five-line app: {peer_sent} bytes, {peer_used:.1%})"
    return Result(
        "idle", None, passed=sent == 0, note=note, extra={"bytes": sent, "cpu": used, "peer_bytes": peer_sent}
    )
