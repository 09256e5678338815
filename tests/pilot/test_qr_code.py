import pytest
from rich.color import ColorSystem
from rich.terminal_theme import TerminalTheme
from textual import on
from textual.app import App, ComposeResult
from textual.containers import Horizontal
from textual.widgets import Static

from tests.qr_picture import CELL_HEIGHT, CELL_WIDTH, DARK_TERMINAL, LIGHT_TERMINAL, picture_of, read_qr, screen_of
from tui_mfa.domain.two_factor.uri import provisioning_uri
from tui_mfa.widgets.qr_code import QRCode
from tui_mfa.widgets.qr_matrix import Drawing, smallest

SECRET = "MRJG26KDOQ4VMPDJJE2HWN2VPJYVIW2CPN3E6SLGMY2GC5KUOJGA"
TYPICAL = "jane.m.doe@department.acme.com"
LONG = "x" * 60


def uri_for(label: str) -> str:
    return provisioning_uri(SECRET, "Elestio", label)


SHORT_URI, TYPICAL_URI, LONG_URI = map(uri_for, ("jane", TYPICAL, LONG))

THEMES = ("textual-dark", "textual-light", "ansi-dark", "ansi-light")


class CodeApp(App[None]):
    """Two lines above, the code at the left, words at the right: the layout of the real screen."""

    CSS = "#head { height: 2; } #words { width: 1fr; }"

    def __init__(
        self,
        *uris: str,
        theme: str = "textual-dark",
        drawing: Drawing = Drawing.HALF_BLOCKS,
        ansi_color: bool | None = None,
    ) -> None:
        super().__init__(ansi_color=ansi_color)
        self.theme = theme
        self.code = QRCode(uris, drawing=drawing)
        self.told: list[str | None] = []

    def compose(self) -> ComposeResult:
        yield Static("← Security\nAuthenticator App", id="head")
        with Horizontal():
            yield self.code
            yield Static("Two Factor Authentication\nScan the code with your Authenticator App", id="words")

    @on(QRCode.Drawn)
    def note(self, message: QRCode.Drawn) -> None:
        assert message.control is self.code
        self.told.append(message.uri)


def notice(app: App[None]) -> str:
    """Return the words in the code's place, lines joined."""
    code = app.query_one(QRCode)
    lines = screen_of(app)[code.region.y : code.region.bottom]
    shown = ("".join(text for text, _, _ in line)[code.region.x : code.region.right] for line in lines)
    return " ".join(" ".join(shown).split())


