"""Measures, prints one line each, and keeps a copy in ``benchmarks/results``."""

import argparse
import json
import os
import platform
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from benchmarks import commands, once, qr, screens, ssh_crowd, ssh_lost, ssh_rows, ssh_wish, updates
from benchmarks.measure import Result

RESULTS = Path(__file__).with_name("results")

PACKAGES = ("textual", "tinydb", "qrcode", "msgspec", "click", "asyncssh", "tui-mfa")
"""Whose versions are told with the results."""


def measurements(options: argparse.Namespace) -> dict[str, Callable[[], Result]]:
    """Return what can be measured, by name."""
    quick = options.quick
    rounds = 7 if quick else 25
    accounts = options.accounts or (100_000 if options.full else 2_000 if quick else 20_000)
    seconds = 1.0 if quick else 3.0
    return {
        "start": lambda: screens.start(rounds),
        "keystroke": lambda: screens.keystroke(5 if quick else 11),
        "idle": lambda: screens.idle(3 if quick else 10),
        "keys": lambda: commands.command("keys list", rounds, 1_000 if quick else 10_000),
        "status": lambda: commands.command("mfa status", rounds, 1_000 if quick else 10_000),
        "size": lambda: updates.size(rounds * 4, accounts),
        "sqlite": lambda: updates.sqlite(rounds * 4),
        "processes": lambda: updates.processes(5, seconds),
        "qr": lambda: qr.qr(rounds),
        "once": once.once,
        **over_ssh(options, rounds),
    }


def over_ssh(options: argparse.Namespace, rounds: int) -> dict[str, Callable[[], Result]]:
    """Return what can be measured of the server; each starts its own."""
    quick, full = options.quick, options.full
    people = options.people or (200 if full else 10 if quick else 60)
    return {
        "ssh-memory": lambda: ssh_rows.memory(people),
        "ssh-wish": lambda: ssh_wish.memory(people),
        "ssh-login": lambda: ssh_rows.login(rounds // 2),
        "ssh-first": lambda: ssh_rows.first(rounds),
        "ssh-profile": lambda: ssh_rows.profile(rounds),
        "ssh-idle": lambda: ssh_rows.idle(30, 3 if quick else 20),
        "ssh-typing": lambda: ssh_crowd.typing(50, 2 if quick else 3, 5 if quick else 15),
        "ssh-flood": lambda: ssh_crowd.flood(5 if quick else 20),
        "ssh-collector": lambda: ssh_crowd.collector(people),
        "ssh-lost": lambda: ssh_lost.lost(
            *((500, 50) if full else (100, 20)), 100 if quick else 1_000, 2 if quick else 3
        ),
    }


def parsed() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="what to measure; everything when none is given")
    parser.add_argument("--quick", action="store_true", help="fewer rounds and accounts, for a first look")
    parser.add_argument(
        "--full", action="store_true", help="100,000 accounts in the large store, 200 and 550 sessions over SSH"
    )
    parser.add_argument("--people", type=int, metavar="N", help="sessions over SSH, where memory is measured")
    parser.add_argument("--accounts", type=int, metavar="N", help="accounts in the large store")
    options = parser.parse_args()
    unknown = set(options.names) - set(measurements(options))
    if unknown:
        parser.error(f"there is no {', '.join(sorted(unknown))}; there are {', '.join(measurements(options))}")
    return options


def facts() -> dict[str, object]:
    """Return what the figures depend on; nothing that names the machine."""
    return {
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 2),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "packages": {name: version(name) for name in PACKAGES},
    }


def main() -> int:
    """Measure what was asked for; 1 when a check failed (a ratio over its budget is told, not failed)."""
    options = parsed()
    about = facts()
    print(", ".join(f"{name} {value}" for name, value in about.items() if name != "packages"))
    results = []
    for name, measure in measurements(options).items():
        if options.names and name not in options.names:
            continue
        result = measure()
        print(result.line(), flush=True)
        results.append(result)
    now = datetime.now(UTC)
    RESULTS.mkdir(exist_ok=True)
    document = {"at": f"{now:%Y-%m-%dT%H:%M:%SZ}", **about, "results": [result.document() for result in results]}
    (RESULTS / f"{now:%Y-%m-%dT%H%M%S}.json").write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n")
    return int(any(result.verdict == "FAILED" for result in results))


if __name__ == "__main__":
    sys.exit(main())
