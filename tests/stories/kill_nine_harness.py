"""Processes that write to one data folder and are killed at random, and a judge of what they left.

Run as a program: ``python -m tests.stories.kill_nine_harness FOLDER WORKERS KILLS REQUESTS MODE`` prints a report as
JSON. Every worker tells what it starts and what was acknowledged through a pipe, so that what is acknowledged is known
even when the worker dies the next moment. ``MODE`` is ``locks``, or ``nolocks`` for the control that must fail.
"""

import json
import os
import random
import selectors
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.contract.factory import NOW, new_account
from tui_mfa.domain.errors import DomainError, NameTaken
from tui_mfa.domain.events import Tag
from tui_mfa.domain.ports import Claim
from tui_mfa.store.locks import Locks
from tui_mfa.store.records import key
from tui_mfa.store.tinydb import TinyDBStore

HOT = ("0" * 32, "1" * 32)
"""Two accounts that every worker changes."""

STEP = 0.004
"""Seconds of a time step: short, so that many codes are offered, each by several workers at once."""


class Worker:
    """One writing process; lives until it is killed."""

    def __init__(self, folder: Path, pipe: int, chance: random.Random) -> None:
        self.store = TinyDBStore(folder)
        self.pipe = pipe
        self.chance = chance
        self.own: list[str] = []

    def run(self) -> None:
        requests = (
            self.add,
            self.add,
            self.step,
            self.step,
            self.step,
            self.count,
            self.create,
            self.rename,
            self.read,
        )
        while True:
            try:
                self.chance.choice(requests)()
            except NameTaken:
                pass
            except DomainError as error:
                self.tell("error", error.user_message)

    def tell(self, *words: str) -> None:
        os.write(self.pipe, json.dumps(words).encode() + b"\n")

    def add(self) -> None:
        account_id = self.chance.choice(HOT)
        self.tell("start add", account_id)
        with self.store.account(account_id) as account:
            account.failed_since_login += 1
        self.tell("done add", account_id)

    def count(self) -> None:
        self.tell("start add", "counter")
        with self.store.bucket("counter") as tries:
            tries.times.append(NOW)
        self.tell("done add", "counter")

    def step(self) -> None:
        """Offer the code of the present step, as everybody does, and accept it if it is a new one."""
        account_id, step = self.chance.choice(HOT), int(time.monotonic() / STEP)
        with self.store.account(account_id) as account:
            accepted = step > int(account.profile.name or 0)
            if accepted:
                account.profile.name = str(step)
                account.record(NOW, Tag.LOGIN_OK, "here", step=str(step))
        if accepted:
            self.tell("accepted", account_id, str(step))

    def create(self) -> None:
        account = new_account(self.name(), f"{os.getpid()}-{self.chance.random()}@example.com")
        self.tell("start name", account.id, account.username)
        self.store.create(account)
        self.own.append(account.id)
        self.tell("done name", account.id, account.username)

    def rename(self) -> None:
        if self.own:
            account_id, name = self.chance.choice(self.own), self.name()
            self.tell("start name", account_id, name)
            with self.store.account(account_id) as account:
                account.username = name
            self.tell("done name", account_id, name)

    def read(self) -> None:
        owner = self.store.find(Claim.USERNAME, self.name())
        for account_id in (*HOT, *([owner] if owner else [])):
            self.store.get(account_id)
            self.store.events(account_id)

    def name(self) -> str:
        """Return a name that others want too, in any case of its letters."""
        name = f"name{self.chance.randrange(400)}"
        return self.chance.choice((name, name.upper()))


@dataclass
class Log:
    """What the workers told, in order for each of them."""

    started: Counter[str] = field(default_factory=Counter)
    added: Counter[str] = field(default_factory=Counter)
    accepted: list[tuple[str, str]] = field(default_factory=list)
    possible_names: dict[str, set[str]] = field(default_factory=dict)
    """For each account: the last acknowledged name, and those tried after it."""
    acknowledged: set[str] = field(default_factory=set)
    """Accounts whose creation was acknowledged."""
    errors: list[str] = field(default_factory=list)
    done: int = 0

    def take(self, words: list[str]) -> None:
        what, about, *rest = words
        self.done += not what.startswith("start")
        if what == "start add":
            self.started[about] += 1
        elif what == "done add":
            self.added[about] += 1
        elif what == "accepted":
            self.accepted.append((about, rest[0]))
        elif what == "start name":
            self.possible_names.setdefault(about, set()).add(rest[0])
        elif what == "done name":
            self.possible_names[about] = {rest[0]}
            self.acknowledged.add(about)
        else:
            self.errors.append(about)


