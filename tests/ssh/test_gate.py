"""Limits of connections, with their boundaries, in one process and over several."""

import os
import signal
import subprocess
import sys

import pytest

from tui_mfa.ssh.gate import Gate, Limits, Refusal, memory_for, network_of
from tui_mfa.ssh.memory import Memory
from tui_mfa.ssh.places import Place


class Clock:
    def __init__(self) -> None:
        self.time = 0.0

    def __call__(self) -> float:
        return self.time


def half_open(gate: Gate, address: str) -> Place:
    """Let a connection in that goes no further."""
    place = gate.enter(address)
    assert isinstance(place, Place), place
    return place


def come_in(gate: Gate, address: str, *, known: bool = False) -> Place | Refusal:
    """Let a connection in as far as the login page, or into an account."""
    place = gate.enter(address)
    return place if isinstance(place, Refusal) else gate.authenticated(place, known=known) or place


def inside(gate: Gate, address: str, *, known: bool = False) -> Place:
    """Let a connection in that must be let in."""
    place = come_in(gate, address, known=known)
    assert isinstance(place, Place), place
    return place


MANY = 1_000_000


def test_an_address_has_so_many_and_gets_a_place_back() -> None:
    gate = Gate(Limits(per_address=2, per_minute=MANY), Clock())
    one, _ = inside(gate, "a"), inside(gate, "a")
    assert gate.enter("a") is Refusal.ADDRESS
    inside(gate, "b")
    gate.leave(one)
    inside(gate, "a")
    assert gate.enter("a") is Refusal.ADDRESS


def test_an_address_has_no_more_by_coming_half_open_first() -> None:
    gate = Gate(Limits(per_address=1, per_minute=MANY), Clock())
    early, late = half_open(gate, "a"), half_open(gate, "a")
    assert gate.authenticated(late, known=True) is None
    assert gate.authenticated(early, known=True) is Refusal.ADDRESS


@pytest.mark.parametrize("known", [True, False])
def test_the_service_is_full_for_everybody_when_all_are_known(known: bool) -> None:
    gate = Gate(Limits(total=2, per_minute=MANY), Clock())
    early = half_open(gate, "c")
    one = inside(gate, "a", known=True)
    assert gate.logged_in(inside(gate, "b"))
    assert gate.enter("c") is Refusal.FULL
    assert gate.authenticated(early, known=known) is Refusal.FULL
    gate.leave(one)
    assert gate.authenticated(early, known=known) is None
    assert gate.live == 2


def test_an_address_connects_so_often_in_a_minute() -> None:
    clock = Clock()
    gate = Gate(Limits(per_minute=3), clock)
    for _ in range(3):
        gate.leave(half_open(gate, "a"))
    assert gate.enter("a") is Refusal.RATE
    clock.time = 19.9
    assert gate.enter("a") is Refusal.RATE
    clock.time = 20.0
    half_open(gate, "a")
    half_open(gate, "b")


def test_who_was_refused_takes_no_place() -> None:
    gate = Gate(Limits(per_address=1, per_minute=MANY), Clock())
    one = inside(gate, "a")
    assert gate.enter("a") is Refusal.ADDRESS
    gate.leave(one)
    assert gate.live == 0


def test_more_addresses_than_are_remembered_are_let_in() -> None:
    """Only as many rates are kept as there is room for; who has none is new, and nobody else pays for that."""
    gate = Gate(Limits(per_minute=1), Clock())
    for number in range(40_000):
        gate.leave(half_open(gate, str(number)))
    assert gate.enter("39999") is Refusal.RATE


def test_half_open_ones_take_no_place_of_people_and_displace_each_other() -> None:
    """The oldest of the network that has the most goes: whoever opens many, their own."""
    limits = Limits(total=40, per_address=40, per_minute=MANY)
    gate = Gate(limits, Clock())
    person = half_open(gate, "192.0.2.1")
    crowd = [half_open(gate, f"198.51.100.{number}") for number in range(limits.half_open - 1)]
    assert gate.live == limits.half_open == 10
    half_open(gate, "203.0.113.1")
    assert [gate.holds(place) for place in crowd] == [False] + [True] * 8
    half_open(gate, "198.51.100.200")
    assert not gate.holds(crowd[1])
    assert gate.holds(person)
    assert gate.live == limits.half_open
    assert gate.authenticated(crowd[0], known=True) is Refusal.CROWDED
    for number in range(limits.total):
        inside(gate, f"10.0.{number}.1", known=True)
        gate.leave(crowd[number % 9])  # it has none to give back
    assert gate.authenticated(person, known=False) is Refusal.FULL, "of 40 people none was kept out by half-open ones"


