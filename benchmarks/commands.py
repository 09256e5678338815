"""A whole command beside the start of an interpreter that loads TinyDB."""

import subprocess
import sys
import time
from collections.abc import Mapping, Sequence

from benchmarks.homes import installation
from benchmarks.measure import Budget, Result, compared, in_turns


def command(words: str, rounds: int, accounts: int) -> Result:
    """Measure a command that looks at one account of many.

    Args:
        words: The command, without NAME and ``--json``.
        rounds: Runs of each.
        accounts: How many there are in the store.
    """
    with installation(accounts) as home:
        ours = [sys.executable, "-m", "tui_mfa", *words.split(), f"user{accounts // 2}", "--json"]
        peer = [sys.executable, "-c", "import tinydb, json"]
        samples = in_turns(lambda: _run(ours, home.environ), lambda: _run(peer, {}), rounds, warm_up=2)
    return compared(words, Budget(3, 2), samples, note=f"{accounts:,} accounts")


def _run(arguments: Sequence[str], environ: Mapping[str, str]) -> float:
    started = time.perf_counter()
    subprocess.run(arguments, env={"LANG": "C.UTF-8", **environ}, stdout=subprocess.PIPE, check=True)
    return time.perf_counter() - started
