"""Opens the portal on this machine's terminal."""

import os
import sys
from collections.abc import Mapping
from typing import Final

from tui_mfa import bootstrap
from tui_mfa.app import MfaApp
from tui_mfa.domain.ports import Services
from tui_mfa.screens.context import Context
from tui_mfa.settings import Settings, SettingsError
from tui_mfa.widgets.qr_matrix import drawing_for

DEVELOPERS: Final = {
    "TEXTUAL": "turns on the developer's console, which is told each key",
    "TEXTUAL_DEBUG": "keeps what only developers may see",
    "TEXTUAL_DRIVER": "replaces the code that reads each key",
    "TEXTUAL_LOG": "writes each key to a file, passwords and codes included",
    "TEXTUAL_PRESS": "presses keys in place of the person",
    "TEXTUAL_SCREENSHOT": "writes what is on screen to a file",
}
"""Variables by which Textual, read when it is loaded, gives away what is typed or shown; and what each does."""


def refuse_watchers(environ: Mapping[str, str]) -> None:
    """Refuse to ask for a password while somebody listens in.

    Args:
        environ: The environment in which the program was started.

    Raises:
        SettingsError: One of ``DEVELOPERS`` is set; every one is named.
    """
    found = [name for name in DEVELOPERS if environ.get(name)]
    if found:
        raise SettingsError(tuple(f"{name} {DEVELOPERS[name]}. Unset it: unset {name}" for name in found))


def open_portal(settings: Settings, services: Services) -> int:
    """Run the portal until the person leaves; return the exit status.

    Args:
        settings: The operator's decisions.
        services: What the use cases need.

    Raises:
        SettingsError: The environment would have keys or screens written down.
    """
    refuse_watchers(os.environ)
    note = "" if services.mailer.delivers else "Mail is not sent from here: read it with “tui-mfa outbox show”."
    context = Context(
        services=services,
        origin=bootstrap.local_origin(),
        zone=settings.timezone(),
        drawing=drawing_for(os.environ, sys.stdout.encoding),
        tabs=settings.tabs,
        mail_note=note,
    )
    app = MfaApp(context, settings.theme)
    app.run()
    return app.return_code or 0
