"""What is drawn when a text changes: its line, and all of the field where its border changes, too; and what is said."""

import re

from textual.message import Message
from textual.pilot import Pilot
from textual.validation import Length
from textual.widgets import Input

from tests.widget_host import Host
from tui_mfa.widgets.text_input import TextInput


def picture(pilot: Pilot[None]) -> str:
    """Return what is on the screen, without the name that each picture has of its own."""
    return re.sub(r"terminal-\d+", "", pilot.app.export_screenshot())


async def test_the_border_says_at_once_that_a_text_is_not_valid() -> None:
    field = TextInput(validators=[Length(minimum=2)])
    async with Host(field).run_test() as pilot:
        pictures = []
        for key in ("a", "b", "backspace"):
            await pilot.press(key)
            await pilot.pause()
            drawn = picture(pilot)
            field.refresh()
            await pilot.pause()
            assert picture(pilot) == drawn, "something old was left"
            pictures.append(drawn)
        assert pictures[0] != pictures[1]


async def test_a_text_longer_than_its_field_is_drawn_from_its_end_to_its_beginning() -> None:
    field = TextInput()
    async with Host(field).run_test() as pilot:
        for key in ("x" * 90, "é漢y", "\b\b"):
            for char in key:
                await pilot.press("backspace" if char == "\b" else char)
        await pilot.press("home", "z", "delete")
        await pilot.pause()
        drawn = picture(pilot)
        field.refresh()
        await pilot.pause()
        assert picture(pilot) == drawn
        assert field.value == "z" + "x" * 89 + "é"


async def test_a_field_that_is_looked_at_when_it_is_sent_off_says_nothing_before() -> None:
    said: list[type[Message]] = []
    field = TextInput(validators=[Length(minimum=2)]).looked_at_when_sent()
    async with Host(field).run_test(message_hook=lambda message: said.append(type(message))) as pilot:
        await pilot.press("a", "b", "enter")
        await pilot.pause()
        assert (Input.Changed in said, Input.Submitted in said) == (False, True)
        assert (field.value, field.is_valid) == ("ab", True)
