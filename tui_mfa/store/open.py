"""From the URL in the settings to a store."""

from pathlib import Path
from typing import Final

from tui_mfa.domain.errors import InvalidInput
from tui_mfa.domain.ports import Store

URLS: Final = "tinydb:FOLDER or memory:"
"""What a store's URL may be."""


def open_store(url: str) -> Store:
    """Return the store that a URL names.

    Args:
        url: ``tinydb:FOLDER`` (``~`` is the home folder) or ``memory:``.

    Raises:
        InvalidInput: Another scheme, or no folder. The URL is not repeated: it may hold a password.
        StoreUnavailable: The folder cannot be used.
    """
    scheme, colon, rest = url.partition(":")
    if colon and scheme == "memory" and not rest:
        from tui_mfa.store.memory import MemoryStore  # noqa: PLC0415 - only what is used is loaded

        return MemoryStore()
    if colon and scheme == "tinydb" and rest:
        from tui_mfa.store.tinydb import TinyDBStore  # noqa: PLC0415 - only what is used is loaded

        return TinyDBStore(Path(rest).expanduser())
    raise InvalidInput(f"This is no store that tui-mfa knows. It takes {URLS}.", field="store")
