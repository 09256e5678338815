import random
from bisect import bisect_left

import pytest
import zxingcpp
from PIL import Image
from qrcode.constants import ERROR_CORRECT_L
from qrcode.util import ALPHA_NUM, BIT_LIMIT_TABLE

from tui_mfa.domain.two_factor.uri import provisioning_uri
from tui_mfa.widgets.qr_matrix import (
    MAX_BORDER,
    Drawing,
    Modules,
    Row,
    arrange,
    draw,
    drawing_for,
    modules_of,
    side_of,
    smallest,
)

SECRET = "MRJG26KDOQ4VMPDJJE2HWN2VPJYVIW2CPN3E6SLGMY2GC5KUOJGA"
MEASURED = f"otpauth://totp/Elestio:jane.doe%40example.com?secret={SECRET}&issuer=Elestio"
"""The URI that the sizes were measured with in real terminals."""

SIDES = [17 + 4 * version for version in range(1, 41)]


def uri(label: str) -> str:
    return provisioning_uri(SECRET, "Elestio", label)


def painted(rows: tuple[Row, ...]) -> list[list[bool]]:
    """Return what half-block cells show, two lines of dark (True) and light (False) per row."""
    ink = {" ": (False, False), "▀": (True, False), "▄": (False, True)}
    return [[cell.fg_dark if ink[cell.char][half] else cell.bg_dark for cell in row] for row in rows for half in (0, 1)]


def read(modules: Modules) -> list[str]:
    """Decode a code straight from its modules, four pixels each, with the standard border."""
    side, scale = len(modules), 4
    picture = Image.new("L", ((side + 8) * scale,) * 2, 255)
    for y, row in enumerate(modules):
        for x, dark in enumerate(row):
            if dark:
                picture.paste(0, ((x + 4) * scale, (y + 4) * scale, (x + 5) * scale, (y + 5) * scale))
    return [code.text for code in zxingcpp.read_barcodes(picture)]


