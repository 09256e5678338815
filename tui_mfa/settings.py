"""What the operator decides: command line over ``TUI_MFA_*`` over ``tui-mfa.toml`` over defaults, checked at start."""

import os
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tui_mfa.domain import names
from tui_mfa.domain.errors import DomainError, InvalidInput
from tui_mfa.domain.secret import Secret
from tui_mfa.domain.ssh_keys.blob import RSA_LEAST
from tui_mfa.settings_keys import KEYS, LOCAL, TABS, THEMES, zone
from tui_mfa.settings_payments import SECRETS_IN_FILE, problems_of

if TYPE_CHECKING:
    from tui_mfa.domain.ports import Policy

APP: Final = "tui-mfa"
"""The program's name in the system's folders."""

FILE_NAME: Final = "tui-mfa.toml"

FILE_VARIABLE: Final = "TUI_MFA_CONFIG"
"""Names the file to read in place of the one in the user's configuration folder."""

_PREFIX: Final = "TUI_MFA_"
_SHOWN_MAX: Final = 60
"""Characters of a refused value that an error repeats."""


class SettingsError(DomainError):
    """Settings that cannot be used; ``problems`` holds every one, a sentence each."""

    code = "settings"
    exit_status = 2

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Settings:
    """The operator's decisions, checked; ``load_settings`` makes them."""

    data_dir: Path
    """Where accounts and the outbox live."""
    key_file: Path
    """The keys that open what is stored; never inside ``data_dir``, so that a copy of the data opens nothing."""
    store: str
    """``tinydb:FOLDER`` or ``memory:``."""
    outbox_dir: Path
    """Where mail goes while there is no ``smtp``."""
    mail_from: str
    """The address that mail comes from."""
    save_dir: Path
    """Where files go that a person saves."""
    issuer: str = APP
    """The product's name in authenticator apps, in mails and on screen."""
    smtp: Secret[str] | None = None
    """The URL of the mail server (see ``tui_mfa.domain.mail_route``); ``None`` means the outbox."""
    smtp_ca_file: Path | None = None
    """Authorities to trust beside the system's."""
    support_address: str = ""
    """An address that helps; named in mails."""
    registration: str = "closed"
    """``open`` or ``closed``: whether people may create accounts."""
    mfa_required: bool = False
    """Whether two-factor authentication cannot be disabled."""
    tabs: tuple[str, ...] = TABS
    """The tabs of the profile, in the order on screen."""
    idle_lock: timedelta = timedelta(minutes=15)
    """How long nobody types before the screen locks."""
    session_lifetime: timedelta = timedelta(hours=12)
    """How long a session lasts in all."""
    ssh_rsa_bits: int = RSA_LEAST
    """Bits of an RSA key at least."""
    keep_last_key: bool = False
    """Whether the last SSH key that works cannot be deleted, because logins take a key."""
    payments: str = "offline"
    """``offline`` or ``stripe``: how people pay."""
    payment_instructions: str = ""
    """How an open invoice is paid while ``payments`` is ``offline``."""
    public_url: str = ""
    """Where people reach ``tui-mfa api``; for short URLs."""
    stripe_key: Secret[str] | None = None
    stripe_webhook_secret: Secret[str] | None = None
    theme: str = THEMES[0]
    zone: str = LOCAL
    """``local`` or an IANA name: the zone beside UTC on screen."""

    def policy(self) -> "Policy":
        """Return the part that the rules look at."""
        from tui_mfa.domain.ports import Policy  # noqa: PLC0415 - what sshd runs needs no rules

        return Policy(
            issuer=self.issuer,
            support_address=self.support_address,
            registration_open=self.registration == "open",
            mfa_required=self.mfa_required,
            idle_lock=self.idle_lock,
            session_lifetime=self.session_lifetime,
            ssh_rsa_bits=self.ssh_rsa_bits,
            keep_last_key=self.keep_last_key,
            public_url=self.public_url,
            payment_instructions=self.payment_instructions,
        )

    def timezone(self) -> tzinfo:
        """Return the zone for dates on screen."""
        return zone(self.zone)


@dataclass(frozen=True, slots=True)
class _Given:
    """A value and where it comes from."""

    value: object
    source: str
    """``--data-dir``, ``TUI_MFA_DATA_DIR`` or ``data_dir in FILE``."""
    folder: Path
    """What a relative path starts from."""


def load_settings(
    arguments: Mapping[str, object], environ: Mapping[str, str], config_file: Path | None = None
) -> Settings:
    """Return the settings of this start.

    Args:
        arguments: What the command line gave, by key; ``None`` or ``()`` is an option that was not given.
        environ: The environment; ``TUI_MFA_CONFIG`` names the file when ``config_file`` does not.
        config_file: The file to read; it must be there. Without one, ``tui-mfa.toml`` in the user's configuration
            folder is read when it is there.

    Raises:
        SettingsError: With everything that is wrong, each named with its key, its source and what it takes.
    """
    problems: list[str] = []
    given = _from_file(environ, config_file, problems) | _from_environ(environ) | _from_arguments(arguments, problems)
    values: dict[str, Any] = {}
    for name, one in given.items():
        try:
            values[name] = KEYS[name].read(one.value, one.folder)
        except InvalidInput as error:
            problems.append(f"{one.source} takes {KEYS[name].takes}. {error.user_message}")
        except (ValueError, OSError):
            hidden = KEYS[name].secret or "://" in str(one.value)
            shown = "" if hidden else f", not {repr(one.value)[:_SHOWN_MAX]}"
            problems.append(f"{one.source} takes {KEYS[name].takes}{shown}.")
    settings = _completed(values, given, problems)
    if problems:
        raise SettingsError(tuple(problems))
    return settings


