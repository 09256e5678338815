"""The checks of ``tui-mfa doctor`` outside the installation: mail, the clock, the terminal."""

import os
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from tui_mfa import bootstrap
from tui_mfa.cli.context import Cli
from tui_mfa.cli.finding import Finding, ok, problem, warning
from tui_mfa.domain.errors import Unavailable
from tui_mfa.domain.two_factor import totp

if TYPE_CHECKING:
    from tui_mfa.mail.smtp import SmtpProbe

SMALLEST: Final = (80, 24)
"""Columns and rows at which everything works."""

_TYPICAL: Final = "otpauth://totp/{issuer}:jane.doe@example.com?secret={secret}&issuer={issuer}"


def checks(cli: Cli) -> Iterator[Finding]:
    """Yield what was found."""
    if not cli.settings.data_dir.exists():
        yield warning("mail", "It was not tried: there is no data folder yet.")
    else:
        yield from _mail(cli)
    yield from _terminal(cli)


def _mail(cli: Cli) -> Iterator[Finding]:
    try:
        probe = bootstrap.probe_mail(cli.settings, cli.services)
    except Unavailable as error:
        detail = getattr(error, "detail", "")
        said = f" It said: {detail}" if detail else ""
        yield problem("mail", f"{error.user_message}{said}", "Look at the settings smtp, smtp_ca_file and mail_from.")
        return
    if probe is None:
        yield warning(
            "mail",
            f"It is not sent, but written to {cli.settings.outbox_dir}: read it with tui-mfa outbox show",
            "Set smtp to the URL of a mail server.",
        )
    else:
        how = probe.tls_version or "not encrypted, on this machine"
        yield ok("mail", f"The mail server answers ({how}): {probe.greeting}")
    yield _clock(cli, probe)


def _clock(cli: Cli, probe: "SmtpProbe | None") -> Finding:
    """Compare this machine's clock with that of the mail server, where its greeting holds a date."""
    how = "timedatectl status (it should say that the clock is synchronized)"
    if probe is None or probe.server_time is None:
        why = "there is no mail server" if probe is None else "the mail server does not tell its time"
        return warning("clock", f"It was compared with nothing: {why}. Codes depend on it.", how)
    off = (cli.services.clock.now() - probe.server_time).total_seconds()
    words = f"{abs(off):.0f} s {'ahead of' if off > 0 else 'behind'} the mail server's"
    if abs(off) >= totp.STEP_SECONDS:
        return problem("clock", f"This machine's clock is {words}: codes of apps will be refused.", how)
    if abs(off) >= totp.STEP_SECONDS / 2:
        return warning("clock", f"This machine's clock is {words}.", how)
    return ok("clock", f"This machine's clock is {words}.")


def _terminal(cli: Cli) -> Iterator[Finding]:
    if not sys.stdout.isatty():
        yield warning("terminal", "It was not looked at: the output is not a terminal.")
        return
    from tui_mfa.terminal import terminal_ability

    ability = terminal_ability(cli.environ, sys.stdout.encoding)
    columns, rows = os.get_terminal_size(sys.stdout.fileno())
    encoding = "UTF-8" if ability.utf8 else "not UTF-8"
    words = f"{ability.name}, {encoding}, colours: {ability.colours}, {columns}×{rows}"
    if (columns, rows) < SMALLEST or rows < SMALLEST[1]:
        yield warning("terminal", f"{words}.", f"Make it {SMALLEST[0]}×{SMALLEST[1]} or larger.")
    elif not ability.utf8:
        yield warning("terminal", f"{words}.", "Set LANG to a UTF-8 locale, such as C.UTF-8.")
    else:
        yield ok("terminal", f"{words}.")
    yield _qr(cli, columns, rows)


def _qr(cli: Cli, columns: int, rows: int) -> Finding:
    """Say whether the code of a typical account fits."""
    from tui_mfa.widgets.qr_matrix import Drawing, arrange, drawing_for, side_of, smallest

    drawing = drawing_for(cli.environ, sys.stdout.encoding)
    if drawing is Drawing.NONE:
        return warning(
            "QR code", "This terminal cannot draw one; the secret can be typed.", "Set TERM, or use another."
        )
    side = side_of(_TYPICAL.format(issuer=cli.settings.issuer, secret="A" * totp.SECRET_CHARACTERS))
    wide, high = smallest(side, drawing)
    words = f"A typical code takes {wide}×{high} characters ({drawing.value})"
    if arrange(side, columns, rows, drawing) is None:
        return warning(
            "QR code", f"{words}; there are {columns}×{rows}.", "Make the terminal larger, or its font smaller."
        )
    return ok("QR code", f"{words}, and fits.")
