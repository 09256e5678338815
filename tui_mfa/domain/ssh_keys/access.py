"""What sshd asks: which keys a username may log in with; and what it tells: which key did.

Both need the store alone, no key file and no mail, so that the command behind ``AuthorizedKeysCommand`` starts fast and
can be run with few rights. Whatever goes wrong, the answer is an error and never a key.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from tui_mfa.domain.account import Account
from tui_mfa.domain.errors import NoSuchAccount
from tui_mfa.domain.ports import Claim, Policy, Store
from tui_mfa.domain.ssh_keys import blob, rules
from tui_mfa.domain.ssh_keys.model import SshKey

_METHOD: Final = "publickey"
"""The first word of a line of sshd's authentication information (sshd_config(5), ExposeAuthInfo)."""


def authorized(store: Store, policy: Policy, username: str, now: datetime) -> list[str]:
    """Return the lines of ``authorized_keys`` for a username: type and base64, nothing else (S54).

    Args:
        store: The accounts.
        policy: The operator's decisions.
        username: As sshd has it. It must be the account's own spelling: to the system, ``Jane`` and ``jane`` are two.
        now: The time; an expired key is not among them.

    An unknown username, a disabled account (S52) and one whose address was never proved have none.

    Raises:
        StoreUnavailable: The account cannot be read.
    """
    account = _account(store, username)
    if account is None:
        return []
    usable = (key for key in account.ssh_keys if rules.view(key, policy, now).usable)
    return [f"{public.type} {public.text}" for public in map(rules.public_half, usable)]


def note_use(store: Store, username: str, information: str, now: datetime) -> SshKey | None:
    """Note that a login with a key has succeeded, at most every ten minutes; return the key, if it is the account's.

    Args:
        store: The accounts.
        username: Who logged in.
        information: What sshd tells about the login, after it: lines such as ``publickey ssh-ed25519 AAAA…``.
        now: The time.
    """
    account = _account(store, username)
    blobs = set(_blobs(information))
    if account is None or not any(key.blob in blobs for key in account.ssh_keys):
        return None
    used = next(key for key in account.ssh_keys if key.blob in blobs)
    if not _is_due(used, now):
        return used
    try:
        with store.account(account.id) as current:
            for key in current.ssh_keys:
                if key.blob == used.blob and _is_due(key, now):
                    key.last_used_at = now
    except NoSuchAccount:
        return None
    return used


def _account(store: Store, username: str) -> Account | None:
    """Return a snapshot of the account that may log in under exactly this username."""
    account_id = store.find(Claim.USERNAME, username)
    if account_id is None:
        return None
    try:
        account = store.get(account_id)
    except NoSuchAccount:
        return None
    closed = account.disabled_at is not None or account.pending
    return None if closed or account.username != username else account


def _blobs(information: str) -> Iterator[str]:
    for line in information.splitlines():
        words = line.split()
        if len(words) >= 3 and words[0] == _METHOD and words[1] in blob.ACCEPTED:  # noqa: PLR2004 - method, type, key
            yield words[2]


def _is_due(key: SshKey, now: datetime) -> bool:
    return key.last_used_at is None or not key.last_used_at <= now < key.last_used_at + rules.USE_GRAIN
