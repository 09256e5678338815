"""Rules of the house that no linter knows: colours, markup, private parts of Textual, room sizes, the wheel."""

import ast
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "tui_mfa"
SOURCES = sorted(PACKAGE.rglob("*.py"))
STYLES = sorted(PACKAGE.rglob("*.tcss"))
OURS = [*SOURCES, *sorted((ROOT / "tests").rglob("*.py")), *sorted((ROOT / "benchmarks").rglob("*.py"))]

LONGEST_FILE, LONGEST_FUNCTION = 300, 40

LONG_FILES: dict[str, int] = {
    "tests/stories/test_unknown_account_looks_alike.py": 320,
    "tests/unit/domain/test_enrolment.py": 340,
}
"""Files that may be longer, and how long; a page of cases in one place is easier to read than two halves."""

LONG_FUNCTIONS: dict[tuple[str, str], int] = {
    ("tui_mfa/cli/billing_owner.py", "settings"): 50,
    ("tui_mfa/domain/api_tokens/flows.py", "create"): 55,
    ("tests/pilot/test_demo.py", "test_the_whole_story_by_the_demos_keys"): 45,
    ("tests/pilot/test_story.py", "test_from_the_first_start_to_an_authenticator_and_back"): 50,
    ("tests/stories/test_secrets_do_not_leak.py", "test_logs_and_files_hold_nothing_that_opens_the_account"): 55,
}
"""Functions that may be longer, and how long: options that need a line each, and stories."""

COLOURS = re.compile(r"#(?:[0-9a-fA-F]{3,4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})\b|\b(?:rgb|rgba|hsl|hsla)\(|\bansi_")
MARKUP_WORDS = ("from_markup", "from_ansi", "render_markup", "rich.markup", "escape(", "markup=True")
SHOWN = {"Static", "Label"}
LABELLED = {"Button", "Option", "Checkbox", "CheckBox", "Switch", "RadioButton"}
PARSED_ATTRIBUTES = {"border_title", "border_subtitle", "label", "tooltip"}


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def called(node: ast.Call) -> str:
    """Return the last name of what is called, also of ``DataTable[object](...)``."""
    target = node.func.value if isinstance(node.func, ast.Subscript) else node.func
    return target.attr if isinstance(target, ast.Attribute) else getattr(target, "id", "")


def is_plain(value: ast.expr) -> bool:
    """Return whether a text cannot hold markup: a literal without brackets, or what a function made of it."""
    if isinstance(value, ast.Constant):
        return not isinstance(value.value, str) or "[" not in value.value
    return isinstance(value, ast.Call)


def markup_faults(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield line and reason of every text that Textual would read as markup."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            keywords = {keyword.arg: keyword.value for keyword in node.keywords}
            off = isinstance(keywords.get("markup"), ast.Constant)
            first = node.args[0] if node.args else None
            kind = called(node)
            if kind in SHOWN and first is not None and not off and not is_plain(first):
                yield node.lineno, f"{kind} without markup=False"
            if kind in LABELLED and isinstance(first, ast.JoinedStr):
                yield node.lineno, f"{kind} with an f-string"
            if kind == "notify" and not off:
                yield node.lineno, "notify without markup=False"
        elif isinstance(node, ast.Assign):
            names = {target.attr for target in node.targets if isinstance(target, ast.Attribute)}
            if names & PARSED_ATTRIBUTES and isinstance(node.value, ast.JoinedStr | ast.BinOp):
                yield node.lineno, f"{names} from a built text"


PRIVATE_PARTS = {
    "tui_mfa/terminal.py": "tests/pilot/test_terminal.py",
    "tui_mfa/ssh/driver.py": "tests/ssh/test_driver.py",
    "tui_mfa/ssh/follow.py": "tests/ssh/test_follow.py",
    "tui_mfa/ssh/beneath.py": "tests/ssh/test_variables.py",
    "tui_mfa/styles.py": "tests/unit/test_shared_styles.py",
    "tui_mfa/style_rules.py": "tests/unit/test_shared_styles.py",
    "tui_mfa/compositor.py": "tests/unit/test_compositor.py",
    "tui_mfa/freeing.py": "tests/unit/test_freeing.py",
    "tui_mfa/screens/drawing.py": "tests/unit/test_drawing.py",
}
"""For the terminal here, one at the other end of SSH, its keys, the connection, styles, memory, and drawing once."""


@pytest.mark.parametrize("path", STYLES, ids=name_of)
def test_style_sheets_name_no_colours(path: Path) -> None:
    code = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)
    # A colour follows a colon; an id stands before a brace or a comma.
    values = [line.partition(":")[2] for line in code.splitlines() if ":" in line and "{" not in line.split(":")[-1]]
    inline = re.findall(r":([^;{}]*);", code)
    assert [value for value in (*values, *inline) if COLOURS.search(value)] == []


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_no_text_is_read_as_markup(path: Path) -> None:
    """S61: people's text reaches a widget through ``presentation`` alone."""
    text = path.read_text()
    assert [word for word in MARKUP_WORDS if word in text] == []
    assert list(markup_faults(ast.parse(text))) == []


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_private_parts_of_textual_and_asyncssh_are_touched_in_few_files(path: Path) -> None:
    """Each of them is held by a test that says what it needs of the library."""
    holder = PRIVATE_PARTS.get(name_of(path))
    if holder is not None:
        assert (ROOT / holder).is_file()
        return
    text = path.read_text()
    assert "SLF001" not in text
    assert re.findall(r"(?:from|import) (?:textual|rich)(?:\.\w+)*\._\w+", text) == []


@pytest.mark.parametrize("path", OURS, ids=name_of)
def test_rooms_are_small(path: Path) -> None:
    name, text = name_of(path), path.read_text()
    assert len(text.splitlines()) <= LONG_FILES.get(name, LONGEST_FILE)
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            assert lines <= LONG_FUNCTIONS.get((name, node.name), LONGEST_FUNCTION), node.name


def test_the_exceptions_are_still_needed() -> None:
    for name in LONG_FILES:
        assert len((ROOT / name).read_text().splitlines()) > LONGEST_FILE, name
    for name, function in LONG_FUNCTIONS:
        assert f"def {function}" in (ROOT / name).read_text()


@pytest.mark.parametrize("path", [path for path in SOURCES if "screens" in path.parts], ids=name_of)
def test_each_style_sheet_that_a_screen_names_is_beside_it(path: Path) -> None:
    for name in re.findall(r'"([\w.-]+\.tcss)"', path.read_text()):
        assert (path.parent / name).is_file()


@pytest.mark.parametrize(
    "faulty",
    [
        'Static(f"[b]{name}")',
        "Static(name)",
        'Button(f"Delete {name}")',
        'app.notify(f"Hello {name}")',
        'box.border_title = f"Key {name}"',
        'Static("[link]")',
    ],
)
def test_the_search_for_markup_would_notice(faulty: str) -> None:
    assert list(markup_faults(ast.parse(faulty)))


def test_the_wheel_holds_all_that_the_program_reads_and_nothing_else(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    held = set(zipfile.ZipFile(wheel).namelist())
    needed = {name_of(path) for path in PACKAGE.rglob("*") if path.is_file() and path.suffix != ".pyc"}
    assert {name for name in held if not name.startswith("tui_mfa-")} == needed
    assert {path.suffix for path in map(Path, needed)} == {".py", ".tcss", ".txt", ".typed"}
