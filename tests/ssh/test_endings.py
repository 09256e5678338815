"""Each reason for the end of a session is counted under a name of its own."""

import ast
from pathlib import Path

from tui_mfa.ssh import metrics, session, watch


def test_each_reason_for_an_end_has_its_label() -> None:
    nodes = [
        node
        for module in (session, watch)
        for node in ast.walk(ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8")))
    ]
    given = {
        node.args[0].value
        for node in nodes
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "leave"
        if isinstance(node.args[0], ast.Constant)
    } | {
        node.value.value
        for node in nodes
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Attribute)
        if node.targets[0].attr == "_why" and isinstance(node.value, ast.Constant)
    }
    assert given | {"the service ended"} == set(metrics.ENDINGS)
    assert metrics.ended("whatever") == metrics.OTHER
