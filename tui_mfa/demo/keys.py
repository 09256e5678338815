"""The demo's keys: function keys, since they work while an input has the focus, and that the portal leaves free."""

from typing import Final

PASSWORD: Final = "f3"
PANEL: Final = "f4"
SCAN: Final = "f5"
PHONE_CODE: Final = "f6"
MAILED_CODE: Final = "f7"
MAIL: Final = "f8"


def label(key: str) -> str:
    """Return a key as it stands on screen: ``F4``."""
    return key.upper()