@pytest.mark.parametrize("colours", [ColorSystem.TRUECOLOR, ColorSystem.EIGHT_BIT, ColorSystem.STANDARD])
@pytest.mark.parametrize("no_color", [False, True])
@pytest.mark.parametrize("theme", THEMES)
async def test_a_camera_reads_the_code_in_every_theme(
    theme: str, no_color: bool, colours: ColorSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In dark and light terminals, with and without NO_COLOR, with true colour, 256 and 16 colours."""
    if no_color:
        monkeypatch.setenv("NO_COLOR", "1")
    else:
        monkeypatch.delenv("NO_COLOR", raising=False)
    app = CodeApp(TYPICAL_URI, theme=theme)
    async with app.run_test(size=(80, 24)):
        assert app.no_color is no_color
        for terminal in (DARK_TERMINAL, LIGHT_TERMINAL):
            assert read_qr(picture_of(app, terminal, colours)) == [TYPICAL_URI]


async def test_the_filter_that_takes_all_colours_away_spares_the_code(monkeypatch: pytest.MonkeyPatch) -> None:
    """With ANSI colours from the start, NO_COLOR leaves neither ink nor paper: equal cells would all be blank."""
    monkeypatch.setenv("NO_COLOR", "1")
    app = CodeApp(TYPICAL_URI, theme="ansi-dark", ansi_color=True)
    async with app.run_test(size=(80, 24)):
        assert read_qr(picture_of(app)) == [TYPICAL_URI]
        assert read_qr(picture_of(app, LIGHT_TERMINAL)) == [TYPICAL_URI]


@pytest.mark.parametrize(
    ("size", "labels", "drawn", "cells"),
    [
        ((80, 24), ["jane"], "jane", (45, 22)),
        ((80, 24), [TYPICAL, "jane"], TYPICAL, (49, 22)),
        ((80, 24), [LONG, "jane"], "jane", (45, 22)),
        ((100, 30), ["jane"], "jane", (45, 23)),
        ((100, 30), [TYPICAL, "jane"], TYPICAL, (49, 25)),
        ((100, 30), [LONG, "jane"], LONG, (53, 27)),
        ((120, 40), ["jane"], "jane", (45, 23)),
        ((120, 40), [TYPICAL, "jane"], TYPICAL, (49, 25)),
        ((120, 40), [LONG, "jane"], LONG, (53, 27)),
        ((43, 24), [TYPICAL], TYPICAL, (43, 22)),
        ((39, 22), ["jane"], "jane", (39, 20)),
        ((47, 26), [LONG], LONG, (47, 24)),
    ],
)
async def test_the_best_name_that_fits_is_drawn_and_read(
    size: tuple[int, int], labels: list[str], drawn: str, cells: tuple[int, int]
) -> None:
    """A name too long for the space is replaced by the next one; each smallest size still decodes."""
    app = CodeApp(*map(uri_for, labels))
    async with app.run_test(size=size) as pilot:
        assert app.code.drawn_uri == uri_for(drawn)
        assert app.code.size == cells
        await pilot.pause()
        assert app.told == [uri_for(drawn)]
        assert read_qr(picture_of(app)) == [uri_for(drawn)]
        assert read_qr(picture_of(app, LIGHT_TERMINAL)) == [uri_for(drawn)]


@pytest.mark.parametrize("terminal", [DARK_TERMINAL, LIGHT_TERMINAL])
@pytest.mark.parametrize(("size", "label"), [((43, 24), TYPICAL), ((80, 24), TYPICAL), ((120, 40), LONG)])
async def test_a_light_border_stands_on_all_four_sides(
    size: tuple[int, int], label: str, terminal: TerminalTheme
) -> None:
    """At least one module wide; on a dark terminal no decoder reads a code without it."""
    app = CodeApp(uri_for(label))
    async with app.run_test(size=size):
        picture = picture_of(app, terminal)
        left, top, right, bottom = (
            app.code.region.x * CELL_WIDTH,
            app.code.region.y * CELL_HEIGHT,
            app.code.region.right * CELL_WIDTH,
            app.code.region.bottom * CELL_HEIGHT,
        )
        module = CELL_HEIGHT // 2
        for side in (
            (left, top, right, top + module),
            (left, bottom - module, right, bottom),
            (left, top, left + CELL_WIDTH, bottom),
            (right - CELL_WIDTH, top, right, bottom),
        ):
            assert picture.crop(side).getcolors() == [((side[2] - side[0]) * (side[3] - side[1]), (255, 255, 255))]


async def test_the_reader_misses_a_code_without_its_border() -> None:
    """The proof can fail: the same picture with the border in the colour of a dark terminal."""
    app = CodeApp(TYPICAL_URI)
    async with app.run_test(size=(43, 24)):
        picture = picture_of(app)
        box = (0, 2 * CELL_HEIGHT, 43 * CELL_WIDTH, 24 * CELL_HEIGHT)
        module = CELL_WIDTH
        inner = (box[0] + module, box[1] + 2 * module, box[2] - module, box[3] - module)
        code = picture.crop(inner)
        picture.paste((0, 0, 0), box)
        picture.paste(code, inner)
        assert read_qr(picture) == []


async def test_the_code_follows_the_size_of_the_terminal() -> None:
    app = CodeApp(LONG_URI, SHORT_URI)
    async with app.run_test(size=(120, 40)) as pilot:
        for size, drawn in [
            ((80, 24), SHORT_URI),
            ((47, 26), LONG_URI),
            ((38, 24), None),
            ((100, 21), None),
            ((39, 22), SHORT_URI),
            ((120, 40), LONG_URI),
        ]:
            await pilot.resize_terminal(*size)
            await pilot.pause()
            assert app.code.drawn_uri == drawn, size
            assert read_qr(picture_of(app)) == ([drawn] if drawn else []), size
        assert app.told == [LONG_URI, SHORT_URI, LONG_URI, None, SHORT_URI, LONG_URI]


async def test_too_small_a_room_is_told_with_the_size_that_is_needed() -> None:
    app = CodeApp(LONG_URI, TYPICAL_URI)
    async with app.run_test(size=(60, 14)) as pilot:
        assert app.code.needed == (43, 22)
        assert app.code.drawn_uri is None
        assert app.told == []
        assert notice(app) == (
            "The code needs 43×22 characters; there are 60×12. Make the window larger, press f for the larger view, "
            "or type the secret instead."
        )
        for width, height in ((60, 13), (58, 13), (40, 12)):
            await pilot.resize_terminal(width, height)
            await pilot.pause()
            assert f"43×22 characters; there are {width}×{height - 2}." in notice(app)
        assert app.code.region.right <= 40


async def test_other_candidates_are_drawn_at_once() -> None:
    app = CodeApp(LONG_URI, SHORT_URI)
    async with app.run_test(size=(80, 24)) as pilot:
        app.code.uris = (TYPICAL_URI,)
        await pilot.pause()
        assert read_qr(picture_of(app)) == [TYPICAL_URI]
        assert app.code.size == (49, 22)
        app.code.uris = (other := uri_for(TYPICAL.replace("jane", "mary")),)
        await pilot.pause()
        assert app.code.size == (49, 22)
        assert read_qr(picture_of(app)) == [other]
        app.code.uris = ()
        await pilot.pause()
        assert read_qr(picture_of(app)) == []
        assert notice(app) == ""
        assert app.told == [SHORT_URI, TYPICAL_URI, other, None]


async def test_full_cells_read_too() -> None:
    columns, rows = smallest(37, Drawing.FULL_CELLS)
    app = CodeApp(SHORT_URI, drawing=Drawing.FULL_CELLS)
    async with app.run_test(size=(columns, rows + 2)) as pilot:
        assert {char for line in screen_of(app)[2:] for text, _, _ in line for char in text} == {" "}
        assert read_qr(picture_of(app, colours=ColorSystem.STANDARD)) == [SHORT_URI]
        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        assert "The code needs 78×39 characters; there are 80×22." in notice(app)


async def test_a_dumb_terminal_is_sent_to_the_secret() -> None:
    app = CodeApp(SHORT_URI, drawing=Drawing.NONE)
    async with app.run_test(size=(80, 24)):
        assert app.code.needed == (0, 0)
        assert notice(app) == "This terminal cannot draw the code. Type the secret instead."


async def test_a_fixed_size_keeps_the_code_at_the_top_left() -> None:
    app = CodeApp(TYPICAL_URI)
    app.code.styles.width = 55
    app.code.styles.height = "1fr"
    async with app.run_test(size=(80, 40)) as pilot:
        assert read_qr(picture_of(app)) == [TYPICAL_URI]
        app.code.styles.width = 45
        await pilot.pause()
        assert read_qr(picture_of(app)) == [TYPICAL_URI]
        app.code.styles.width = 42
        await pilot.pause()
        assert "needs 43×22 characters; there are 42×38." in notice(app)


async def test_the_secret_is_in_no_repr_and_goes_with_the_widget() -> None:
    app = CodeApp(TYPICAL_URI)
    async with app.run_test(size=(80, 24)):
        code = app.code
        seen = [repr(code), repr(QRCode.Drawn(code, TYPICAL_URI)), repr(code._cached), str(code.render())]
        assert SECRET not in "".join(seen)
        assert not code.allow_select
        await code.remove()
        assert (code._cached, code._announced) == (None, None)
        assert SECRET not in repr({name: getattr(code, name) for name in ("uris", "_codes", "drawn_uri")})
        assert not code._codes


async def test_a_resize_does_not_encode_again() -> None:
    app = CodeApp(LONG_URI, SHORT_URI)
    async with app.run_test(size=(80, 24)) as pilot:
        encoded = dict(app.code._codes)
        assert list(encoded) == [SHORT_URI], "only the code that is drawn is encoded"
        for size in ((81, 24), (100, 30), (60, 24), (100, 40)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
        assert set(app.code._codes) == {SHORT_URI, LONG_URI}
        assert app.code._codes[SHORT_URI] is encoded[SHORT_URI]
