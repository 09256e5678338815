"""The portal of one connection: the same app, on services that know that its person is elsewhere."""

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, NoReturn

from tui_mfa.app import MfaApp
from tui_mfa.domain.errors import NotAllowed
from tui_mfa.domain.login.origin import Origin
from tui_mfa.domain.ports import Services
from tui_mfa.domain.secret import Secret
from tui_mfa.screens.context import Context
from tui_mfa.screens.login import LoginScreen
from tui_mfa.settings import Settings
from tui_mfa.ssh import driver
from tui_mfa.terminal import terminal_ability
from tui_mfa.widgets.qr_matrix import drawing_for

if TYPE_CHECKING:
    from tui_mfa.domain.login.model import CodeOwed, LoggedIn

NOT_SAVED: Final = (
    "Over SSH nothing is saved: the file would be on the server. Copy it instead; it goes to your clipboard."
)

COPY_MAX: Final = 74_994
"""Bytes that go to a clipboard: 100,000 characters of OSC 52 with what stands around them, as common terminals take."""

TOO_LONG: Final = "This is too long for the clipboard of a terminal. Copy less at a time."

ENVIRONMENT: Final = frozenset({"COLORTERM", "NO_COLOR", "LANG", "LC_ALL", "LC_CTYPE", "TERM_PROGRAM"})
"""Variables that are believed: they say how to draw, and nothing else."""

_VALUE: Final = re.compile(r"[\w.@:+ -]{0,64}", re.ASCII)


def believed(term: str, sent: dict[str, str]) -> dict[str, str]:
    """Return what a client's environment may say here: the look of its terminal, in harmless characters.

    Args:
        term: The terminal's type.
        sent: The variables that came over the channel.
    """
    found = {name: value for name, value in sent.items() if name in ENVIRONMENT and _VALUE.fullmatch(value)}
    if term and _VALUE.fullmatch(term):
        found["TERM"] = term
    return found


class NoFiles:
    """Saves nothing: the machine is not the person's."""

    def save(self, name: str, text: Secret[str]) -> NoReturn:  # noqa: ARG002 - the port asks for them
        """Refuse; see ``ports.PrivateFiles``."""
        raise NotAllowed(NOT_SAVED)

    def save_bytes(self, name: str, data: bytes) -> NoReturn:  # noqa: ARG002 - the same
        """Refuse; see ``ports.PrivateFiles``."""
        raise NotAllowed(NOT_SAVED)


def at_a_distance(services: Services) -> Services:
    """Return services for people who are not at this machine: nothing is saved here, and no first account is theirs."""
    return replace(services, files=NoFiles(), policy=replace(services.policy, first_account_open=False))


def limit_key(address: str) -> str:
    """Return what limits count by: an IPv4 address, or the /64 that one customer of a provider has whole (RFC 6177).

    Args:
        address: As the system gives it; anything else counts as it is.
    """
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((found, 64), strict=False))


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """Who is at the other end, as far as the connection tells."""

    username: str
    address: str
    """Of the other side, without its port."""
    environ: Mapping[str, str]
    """``TERM``, ``COLORTERM``, ``NO_COLOR``, ``LANG``, ``LC_*``: of the client, and nothing else of it."""
    keys: tuple[str, ...] = ()
    """The public keys that it has shown, proved or not."""

    @property
    def origin(self) -> Origin:
        """From where this person acts."""
        return Origin(limit_key(self.address), f"{self.address} (ssh)")

    @property
    def encoding(self) -> str:
        """How the client's terminal is written to: UTF-8, unless its language says otherwise."""
        language = next((self.environ[name] for name in ("LC_ALL", "LC_CTYPE", "LANG") if self.environ.get(name)), "")
        return language.partition(".")[2].partition("@")[0] or ("ascii" if language in {"C", "POSIX"} else "utf-8")


class SshApp(MfaApp):
    """The portal at a client's terminal.

    Args:
        settings: The operator's decisions.
        services: What the use cases need.
        client: Who is there.
        wire: The way to the client.
        entered: What a key of the account led to; None when there was none.
    """

    def __init__(
        self,
        settings: Settings,
        services: Services,
        client: Client,
        wire: driver.Wire,
        entered: "CodeOwed | LoggedIn | None" = None,
    ) -> None:
        note = "" if services.mailer.delivers else "Mail is not sent from here: the operator can read it."
        context = Context(
            services=at_a_distance(services),
            origin=client.origin,
            zone=settings.timezone() if settings.zone != "local" else None,
            drawing=drawing_for(client.environ, client.encoding),
            tabs=settings.tabs,
            client_keys=client.keys,
            mail_note=note,
        )
        super().__init__(context, settings.theme)
        ability = terminal_ability(client.environ, client.encoding).colours
        driver.connect(self, wire, ability, client.environ)
        self._entered = entered
        self._is_ready = self._is_led = False

    @property
    def takes_keys(self) -> bool:
        """Whether the page that keys are meant for is there; what is typed before would be lost, or land anywhere."""
        if self._is_led and not isinstance(self.screen, LoginScreen):
            self._is_led = False
        return self._is_ready and not self._is_led

    def on_ready(self) -> None:
        """Go on where the key has led."""
        super().on_ready()
        entered, self._entered = self._entered, None
        if entered is not None and isinstance(self.screen, LoginScreen):
            self._is_led = True
            self.screen.post_message(LoginScreen.PasswordAccepted(entered))
        self._is_ready = True

    def copy_to_clipboard(self, text: str) -> None:
        """Hand a text to the client's clipboard, unless it is longer than terminals take (OSC 52).

        Args:
            text: What to copy.
        """
        if len(text.encode("utf-8", "replace")) > COPY_MAX:
            self.notify(TOO_LONG, severity="warning", markup=False)
        else:
            super().copy_to_clipboard(text)
