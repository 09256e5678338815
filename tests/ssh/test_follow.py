"""A call that follows a key costs no look at its parameters; tests/ssh/test_order.py has the order itself."""

import pytest
from textual import _callback

from tui_mfa.ssh.follow import Ready


def test_textual_does_not_inspect_a_call_that_is_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    def inspected(_func: object) -> int:
        raise AssertionError("it was inspected")

    monkeypatch.setattr(_callback, "_count_parameters", inspected)
    assert _callback.count_parameters(Ready(print, "word")) == 0
    with pytest.raises(AssertionError):
        _callback.count_parameters(lambda: None)
