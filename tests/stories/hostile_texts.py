"""Texts that somebody would write to take a terminal over, and the search for what is left of them."""

import json
import unicodedata
from pathlib import Path
from typing import Any

from textual.app import App

FLOOD = 10_000
"""Characters; ten times what any field takes."""

HOSTILE = {
    "closing tag": "[/foo]",
    "open tag": "[bold red",
    "action": "[@click=app.quit]x[/]",
    "link": "[link='https://evil.example']x[/link]",
    "ESC": "a\x1b[2J\x1b]0;owned\x07b",
    "OSC 52": "a\x1b]52;c;ZXZpbA==\x1b\\b",
    "C1": "a\x9b31m\x9d52;c;ZXZpbA==\x9cb",
    "bidi": "a\u202egnp.exe\u2066b",
    "zero width": "a\u200b\u200d\ufeffb\u2060",
    "NUL": "a\0b",
    "lines": "a\nb\r\nc\x0bd\u2028e\x85f",
    "marks": "a" + "\u0301" * 60,
    "flood": "x" * FLOOD,
    "wide flood": "\N{PILE OF POO}" * 3_000,
}

FREE_TEXTS = frozenset(
    {
        *("username", "address", "origin", "name", "company", "country", "vat_id", "title", "text", "note", "label"),
        *("unit", "bill_to", "added_from", "created_from", "last_used_from", "reason", "answer", "last_four", "to"),
        *("request_id", "set_id", "brand", "number", "ref"),
    }
)
"""Fields of a stored account that hold words which somebody wrote, or that are shown as they stand."""


def unclean(text: str) -> list[str]:
    """Return the characters of a drawn text that a terminal would obey, or that hide or turn what stands there."""
    return [
        f"U+{ord(char):04X}" for char in text if not char.isprintable() or unicodedata.category(char) in {"Cf", "Cc"}
    ]


def unclean_output(text: str) -> list[str]:
    """Return the same for what a command wrote, where lines are divided by line feeds."""
    return unclean(text.replace("\n", ""))


def faults_on_screen(app: App[Any]) -> list[str]:
    """Return what of a hostile text came through to what is drawn: characters, actions, links."""
    found = []
    for y, strip in enumerate(app.screen._compositor.render_strips()):
        for segment in strip:
            assert segment.control is None
            found += [f"{char} in row {y}: {segment.text!r}" for char in unclean(segment.text)]
            if segment.style is not None and (segment.style.link or "@click" in segment.style.meta):
                found.append(f"{segment.text!r} in row {y} is a link: {segment.style.link} {segment.style.meta}")
    return found


def poison(value: Any, text: str) -> Any:
    """Return a stored document with a text in each of its free fields, as an editor would leave it.

    Args:
        value: The document, or a part of it.
        text: What to write.
    """
    if isinstance(value, list):
        return [poison(item, text) for item in value]
    if not isinstance(value, dict):
        return value
    poisoned: dict[str, Any] = {}
    for name, item in value.items():
        if name in FREE_TEXTS and isinstance(item, str):
            poisoned[name] = text
        elif name == "bill_to" or (name == "detail" and isinstance(item, dict)):
            poisoned[name] = [text] if name == "bill_to" else dict.fromkeys(item, text)
        else:
            poisoned[name] = poison(item, text)
    return poisoned


def poison_files(data: Path, text: str) -> int:
    """Write a text into every account of a data folder, and return how many there were."""
    files = sorted((data / "accounts").rglob("*.json"))
    for path in files:
        path.write_text(json.dumps(poison(json.loads(path.read_text()), text)))
    return len(files)
