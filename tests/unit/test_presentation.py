"""Whatever people write, the screen stays whole (S61), and dates and waits read the same everywhere."""

import subprocess
import sys
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.text import Text
from textual.content import Content

from tui_mfa.presentation import (
    ELLIPSIS,
    MAX_MARKS,
    REPLACEMENT,
    as_cell,
    as_content,
    day,
    grouped,
    masked_email,
    safe_text,
    wait_words,
    when,
)

HOSTILE = [
    "\x1b]52;c;aGk=\x07",
    "\x1b[31mred",
    "\x9b31m",
    "a\x00b",
    "line\nbreak\r\n",
    "tab\t",
    "\u202egnp.exe",
    "\u2066x\u2069",
    "zero\u200bwidth\u200d\ufeff",
    "\u2028\u2029\x85",
    "\ud800 lone surrogate",
    "\U000e0001\U000e0041 tags",
    "\u3164\u115f\u2800 blanks that are not spaces",
    "\ufe0f selector",
]
"""One text for each class of character that must not reach a terminal."""

any_text = st.text(st.characters(exclude_categories=()), max_size=300)
"""Every code point, lone surrogates too."""


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_characters_become_the_replacement_character(text: str) -> None:
    shown = safe_text(text)
    assert shown.isprintable()
    assert REPLACEMENT in shown
    assert len(shown) == len(text)


@pytest.mark.parametrize("text", ["Jane Doe", "Zoë", "e\u0301te", "한국어", "日本", "مرحبا", "👩 x", "a" * 200])
def test_honest_text_is_left_alone(text: str) -> None:
    assert safe_text(text) == text


@given(any_text, st.integers(1, 250))
def test_no_output_has_a_character_that_is_not_printable_nor_is_too_wide(text: str, limit: int) -> None:
    shown = safe_text(text, limit)
    assert shown.isprintable()
    assert cell_len(shown) <= limit
    assert safe_text(shown, limit) == shown
    assert as_content(text, limit).plain == shown
    assert as_cell(text, limit).plain == shown


@given(any_text)
def test_an_address_is_masked_into_printable_text_of_bounded_width(address: str) -> None:
    shown = masked_email(address)
    assert shown.isprintable()
    assert cell_len(shown) <= 2 * 2 + 7 + 21


@pytest.mark.parametrize(
    "text", ["[/foo]", "[@click=app.quit]x[/]", "[/", "[b]bold", "\\[b]", "[red]", ":smile:", "$name"]
)
def test_markup_comes_out_literally(text: str) -> None:
    content, cell = as_content(text), as_cell(text)
    assert isinstance(content, Content)
    assert isinstance(cell, Text)
    assert (content.plain, list(content.spans)) == (text, [])
    assert (cell.plain, list(cell.spans)) == (text, [])


@pytest.mark.parametrize(
    ("text", "limit", "shown"),
    [
        ("abc", 3, "abc"),
        ("abcd", 3, "ab" + ELLIPSIS),
        ("ab", 1, ELLIPSIS),
        ("日本語", 6, "日本語"),
        ("日本語", 5, "日本" + ELLIPSIS),
        ("日本語", 4, "日" + ELLIPSIS),
        ("日", 1, ELLIPSIS),
        ("e\u0301e\u0301", 1, ELLIPSIS),
        ("e\u0301e\u0301", 2, "e\u0301e\u0301"),
        ("", 1, ""),
    ],
)
def test_a_text_too_wide_ends_in_an_ellipsis(text: str, limit: int, shown: str) -> None:
    assert safe_text(text, limit) == shown


def test_a_limit_without_room_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one cell"):
        safe_text("x", 0)


def test_a_flood_of_combining_marks_is_capped() -> None:
    assert safe_text("e" + "\u0301" * 10_000 + "f") == "e" + "\u0301" * MAX_MARKS + "f"
    assert safe_text("\u0301x") == REPLACEMENT + "x"


