"""Limits of connections, with their boundaries, in one process and over several."""

import os
import signal
import subprocess
import sys

from tui_mfa.ssh.gate import Gate, Limits, Refusal, memory_for
from tui_mfa.ssh.memory import Memory


class Clock:
    def __init__(self) -> None:
        self.time = 0.0

    def __call__(self) -> float:
        return self.time


def test_an_address_has_so_many_and_gets_a_place_back() -> None:
    gate = Gate(Limits(per_address=2, per_minute=100), Clock())
    assert [gate.enter("a"), gate.enter("a")] == [None, None]
    assert gate.enter("a") is Refusal.ADDRESS
    assert gate.enter("b") is None
    gate.leave("a")
    assert gate.enter("a") is None


def test_the_service_is_full_for_everybody() -> None:
    gate = Gate(Limits(total=2, per_minute=100), Clock())
    assert [gate.enter("a"), gate.enter("b")] == [None, None]
    assert gate.enter("c") is Refusal.FULL
    gate.leave("a")
    assert gate.enter("c") is None
    assert gate.live == 2


def test_an_address_connects_so_often_in_a_minute() -> None:
    clock = Clock()
    gate = Gate(Limits(per_minute=3), clock)
    for _ in range(3):
        assert gate.enter("a") is None
        gate.leave("a")
    assert gate.enter("a") is Refusal.RATE
    clock.time = 19.9
    assert gate.enter("a") is Refusal.RATE
    clock.time = 20.0
    assert gate.enter("a") is None
    assert gate.enter("b") is None


def test_who_was_refused_takes_no_place() -> None:
    gate = Gate(Limits(per_address=1, per_minute=100), Clock())
    gate.enter("a")
    gate.enter("a")
    gate.leave("a")
    assert gate.live == 0


def test_more_addresses_than_are_remembered_are_let_in() -> None:
    """Only as many rates are kept as there is room for; who has none is new, and nobody else pays for that."""
    gate = Gate(Limits(per_minute=1), Clock())
    for number in range(40_000):
        assert gate.enter(str(number)) is None
        gate.leave(str(number))
    assert gate.enter("39999") is Refusal.RATE


def test_two_workers_count_together_and_a_dead_one_counts_no_more() -> None:
    limits, clock = Limits(total=4, per_address=2, per_minute=5), Clock()
    memory = memory_for(limits, several=True)
    one, two = Gate(limits, clock, memory, 1), Gate(limits, clock, memory, 2)
    assert [one.enter("a"), two.enter("a")] == [None, None]
    assert [one.enter("a"), two.enter("a")] == [Refusal.ADDRESS] * 2
    assert [one.enter("b"), two.enter("c")] == [None, None]
    assert [one.enter("d"), two.enter("d")] == [Refusal.FULL] * 2
    one.forget(2)
    assert one.live == 2
    assert one.enter("a") is None, "its fifth and last in this minute"
    assert Gate(limits, clock, memory, 2).enter("a") is Refusal.RATE


ENTERS = """
import sys
from tui_mfa.ssh.gate import Gate, Limits, memory_size
from tui_mfa.ssh.memory import Memory
limits = Limits(total=1, per_address=1, per_minute=1_000_000_000)
gate = Gate(limits, lambda: 0.0, Memory(memory_size(limits), int(sys.argv[1])), int(sys.argv[3]))
inside = Memory(1, int(sys.argv[2])).bytes
sys.stdin.readline()
got = 0
while got < 1_000:
    if gate.enter("a") is None:
        assert not inside[0], "two are in"
        inside[0] = 1
        inside[0] = 0
        got += 1
        gate.leave("a")
print("done", flush=True)
sys.stdin.readline()
gate.enter("a")
print("kept", flush=True)
sys.stdin.readline()
"""


def say(process: subprocess.Popen[str], word: str) -> None:
    assert process.stdin is not None
    process.stdin.write(f"{word}\n")
    process.stdin.flush()


def heard(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def test_of_one_place_only_one_process_gets_hold_and_the_killed_give_it_back() -> None:
    limits = Limits(total=1, per_address=1, per_minute=1_000_000_000)
    memory, inside = memory_for(limits, several=True), Memory.for_several(1)
    handles = [handle for handle in (memory.handle, inside.handle) if handle is not None]
    started = [
        subprocess.Popen(
            [sys.executable, "-c", ENTERS, *map(str, handles), str(number)],
            pass_fds=handles,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in (1, 2)
    ]
    for process in started:
        say(process, "go")
    assert [heard(process) for process in started] == ["done", "done"], "two were in"
    say(started[0], "keep")
    assert heard(started[0]) == "kept"
    gate = Gate(limits, lambda: 0.0, memory, 3)
    assert gate.live == 1
    for number, process in enumerate(started, start=1):
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
        gate.forget(number)
    assert gate.live == 0
    assert gate.enter("a") is None, "a killed process has left the lock"
