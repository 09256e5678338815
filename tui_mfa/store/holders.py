"""Reads of an account only what decides which keys open a login, for programs that start for one answer.

It reads the same files as ``TinyDBStore`` by the same rules (private modes, whole files, known layouts, links that
count only while the account still has the name), without loading what the rest of an account is made of, and by the
standard library alone, which is loaded in a fraction of the time.
"""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from tui_mfa.domain.layout import SCHEMA, Claim, folded
from tui_mfa.domain.ssh_keys.model import Holder, SshKey
from tui_mfa.store.disk import check_schema, corrupt, guarded, read_private, refuse_lax
from tui_mfa.store.places import ID, account_file, claim_link


class TinyDBHolders:
    """Finds holders in a data folder; implements ``access.Holders``.

    Args:
        folder: The data folder; never made, refused when others can get at it (S65).

    Raises:
        StoreUnavailable: The folder cannot be used.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder.absolute()
        for path in (self._folder, self._folder / "accounts"):
            with guarded(path):
                refuse_lax(path, path.stat().st_mode, 0o700)

    def holder(self, claim: Claim, value: str) -> Holder | None:
        """Return the holder of a username or an address, or ``None``; see ``access.Holders``."""
        wanted = folded(value)
        account_id = self._named(claim, wanted)
        found = self._read(account_id) if account_id is not None else None
        if found is None or wanted != folded(found.username if claim is Claim.USERNAME else found.address):
            return None
        return found

    def _named(self, claim: Claim, wanted: str) -> str | None:
        link = claim_link(self._folder, claim, wanted)
        with guarded(link):
            try:
                account_id = str(link.readlink())
            except FileNotFoundError:
                return None
            except OSError as error:
                if link.exists():
                    raise corrupt(link, "it is not the link it should be") from error
                raise
        return account_id if ID.fullmatch(account_id) else None

    def _read(self, account_id: str) -> Holder | None:
        file = account_file(self._folder, account_id)
        data = read_private(file)
        if data is None:
            return None
        try:
            tables = json.loads(data)
            if [*tables] != ["account"] or [*tables["account"]] != ["1"]:
                raise corrupt(file, "it does not hold what its name says")
            document = tables["account"]["1"]
            check_schema(file, document.get("schema"), SCHEMA)
            found = _holder(document)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            raise corrupt(file, "it does not hold an account") from None
        if found.id != account_id:
            raise corrupt(file, "it holds another account")
        return found


def _holder(document: Any) -> Holder:
    """Return what a document says; raises like the look-ups and conversions that it is made of."""
    pending = document.get("pending", False)
    if not isinstance(pending, bool):
        raise TypeError
    return Holder(
        id=_text(document["id"]),
        username=_text(document["username"]),
        address=_text(document["email"]["address"]),
        closed=pending or _moment(document.get("disabled_at")) is not None,
        ssh_keys=[_key(key) for key in document.get("ssh_keys", [])],
    )


def _key(document: Any) -> SshKey:
    added_at = _moment(document["added_at"])
    if added_at is None:
        raise TypeError
    return SshKey(
        id=_text(document["id"]),
        title=_text(document["title"]),
        blob=_text(document["blob"]),
        added_at=added_at,
        added_from=_text(document["added_from"]),
        expires_at=_moment(document.get("expires_at")),
        last_used_at=_moment(document.get("last_used_at")),
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _moment(value: object) -> datetime | None:
    if value is None:
        return None
    moment = datetime.fromisoformat(_text(value))
    if moment.tzinfo is None:
        raise ValueError
    return moment
