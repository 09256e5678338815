"""The terminal's cursor stands on the focused widget from the first moment: screen readers follow it."""

import pytest
from textual.widgets import Input

from tests.fakes import make_account, make_services
from tests.pilot_tools import make_app, until
from tui_mfa.screens.login import LoginScreen


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_the_cursor_is_in_the_first_field_of_a_new_page(size: tuple[int, int]) -> None:
    services = make_services()
    make_account(services)
    app = make_app(services)
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: isinstance(app.screen, LoginScreen) and app.focused is not None)
        field = app.screen.query_one("#name", Input)
        await until(pilot, lambda: field.content_region.contains_point(app.cursor_position))
        await pilot.press("tab")
        password = app.screen.query_one("#password", Input)
        await until(pilot, lambda: password.content_region.contains_point(app.cursor_position))
