"""What sshd asks: which keys a username may log in with; and what it tells: which key did.

The first needs nothing but the part of one account that holds its keys, so that the command behind
``AuthorizedKeysCommand`` starts fast and can be run with few rights. Whatever goes wrong, the answer is an error and
never a key.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from tui_mfa.domain.errors import NoSuchAccount
from tui_mfa.domain.layout import Claim
from tui_mfa.domain.ssh_keys import blob, rules
from tui_mfa.domain.ssh_keys.model import Holder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from tui_mfa.domain.ports import Store
    from tui_mfa.domain.ssh_keys.model import SshKey

_METHOD: Final = "publickey"
"""The first word of a line of sshd's authentication information (sshd_config(5), ExposeAuthInfo)."""


class Holders(Protocol):
    """Finds the part of an account that holds its keys; takes no lock and writes nothing."""

    def holder(self, claim: Claim, value: str) -> Holder | None:
        """Return it by username or address, or ``None``; raises ``StoreUnavailable`` like ``ports.Store``."""


class HoldersOf:
    """Finds holders through a whole store; implements ``Holders``.

    Args:
        store: Any store.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def holder(self, claim: Claim, value: str) -> Holder | None:
        """Return the holder of a username or an address, or ``None``."""
        account_id = self._store.find(claim, value)
        if account_id is None:
            return None
        try:
            account = self._store.get(account_id)
        except NoSuchAccount:
            return None
        return Holder(
            id=account.id,
            username=account.username,
            address=account.email.address,
            closed=account.disabled_at is not None or account.pending,
            ssh_keys=account.ssh_keys,
        )


def authorized(holders: Holders, username: str, rsa_bits: int, now: datetime) -> list[str]:
    """Return the lines of ``authorized_keys`` for a username: type and base64, nothing else (S54).

    Args:
        holders: The accounts.
        username: As sshd has it. It must be the account's own spelling: to the system, ``Jane`` and ``jane`` are two.
        rsa_bits: What the operator asks of RSA keys at least.
        now: The time; an expired key is not among them.

    An unknown username, a disabled account (S52) and one whose address was never proved have none.

    Raises:
        StoreUnavailable: The account cannot be read.
    """
    holder = _named(holders, username)
    if holder is None or holder.closed:
        return []
    usable = (key for key in holder.ssh_keys if rules.view(key, rsa_bits, now).usable)
    return [f"{public.type} {public.text}" for public in map(rules.public_half, usable)]


def due(holders: Holders, username: str, information: str, now: datetime) -> tuple[str, SshKey] | None:
    """Return id and key of an account whose use is to be noted, or ``None``; reads only.

    Args:
        holders: The accounts.
        username: Who logged in.
        information: What sshd tells about the login, after it: lines such as ``publickey ssh-ed25519 AAAA…``.
        now: The time.
    """
    holder = _named(holders, username)
    if holder is None:
        return None
    blobs = set(_blobs(information))
    key = next((key for key in holder.ssh_keys if key.blob in blobs), None)
    return (holder.id, key) if key is not None and _is_due(key, now) else None


def note_use(store: Store, account_id: str, used: SshKey, now: datetime) -> None:
    """Note that a login with a key has succeeded, at most every ten minutes; harmless when the key has gone.

    Args:
        store: The accounts.
        account_id: Whose.
        used: The key, from ``due``.
        now: The time.
    """
    try:
        with store.account(account_id) as account:
            for key in account.ssh_keys:
                if key.blob == used.blob and _is_due(key, now):
                    key.last_used_at = now
    except NoSuchAccount:
        return


def _named(holders: Holders, username: str) -> Holder | None:
    """Return the holder of exactly this username."""
    holder = holders.holder(Claim.USERNAME, username)
    return holder if holder is not None and holder.username == username else None


def _blobs(information: str) -> Iterator[str]:
    for line in information.splitlines():
        words = line.split()
        if len(words) >= 3 and words[0] == _METHOD and words[1] in blob.ACCEPTED:  # noqa: PLR2004 - method, type, key
            yield words[2]


def _is_due(key: SshKey, now: datetime) -> bool:
    return key.last_used_at is None or not key.last_used_at <= now < key.last_used_at + rules.USE_GRAIN
