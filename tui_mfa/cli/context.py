"""What every command gets: the settings and the services, made when they are first asked for."""

from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from tui_mfa.cli.output import Output

if TYPE_CHECKING:
    from tui_mfa.domain.ports import Clock, Services
    from tui_mfa.settings import Settings


class Cli:
    """One run of the command line.

    Args:
        environ: The environment: settings, and what it tells about the terminal.
    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ
        self.out = Output()
        self.options: dict[str, object] = {}
        """The settings given on the command line, by key."""
        self.config: Path | None = None
        """The settings file given on the command line."""
        self.next_step = ""
        """The command to run after the present one was refused; it is named below the error."""

    @cached_property
    def settings(self) -> "Settings":
        """The operator's decisions; raises ``SettingsError``."""
        from tui_mfa.settings import load_settings

        return load_settings(self.options, self.environ, self.config)

    @cached_property
    def services(self) -> "Services":
        """What the use cases need; raises ``Unavailable``."""
        from tui_mfa import bootstrap

        return bootstrap.build(self.settings, self.environ)

    @cached_property
    def clock(self) -> "Clock":
        """The machine's clock, for commands that need no other service."""
        from tui_mfa.security import system

        return system.SystemClock()

    @property
    def log_folder(self) -> Path | None:
        """Where the log goes; ``None`` while the settings were not read."""
        settings: Settings | None = self.__dict__.get("settings")
        return settings.data_dir if settings is not None else None

    def deliver(self, account_id: str) -> None:
        """Send the mails that wait for an account; say so when they go on waiting."""
        from tui_mfa.domain import notices
        from tui_mfa.domain.errors import NoSuchAccount

        notices.deliver(self.services, account_id)
        try:
            waiting = bool(self.services.store.get(account_id).notices)
        except NoSuchAccount:
            return
        if waiting:
            self.out.words("The mail about this could not be sent. It waits, and is tried again.")

    def when(self, moment: datetime) -> str:
        """Return a moment for people, in their zone with UTC beside it."""
        from tui_mfa.presentation import when

        return when(moment, self.settings.timezone())
