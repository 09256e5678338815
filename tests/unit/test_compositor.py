"""What changed is drawn, as Textual would, without what is beside it or behind; and nothing arranged before is kept."""

import random
from typing import Any

import pytest
from rich.cells import cell_len
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, Compositor, LayoutUpdate
from textual.geometry import Region, Size, Spacing
from textual.map_geometry import MapGeometry
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widget import Widget

from tests.fakes import make_account, make_services
from tests.pilot_tools import make_app, settle, until_page
from tests.profile_host import enter
from tui_mfa.app import MfaApp
from tui_mfa.compositor import TidyCompositor
from tui_mfa.screens.login import LoginScreen
from tui_mfa.screens.messages import SessionOpened
from tui_mfa.screens.modals import ConfirmChoiceModal
from tui_mfa.screens.profile import ProfileScreen


def drawn(compositor: Compositor, regions: set[Region]) -> dict[tuple[int, int], tuple[str, Style | None]]:
    """Return what is put into which cells when some regions changed; where else the cursor goes shows nothing."""
    compositor._dirty_regions = set(regions)
    update = compositor.render_update()
    assert isinstance(update, ChopsUpdate | LayoutUpdate)
    found: dict[tuple[int, int], tuple[str, Style | None]] = {}
    x = y = 0
    for segment in update.__rich_console__(Console(), Console().options):
        assert isinstance(segment, Segment)
        if segment.control:
            x, y = (int(number) - 1 for number in segment.control[0][1:])
        else:
            for char in segment.text:
                found[x, y] = (char, segment.style)
                x += max(1, cell_len(char))
    return found


async def as_textual_draws(pilot: Pilot[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw one, two and three changed regions in a hundred places, both ways."""
    await settle(pilot)
    compositor, chance = pilot.app.screen._compositor, random.Random(7)
    width, height = compositor.size
    places = [region.intersection(clip) for region, clip in compositor.visible_widgets.values()]
    for number in range(100):
        regions = set(chance.sample(places, min(len(places), number % 3)))
        x, y = chance.randrange(width), chance.randrange(height)
        regions.add(Region(x, y, chance.randint(1, width - x), chance.randint(1, height - y)))
        ours = drawn(compositor, regions)
        with monkeypatch.context() as patch:
            patch.setattr(TidyCompositor, "_get_renders", Compositor._get_renders)
            assert ours == drawn(compositor, regions), regions


async def profile_of(pilot: Pilot[Any], app: MfaApp, services: Any) -> None:
    app.post_message(SessionOpened(enter(services)))
    await until_page(pilot, ProfileScreen)


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (40, 12)])
async def test_a_part_of_a_page_is_drawn_as_textual_draws_it(
    monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    services = make_services()
    make_account(services)
    app = make_app(services)
    async with app.run_test(size=size, notifications=True) as pilot:
        await until_page(pilot, LoginScreen)
        await as_textual_draws(pilot, monkeypatch)
        await profile_of(pilot, app, services)
        app.notify("Saved.", timeout=1000)
        await as_textual_draws(pilot, monkeypatch)
        await app.push_screen(ConfirmChoiceModal("Sure?", "Words.", "Yes"))
        await as_textual_draws(pilot, monkeypatch)


async def test_a_key_has_its_field_rendered_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    services = make_services()
    make_account(services)
    app = make_app(services)
    rendered: list[tuple[Widget, Region]] = []
    render = Widget.render_lines

    def noted(self: Widget, crop: Region) -> Any:
        rendered.append((self, crop))
        return render(self, crop)

    async with app.run_test(size=(80, 24)) as pilot:
        await until_page(pilot, LoginScreen)
        await settle(pilot)
        field = app.screen.query_one("#name", Widget)
        await pilot.press("j")
        await settle(pilot)
        monkeypatch.setattr(Widget, "render_lines", noted)
        await pilot.press("a")
        await settle(pilot)
        assert {widget for widget, _ in rendered} == {field}
        assert {crop.height for _, crop in rendered} == {1}


def test_what_was_arranged_before_is_emptied() -> None:
    made: list[tuple[dict[object, object], set[object]]] = []

    class Counted(Compositor):
        def _arrange_root(self, root: Widget, size: Size, visible_only: bool = True):  # type: ignore[no-untyped-def]
            region = size.region
            made.append(({root: MapGeometry(region, (), region, size, size, region, Spacing())}, {root}))
            return made[-1]

    class Tidy(TidyCompositor, Counted):
        pass

    tidy, page = Tidy(), Screen[None]()
    for width in (80, 81, 82):
        tidy.reflow(page, Size(width, 24))
    assert [bool(places) for places, _widgets in made] == [False, True, True]
    assert tidy._full_map is made[-1][0]
    tidy.clear()
    assert not any(places or widgets for places, widgets in made)