def _from_file(environ: Mapping[str, str], config_file: Path | None, problems: list[str]) -> dict[str, _Given]:
    named = config_file or environ.get(FILE_VARIABLE)
    file = Path(named).expanduser().absolute() if named else _config_dir() / FILE_NAME
    found = {}
    for name, value in _read_file(file, bool(named), problems).items():
        if name in KEYS:
            found[name] = _Given(value, f"{name} in {file}", file.parent)
        else:
            problems.append(f"{repr(name)[:_SHOWN_MAX]} in {file} is no setting.{_hint(name)}")
    return found


def _from_environ(environ: Mapping[str, str]) -> dict[str, _Given]:
    variables = {name: f"{_PREFIX}{name.upper()}" for name in KEYS}
    return {
        name: _Given(environ[variable], variable, Path.cwd())
        for name, variable in variables.items()
        if variable in environ
    }


def _from_arguments(arguments: Mapping[str, object], problems: list[str]) -> dict[str, _Given]:
    found = {}
    for name, value in arguments.items():
        option = f"--{name.replace('_', '-')}"
        if name not in KEYS:
            problems.append(f"{option} is no setting.{_hint(name)}")
        elif value is not None and value != ():
            found[name] = _Given(value, option, Path.cwd())
    return found


def _read_file(file: Path, must_be_there: bool, problems: list[str]) -> dict[str, Any]:
    """Return what a file holds; one that holds a login must be its owner's alone (S65)."""
    if not must_be_there and not file.exists():
        return {}
    import tomllib  # noqa: PLC0415 - most starts have no file

    try:
        with file.open("rb") as stream:
            mode = os.fstat(stream.fileno()).st_mode
            values = tomllib.load(stream)
    except FileNotFoundError:
        problems.append(f"The settings file {file} is not there.")
        return {}
    except OSError as error:
        problems.append(f"The settings file {file} cannot be read: {error.strerror}.")
        return {}
    except UnicodeDecodeError:
        problems.append(f"The settings file {file} is not UTF-8.")
        return {}
    except tomllib.TOMLDecodeError as error:
        problems.append(f"The settings file {file} is not TOML: {error}.")
        return {}
    login = "@" in str(values.get("smtp", ""))
    if mode & 0o077 and (login or any(values.get(key) for key in SECRETS_IN_FILE)):
        what = "a password" if login else "a secret key"
        problems.append(f"{file} holds {what} and others may read it. Run: chmod 600 {shlex.quote(str(file))}")
    return values


def _hint(name: str) -> str:
    from difflib import get_close_matches  # noqa: PLC0415 - for mistakes alone

    close = get_close_matches(name.replace("-", "_").lower(), KEYS, n=1)
    return f" Did you mean {close[0]}?" if close else ""


def _completed(values: Mapping[str, Any], given: Mapping[str, _Given], problems: list[str]) -> Settings:
    """Fill in the defaults that depend on other values, and check what must fit together."""
    data_dir: Path = values.get("data_dir") or _data_dir()
    filled: dict[str, Any] = {
        "data_dir": data_dir,
        "key_file": _config_dir() / "keys",
        "store": f"tinydb:{data_dir}",
        "outbox_dir": data_dir / "outbox",
        "mail_from": "",
        "save_dir": Path.home(),
    } | dict(values)
    unread = given.keys() - values.keys()
    settings = Settings(**filled)
    problems += problems_of(settings.payments, dict(values) | dict.fromkeys(unread, True))
    if "data_dir" not in unread and _is_inside(settings.key_file, data_dir):
        source = given["key_file"].source if "key_file" in given else "key_file (the default)"
        problems.append(f"{source} takes {KEYS['key_file'].takes}, not {settings.key_file}.")
    if "mail_from" in given:
        return settings
    sender = _sender(settings)
    if not sender and "support_address" not in unread:
        problems.append(f"mail_from takes {KEYS['mail_from'].takes}; the mail server in smtp needs it.")
    return Settings(**(filled | {"mail_from": sender}))


def _is_inside(file: Path, folder: Path) -> bool:
    return Path(os.path.realpath(file)).is_relative_to(os.path.realpath(folder))  # never raises, unlike Path.resolve


def _sender(settings: Settings) -> str:
    """Return an address for mail to come from, or nothing when no guess would be honest.

    It is the address that logs in to the mail server, or one beside ``support_address``; mail that stays on this
    machine may come from ``localhost``.
    """
    beside = f"no-reply@{settings.support_address.rpartition('@')[2]}" if settings.support_address else ""
    if settings.smtp is None:
        return beside or f"{APP}@localhost"
    from tui_mfa.domain.mail_route import Protection, parse_mail_route  # noqa: PLC0415 - only where mail goes out

    route = parse_mail_route(settings.smtp)
    try:
        return names.email(route.user)
    except InvalidInput:  # the user is no address
        return beside or (f"{APP}@localhost" if route.protection is Protection.PLAIN else "")


def _config_dir() -> Path:
    from platformdirs import user_config_path  # noqa: PLC0415 - slow to load, and not needed by the demo

    return user_config_path(APP, appauthor=False)


def _data_dir() -> Path:
    """Return the user's data folder; where the system has one folder for both, a folder of its own inside it."""
    from platformdirs import user_data_path  # noqa: PLC0415 - the same

    folder = user_data_path(APP, appauthor=False)
    return folder / "data" if folder == _config_dir() else folder
