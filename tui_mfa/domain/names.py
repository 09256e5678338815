"""What people may type: checked at the door, before anything is kept (ASVS 1.3, 2.2)."""

import re
import unicodedata
from typing import Final

from tui_mfa.domain.errors import InvalidInput
from tui_mfa.domain.secret import Secret

USERNAME_MAX: Final = 32
"""Characters; fits a log line, a mail and the label of a QR code."""

TEXT_MAX: Final = 100
"""Characters of a name or a company."""

EMAIL_MAX: Final = 254
"""Characters of a whole address (RFC 5321 section 4.5.3.1.3, less the brackets)."""

PASSWORD_MIN: Final = 8
"""Bytes, while a second factor is on (NIST SP 800-63B-4 section 3.1.1.2)."""

PASSWORD_MIN_ALONE: Final = 15
"""Bytes, when the password is the only factor (the same section)."""

PASSWORD_MAX: Final = 1024
"""Bytes; longer ones are refused before any hashing."""

_USERNAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,31}")
_ATEXT: Final = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL: Final = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_EMAIL: Final = re.compile(rf"(?P<local>{_ATEXT}(?:\.{_ATEXT})*)@(?P<domain>{_LABEL}(?:\.{_LABEL})+|localhost)")
_PICTURE_SIGNS: Final = dict.fromkeys((0xFE0E, 0xFE0F))
"""Variation selectors 15 and 16: text or emoji picture."""
_CODE: Final = re.compile(r"[0-9]{6}")


def comparable(name: str) -> str:
    """Return a name as it counts for limits: the spellings that find one account have one counter."""
    folded = unicodedata.normalize("NFKC", name.strip()[:EMAIL_MAX]).casefold()
    return unicodedata.normalize("NFKC", folded)


def username(text: str) -> str:
    """Return a username that may be used, or raise ``InvalidInput``."""
    text = text.strip()
    if not _USERNAME.fullmatch(text):
        raise InvalidInput(
            "A username has 2 to 32 letters, digits, dots, hyphens or underscores, and starts with a letter or digit.",
            field="username",
        )
    return text


def email(text: str) -> str:
    """Return an e-mail address (RFC 5321 mailbox, ASCII, no quoting), or raise ``InvalidInput``."""
    text = text.strip()
    match = _EMAIL.fullmatch(text) if len(text) <= EMAIL_MAX else None
    if match is None or len(match["local"]) > 64:  # noqa: PLR2004 - RFC 5321 section 4.5.3.1.1
        raise InvalidInput("Type one e-mail address, like jane@example.com.", field="email")
    return text


def free_text(text: str, field: str, longest: int = TEXT_MAX) -> str:
    """Return a line of text in NFC, or raise ``InvalidInput`` when it is too long or holds control characters.

    Args:
        text: What was typed. Signs that only choose between two pictures of an emoji are dropped: terminals differ in
            how wide they draw the result.
        field: The form field it belongs to.
        longest: Characters that it may have.
    """
    if len(text) > 4 * longest:  # composing makes a text shorter, by less than four times
        raise InvalidInput(f"At most {longest} characters, please.", field=field)
    text = unicodedata.normalize("NFC", text.strip()).translate(_PICTURE_SIGNS)
    if len(text) > longest:
        raise InvalidInput(f"At most {longest} characters, please.", field=field)
    if not text.isprintable():
        raise InvalidInput("This holds characters that cannot be shown. Type it by hand.", field=field)
    return text


def password(text: Secret[str], *, alone: bool) -> Secret[str]:
    """Return a new password in NFC, untrimmed, or raise ``InvalidInput`` for its length (ASVS 6.2.1, 6.2.9).

    Args:
        text: What was typed.
        alone: Whether it will be the only factor.
    """
    value = normal_password(text)
    size = len(value.reveal().encode())
    least = PASSWORD_MIN_ALONE if alone else PASSWORD_MIN
    if size < least:
        why = " as long as there is no second factor" if alone else ""
        raise InvalidInput(f"The password needs at least {least} characters{why}.", field="new_password")
    return value


def normal_password(text: Secret[str]) -> Secret[str]:
    """Return a password in NFC (the same on every keyboard), or raise ``InvalidInput`` above 1024 bytes."""
    raw = text.reveal()
    # Composing makes a text shorter, by less than four times: only then is it measured.
    value = unicodedata.normalize("NFC", raw) if len(raw) <= 4 * PASSWORD_MAX else raw
    if len(value.encode(errors="replace")) > PASSWORD_MAX:
        raise InvalidInput(f"A password has at most {PASSWORD_MAX} bytes.", field="password")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise InvalidInput("The password holds bytes that are no text. Type it by hand.", field="password") from None
    return Secret(value)


def stands_alone(value: Secret[str]) -> bool:
    """Say whether a password is long enough to be the only factor."""
    return len(value.reveal().encode()) >= PASSWORD_MIN_ALONE


def code(text: Secret[str]) -> str:
    """Return six ASCII digits from ``123456``, ``123 456`` or ``123-456``, or raise ``InvalidInput``."""
    raw = text.reveal()
    digits = raw.strip(" ").replace(" ", "").replace("-", "") if len(raw) <= 64 else ""  # noqa: PLR2004 - any bound
    if not _CODE.fullmatch(digits):
        raise InvalidInput("A code has six digits.", field="code")
    return digits


def masked_email(address: str) -> str:
    """Return an address with all but the first letters hidden: ``j•••@e•••.com``."""
    local, _, domain = address.partition("@")
    host, dot, top = domain.rpartition(".")
    return f"{local[:1]}•••@{(host or top)[:1]}•••{dot}{top if dot else ''}"
