"""Opening the portal: without ``click``, which only a command line with words needs."""

from tui_mfa.cli.context import Cli


def open_portal(cli: Cli) -> int:
    """Open the portal on this terminal; return the exit status.

    Args:
        cli: The settings and the services, which are read before anything is drawn.
    """
    settings, services = cli.settings, cli.services
    from tui_mfa.cli import log

    log.to_file(settings.data_dir)
    from tui_mfa import portal

    return portal.open_portal(settings, services)
