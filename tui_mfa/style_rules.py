# ruff: noqa: SLF001 - Textual has no public way to this; tests/unit/test_shared_styles.py holds the names
"""What rules of style come to for widgets of one kind, found once for all apps of a process.

Nothing here holds a person's text: only rules, and names of types, ids and classes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import Any, Final

from textual.css.model import RuleSet
from textual.css.styles import RulesMap
from textual.dom import DOMNode

_OF_PLACE: Final = frozenset(
    ("first-of-type", "last-of-type", "first-child", "last-child", "odd", "even", "focus-within", "empty")
)
"""Pseudo-classes that other widgets decide; what they rule is found anew each time."""

MOST: Final = 4096
"""Entries of one collection; it is emptied when there are more, and fills again."""

_LISTS: Final = 64
"""Lists of rules: one for each theme and stage of an app."""

Name = tuple[type[DOMNode], str | None, frozenset[str]]
"""The type, id and classes of a widget."""

Asked = dict[tuple[int, frozenset[str]], tuple[object, ...]]
"""What is known of widgets: by their identity and by what was asked."""

_CANDIDATES: dict[tuple[int, ...], Candidates] = {}
"""The rules that may apply to a kind of widget, by the identities of their rules, which they keep alive."""

_NAMES: dict[tuple[int, ...], tuple[list[RuleSet], dict[Name, Candidates]]] = {}
"""What is known of the names among the rules of a list, by the identities of its rules, which are kept alive."""


class Candidates:
    """The rules whose last selector fits a widget's type, id or classes, and what they came to for widgets so far.

    Args:
        rules: The rules.
    """

    def __init__(self, rules: list[RuleSet]) -> None:
        self.rules = rules
        self.pseudo_classes: frozenset[str] = frozenset().union(*(rule.pseudo_classes for rule in rules))
        """What they ask for, in any of their selectors."""
        self.constant = _OF_PLACE.isdisjoint(self.pseudo_classes)
        """Whether path and state of a widget decide."""
        self.found: dict[tuple[object, ...], RulesMap] = {}
        """The outcome for each path and state."""
        self._different: dict[frozenset[tuple[str, object]], RulesMap] = {}

    def key(self, path: list[DOMNode], asked: Asked | None) -> tuple[object, ...]:
        """Return all that the rules can ask about a widget: types, ids, classes and states from the app down.

        Args:
            path: From the app to the widget.
            asked: What was asked about widgets a moment ago, while nothing changes.
        """
        if asked is None:
            return tuple(map(self._state, path))
        found = []
        for above in path:
            question = id(above), self.pseudo_classes
            state = asked.get(question)
            if state is None:
                state = asked[question] = self._state(above)
            found.append(state)
        return tuple(found)

    def keep(self, key: tuple[object, ...], rules: RulesMap) -> None:
        """Keep an outcome; the same one of two paths is one object, so that a widget is seen to be as it was.

        Args:
            key: From ``key``.
            rules: Their outcome.
        """
        if len(self.found) >= MOST:
            self.found.clear()
            self._different.clear()
        with suppress(TypeError):  # the sizes of a grid are lists
            rules = self._different.setdefault(frozenset(rules.items()), rules)
        self.found[key] = rules

    def _state(self, node: DOMNode) -> tuple[object, ...]:
        return type(node), node.id, node.classes, *self._states(node)

    def _states(self, node: DOMNode) -> Iterable[bool]:
        known: Mapping[str, Callable[[Any], bool]] = node._PSEUDO_CLASSES
        for name in self.pseudo_classes:
            yield name in known and known[name](node)


def candidates_among(rules: list[RuleSet], names: set[str]) -> Candidates:
    """Return the rules that may apply to a kind of widget.

    Args:
        rules: All rules of an app.
        names: What selects that kind: type, id, classes.
    """
    chosen = [rule for rule in reversed(rules) if not names.isdisjoint(rule.selector_names)]
    ids = tuple(map(id, chosen))
    found = _CANDIDATES.get(ids)
    if found is None:
        if len(_CANDIDATES) >= MOST:
            _CANDIDATES.clear()
        found = _CANDIDATES[ids] = Candidates(chosen)
    return found


def names_among(rules: list[RuleSet]) -> dict[Name, Candidates]:
    """Return what is known of the names among some rules, for each app that has the same ones.

    Args:
        rules: All rules of an app.
    """
    ids = tuple(map(id, rules))
    if ids not in _NAMES:
        if len(_NAMES) >= _LISTS:
            _NAMES.clear()
        _NAMES[ids] = rules, {}
    return _NAMES[ids][1]
