"""Keys and pastes are done in the order in which they come, however late a machine is: nothing lands elsewhere."""

import asyncio

import pytest

from tests.ssh.form import Form, Opens, at
from tests.ssh.house import eventually
from tui_mfa.ssh import inlet
from tui_mfa.ssh.inlet import GIVEN_UP_AFTER, PASTE_MAX, PAUSE_ABOVE
from tui_mfa.ssh.pump import QUIET


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a key that gets no further given up soon."""
    monkeypatch.setattr(inlet, "LOOK_EVERY", 0.0)


def pasted(text: str) -> str:
    return f"\x1b[200~{text}\x1b[201~"


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("typed" + "\x7f" * 5 + pasted("name"), "name"),
        (pasted("name") + "\x7f" + pasted("s") + "\x1b[H" + "\x7f" + "x", "xnams"),
        ("ab\x1b[Dc\x7fd\x1b[H\x1b[3~", "db"),
    ],
)
async def test_a_clock_that_leaps_lets_nothing_overtake(typed: str, found: str) -> None:
    """As on a machine that stood still between any two steps: nothing is done by then, whatever the clock says."""
    form = Form()
    async with at(form) as (type_in, _):
        type_in(typed + "\x0f")
        await eventually(lambda: form.noted == ["ctrl+o"])
        assert form.value() == found


async def test_a_widget_that_takes_its_time_holds_up_what_is_typed_behind() -> None:
    form = Form()
    async with at(form) as (type_in, _):
        form.gate.clear()
        type_in("ab\x7f")
        await eventually(lambda: form.value() == "ab")
        type_in(f"{pasted('cd')}\tsecret\x0f")
        for _ in range(200):
            await asyncio.sleep(0)
        assert (form.value(), form.value("second")) == ("ab", "")
        form.gate.set()
        await eventually(lambda: form.noted == ["second", "ctrl+o"])
        assert (form.value(), form.value("second")) == ("acd", "secret")


@pytest.mark.parametrize("end", ["\r", "!"])
async def test_what_a_key_leads_to_is_done_before_the_next_key(end: str) -> None:
    """Enter, or the last sign of a code, sends off what is in the field; what is typed behind it is not yet there."""
    form = Form()
    async with at(form) as (type_in, _):
        type_in(f"jane{end}x{end}y\x0f")
        await eventually(lambda: form.noted)
        assert ([text.rstrip("!") for text in form.sent], form.value()) == (["jane", "x"], "y")


async def test_what_the_page_does_with_a_field_for_a_key_is_done_before_the_next_key() -> None:
    form = Form()
    async with at(form) as (type_in, _):
        type_in("\x12x\x0f")
        await eventually(lambda: form.noted)
        assert (form.sent, form.value()) == (["filled!"], "x")


async def test_what_is_done_when_a_field_is_left_is_done_before_the_next_key() -> None:
    form = Form()
    async with at(form) as (type_in, _):
        type_in("\x14x\x0f")
        await eventually(lambda: len(form.noted) > 1)
        assert form.value("second") == "x"


async def test_a_key_behind_one_that_opens_a_page_gets_to_that_page() -> None:
    form = Form()
    async with at(form) as (type_in, _):
        type_in(f"\t\rnew{pasted('name')}\x0f")
        await eventually(lambda: "ctrl+o" in form.noted)
        assert form.value("renamed") == "newname"


async def test_a_key_behind_a_click_waits_for_what_was_clicked() -> None:
    """Also where that takes no focus: a line that leads to a field, say."""
    form = Form()
    async with at(form) as (type_in, _):
        form.gate.clear()
        type_in("a\x1b[<0;3;30M\x1b[<0;3;30mb")
        for _ in range(200):
            await asyncio.sleep(0)
        assert form.value() == "a"
        form.gate.set()
        type_in("\x0f")
        await eventually(lambda: form.noted)
        assert (form.value(), form.value("second")) == ("a", "b")


async def test_a_key_that_meets_a_page_without_its_field_waits_for_it() -> None:
    """As after a login: the page comes by itself, and its first field has not got the focus."""
    form = Form()
    async with at(form) as (type_in, _):
        opens = form.query_one(Opens)

        def open_and_type() -> None:
            type_in("new\x0f")  # handed over with the next turn of the loop
            opens.open()

        opens.call_later(open_and_type)
        await eventually(lambda: form.noted)
        assert form.value("renamed") == "new"


async def test_two_keys_that_come_of_one_sequence_are_done_in_their_order() -> None:
    """Esc is known to be one only with what follows it."""
    form = Form()
    async with at(form) as (type_in, _):
        type_in("\x1b\x1b[Z")
        await eventually(lambda: len(form.noted) > 1)
        assert form.noted == ["second", "shift+tab"]


async def test_a_key_behind_an_esc_that_stood_alone_does_not_overtake_it() -> None:
    form = Form()
    async with at(form) as (type_in, _):
        form.hears = lambda key: type_in("x\x0f") if key.key == "escape" else None
        type_in("\x1b")
        await eventually(lambda: len(form.noted) > 1)
        assert (form.value(), form.value("second")) == ("", "x")


@pytest.mark.usefixtures("impatient")
async def test_a_key_that_no_widget_gets_done_with_makes_nobody_deaf_and_nothing_lands_elsewhere(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """With it goes all that was typed behind it, until there is a pause: it was meant for another field, say."""
    form, time = Form(), [0.0]
    async with at(form, lambda: time[0]) as (type_in, nobody):
        form.gate.clear()
        type_in(f"a\x7fsecret\x0f{pasted('pasted')}\x1b[200~{'x' * PAUSE_ABOVE}")
        await eventually(lambda: "lost a key" in caplog.text)
        assert not nobody.paused
        for part in ("more", "\x1b[201~se", "cret\x0f", f"\x1b[200~{'x' * PAUSE_ABOVE}", "\x1b[201~"):
            time[0] += QUIET * 0.9
            type_in(part)
            assert not nobody.paused
        form.gate.set()
        time[0] += QUIET
        type_in("b\x0f")
        await eventually(lambda: form.noted)
        assert (form.value(), form.noted) == ("ab", ["ctrl+o"])


@pytest.mark.usefixtures("impatient")
async def test_a_key_that_waits_for_a_page_in_vain_does_nothing_later(caplog: pytest.LogCaptureFixture) -> None:
    form, time = Form(), [0.0]
    async with at(form, lambda: time[0]) as (type_in, _):
        form.gate.clear()
        form.screen.set_focus(None)
        form.screen.call_later(form.gate.wait)
        type_in("\x0f")
        await eventually(lambda: "lost a key" in caplog.text)
        form.gate.set()
        time[0] += QUIET
        type_in("\t")
        await eventually(lambda: form.noted)
        assert form.noted == ["second"]


@pytest.mark.usefixtures("impatient")
async def test_an_app_that_is_itself_late_loses_no_key() -> None:
    form = Form()
    async with at(form) as (type_in, _):
        form.app_gate.clear()
        type_in("abc\x7fd\x0f")
        for _ in range(20 * GIVEN_UP_AFTER):
            await asyncio.sleep(0)
        assert form.value() == ""
        form.app_gate.set()
        await eventually(lambda: form.noted)
        assert form.value() == "abd"


async def test_a_paste_without_an_end_does_not_make_a_session_deaf() -> None:
    form = Form()
    async with at(form) as (type_in, nobody):
        for part in ("\x1b[200~", *["x" * 32768] * (3 * PAUSE_ABOVE // 32768)):
            type_in(part)
            await eventually(lambda: not nobody.paused)
        type_in("\x1b[201~\x0f")
        await eventually(lambda: form.noted)
        assert form.value() == "x" * PASTE_MAX
