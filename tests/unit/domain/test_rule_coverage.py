"""Every rule about passwords, limits, factors and sessions has a test that names it."""

import ast
import re
from pathlib import Path

TESTS = Path(__file__).parents[2]

FIRST, LAST = 1, 59
"""Passwords, throttling, TOTP, e-mailed codes, recovery, disabling, sessions, SSH keys, tokens (docs/security.md)."""

BESIDES = {"S60", "S63"}
"""Events and notices, which the flows of these rules write."""

ELSEWHERE = {
    "S42": "removal of MFA by support has no use case yet",
    "S43": "there is no staff: the operator of the machine sets passwords, and whoever runs commands reads the store",
    "S44": "there are no ranks before there are support cases",
}
"""Rules of the range that no test can name yet, each with its reason."""

_NAMED = re.compile(r"S\d\d")


def named_rules(folder: Path) -> dict[str, set[str]]:
    """Return which tests name which rule: in the docstring of a test, before the first colon."""
    found: dict[str, set[str]] = {}
    for path in sorted(folder.rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
                head, colon, _ = (ast.get_docstring(node) or "").partition(":")
                for rule in _NAMED.findall(head) if colon else ():
                    found.setdefault(rule, set()).add(f"{path.name}::{node.name}")
    return found


def test_every_rule_is_named_by_a_test() -> None:
    named = named_rules(TESTS)
    wanted = {f"S{number:02}" for number in range(FIRST, LAST + 1)} - ELSEWHERE.keys() | BESIDES
    assert wanted - named.keys() == set()


def test_exceptions_are_still_needed() -> None:
    """An exception that a test names has lost its reason."""
    assert ELSEWHERE.keys() & named_rules(TESTS).keys() == set()


def test_a_rule_counts_only_in_a_tests_docstring(tmp_path: Path) -> None:
    (tmp_path / "test_sample.py").write_text(
        '"""S01: a module."""\n'
        "# S02: a comment\n"
        'def helper():\n    """S03: no test."""\n'
        'def test_one():\n    """S04, S05: two rules; S06 is only mentioned."""\n'
        'def test_two():\n    """No colon after S07"""\n',
        encoding="utf-8",
    )
    assert set(named_rules(tmp_path)) == {"S04", "S05"}