class Herd:
    """Keeps a number of workers alive, hears them, and kills them."""

    def __init__(self, folder: Path, workers: int, chance: random.Random) -> None:
        self.folder = folder
        self.chance = chance
        self.log = Log()
        self.heard = selectors.DefaultSelector()
        self.rest: dict[int, bytes] = {}
        self.pids: dict[int, int] = {}
        for _ in range(workers):
            self.start()

    def start(self) -> None:
        ours, theirs = os.pipe()
        seed = self.chance.getrandbits(64)
        pid = os.fork()
        if not pid:
            try:
                Worker(self.folder, theirs, random.Random(seed)).run()
            finally:
                os._exit(1)
        os.close(theirs)
        self.pids[ours], self.rest[ours] = pid, b""
        self.heard.register(ours, selectors.EVENT_READ)

    def listen(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            for ready, _ in self.heard.select(left):
                if not self.hear(ready.fd):
                    raise RuntimeError("a worker ended by itself")

    def hear(self, pipe: int) -> bool:
        """Take what a worker has told; false at the end."""
        data = os.read(pipe, 65536)
        *lines, self.rest[pipe] = (self.rest[pipe] + data).split(b"\n")
        for line in lines:
            self.log.take(json.loads(line))
        return bool(data)

    def kill(self) -> None:
        """Kill one worker and hear its last words."""
        pipe = self.chance.choice(list(self.pids))
        os.kill(self.pids[pipe], signal.SIGKILL)
        os.waitpid(self.pids.pop(pipe), 0)
        self.heard.unregister(pipe)
        while self.hear(pipe):
            pass
        os.close(pipe)


def judge(folder: Path, log: Log) -> list[str]:
    """Return every promise that was broken."""
    store = TinyDBStore(folder)
    wrong = [f"a worker saw: {error}" for error in log.errors]
    names: Counter[Any] = Counter()
    seen = set()
    for account_id in store.ids():
        account = store.get(account_id)
        seen.add(account_id)
        names[key(Claim.USERNAME, account.username)] += 1
        names[key(Claim.EMAIL, account.email.address)] += 1
        if store.find(Claim.USERNAME, account.username) != account_id:
            wrong.append(f"{account.username} does not lead to its account")
        if account_id not in HOT and account.username not in log.possible_names.get(account_id, ()):
            wrong.append(f"{account_id} has a name that nobody gave it")
    wrong += [f"{name} is held {times} times" for name, times in names.items() if times > 1]
    wrong += [f"the acknowledged account {account_id} is lost" for account_id in log.acknowledged - seen]
    with store.bucket("counter") as tries:
        found = {"counter": len(tries.times)}
    found |= {account_id: store.get(account_id).failed_since_login for account_id in HOT}
    for about, value in found.items():
        if not log.added[about] <= value <= log.started[about]:
            wrong.append(f"{about}: {log.added[about]} acknowledged, {log.started[about]} started, {value} kept")
    return wrong + judge_steps(store, log)


def judge_steps(store: TinyDBStore, log: Log) -> list[str]:
    """Return the steps that were accepted twice, and acknowledged ones that left no event."""
    wrong = [
        f"step {step} of {about} was accepted {n} times" for (about, step), n in Counter(log.accepted).items() if n > 1
    ]
    for account_id in HOT:
        recorded = Counter(event.detail["step"] for event in store.events(account_id))
        wrong += [f"step {step} is recorded {n} times" for step, n in recorded.items() if n > 1]
        lost = {step for about, step in log.accepted if about == account_id} - set(recorded)
        wrong += [f"the accepted step {step} is not recorded" for step in sorted(lost)]
    return wrong


@contextmanager
def no_lock(*_: object) -> Iterator[None]:
    """Stand in for a lock in the control."""
    yield


def main(folder: Path, workers: int, kills: int, requests: int, mode: str) -> dict[str, Any]:
    """Run the workers until both numbers are reached, and return the report."""
    if mode == "nolocks":
        Locks.hold = no_lock  # type: ignore[method-assign, assignment]
    store = TinyDBStore(folder)
    for number, account_id in enumerate(HOT):
        store.create(new_account(f"hot{number}", account_id=account_id))
    chance = random.Random()
    herd = Herd(folder, workers, chance)
    killed = 0
    while killed < kills or herd.log.done < requests:
        herd.listen(chance.uniform(0.001, 0.06))
        if killed < kills:
            herd.kill()
            killed += 1
            herd.start()
    while herd.pids:
        herd.kill()
    try:
        wrong = judge(folder, herd.log)
    except DomainError as error:
        wrong = [f"the judge cannot read: {error.user_message}"]
    log = herd.log
    figures = {"acknowledged": log.done, "accepted": len(log.accepted), "accounts": len(log.acknowledged)}
    return {"kills": killed, "wrong": wrong, **figures}


if __name__ == "__main__":
    where, workers, kills, requests, how = sys.argv[1:]
    print(json.dumps(main(Path(where), int(workers), int(kills), int(requests), how)))  # noqa: T201 - the report
