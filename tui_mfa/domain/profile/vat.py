"""VAT ids: their form and check digits, by the package ``python-stdnum``, offline.

Whether a number was really given out is not asked anywhere: only a tax office can tell, and this program calls nobody.
"""

import re
import unicodedata
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from tui_mfa.domain.errors import InvalidInput
from tui_mfa.domain.profile import countries

TEXT_MAX: Final = 30
"""Characters as typed, with spaces and dots."""

_COMPACT: Final = re.compile(r"[0-9A-Z&Ñ+*]{4,20}")
"""Letters and digits, and the signs of Ireland (``+``, ``*``) and Mexico (``&``, ``Ñ``)."""

_TAXED_AS: Final[Mapping[str, str]] = MappingProxyType({"MC": "FR", "IM": "GB"})
"""Countries whose numbers are those of another (Council Directive 2006/112/EC, article 7)."""


def checked(text: str, country: str) -> str:
    """Return a VAT id in its compact form, within the EU with its two letters; nothing for nothing.

    A number of another EU country than one's own is accepted with its two letters: companies register abroad.

    Args:
        text: As typed.
        country: Two letters, or nothing: then the two letters of the number must tell.

    Raises:
        InvalidInput: Field ``vat_id``.
    """
    if len(text) > 4 * TEXT_MAX:
        raise _refused("It has too many characters.")
    typed = unicodedata.normalize("NFKC", text)
    compact = re.sub(r"[\s./-]", "", typed).upper()
    if not compact:
        return ""
    if not _COMPACT.fullmatch(compact) or not re.search("[0-9]", compact):
        raise _refused("It has 4 to 20 letters and digits.")
    here = _TAXED_AS.get(country, country)
    abroad = _of_the_union(compact, here)
    if abroad is not None:
        return abroad
    if not here:
        raise _refused("Type the country above, too, or check its characters.")
    return _of(here, compact, countries.name_of(country))


def _of_the_union(compact: str, here: str) -> str | None:
    """Return a number of an EU country in its usual form, with its two letters added where they are missing."""
    from stdnum.eu import vat as union  # noqa: PLC0415 - loaded when somebody has a VAT id

    letters = "EL" if here == "GR" else here
    tried = [compact] if letters and compact.startswith(letters) else [compact, letters + compact]
    for number in tried:
        if union.is_valid(number):
            return str(union.validate(number))
    return None


def _of(country: str, compact: str, name: str) -> str:
    from stdnum import exceptions, get_cc_module  # noqa: PLC0415 - the same

    module = get_cc_module(country, "vat")
    if module is None:
        return compact
    try:
        module.validate(compact)
    except exceptions.InvalidLength:
        raise _refused(f"It has too few or too many characters for {name}.") from None
    except exceptions.InvalidChecksum:
        raise _refused("One character is mistyped: its check digit does not fit.") from None
    except exceptions.ValidationError:
        raise _refused(f"A number of {name} does not look like that.") from None
    return compact


def _refused(why: str) -> InvalidInput:
    return InvalidInput(f"This is no VAT id. {why}", field="vat_id")
