"""From the URL in the settings to a store."""

from __future__ import annotations

import os
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from tui_mfa.domain.errors import InvalidInput, StoreUnavailable
from tui_mfa.store.disk import private_root

if TYPE_CHECKING:
    from tui_mfa.domain.ports import Store
    from tui_mfa.domain.ssh_keys.access import Holders
    from tui_mfa.store.tinydb import TinyDBStore

URLS: Final = "tinydb:FOLDER or memory:"
"""What a store's URL may be."""


class LaterStore:
    """A TinyDB store whose code is loaded when it is first asked for something: the first page is drawn before.

    Args:
        folder: The data folder; made when missing, refused when others can get at it (S65).

    Raises:
        StoreUnavailable: The folder cannot be used; what is wrong further inside is told by the first call.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder.absolute()
        private_root(self._folder)

    def __getattr__(self, name: str) -> Any:
        """Return a method of the store."""
        return getattr(self._store, name)

    @cached_property
    def _store(self) -> TinyDBStore:
        from tui_mfa.store.tinydb import TinyDBStore  # noqa: PLC0415 - see the class

        return TinyDBStore(self._folder)


def open_holders(url: str) -> Holders:
    """Return what finds the keys of an account in the store that a URL names, for ``tui-mfa keys``.

    Nothing is made and nothing is written.

    Raises:
        StoreUnavailable: There is no store.
    """
    scheme, _, rest = url.partition(":")
    if scheme == "tinydb":
        from tui_mfa.store.holders import TinyDBHolders  # noqa: PLC0415 - only what is used is loaded

        return TinyDBHolders(Path(rest).expanduser())
    from tui_mfa.domain.ssh_keys.access import HoldersOf  # noqa: PLC0415 - the same

    return HoldersOf(open_store(url))


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
        return cast("Store", LaterStore(Path(rest).expanduser()))
    raise InvalidInput(f"This is no store that tui-mfa knows. It takes {URLS}.", field="store")
