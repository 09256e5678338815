"""Files that a person saves from the screen: recovery codes, a secret, a QR code."""

import re
from itertools import count
from pathlib import Path
from typing import Final

from tui_mfa.domain.secret import Secret
from tui_mfa.store.disk import guarded, private_root, sync_folder, write_new

_NAME_MAX: Final = 100
"""Characters of a file name, well below the 255 bytes that file systems take."""


class HomeFiles:
    """Saves into one folder; implements ``ports.PrivateFiles``.

    Args:
        folder: Where to; made (for this user alone) when missing. Its mode is its owner's business: a home folder
            is often open for listing, and each file is private by itself.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def save(self, name: str, text: Secret[str]) -> str:
        """Write a text as ``save_bytes`` does."""
        return self.save_bytes(name, text.reveal().encode())

    def save_bytes(self, name: str, data: bytes) -> str:
        """Write a new file with mode 0600 and return its path.

        Args:
            name: A wish: unsafe characters become hyphens, and a number is added when the name is in use.
            data: What to write.

        Raises:
            StoreUnavailable: The folder cannot be written.
        """
        if not self._folder.is_dir():
            private_root(self._folder)
        wish = Path(_safe(name))
        for number in count(1):
            path = self._folder / (wish.name if number == 1 else f"{wish.stem}-{number}{wish.suffix}")
            with guarded(path):
                try:
                    write_new(path, data)
                except FileExistsError:
                    continue
                sync_folder(self._folder)
            return str(path)
        raise AssertionError("counting never ends")


def _safe(name: str) -> str:
    """Return a name of letters, digits, dots, hyphens and underscores that is neither hidden nor a path."""
    safe = re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip(".-")[-_NAME_MAX:].lstrip(".-")
    return safe or "saved.txt"
