"""Durable changes of accounts: with few and many accounts, beside SQLite, from one process and from eight."""

import random
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial

from benchmarks.homes import Home, account_id, installation
from benchmarks.measure import Budget, Result, compared, in_turns
from benchmarks.sqlite_peer import SQLiteStore, update
from tui_mfa.store.tinydb import TinyDBStore

_BLOCK = 20
"""Changes in one sample."""

_FEW = 10
"""Accounts in the small store."""

_SHARED = 200
"""Accounts that the processes share."""

PROCESSES = 8


def size(rounds: int, accounts: int) -> Result:
    """Measure a change in a store of many accounts beside one in a store of ten."""
    with installation(accounts) as large, installation(_FEW) as small:
        samples = in_turns(_changes(large, accounts), _changes(small, _FEW), rounds)
    note = f"{accounts:,} accounts beside {_FEW}"
    return compared("update, many accounts", Budget(1.5, 1.2), samples, note=note)


def sqlite(rounds: int) -> Result:
    """Measure a change beside the same in SQLite, one process."""
    with installation(_SHARED) as home:
        peer = SQLiteStore(home.folder / "peer.db")
        peer.copy(TinyDBStore(home.data))
        samples = in_turns(_changes(home, _SHARED), _block(_SHARED, peer.update), rounds)
    return compared("update, SQLite", Budget(3, 2), samples, note=f"{_SHARED} accounts, one process")


def processes(rounds: int, seconds: float) -> Result:
    """Measure the changes per second of eight processes beside the same in SQLite."""
    with installation(_SHARED) as home:
        SQLiteStore(home.folder / "peer.db").copy(TinyDBStore(home.data))
        samples = in_turns(
            lambda: _rate(home, "tinydb", seconds), lambda: _rate(home, "sqlite", seconds), rounds, warm_up=0
        )
    budget = Budget(1, 2.5, at_least=True)
    note = f"{_SHARED} accounts, {PROCESSES} processes"
    return compared("updates/s, SQLite", budget, samples, unit="updates/s", scale=1, note=note)


def work(home: Home, kind: str, seconds: float) -> int:
    """Change accounts for some seconds and return how many changes were done: what each process does."""
    change = (
        SQLiteStore(home.folder / "peer.db").update if kind == "sqlite" else partial(update, TinyDBStore(home.data))
    )
    chance = random.Random()
    change(account_id(0))
    print("ready", flush=True)
    sys.stdin.readline()
    count, end = 0, time.monotonic() + seconds
    while time.monotonic() < end:
        change(account_id(chance.randrange(_SHARED)))
        count += 1
    return count


def _rate(home: Home, kind: str, seconds: float) -> float:
    command = [sys.executable, "-m", "benchmarks.worker", "update", str(home.folder), kind, str(seconds)]
    return sum(map(int, at_once(command))) / seconds


def at_once(command: list[str]) -> list[str]:
    """Run a program in eight processes that all begin at the same time; return what each printed at the end."""
    pipe = subprocess.PIPE
    running = [subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) for _ in range(PROCESSES)]
    for process in running:
        assert process.stdout is not None
        process.stdout.readline()
    for process in running:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    printed = [process.communicate()[0] for process in running]
    if any(process.returncode for process in running):
        raise RuntimeError("a process failed")
    return printed


def _changes(home: Home, accounts: int) -> Callable[[], float]:
    return _block(accounts, partial(update, TinyDBStore(home.data)))


def _block(accounts: int, change: Callable[[str], None]) -> Callable[[], float]:
    chance = random.Random(20261124)

    def sample() -> float:
        chosen = [account_id(chance.randrange(accounts)) for _ in range(_BLOCK)]
        started = time.perf_counter()
        for account in chosen:
            change(account)
        return (time.perf_counter() - started) / _BLOCK

    return sample