def test_ten_kilobytes_are_cut_to_the_limit() -> None:
    assert safe_text("x" * 10_240, 20) == "x" * 19 + ELLIPSIS


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("jane@example.com", "j•••@e•••.com"),
        ("j@e.io", "j•••@e•••.io"),
        ("jane@mail.example.co.uk", "j•••@m•••.uk"),
        ('"a@b"@example.com', '"•••@e•••.com'),
        ("root@localhost", "r•••@l•••"),
        ("no address", "•••"),
        ("", "•••"),
        ("@", "•••@•••"),
        ("\x1b@\x9b.\u202e", f"{REPLACEMENT}•••@{REPLACEMENT}•••.{REPLACEMENT}"),
    ],
)
def test_an_address_is_masked(address: str, shown: str) -> None:
    assert masked_email(address) == shown


def test_a_secret_is_grouped() -> None:
    secret = "MRJG26KDOQ4VMPDJJE2HWN2VPJYVIW2CPN3E6SLGMY2GC5KUOJGA"
    assert grouped("MRJG26KDOQ") == "MRJG 26KD OQ"
    assert grouped("123456", size=3) == "123 456"
    assert grouped("") == ""
    assert grouped(secret, per_line=5).split("\n") == [
        "MRJG 26KD OQ4V MPDJ JE2H",
        "WN2V PJYV IW2C PN3E 6SLG",
        "MY2G C5KU OJGA",
    ]


@given(st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", max_size=80), st.integers(1, 8), st.integers(0, 6))
def test_grouping_loses_nothing(secret: str, size: int, per_line: int) -> None:
    assert "".join(grouped(secret, size, per_line).split()) == secret


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-5, "0 s"),
        (0, "0 s"),
        (17, "17 s"),
        (59, "59 s"),
        (60, "1 min"),
        (61, "2 min"),
        (240, "4 min"),
        (3541, "1 h"),
        (3600, "1 h"),
        (3601, "1 h 1 min"),
        (7200, "2 h"),
        (72 * 3600, "72 h"),
    ],
)
def test_a_wait_is_said_in_words_and_never_too_short(seconds: int, words: str) -> None:
    assert wait_words(seconds) == words


@pytest.mark.parametrize(
    ("zone", "shown"),
    [
        (None, "2026-11-20 23:02 UTC"),
        (UTC, "2026-11-20 23:02 UTC"),
        (ZoneInfo("Europe/London"), "2026-11-20 23:02 UTC"),
        (ZoneInfo("America/New_York"), "2026-11-20 18:02 EST (23:02 UTC)"),
        (ZoneInfo("Europe/Berlin"), "2026-11-21 00:02 CET (2026-11-20 23:02 UTC)"),
        (timezone(timedelta(hours=-2)), "2026-11-20 21:02 UTC-02:00 (23:02 UTC)"),
        (timezone(timedelta(hours=-2), "\x1b[2J"), f"2026-11-20 21:02 {REPLACEMENT}[2J (23:02 UTC)"),
    ],
)
def test_a_moment_is_shown_in_the_readers_zone_beside_utc(zone: timezone | ZoneInfo | None, shown: str) -> None:
    assert when(datetime(2026, 11, 20, 23, 2, 59, tzinfo=UTC), zone) == shown


def test_a_day_is_shown_in_the_readers_zone() -> None:
    moment = datetime(2026, 11, 20, 23, 2, tzinfo=UTC)
    assert day(moment) == "2026-11-20"
    assert day(moment, ZoneInfo("Europe/Berlin")) == "2026-11-21"
    assert day(date(2026, 1, 2)) == "2026-01-02"


def test_a_moment_without_a_zone_is_refused() -> None:
    naive = datetime(2026, 11, 20)  # noqa: DTZ001 - the point of the test
    with pytest.raises(ValueError, match="zone"):
        when(naive)
    with pytest.raises(ValueError, match="zone"):
        day(naive)


def test_commands_can_use_it_without_loading_the_screens() -> None:
    code = (
        "import sys, tui_mfa.presentation as p; p.wait_words(1); p.safe_text('x'); sys.exit('textual' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