def fewest_bits(text: str) -> int:
    """Find the fewest bits of any split into segments, by trying every mode for every character.

    Costs in sixths of a bit, so that 5½ and 3⅓ bits a character are whole numbers.
    """
    header = {"byte": 6 * (4 + 8), "alphanumeric": 6 * (4 + 9), "numeric": 6 * (4 + 10)}
    best: dict[str, int] = {}
    for char in text:
        cost = {"byte": 48 * len(char.encode())}
        if char.encode() in ALPHA_NUM:
            cost["alphanumeric"] = 33
        if char.isascii() and char.isdigit():
            cost["numeric"] = 20
        ended = min(-(-bits // 6) * 6 for bits in best.values()) if best else 0
        best = {
            mode: min(best.get(mode, ended + header[mode]), ended + header[mode]) + bits for mode, bits in cost.items()
        }
    return -(-min(best.values()) // 6)


@pytest.mark.parametrize(
    ("text", "columns", "rows"),
    [
        (MEASURED, 43, 22),
        (uri("jane"), 39, 20),
        (uri("jane.doe@example.com"), 39, 20),
        (uri("fifteen-letters"), 39, 20),
        (uri("thirty.letters.are@example.com"), 43, 22),
        (uri("x" * 60), 47, 24),
    ],
)
def test_the_smallest_drawings_have_the_measured_sizes(text: str, columns: int, rows: int) -> None:
    side = side_of(text)
    assert smallest(side, Drawing.HALF_BLOCKS) == (columns, rows)
    assert arrange(side, columns, rows, Drawing.HALF_BLOCKS)
    assert not arrange(side, columns - 1, 99, Drawing.HALF_BLOCKS)
    assert not arrange(side, 99, rows - 1, Drawing.HALF_BLOCKS)


@pytest.mark.parametrize("label", ["jane", "jane.doe@example.com", "x" * 60, "zoë", "015112345678", "JANE.DOE"])
def test_the_code_says_the_uri(label: str) -> None:
    modules = modules_of(uri(label))
    assert len(modules) == side_of(uri(label))
    assert {len(row) for row in modules} == {len(modules)}
    assert read(modules) == [uri(label)]


def test_the_level_is_l() -> None:
    """The two level bits beside the upper left finder pattern, unmasked, are 01 (ISO/IEC 18004 section 7.9)."""
    modules = modules_of(uri("jane"))
    mask = (True, False)  # the first two bits of 101010000010010
    assert tuple(modules[8][x] != m for x, m in zip((0, 1), mask, strict=True)) == (False, True)


@pytest.mark.parametrize("alphabet", ["abcdefghij", "0123456789", "ABCDEF", "ab1", "aB3.@_-", "A1"])
def test_no_split_into_segments_gives_a_smaller_version(alphabet: str) -> None:
    dice = random.Random(alphabet)
    for length in range(1, 80):
        text = uri("".join(dice.choices(alphabet, k=length)))
        best = bisect_left(BIT_LIMIT_TABLE[ERROR_CORRECT_L], fewest_bits(text), 1)
        assert best < 10, "the header sizes of fewest_bits() hold up to version 9"
        assert side_of(text) == 17 + 4 * best, text


@pytest.mark.parametrize("run", ["015112", "0151123456", "HELLOWORLDS", "JANE-DOE-AG-2026"])
def test_short_runs_of_digits_or_capitals_save_bits(run: str) -> None:
    for length in range(80):
        text = uri("a" * length + run + "a")
        best = bisect_left(BIT_LIMIT_TABLE[ERROR_CORRECT_L], fewest_bits(text), 1)
        assert side_of(text) == 17 + 4 * best, text


def test_larger_versions_count_their_longer_headers() -> None:
    for length in (300, 500, 1500, 2900):
        text = "x" * length
        modules = modules_of(text)
        assert len(modules) == side_of(text)
        assert read(modules) == [text]


def test_a_uri_beyond_the_largest_code_is_refused() -> None:
    assert side_of("x" * 2953) == 177
    with pytest.raises(ValueError, match="too long"):
        side_of("x" * 2954)


@pytest.mark.parametrize("side", SIDES)
def test_half_blocks_use_the_room_within_its_bounds(side: int) -> None:
    wide = 0
    for rows in range(1, side):
        place = arrange(side, side + 2 + rows % 12, rows, Drawing.HALF_BLOCKS)
        if place is None:
            assert 2 * rows < side + 2
            continue
        assert place.rows <= rows
        assert place.columns <= side + 2 + rows % 12
        assert place.columns == side + 2 * place.border
        assert 2 * place.rows == side + place.above + place.below
        assert place.above % 2 == 0, "finder patterns in phase with the cells"
        assert 2 <= place.above <= MAX_BORDER
        assert 1 <= place.below <= MAX_BORDER + 1
        assert place.border == min(MAX_BORDER, 1 + rows % 12 // 2)
        wide = max(wide, place.above)
    assert wide == MAX_BORDER


@pytest.mark.parametrize(
    ("rows", "above", "below"), [(22, 2, 1), (23, 2, 3), (24, 4, 3), (25, 4, 5), (26, 4, 5), (99, 4, 5)]
)
def test_rows_become_border_until_it_is_four(rows: int, above: int, below: int) -> None:
    place = arrange(41, 80, rows, Drawing.HALF_BLOCKS)
    assert place
    assert (place.above, place.below, place.border) == (above, below, 4)


@pytest.mark.parametrize("text", [uri("jane"), MEASURED, uri("x" * 60)])
@pytest.mark.parametrize(("spare_columns", "spare_rows"), [(0, 0), (3, 1), (20, 20)])
def test_half_blocks_show_the_modules_and_light_around_them(text: str, spare_columns: int, spare_rows: int) -> None:
    modules = modules_of(text)
    side = len(modules)
    columns, rows = smallest(side, Drawing.HALF_BLOCKS)
    place = arrange(side, columns + spare_columns, rows + spare_rows, Drawing.HALF_BLOCKS)
    assert place
    cells = draw(modules, place)
    assert len(cells) == place.rows
    assert {len(row) for row in cells} == {place.columns}
    lines = painted(cells)
    inner = [line[place.border : -place.border] for line in lines[place.above : len(lines) - place.below]]
    assert inner == [list(row) for row in modules]
    around = [*lines[: place.above], *lines[len(lines) - place.below :]]
    around += [line[: place.border] + line[-place.border :] for line in lines]
    assert not any(map(any, around)), "a dark module in the border"
    assert all(lines_left for lines_left in around), "no border at one side"


def test_a_cell_of_two_equal_modules_is_a_space() -> None:
    modules = modules_of(MEASURED)
    place = arrange(len(modules), 80, 25, Drawing.HALF_BLOCKS)
    assert place
    for row, upper, lower in zip(cells := draw(modules, place), painted(cells)[::2], painted(cells)[1::2], strict=True):
        for cell, top, bottom in zip(row, upper, lower, strict=True):
            assert (cell.char == " ") == (top == bottom)
            assert cell.fg_dark != cell.bg_dark


def test_full_cells_are_two_spaces_a_module() -> None:
    modules = modules_of(uri("jane"))
    assert smallest(37, Drawing.FULL_CELLS) == (78, 39)
    assert not arrange(37, 77, 99, Drawing.FULL_CELLS)
    assert not arrange(37, 99, 38, Drawing.FULL_CELLS)
    place = arrange(37, 83, 42, Drawing.FULL_CELLS)
    assert place
    assert (place.border, place.above, place.below, place.columns, place.rows) == (2, 2, 2, 82, 41)
    cells = draw(modules, place)
    assert len(cells) == 41
    assert {len(row) for row in cells} == {82}
    assert {cell.char for row in cells for cell in row} == {" "}
    seen = [[cell.bg_dark for cell in row] for row in cells]
    assert [row[::2] for row in seen] == [row[1::2] for row in seen]
    assert [row[4:-4:2] for row in seen[2:-2]] == [list(row) for row in modules]
    assert not any(any(row[:4] + row[-4:]) for row in seen)
    assert not any(any(row) for row in (*seen[:2], *seen[-2:]))


def test_a_terminal_that_draws_nothing_fits_nothing() -> None:
    assert arrange(21, 999, 999, Drawing.NONE) is None
    assert smallest(21, Drawing.NONE) == (0, 0)


@pytest.mark.parametrize(
    ("environ", "encoding", "drawing"),
    [
        ({"TERM": "xterm-256color"}, "utf-8", Drawing.HALF_BLOCKS),
        ({"TERM": "xterm-256color", "LANG": "en_US.UTF-8"}, "UTF8", Drawing.HALF_BLOCKS),
        ({"TERM": "xterm", "LC_ALL": "de_DE.utf8@euro", "LANG": "C"}, "utf-8", Drawing.HALF_BLOCKS),
        ({"TERM": "xterm", "LANG": "en_US"}, "utf-8", Drawing.HALF_BLOCKS),
        ({}, "utf-8", Drawing.HALF_BLOCKS),
        ({"TERM": "linux"}, "utf-8", Drawing.FULL_CELLS),
        ({"TERM": "xterm"}, "iso-8859-1", Drawing.FULL_CELLS),
        ({"TERM": "xterm"}, "ascii", Drawing.FULL_CELLS),
        ({"TERM": "xterm"}, None, Drawing.FULL_CELLS),
        ({"TERM": "xterm", "LC_ALL": "C", "LANG": "en_US.UTF-8"}, "utf-8", Drawing.FULL_CELLS),
        ({"TERM": "xterm", "LANG": "POSIX"}, "utf-8", Drawing.FULL_CELLS),
        ({"TERM": "screen", "LC_CTYPE": "de_DE.ISO-8859-15@euro"}, "utf-8", Drawing.FULL_CELLS),
        ({"TERM": "dumb"}, "utf-8", Drawing.NONE),
        ({"TERM": "unknown", "LC_ALL": "C"}, "ascii", Drawing.NONE),
    ],
)
def test_the_drawing_follows_the_terminal(environ: dict[str, str], encoding: str | None, drawing: Drawing) -> None:
    assert drawing_for(environ, encoding) is drawing
