"""Countries by ISO 3166-1, found by the names that people type.

The list is the package ``iso3166``'s, loaded when the first country is asked for.
"""

import re
import unicodedata
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from tui_mfa.domain.errors import InvalidInput

TEXT_MAX: Final = 60
"""Characters of a country's name; the longest of the standard has 52."""

ALIASES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "uk": "GB",
        "great britain": "GB",
        "el": "GR",
        "czech republic": "CZ",
        "ivory coast": "CI",
        "north korea": "KP",
        "south korea": "KR",
        "turkey": "TR",
        "united states": "US",
        "vietnam": "VN",
    }
)
"""What people write, and VAT ids begin with, where the standard spells it otherwise."""

_SUGGESTED: Final = 3
"""Names that an error offers."""


def code_of(text: str) -> str:
    """Return the two letters of a country, or nothing for nothing.

    Args:
        text: Two or three letters, a name, or the beginning of one name alone; accents and case do not matter.

    Raises:
        InvalidInput: Field ``country``, with the names that come nearest.
    """
    if not text.strip():
        return ""
    wanted = _folded(text) if len(text) <= 4 * TEXT_MAX else ""
    spellings = _spellings()
    exact = spellings.get(wanted)
    if exact is not None:
        return exact
    beginning = {code for spelling, code in spellings.items() if spelling.startswith(wanted)}
    if len(wanted) > 3 and len(beginning) == 1:  # noqa: PLR2004 - no beginning is mistaken for a code
        return beginning.pop()
    near = (sorted(beginning) or _near(wanted, spellings)) if wanted else []
    offer = " or ".join(name_of(code) for code in near[:_SUGGESTED])
    hint = f"Did you mean {offer}?" if offer else "Type its English name, or its two letters like DE."
    raise InvalidInput(f"There is no such country. {hint}", field="country")


def name_of(code: str) -> str:
    """Return the name of a country; of an unknown code, the code itself."""
    return _names().get(code, code)


def completed(text: str) -> str | None:
    """Return the first name that begins as somebody typed, with what was typed left as it is; for suggestions."""
    wanted = text.casefold()
    found = next((name for name in _names().values() if name.casefold().startswith(wanted)), None)
    return text + found[len(text) :] if found is not None and wanted.strip() else None


def _names() -> dict[str, str]:
    from iso3166 import countries_by_alpha2  # noqa: PLC0415 - most starts show no country

    known = {code: country.apolitical_name for code, country in countries_by_alpha2.items()}
    return dict(sorted(known.items(), key=lambda item: item[1]))


def _spellings() -> dict[str, str]:
    from iso3166 import countries_by_alpha2  # noqa: PLC0415 - the same

    found = dict(ALIASES)
    for code, country in countries_by_alpha2.items():
        first, comma, last = country.name.partition(", ")
        turned = f"{last} {first}" if comma else first
        for spelling in (code, country.alpha3, country.name, country.apolitical_name, turned):
            found[_folded(spelling)] = code
    return found


def _near(wanted: str, spellings: Mapping[str, str]) -> list[str]:
    from difflib import get_close_matches  # noqa: PLC0415 - only a mistyped name needs it

    inside = [code for spelling, code in spellings.items() if f" {wanted} " in f" {spelling} "]
    close = [spellings[spelling] for spelling in get_close_matches(wanted, spellings, n=_SUGGESTED, cutoff=0.75)]
    return list(dict.fromkeys((*inside, *close)))


def _folded(text: str) -> str:
    bare = "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
    return re.sub(r"[^\w]+", " ", bare.casefold()).strip()
