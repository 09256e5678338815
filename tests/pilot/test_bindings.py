"""Every key has a name and a sentence, the footer shows only keys that work, and one can quit from everywhere."""

import importlib
import pkgutil
from collections.abc import Iterator
from typing import Any

import pytest
from textual.app import App
from textual.binding import Binding
from textual.dom import DOMNode
from textual.screen import Screen

import tui_mfa
from tests.fakes import make_services
from tests.pilot_tools import make_app
from tests.snapshot.catalogue import entry
from tests.snapshot.stage import Stage, shown
from tui_mfa.screens.base import PageScreen, SessionPage
from tui_mfa.screens.login_step import LoginStep
from tui_mfa.screens.two_factor.enrolment import EnrolmentPage
from tui_mfa.widgets.key_hints import KeyHints

ABSTRACT = (PageScreen, SessionPage, LoginStep, EnrolmentPage)
"""Pages that are only derived from."""

PRESSED = (
    ("login", ()),
    ("register", ()),
    ("second-factor-mail", ()),
    ("second-factor-app", ()),
    ("lost-device", ()),
    ("reset-name", ()),
    ("profile-security", ()),
    ("profile-user-info", ("1",)),  # it is the tab that is shown already
    ("profile-service-quota", ()),
    ("sessions", ()),
    ("events", ()),
    ("keys", ()),
    ("api-tokens", ()),
    ("billing-invoices", ()),
    ("billing-invoice-open", ()),
    ("two-factor-email-on", ()),
    ("enrolment", ()),
    ("demo-second-factor", ()),
)
"""Pages whose every shown key is pressed, and the keys that rightly do nothing there."""


def _classes() -> Iterator[type[DOMNode]]:
    """Yield every app, screen and widget of the package."""
    for module in pkgutil.walk_packages(tui_mfa.__path__, "tui_mfa."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    seen, waiting = set(), [DOMNode]
    while waiting:
        for kind in waiting.pop().__subclasses__():
            if kind not in seen:
                seen.add(kind)
                waiting.append(kind)
                if kind.__module__.startswith("tui_mfa."):
                    yield kind


CLASSES = sorted(set(_classes()), key=lambda kind: (kind.__module__, kind.__qualname__))


def own_bindings(kind: type[DOMNode]) -> list[Any]:
    return list(kind.__dict__.get("BINDINGS", ()))


@pytest.mark.parametrize("kind", [kind for kind in CLASSES if own_bindings(kind)], ids=lambda kind: kind.__name__)
def test_each_binding_has_an_id_and_a_sentence(kind: type[DOMNode]) -> None:
    if kind.__name__ == "_Alone":
        pytest.fail("programs that show one widget alone are not pages") if issubclass(kind, Screen) else None
        return
    for binding in own_bindings(kind):
        assert isinstance(binding, Binding), binding
        assert binding.id, binding
        assert binding.tooltip, binding
        assert binding.description or not binding.show, binding


def test_no_id_stands_for_two_things() -> None:
    """A keymap moves a binding by its id; the same id again is only for a class that replaces its parent's."""
    owners: dict[str, list[type[DOMNode]]] = {}
    for kind in CLASSES:
        if kind.__name__ != "_Alone":
            for binding in own_bindings(kind):
                owners.setdefault(binding.id, []).append(kind)
    shared = {name: kinds for name, kinds in owners.items() if len(kinds) > 1}
    foreign = {
        name: kinds
        for name, kinds in shared.items()
        if not any(all(issubclass(kind, top) for kind in kinds) for top in kinds)
    }
    # One Binding object, used by three small modals.
    foreign.pop("two-factor.close", None)
    assert foreign == {}


@pytest.mark.parametrize(
    "page",
    [kind for kind in CLASSES if issubclass(kind, PageScreen) and kind not in ABSTRACT],
    ids=lambda kind: kind.__name__,
)
def test_each_page_explains_itself(page: type[PageScreen]) -> None:
    assert page.HELP
    assert page.HELP.endswith((".", ".”"))


def footer_keys(app: App[Any]) -> list[tuple[str, str]]:
    """Return key and drawn text of what the footer offers."""
    lines = [line for line in app.screen.query(KeyHints) if line.display]
    offered = [hint for line in lines for hint in (*line.hints, line.palette) if hint is not None]
    return [(hint.key, f" {hint.shown} {hint.text} ") for hint in offered]


def looks(stage: Stage) -> object:
    """Return all that a key could change: the screens, what is drawn, whether the app ends."""
    app = stage.app
    drawn = [[(segment.text, segment.style) for segment in strip] for strip in app.screen._compositor.render_strips()]
    return [id(screen) for screen in app.screen_stack], drawn, app._exit


@pytest.mark.parametrize(("name", "idle"), PRESSED, ids=[name for name, _idle in PRESSED])
async def test_each_key_in_the_footer_does_something(name: str, idle: tuple[str, ...]) -> None:
    state, waiting = entry(name), None
    while waiting is None or waiting:
        async with shown(state, size=(120, 40)) as stage:
            offered = [key for key, _text in footer_keys(stage.app) if key not in idle]
            assert offered
            waiting = offered if waiting is None else waiting
            here = stage.app.screen
            while waiting and stage.app.screen is here and not stage.app._exit:
                key, before = waiting.pop(), looks(stage)
                await stage.press(key)
                assert looks(stage) != before, f"the footer offers {key}"


@pytest.mark.parametrize("name", ["profile-security", "sessions", "two-factor-email-on", "lost-device", "too-small"])
async def test_q_leaves_where_nothing_is_typed(name: str) -> None:
    async with shown(entry(name)) as stage:
        await stage.pilot.press("q")
        await stage.pilot.pause()
        assert stage.app._exit
        assert stage.app.session is None


@pytest.mark.parametrize("name", ["login", "events-filtered", "profile-user-info-edited", "enrolled-proof"])
async def test_a_letter_in_a_field_is_text_and_no_key_of_the_footer(name: str) -> None:
    async with shown(entry(name)) as stage:
        assert not [key for key, _text in footer_keys(stage.app) if key in {"q", "question_mark", "slash"}]
        field = stage.app.focused
        assert field is not None
        await stage.press("q", "slash", "question_mark")
        assert stage.app.focused is field
        assert str(getattr(field, "value", "")).endswith("q/?")
        assert not stage.app._exit


def test_the_palette_takes_no_screenshot() -> None:
    app = make_app(make_services())
    titles = {command.title for command in app.get_system_commands(Screen())}
    assert {"Theme", "Help", "Quit"} <= titles
    assert not [title for title in titles if "screenshot" in title.lower()]


async def test_no_way_leads_to_a_screenshot() -> None:
    async with shown(entry("profile-security")) as stage:
        before = looks(stage)
        await stage.app.run_action("app.screenshot")
        await stage.settle()
        assert looks(stage) == before
