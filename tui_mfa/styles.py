# ruff: noqa: SLF001 - Textual has no public way to any of this; tests/unit/test_shared_styles.py holds the names
"""Textual's stylesheet, with what it finds out kept for the next widget, page and person.

Textual reads each source of style again for each app and theme, and looks for the rules of a widget among all of them
each time that its focus or a class changes: 37 % of the program's time in its own tests. Both are the same for every
app with the same sources, so they are kept for the process. Nothing here holds a person's text: only sources of style,
and names of types, ids and classes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from weakref import WeakKeyDictionary

from textual.app import App
from textual.css.model import RuleSet
from textual.css.styles import RulesMap
from textual.css.stylesheet import Stylesheet
from textual.css.types import CSSLocation
from textual.dom import DOMNode
from textual.screen import Screen

from tui_mfa.style_rules import MOST, Asked, Candidates, Name, candidates_among, names_among

_READ_RULES: dict[tuple[object, ...], list[RuleSet]] = {}
"""What was read from each source of style with each theme."""


class SharedStylesheet(Stylesheet):
    """A stylesheet that shares what it reads and finds with those of other apps; no rule changes once it is read."""

    def __init__(self, *, variables: dict[str, str] | None = None) -> None:
        super().__init__(variables=variables)
        self._names: dict[Name, Candidates] = {}
        self._names_of: list[RuleSet] | None = None
        self._parts: WeakKeyDictionary[DOMNode, int] = WeakKeyDictionary()
        self._wanted: tuple[Candidates, tuple[object, ...]] | None = None
        self._given: WeakKeyDictionary[DOMNode, RulesMap] = WeakKeyDictionary()
        self._asked: Asked | None = None
        self._changed: set[DOMNode] = set()

    def update_nodes(self, nodes: Iterable[DOMNode], animate: bool = False) -> None:
        """Give widgets their styles, from the page down; see ``Stylesheet.update_nodes``.

        Args:
            nodes: The widgets; most are as they were, since a page is styled anew whenever it comes to the front.
            animate: Whether what changes is animated.
        """
        self._asked = {}
        try:
            super().update_nodes(nodes, animate)
        finally:
            self._asked = None
            self._changed.clear()

    def _parse_rules(
        self,
        css: str,
        read_from: CSSLocation,
        is_default_rules: bool = False,
        tie_breaker: int = 0,
        scope: str = "",
    ) -> list[RuleSet]:
        key = (self._theme, css, read_from, is_default_rules, tie_breaker, scope)
        rules = _READ_RULES.get(key)
        if rules is None:
            rules = super()._parse_rules(css, read_from, is_default_rules, tie_breaker, scope)
            if not any(rule.errors for rule in rules):
                _READ_RULES[key] = rules
        return rules

    @property
    def _theme(self) -> frozenset[tuple[str, str]]:
        """The variables, as part of a key."""
        if self._theme_of is not self._variables:
            self._theme_of, self._frozen = self._variables, frozenset(self._variables.items())
        return self._frozen

    _theme_of: dict[str, str] | None = None
    _frozen: frozenset[tuple[str, str]] = frozenset()

    def reparse(self) -> None:
        """Take the rules for the present variables.

        Raises:
            StylesheetParseError: A source is wrong; the rules before stay in force.
        """
        rules, rules_map = self._rules, self._rules_map
        try:
            self.parse()
        except Exception:
            self._rules, self._rules_map = rules, rules_map
            raise

    def apply(
        self, node: DOMNode, *, animate: bool = False, cache: dict[tuple[object, ...], RulesMap] | None = None
    ) -> None:
        """Give a widget its style; see ``Stylesheet.apply``.

        Args:
            node: The widget.
            animate: Whether what changes is animated.
            cache: Not needed here: what was found is kept for longer than one group of widgets.
        """
        del cache
        self._wanted = None
        candidates = self._candidates(node)
        if not candidates.constant:
            super().apply(node, animate=animate)
            return
        known = candidates.found.get(key := candidates.key(node.css_path_nodes, self._asked))
        if known is None:
            self._wanted = (candidates, key)
            super().apply(node, animate=animate)
            return
        node._has_hover_style = "hover" in candidates.pseudo_classes
        node._has_focus_within = node._has_order_style = node._has_odd_or_even = False
        if not self._is_as_it_was(node, known):
            self.replace_rules(node, known, animate=animate)
            self._given[node] = known
        self._process_component_classes(node)

    def _is_as_it_was(self, node: DOMNode, rules: RulesMap) -> bool:
        """Return whether a widget has these rules already, and nothing above it changed: then it keeps its colours."""
        return (
            self._asked is not None
            and self._given.get(node) is rules
            and node._parent not in self._changed
            and len(node.styles.base._rules) == len(rules)
        )

    def _process_component_classes(self, node: DOMNode) -> None:
        """Find the styles of a widget's parts, unless all that decides them is as it was."""
        names = sorted(node._get_component_classes())
        asked = []
        path = node.css_path_nodes
        for name in names:
            part = (DOMNode, None, frozenset((name,)))
            candidates = self._of_name(part, lambda: DOMNode(classes=name)._selector_names)  # noqa: B023 - used now
            if not candidates.constant:
                self._style_parts(node, names)
                return
            asked.append((name, candidates, candidates.key(path, self._asked)))
        decides = hash(tuple(asked))  # the whole of it, for each widget of each person, would be a lot
        if self._parts.get(node) != decides:
            self._style_parts(node, names)
            node.notify_style_update()  # it keeps what its parts looked like
            self._parts[node] = decides

    def _style_parts(self, node: DOMNode, names: Iterable[str]) -> None:
        """Style a widget's parts; Textual would make a new node for each of them every time."""
        parts = node._component_styles
        changed = False
        for name in names:
            part = parts[name].node if name in parts else None
            if part is None:
                part = DOMNode(classes=name)
                part._attach(node)
                parts[name] = part.styles
            before = dict(part.styles.base._rules)
            self.apply(part)
            changed = changed or before != part.styles.base._rules
        if changed:
            node.refresh()

    def replace_rules(  # type: ignore[override]
        self, node: DOMNode, rules: RulesMap, animate: bool = False
    ) -> None:
        """Take over what was found, keep it, and set only what is another value than before.

        Args:
            node: The widget.
            rules: Its style.
            animate: Whether what changes is animated.
        """
        wanted, self._wanted = self._wanted, None
        self._given.pop(node, None)
        if self._asked is not None:
            self._changed.add(node)
        if wanted is not None:
            candidates, key = wanted
            candidates.keep(key, rules)
        base = node.styles.base
        before = base._rules
        if animate and ("transitions" in rules or "transitions" in before):
            super().replace_rules(node, rules, animate=True)
            return
        for name in before.keys() | rules.keys():
            value = rules.get(name)
            if value is None or before.get(name) is not value:
                setattr(base, name, value)
        node.notify_style_update()

    def _candidates(self, node: DOMNode) -> Candidates:
        return self._of_name((type(node), node.id, node.classes), lambda: node._selector_names)

    def _of_name(self, name: Name, selectors: Callable[[], set[str]]) -> Candidates:
        """Return the rules for widgets of a type, id and classes, and the names that select those."""
        rules = self.rules
        if rules is not self._names_of:
            self._names_of, self._names = rules, names_among(rules)
        found = self._names.get(name)
        if found is None:
            if len(self._names) >= MOST:
                self._names.clear()
            found = self._names[name] = candidates_among(rules, selectors())
        return found


def make_ready(app: App[Any], page: Screen[Any]) -> None:
    """Read the styles of a page that is about to take the place of all others.

    Textual would read them, too, and then style anew what is about to go, twice.

    Args:
        app: The app.
        page: It is not mounted yet.
    """
    sheet = app.stylesheet
    unread = [path for path in page.css_path if not sheet.has_source(str(path))]
    for path in unread:
        sheet.read(path)
    if unread:
        sheet.reparse()
    page._css_update_count = app._css_update_count


def share_styles(app: App[Any]) -> None:
    """Give an app that has read nothing yet a stylesheet that shares what it reads and finds.

    Args:
        app: The app, in its ``__init__``.
    """
    app.stylesheet = SharedStylesheet(variables=app.stylesheet._variables)
