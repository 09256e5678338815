"""From the URL in the settings to a store."""

import os
from pathlib import Path
from typing import Final

from tui_mfa.domain.errors import InvalidInput, StoreUnavailable
from tui_mfa.domain.ports import Store

URLS: Final = "tinydb:FOLDER or memory:"
"""What a store's URL may be."""


def open_existing(url: str) -> Store:
    """Return the store that a URL names, if it is there and belongs to this user.

    For commands that another program starts, perhaps as root: they must not make a new store in a wrong place, and
    files of another user would lock the program out of its own store.

    Raises:
        StoreUnavailable: There is none, or it is another user's.
    """
    scheme, _, rest = url.partition(":")
    if scheme == "tinydb":
        folder = Path(rest).expanduser()
        try:
            owner = folder.stat().st_uid
        except OSError:
            raise StoreUnavailable(f"There is no store in {folder}.") from None
        if owner != os.geteuid():
            raise StoreUnavailable(f"{folder} belongs to the user of the number {owner}. Run this as that user.")
    return open_store(url)


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
