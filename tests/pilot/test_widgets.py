"""The service-free widgets, by keyboard, mouse and paste, at 80x24, with and without colour."""

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from rich.cells import cell_len
from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import Input, Static

from tests.widget_host import Host, paste, rows
from tui_mfa.domain.secret import Secret
from tui_mfa.widgets.link_button import LinkButton
from tui_mfa.widgets.otp_input import OtpInput
from tui_mfa.widgets.password_input import PasswordInput
from tui_mfa.widgets.secret_text import SecretText
from tui_mfa.widgets.step_bar import StepBar, bar_text, seconds_left
from tui_mfa.widgets.text_input import TextInput
from tui_mfa.widgets.top_bar import TopBar

SECRET = "MRJG26KDOQ4VMPDJJE2HWN2VPJYVIW2CPN3E6SLGMY2GC5KUOJGA"


# TextInput


@pytest.mark.parametrize(
    ("pasted", "value"),
    [
        ("one\ntwo", "one"),
        ("\r\n  laptop\r\nx", "  laptop"),
        ("a\x1b[31mb\x00c\x9bd", "a[31mbcd"),
        ("\u202eabc\u200b", "abc"),
        ("\n\n", ""),
        ("", ""),
        ("Zoë 日本", "Zoë 日本"),
    ],
)
async def test_a_paste_keeps_its_first_line_without_control_characters(pasted: str, value: str) -> None:
    field = TextInput()
    async with Host(field).run_test() as pilot:
        await paste(pilot, pasted)
        assert field.value == value
        pilot.app.copy_to_clipboard(pasted)
        field.clear()
        await pilot.press("ctrl+v")
        assert field.value == value


async def test_a_paste_replaces_the_selection() -> None:
    field = TextInput()
    async with Host(field).run_test() as pilot:
        await pilot.press(*"old", "ctrl+shift+a")
        await paste(pilot, "new\n")
        assert field.value == "new"


async def test_a_stored_text_with_an_escape_sequence_is_shown_without_it() -> None:
    class Form(Host):
        def compose(self) -> ComposeResult:
            yield TextInput("\x1b]0;owned\x07name\n\u202e")

    async with Form().run_test() as pilot:
        field = pilot.app.query_one(TextInput)
        assert field.value == "]0;ownedname"
        field.value = "\x9b2J"
        await pilot.pause()
        assert "\x9b" not in "".join(rows(pilot.app))


async def test_a_paste_that_is_too_long_is_refused_whole() -> None:
    field = TextInput(max_length=5)
    async with Host(field).run_test() as pilot:
        await paste(pilot, "123456")
        assert field.value == ""
        await paste(pilot, "12345")
        assert field.value == "12345"


async def test_the_caret_does_not_blink() -> None:
    for field in (TextInput(), PasswordInput(), OtpInput()):
        async with Host(field).run_test():
            assert field.has_focus
            assert not field.cursor_blink


# PasswordInput


@pytest.mark.parametrize("key", ["ctrl+c", "ctrl+x", "super+c"])
async def test_a_password_cannot_be_copied_or_cut(key: str) -> None:
    """S68."""
    field = PasswordInput()
    async with Host(field).run_test() as pilot:
        await pilot.press(*"hunter2", "ctrl+shift+a", key)
        await pilot.press("ctrl+r", key)
        assert pilot.app.clipboard == ""
        assert field.value == "hunter2"


async def test_a_plain_text_can_be_copied() -> None:
    """The counterpart: the same keys do copy where it is allowed, so the test above can fail."""
    async with Host(TextInput()).run_test() as pilot:
        await pilot.press(*"hunter2", "ctrl+shift+a", "ctrl+c")
        assert pilot.app.clipboard == "hunter2"


async def test_a_screen_selection_passes_the_password_and_the_code_by() -> None:
    """S68."""
    async with Host(Static("visible"), PasswordInput(), OtpInput()).run_test() as pilot:
        await pilot.press(*"hunter2", "ctrl+r", "tab", *"123456")
        pilot.app.screen.text_select_all()
        pilot.app.screen.action_copy_text()
        assert "visible" in pilot.app.clipboard
        assert "hunter2" not in pilot.app.clipboard
        assert "123" not in pilot.app.clipboard


async def test_a_password_is_hidden_until_it_is_revealed() -> None:
    async with Host(PasswordInput()).run_test() as pilot:
        await pilot.press(*"hunter2")
        assert "hunter2" not in "".join(rows(pilot.app))
        assert "•••••••" in "".join(rows(pilot.app))
        await pilot.press("f2")
        assert "hunter2" in "".join(rows(pilot.app))
        await pilot.press("ctrl+r")
        assert "hunter2" not in "".join(rows(pilot.app))


async def test_taking_a_password_empties_and_hides_the_field() -> None:
    field = PasswordInput()
    async with Host(field).run_test() as pilot:
        await pilot.press(*"hunter2", "ctrl+r")
        taken = field.take()
        assert (taken.reveal(), repr(taken)) == ("hunter2", "<secret>")
        assert (field.value, field.password) == ("", True)
        assert not field.take()


