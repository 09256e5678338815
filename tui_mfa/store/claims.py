"""The index of usernames and addresses: one symbolic link each, whose target is the id of the account.

A link cannot be torn or empty, and replacing one is a single step. A link counts only while the account it names still
has that name, so a crash between link and account leaves a void link and never a name held twice.
"""

import os
import secrets
from pathlib import Path

from tui_mfa.domain.ports import Claim
from tui_mfa.store.disk import corrupt, guarded, move_into_place, private_folder, sync_folder
from tui_mfa.store.places import claim_link
from tui_mfa.store.records import Key


class Claims:
    """The links of one data folder; whoever places or drops one holds its lock.

    Args:
        folder: Where they are; made when missing.
        temporary: A folder on the same file system for links before they are in place.
    """

    def __init__(self, folder: Path, temporary: Path) -> None:
        self._folder = folder
        self._temporary = temporary
        for path in (folder, *(folder / claim.value for claim in Claim)):
            private_folder(path)

    def path(self, key: Key) -> Path:
        """Return where the link of a key is."""
        return claim_link(self._folder.parent, key.claim, key.value)

    def named(self, key: Key) -> str | None:
        """Return the account id that the link of a key names, whether or not it still holds."""
        path = self.path(key)
        with guarded(path):
            try:
                return str(path.readlink())
            except FileNotFoundError:
                return None
            except OSError as error:
                if path.exists():
                    raise corrupt(path, "it is not the link it should be") from error
                raise

    def place(self, key: Key, account_id: str) -> None:
        """Make the link of a key name an account, durably, whatever it named before."""
        path = self.path(key)
        private_folder(path.parent)
        with guarded(path):
            if self.named(key) == account_id:
                sync_folder(path.parent)  # a crash may have left it undurable
                return
            draft = self._temporary / secrets.token_hex(8)
            os.symlink(account_id, draft)  # noqa: PTH211 - the target is an id and no path
            move_into_place(draft, path)

    def drop(self, key: Key, account_id: str) -> None:
        """Remove the link of a key if it still names that account; void ones do no harm, so this may be lost."""
        path = self.path(key)
        with guarded(path):
            if self.named(key) == account_id:
                path.unlink(missing_ok=True)
