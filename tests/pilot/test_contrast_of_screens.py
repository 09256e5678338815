"""What the pictures measure (``tests/snapshot``) is measured right, and the focus is told by shape as well."""

import pytest

from tests.contrast import invisible, text_runs, worst_contrast
from tests.fakes import make_services
from tests.pilot_tools import make_app, screen_text
from tests.snapshot.catalogue import entry
from tests.snapshot.stage import Stage, shown
from tui_mfa import themes


def test_without_colours_only_themes_are_offered_that_can_do_without(monkeypatch: pytest.MonkeyPatch) -> None:
    """An ansi theme draws buttons and the marked row black on black then: Textual takes the ground, not the ink."""
    ansi = {"ansi-dark", "ansi-light"}
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert ansi < set(make_app(make_services()).available_themes)
    monkeypatch.setenv("NO_COLOR", "1")
    assert set(make_app(make_services()).available_themes) == set(themes.THEME_NAMES)


async def _focus_marks(stage: Stage) -> tuple[set[str], set[str]]:
    """Return the styled runs with the focus where it is, and with no focus at all, by text and attributes alone."""

    def looks() -> set[str]:
        return {
            f"{segment.text}|{style.bold}|{style.reverse}|{style.underline}"
            for strip in stage.app.screen._compositor.render_strips()
            for segment in strip
            if (style := segment.style) is not None
        }

    with_focus = looks()
    stage.app.screen.set_focus(None)
    await stage.settle()
    return with_focus, looks()


@pytest.mark.parametrize("name", ["profile-security", "two-factor-email-on", "disable", "second-factor-mail-down"])
async def test_the_focus_of_buttons_links_and_tabs_is_told_by_shape(name: str) -> None:
    async with shown(entry(name)) as stage:
        with_focus, without = await _focus_marks(stage)
        assert with_focus != without


async def test_the_measure_would_notice() -> None:
    """The tests above can fail: text on its own colour is found."""
    async with shown(entry("profile-security")) as stage:
        stage.app.screen.query_one("#two-factor-state").styles.color = stage.app.screen.styles.background
        await stage.settle()
        assert worst_contrast(stage.app)[0] < 1.1
        assert any("Email Based" in label for label in invisible(stage.app))
        assert "Email Based" in screen_text(stage.app)
        assert list(text_runs(stage.app))
