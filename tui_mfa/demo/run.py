"""Opens the demo on this machine's terminal."""

import os
import sys
from datetime import tzinfo

from tui_mfa import bootstrap, themes
from tui_mfa.demo.app import DemoApp
from tui_mfa.widgets.qr_matrix import drawing_for


def run_demo(theme: str = themes.DARK, zone: tzinfo | None = None) -> int:
    """Run the demo until the person leaves; return the exit status. Nothing is written to the disk.

    Args:
        theme: Name of one of the own themes.
        zone: The person's time zone, shown beside UTC; ``None`` shows UTC alone.

    Raises:
        ValueError: There is no such theme.
    """
    app = DemoApp(
        bootstrap.local_origin(),
        drawing=drawing_for(os.environ, sys.stdout.encoding),
        theme=theme,
        zone=zone,
    )
    app.run()
    return app.return_code or 0
