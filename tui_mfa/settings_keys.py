"""The keys of the settings: what each takes, in words, and how it is read from a text or a TOML value."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta, tzinfo
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from tui_mfa import settings_payments as money
from tui_mfa.domain import names
from tui_mfa.domain.errors import InvalidInput
from tui_mfa.domain.secret import Secret
from tui_mfa.domain.ssh_keys.blob import RSA_LEAST, RSA_MOST
from tui_mfa.machine_zone import MachineZone

TABS: Final = ("user-info", "invoices", "payment-options", "add-credits", "security", "service-quota")
"""The ids of the profile's tabs, in the order on screen."""

THEMES: Final = ("tui-mfa-dark", "tui-mfa-light", "tui-mfa-high-contrast")

LOCAL: Final = "local"
"""The zone of this machine."""

ISSUER_MAX: Final = 32
"""Characters; more would push the QR code over the rows of the smallest terminal."""

_DURATION: Final = re.compile(r"([0-9]{1,6})([smh])")
_UNITS: Final = {"s": timedelta(seconds=1), "m": timedelta(minutes=1), "h": timedelta(hours=1)}
_WORDS: Final = {
    "true": True,
    "yes": True,
    "on": True,
    "1": True,
    "false": False,
    "no": False,
    "off": False,
    "0": False,
}


@dataclass(frozen=True, slots=True)
class Key:
    """One key of the settings."""

    takes: str
    """What it takes, in words."""
    read: Callable[[Any, Path], object]
    """Reads a value; relative paths start at the folder. Raises ``ValueError``, ``OSError`` or ``InvalidInput``."""
    secret: bool = False
    """Whether an error must not repeat the value."""


def zone(name: str) -> tzinfo:
    """Return a zone by its IANA name, or the machine's own; ``ValueError`` for an unknown one."""
    if name == LOCAL:
        return MachineZone()
    from zoneinfo import ZoneInfo  # noqa: PLC0415 - only where a zone is named

    try:
        return ZoneInfo(name)
    except (KeyError, OSError) as error:  # a folder of the zone database counts as unknown too
        raise ValueError(name) from error


def _text(value: object, _folder: Path) -> str:
    if not isinstance(value, str):
        raise ValueError
    return value.strip()


def _path(value: object, folder: Path) -> Path:
    text = str(value) if isinstance(value, Path) else _text(value, folder)
    if not text or "\0" in text:
        raise ValueError
    try:
        return folder / Path(text).expanduser()
    except RuntimeError:  # there is no such user
        raise ValueError from None


def _readable_file(value: object, folder: Path) -> Path | None:
    if value == "":
        return None
    path = _path(value, folder)
    with path.open("rb"):
        return path


def _store(value: object, folder: Path) -> str:
    scheme, _, rest = _text(value, folder).partition(":")
    if scheme == "tinydb" and not rest.startswith("//"):
        return f"tinydb:{_path(rest, folder)}"
    if scheme == "memory" and not rest:
        return "memory:"
    raise ValueError


def _issuer(value: object, folder: Path) -> str:
    text = unicodedata.normalize("NFC", _text(value, folder))
    if not 1 <= len(text) <= ISSUER_MAX or ":" in text or not text.isprintable():
        raise ValueError
    return text


def _smtp(value: object, folder: Path) -> Secret[str] | None:
    url = Secret(_text(value.reveal() if isinstance(value, Secret) else value, folder))
    if not url:
        return None
    from tui_mfa.domain.mail_route import parse_mail_route  # noqa: PLC0415 - only where mail goes out

    parse_mail_route(url)
    return url


def _address(value: object, folder: Path) -> str:
    text = _text(value, folder)
    try:
        return names.email(text)
    except InvalidInput:
        raise ValueError from None


def _address_or_none(value: object, folder: Path) -> str:
    return "" if value == "" else _address(value, folder)


def _switch(value: object, folder: Path) -> bool:
    if isinstance(value, bool):
        return value
    word = _WORDS.get(_text(value, folder).lower())
    if word is None:
        raise ValueError
    return word


def _tabs(value: object, folder: Path) -> tuple[str, ...]:
    """Read tabs from a list or a text with commas; they come out in the order on screen."""
    given = list(value) if isinstance(value, list | tuple) else _text(value, folder).split(",")
    chosen = [_text(tab, folder) for tab in given]
    if not chosen or not set(chosen) <= set(TABS):
        raise ValueError
    return tuple(tab for tab in TABS if tab in chosen)


def _choice(*words: str) -> Callable[[object, Path], str]:
    def read(value: object, folder: Path) -> str:
        text = _text(value, folder)
        if text not in words:
            raise ValueError
        return text

    return read


def _duration(least: timedelta, most: timedelta) -> Callable[[object, Path], timedelta]:
    def read(value: object, folder: Path) -> timedelta:
        match = _DURATION.fullmatch(_text(value, folder))
        if match is None:
            raise ValueError
        span = int(match[1]) * _UNITS[match[2]]
        if not least <= span <= most:
            raise ValueError
        return span

    return read


def _number(least: int, most: int) -> Callable[[object, Path], int]:
    def read(value: object, folder: Path) -> int:
        number = value if isinstance(value, int) and not isinstance(value, bool) else int(_text(value, folder))
        if not least <= number <= most:
            raise ValueError
        return number

    return read


def _zone_name(value: object, folder: Path) -> str:
    name = _text(value, folder)
    zone(name)
    return name


KEYS: Final[Mapping[str, Key]] = MappingProxyType(
    {
        "data_dir": Key("a folder", _path),
        "key_file": Key("a file outside data_dir", _path),
        "store": Key("tinydb:FOLDER or memory:", _store, secret=True),
        "issuer": Key(f"1 to {ISSUER_MAX} printable characters without ':'", _issuer),
        "smtp": Key("nothing, or the URL of a mail server", _smtp, secret=True),
        "smtp_ca_file": Key("a PEM file that can be read", _readable_file),
        "outbox_dir": Key("a folder", _path),
        "mail_from": Key("one e-mail address, like mfa@example.com", _address),
        "support_address": Key("nothing, or one e-mail address, like help@example.com", _address_or_none),
        "registration": Key("open or closed", _choice("open", "closed")),
        "mfa_required": Key("true or false", _switch),
        "tabs": Key(f"a list of {', '.join(TABS)}", _tabs),
        "idle_lock": Key("1m to 60m", _duration(timedelta(minutes=1), timedelta(minutes=60))),
        "session_lifetime": Key("5m to 24h", _duration(timedelta(minutes=5), timedelta(hours=24))),
        "ssh_rsa_bits": Key(f"a number from {RSA_LEAST} to {RSA_MOST}", _number(RSA_LEAST, RSA_MOST)),
        "keep_last_key": Key("true or false", _switch),
        "payments": Key(" or ".join(money.PAYMENTS), _choice(*money.PAYMENTS)),
        "payment_instructions": Key(f"a line of up to {money.INSTRUCTIONS_MAX} characters", money.instructions),
        "public_url": Key(f"nothing, or an https URL of up to {money.URL_MAX} characters", money.public_url),
        "stripe_key": Key("nothing, or a key of Stripe (rk_… or sk_…)", money.secret, secret=True),
        "stripe_webhook_secret": Key("nothing, or the secret of a webhook (whsec_…)", money.secret, secret=True),
        "theme": Key(", ".join(THEMES[:-1]) + f" or {THEMES[-1]}", _choice(*THEMES)),
        "save_dir": Key("a folder", _path),
        "zone": Key(f"{LOCAL} or a name like Europe/Berlin", _zone_name),
    }
)
"""Every key, in the order of the documentation."""