def test_strangers_leave_places_to_those_who_are_known_and_displace_each_other() -> None:
    limits = Limits(total=8, per_address=4, per_minute=MANY)
    gate = Gate(limits, Clock())
    person = inside(gate, "192.0.2.1")
    crowd = [inside(gate, "198.51.100.7") for _ in range(4)] + [inside(gate, "203.0.113.7")]
    assert limits.strangers == 6
    late = inside(gate, "192.0.2.99")
    assert [gate.holds(place) for place in (person, *crowd, late)] == [True, False, True, True, True, True, True]
    assert gate.logged_in(crowd[1])
    assert not gate.logged_in(crowd[0])
    for number in range(7):
        inside(gate, f"10.0.{number}.1", known=True)
    assert gate.holds(crowd[1]), "who is known keeps the place"
    assert not any(gate.holds(place) for place in (person, *crowd[2:], late))
    assert gate.enter("192.0.2.1") is Refusal.FULL


def test_from_many_networks_it_is_the_oldest_that_goes() -> None:
    gate = Gate(Limits(total=4, per_minute=MANY), Clock())
    places = [half_open(gate, f"10.0.{number}.1") for number in range(12)]
    assert [gate.holds(place) for place in places] == [False] * 2 + [True] * 10


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.1", "192.0.2.254", True),
        ("192.0.2.1", "192.0.3.1", False),
        ("2001:db8:1:1::/64", "2001:db8:1:ffff::/64", True),
        ("2001:db8:1:1::/64", "2001:db8:2:1::/64", False),
        ("a pipe", "another", False),
    ],
)
def test_networks_are_what_one_customer_may_have(one: str, other: str, same: bool) -> None:
    assert (network_of(one) == network_of(other)) is same


def test_two_workers_count_together_and_a_dead_one_counts_no_more() -> None:
    limits, clock = Limits(total=4, per_address=2, per_minute=7), Clock()
    memory = memory_for(limits, several=True)
    one, two = Gate(limits, clock, memory, 1), Gate(limits, clock, memory, 2)
    for gate in (one, two):
        inside(gate, "a", known=True)
    assert [one.enter("a"), two.enter("a")] == [Refusal.ADDRESS] * 2
    half_open(two, "a" * 9)
    inside(one, "b", known=True)
    lost = inside(two, "c")
    inside(one, "d", known=True)
    assert not two.holds(lost), "displaced by a connection of another worker"
    assert [one.enter("d"), two.enter("e")] == [Refusal.FULL] * 2
    assert one.live == 5
    one.forget(2)
    assert one.live == 3
    for _ in range(3):
        come_in(one, "a")
    assert Gate(limits, clock, memory, 2).enter("a") is Refusal.RATE


ENTERS = """
import sys
from tui_mfa.ssh.gate import Gate, Limits, Refusal, memory_size
from tui_mfa.ssh.memory import Memory
limits = Limits(total=1, per_address=1, per_minute=1_000_000_000)
gate = Gate(limits, lambda: 0.0, Memory(memory_size(limits), int(sys.argv[1])), int(sys.argv[3]))
inside = Memory(1, int(sys.argv[2])).bytes
sys.stdin.readline()
got = 0
while got < 1_000:
    place = gate.enter("a")
    if isinstance(place, Refusal):
        continue
    if gate.authenticated(place, known=True) is None:
        assert not inside[0], "two are in"
        inside[0] = 1
        inside[0] = 0
        got += 1
    gate.leave(place)
print("done", flush=True)
sys.stdin.readline()
assert gate.authenticated(gate.enter("a"), known=True) is None
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
    memory, seen = memory_for(limits, several=True), Memory.for_several(1)
    handles = [handle for handle in (memory.handle, seen.handle) if handle is not None]
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
    inside(gate, "a")  # a killed process has not left the lock
