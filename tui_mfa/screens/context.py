"""What every screen is given: the use cases' services, and how this terminal is."""

from dataclasses import dataclass, field
from datetime import tzinfo

from tui_mfa.domain.login.origin import Origin
from tui_mfa.domain.ports import Services
from tui_mfa.widgets.qr_matrix import Drawing

ALL_TABS = ("user-info", "invoices", "payment-options", "add-credits", "security", "service-quota")
"""Ids of the profile's tabs, in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Handed down by constructor; the same for every screen of one terminal."""

    services: Services
    origin: Origin
    """From where this person acts."""
    zone: tzinfo | None = None
    """The person's time zone, shown beside UTC; ``None`` shows UTC alone."""
    drawing: Drawing = Drawing.HALF_BLOCKS
    """How this terminal can draw a QR code."""
    tabs: tuple[str, ...] = field(default=ALL_TABS)
    """Which profile tabs the operator shows."""
    client_keys: tuple[str, ...] = ()
    """The public keys that the SSH client of this person has shown, as ``type base64``.

    Shown is not proved: they may be added like any pasted one, and open nothing by themselves.
    """
    mail_note: str = ""
    """A line for the login screen when mail does not reach people."""
