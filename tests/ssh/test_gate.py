"""Limits of connections, with their boundaries."""

from tui_mfa.ssh.gate import Gate, Limits


class Clock:
    def __init__(self) -> None:
        self.time = 0.0

    def __call__(self) -> float:
        return self.time


def test_an_address_has_so_many_and_gets_a_place_back() -> None:
    gate = Gate(Limits(per_address=2, per_minute=100), Clock())
    assert [gate.enter("a"), gate.enter("a")] == ["", ""]
    assert "your address" in gate.enter("a")
    assert gate.enter("b") == ""
    gate.leave("a")
    assert gate.enter("a") == ""


def test_the_service_is_full_for_everybody() -> None:
    gate = Gate(Limits(total=2, per_minute=100), Clock())
    assert [gate.enter("a"), gate.enter("b")] == ["", ""]
    assert "full" in gate.enter("c")
    gate.leave("a")
    assert gate.enter("c") == ""
    assert gate.live == 2


def test_an_address_connects_so_often_in_a_minute() -> None:
    clock = Clock()
    gate = Gate(Limits(per_minute=3), clock)
    for _ in range(3):
        assert gate.enter("a") == ""
        gate.leave("a")
    assert "in a minute" in gate.enter("a")
    clock.time = 19.9
    assert "in a minute" in gate.enter("a")
    clock.time = 20.0
    assert gate.enter("a") == ""
    assert "in a minute" not in gate.enter("b")


def test_who_was_refused_takes_no_place() -> None:
    gate = Gate(Limits(per_address=1, per_minute=100), Clock())
    gate.enter("a")
    gate.enter("a")
    gate.leave("a")
    assert gate.live == 0
