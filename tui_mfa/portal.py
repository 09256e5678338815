"""Opens the portal on this machine's terminal."""

import os
import sys

from tui_mfa import bootstrap
from tui_mfa.app import MfaApp
from tui_mfa.domain.ports import Services
from tui_mfa.screens.context import Context
from tui_mfa.settings import Settings
from tui_mfa.widgets.qr_matrix import drawing_for


def open_portal(settings: Settings, services: Services) -> int:
    """Run the portal until the person leaves; return the exit status.

    Args:
        settings: The operator's decisions.
        services: What the use cases need.
    """
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
