"""Keys pass at a person's pace, pastes in one piece, and nothing of either is lost or made up."""

from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tui_mfa.ssh.inlet import KEYS_AT_ONCE, KEYS_PER_SECOND, KEYS_PER_TURN, PASTE_MAX, Inlet, Pasted


class Clock:
    def __init__(self) -> None:
        self.time = 0.0

    def __call__(self) -> float:
        return self.time


def drained(inlet: Inlet, clock: Clock) -> list[str | Pasted]:
    """Take everything, letting as much time pass as that needs."""
    found: list[str | Pasted] = []
    while inlet.ready:
        found += inlet.take()
        clock.time += inlet.pause
    return [*found, *inlet.take()]


@pytest.mark.parametrize(
    ("data", "keys"),
    [
        (b"ab", ["a", "b"]),
        (b"\x1b[A\x1bOP\x1b[1;5C", ["\x1b[A", "\x1bOP", "\x1b[1;5C"]),
        (b"\x1b", ["\x1b"]),
        (b"\x1bx", ["\x1bx"]),
        (b"\x1b\x1b[A", ["\x1b", "\x1b[A"]),
        ("é漢".encode(), ["é", "漢"]),
        (b"\xff", ["�"]),
        (b"\x1b[<0;3;4M\x1b[<0;3;4m", ["\x1b[<0;3;4M", "\x1b[<0;3;4m"]),
    ],
)
def test_what_comes_is_cut_into_keys(data: bytes, keys: list[str]) -> None:
    clock = Clock()
    inlet = Inlet(clock)
    inlet.feed(data)
    assert drained(inlet, clock) == keys


def test_of_moves_of_the_mouse_in_a_row_the_last_counts() -> None:
    clock = Clock()
    inlet = Inlet(clock)
    inlet.feed(b"\x1b[<35;1;1M\x1b[<35;2;1M\x1b[<35;3;1Mx\x1b[<35;4;1M")
    assert drained(inlet, clock) == ["\x1b[<35;3;1M", "x", "\x1b[<35;4;1M"]


@pytest.mark.parametrize("cut", range(2, 24))
def test_a_paste_may_come_in_two_pieces(cut: int) -> None:
    # Cut behind its first byte, Esc is a key at first; Textual's parser joins the two again.
    data, clock = b"\x1b[200~two\nlines\x1b[201~ab", Clock()
    inlet = Inlet(clock)
    inlet.feed(data[:cut])
    found = drained(inlet, clock)
    inlet.feed(data[cut:])
    assert [*found, *drained(inlet, clock)] == [Pasted("two\nlines"), "a", "b"]


@pytest.mark.parametrize("size", [PASTE_MAX - 1, PASTE_MAX, PASTE_MAX + 1])
def test_a_paste_ends_at_its_limit_and_costs_one_event(size: int) -> None:
    clock = Clock()
    inlet = Inlet(clock)
    inlet.feed(b"\x1b[200~" + b"x" * size + b"\x1b[201~y")
    assert drained(inlet, clock) == [Pasted("x" * min(size, PASTE_MAX)), "y"]


def test_a_paste_without_an_end_piles_up_nowhere() -> None:
    clock = Clock()
    inlet = Inlet(clock)
    inlet.feed(b"\x1b[200~")
    for _ in range(10):
        inlet.feed(b"x" * PASTE_MAX)
        assert drained(inlet, clock) == []
        assert inlet.backlog < len(b"\x1b[201~")
    inlet.feed(b"\x1b[20")
    assert not inlet.ready
    inlet.feed(b"1~y")
    assert drained(inlet, clock) == [Pasted("x" * PASTE_MAX), "y"]


@pytest.mark.parametrize("cut", range(30))
def test_of_what_is_dropped_nothing_comes_back(cut: int) -> None:
    data, clock = b"ab\x1b[A\x1b[200~two\nlines\x1b[201~" + b"k" * 2 * KEYS_AT_ONCE, Clock()
    inlet = Inlet(clock)
    inlet.feed(data[:cut])
    inlet.drop()
    inlet.feed(data[cut:])
    inlet.drop()
    inlet.feed(b"c")
    assert drained(inlet, clock) == ["c"]


def test_pastes_count_by_their_length() -> None:
    clock = Clock()
    inlet = Inlet(clock)
    for _ in range(10):
        inlet.feed(b"\x1b[200~" + b"x" * PASTE_MAX + b"\x1b[201~")
    at_once = 0
    while inlet.pause == 0:
        at_once += sum(isinstance(piece, Pasted) for piece in inlet.take())
    assert at_once == 1
    for seconds, passed in ((0.1, 1), (2, 0), (1.3, 1), (3, 0), (0.3, 1)):
        clock.time += seconds
        assert sum(isinstance(piece, Pasted) for _ in range(4) for piece in inlet.take()) == passed


def test_a_flood_passes_at_the_pace_and_in_small_turns() -> None:
    clock = Clock()
    inlet = Inlet(clock)
    inlet.feed(b"k" * 1000)
    at_once = 0
    while inlet.pause == 0:
        turn = len(list(inlet.take()))
        assert turn <= KEYS_PER_TURN
        at_once += turn
    assert at_once == KEYS_AT_ONCE
    clock.time += 1
    assert sum(len(list(inlet.take())) for _ in range(100)) == KEYS_PER_SECOND


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # nothing is timed on a busy machine
@given(st.lists(st.binary(max_size=40), max_size=8))
def test_any_bytes_in_any_pieces_give_the_same_keys(pieces: list[bytes]) -> None:
    clock = Clock()
    whole, cut = Inlet(clock), Inlet(clock)
    whole.feed(b"".join(pieces))
    for piece in pieces:
        cut.feed(piece)
    assert drained(cut, clock) == drained(whole, clock)


def test_no_key_is_lost_between_turns() -> None:
    clock = Clock()
    inlet = Inlet(clock)
    text = "".join(chr(0x61 + n % 26) for n in range(500))
    inlet.feed(text.encode())
    assert "".join(str(key) for key in drained(inlet, clock)) == text
    assert all(a != b for a, b in pairwise(text))