async def test_focus_does_not_select_a_password() -> None:
    field = PasswordInput()
    async with Host(field, TextInput()).run_test() as pilot:
        await pilot.press(*"hunter2", "tab", "shift+tab")
        assert field.has_focus
        assert field.selection.is_empty


# SecretText


async def test_a_secret_is_shown_in_groups_until_it_is_wiped() -> None:
    shown = SecretText(Secret(SECRET), per_line=5)
    app = Host(shown)
    async with app.run_test() as pilot:
        assert [row.strip() for row in rows(app)[:3]] == [
            "MRJG 26KD OQ4V MPDJ JE2H",
            "WN2V PJYV IW2C PN3E 6SLG",
            "MY2G C5KU OJGA",
        ]
        assert "MRJG" not in repr(shown)
        shown.wipe()
        await pilot.pause()
        assert "MRJG" not in "".join(rows(app))
        assert str(shown.content) == ""


async def test_a_secret_is_forgotten_when_the_widget_goes() -> None:
    shown = SecretText(Secret(SECRET))
    async with Host(shown).run_test():
        assert "MRJG" in str(shown.content)
        await shown.remove()
        assert str(shown.content) == ""
        assert str(shown.visual) == ""


async def test_a_selected_secret_is_copied_without_its_gaps() -> None:
    async with Host(SecretText(Secret(SECRET), per_line=5)).run_test() as pilot:
        await pilot.mouse_down(SecretText, offset=(0, 0))
        await pilot.hover(SecretText, offset=(14, 2))
        await pilot.mouse_up(SecretText, offset=(14, 2))
        await pilot.press("ctrl+c")
        assert pilot.app.clipboard == SECRET


# StepBar


@pytest.mark.parametrize(("second", "left"), [(0, 30), (1, 29), (13, 17), (29, 1), (30, 30), (59, 1)])
def test_the_seconds_left_follow_from_the_moment(second: int, left: int) -> None:
    moment = datetime(2026, 11, 20, 14, 2, second, 999_999, tzinfo=UTC)
    assert seconds_left(moment) == left


def test_the_bar_fits_its_width_and_always_says_the_seconds() -> None:
    assert bar_text(15, 30, 35) == "█" * 15 + "░" * 15 + " 15 s"
    assert bar_text(1, 30, 15) == "█" + "░" * 9 + "  1 s"
    assert bar_text(30, 30, 80) == "█" * 30 + " 30 s"
    for width in range(1, 60):
        text = bar_text(17, 30, width)
        assert text.endswith("17 s")
        assert cell_len(text) <= max(width, 4)


async def test_the_bar_shows_the_time_it_is_given() -> None:
    moment = datetime(2026, 11, 20, 14, 2, 13, tzinfo=UTC)
    app = Host(StepBar(lambda: moment))
    async with app.run_test() as pilot:
        assert "█" * 17 + "░" * 13 + " 17 s" in rows(app)[0]
        moment += timedelta(seconds=9)
        app.query_one(StepBar).refresh()
        await pilot.pause()
        assert "█" * 8 + "░" * 22 + "  8 s" in rows(app)[0]


async def test_the_bar_is_drawn_by_one_timer_of_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    timers: list[tuple[float, object]] = []
    asked = StepBar.set_interval

    def note(self: StepBar, interval: float, callback: Callable[[], object]) -> object:
        timers.append((interval, callback))
        return asked(self, interval, callback)

    monkeypatch.setattr(StepBar, "set_interval", note)
    bar = StepBar(lambda: datetime(2026, 11, 20, tzinfo=UTC))
    async with Host(bar).run_test():
        assert timers == [(1, bar.refresh)]


# All of them


def test_every_binding_has_an_id_and_a_tooltip() -> None:
    widgets = (TextInput, PasswordInput, OtpInput, SecretText, StepBar, LinkButton, TopBar)
    own = [binding for widget in widgets for binding in widget.__dict__.get("BINDINGS", [])]
    assert len(own) == 4
    for binding in own:
        assert isinstance(binding, Binding)
        assert binding.id
        assert binding.tooltip
    assert len({binding.id for binding in own}) == len(own)


async def test_all_of_them_work_without_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    moment = datetime(2026, 11, 20, tzinfo=UTC)
    app = Host(
        TopBar("User Profile", "jane"),
        TextInput(placeholder="name"),
        PasswordInput("password"),
        OtpInput(),
        SecretText(Secret(SECRET)),
        StepBar(lambda: moment),
        LinkButton("Forgotten password"),
    )
    async with app.run_test() as pilot:
        app.query(TextInput).first().focus()
        await pilot.press(*"name", "tab", *"hunter2", "tab", *"123456")
        text = "\n".join(rows(app))
        for part in ("User Profile", "jane", "name", "•••••••", "123 456", "MRJG 26KD", "30 s", "Forgotten password"):
            assert part in text
        assert app.codes == ["123456"]
        assert isinstance(app.focused, Input)
    assert os.environ["NO_COLOR"] == "1"
