"""The field for a six-digit code, by keyboard and paste."""

import re

import pytest

from tests.widget_host import Host, paste, rows
from tui_mfa.widgets.otp_input import OtpInput


@pytest.mark.parametrize("typed", ["123456", "123 456", "123-456", "000001"])
async def test_six_typed_digits_hand_the_code_over_once(typed: str) -> None:
    digits = re.sub(r"\D", "", typed)
    field = OtpInput()
    app = Host(field)
    async with app.run_test() as pilot:
        for char in typed:
            await pilot.press({" ": "space", "-": "minus"}.get(char, char))
        await pilot.press("enter", "enter")
        assert app.codes == [digits]
        assert app.reasons == []
        assert field.value == f"{digits[:3]} {digits[3:]}"
        assert field.value in "".join(rows(app))


@pytest.mark.parametrize(
    "pasted", ["123456", "123 456", "123-456", "123456\n", "123 456\r\n", "  123456\t", "\n123456", "000001"]
)
async def test_a_pasted_code_is_handed_over_once(pasted: str) -> None:
    app = Host(OtpInput())
    async with app.run_test() as pilot:
        await pilot.press("9")
        await paste(pilot, pasted)
        assert app.codes == [re.sub(r"\D", "", pasted)]
        assert app.reasons == []
        await paste(pilot, pasted)
        assert len(app.codes) == 1


@pytest.mark.parametrize(
    "pasted",
    [
        "12345",
        "1234567",
        "１２３４５６",
        "٠١٢٣٤٥",
        "+123456",
        "-12345",
        "123_456",
        "123.456",
        "12 34 56",
        "123  456",
        "123\u00a0456",
        "1e5555",
        "123\x00456",
        "123456\x00",
        "\x1b[31m123456",
        "123456\n654321",
        "123\n456",
        "abcdef",
        "",
        " ",
        "1" * 10_240,
        " " * 10_240 + "123456",
    ],
)
async def test_a_paste_that_is_no_code_changes_nothing(pasted: str) -> None:
    field = OtpInput()
    app = Host(field)
    async with app.run_test() as pilot:
        await pilot.press("7", "8")
        await paste(pilot, pasted)
        assert field.value == "78"
        assert app.codes == []
        assert app.reasons == [OtpInput.NOT_A_CODE]


@pytest.mark.parametrize("key", ["a", "１", "٣", "plus", "underscore", "space", "minus", "question_mark"])
async def test_a_typed_character_that_is_no_digit_changes_nothing(key: str) -> None:
    field = OtpInput()
    app = Host(field)
    async with app.run_test() as pilot:
        await pilot.press("7", key)
        assert field.value == "7"
        assert app.reasons == [OtpInput.ONLY_DIGITS]


async def test_a_seventh_digit_is_refused_and_the_code_goes_out_once() -> None:
    field = OtpInput()
    app = Host(field)
    async with app.run_test() as pilot:
        await pilot.press(*"1234567")
        assert field.value == "123 456"
        assert app.codes == ["123456"]
        assert app.reasons == [OtpInput.TOO_MANY]


async def test_enter_with_fewer_digits_says_what_is_needed() -> None:
    app = Host(OtpInput())
    async with app.run_test() as pilot:
        await pilot.press(*"12345", "enter")
        assert app.reasons == ["Six digits are needed"]
        assert app.codes == []


async def test_after_clear_the_same_code_can_be_given_again() -> None:
    field = OtpInput()
    app = Host(field)
    async with app.run_test() as pilot:
        await pilot.press(*"123456")
        field.clear()
        assert field.value == ""
        await pilot.press(*"123456")
        assert app.codes == ["123456", "123456"]


async def test_a_button_can_submit_the_code_again() -> None:
    field = OtpInput()
    app = Host(field)
    async with app.run_test() as pilot:
        field.submit()
        await pilot.press(*"123456")
        field.submit()
        await pilot.pause()
        assert app.codes == ["123456", "123456"]
        assert app.reasons == [OtpInput.TOO_FEW]


@pytest.mark.parametrize(
    ("keys", "value", "caret"),
    [
        (["1", "2", "3", "4", "backspace"], "123", 3),
        (["1", "2", "3", "4", "left", "backspace"], "124", 2),
        (["1", "2", "3", "4", "left", "left", "delete"], "123", 3),
        (["1", "2", "3", "4", "home", "9"], "912 34", 1),
        (["1", "2", "3", "4", "home", "delete"], "234", 0),
        (["1", "2", "3", "4", "5", "ctrl+u"], "", 0),
        (["1", "2", "3", "4", "5", "ctrl+shift+a", "7"], "7", 1),
        (["1", "2", "3", "4", "5", "ctrl+shift+a", "ctrl+x"], "123 45", 6),
        (["backspace", "delete"], "", 0),
    ],
)
async def test_editing_keeps_the_gap_in_its_place(keys: list[str], value: str, caret: int) -> None:
    field = OtpInput()
    app = Host(field)
    async with app.run_test() as pilot:
        await pilot.press(*keys)
        assert (field.value, field.cursor_position) == (value, caret)
        assert app.codes == []


@pytest.mark.parametrize("key", ["ctrl+c", "ctrl+x"])
async def test_a_code_cannot_be_copied_or_cut(key: str) -> None:
    field = OtpInput()
    async with Host(field).run_test() as pilot:
        await pilot.press(*"123456", "ctrl+shift+a", key)
        assert (pilot.app.clipboard, field.value) == ("", "123 456")


async def test_a_value_that_is_no_code_cannot_be_set() -> None:
    field = OtpInput()
    async with Host(field).run_test():
        field.value = "12"
        for wrong in ("abc", "１２", "1234567", "+1", "1\n"):
            field.value = wrong
            assert field.value == "12"


async def test_messages_show_no_code() -> None:
    app = Host(OtpInput())
    async with app.run_test() as pilot:
        await pilot.press(*"123456", "x")
        assert len(app.seen) == 2
        assert not any("123" in repr(message) for message in app.seen)
