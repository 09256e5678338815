"""Pure decisions about an account's SSH keys: titles, expiry, which key is meant, and what each opens."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from tui_mfa.domain import names
from tui_mfa.domain.errors import DomainError, InvalidInput, NotAllowed
from tui_mfa.domain.names import TEXT_MAX, comparable
from tui_mfa.domain.ssh_keys import blob
from tui_mfa.domain.ssh_keys.blob import PublicKey
from tui_mfa.domain.ssh_keys.model import KeysState, KeyView, SshKey
from tui_mfa.domain.ssh_keys.refusals import MAKE, KeyRefused, Reason, refused

if TYPE_CHECKING:
    from tui_mfa.domain.account import Account
    from tui_mfa.domain.ports import Policy

LIMIT: Final = 200
"""Keys of one account, whatever its quota allows; sshd tries them one by one."""

USE_GRAIN: Final = timedelta(minutes=10)
"""Between two notes of a use: a busy key must not rewrite the account with each login (S58)."""

EXPIRY_DAYS_MAX: Final = 3650
"""Longest life that can be chosen, in days; a key may also never expire."""

_DAYS: Final = re.compile(r"(\d{1,4}) ?(?:d|days?)?")
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_NEVER: Final = frozenset({"", "never", "none", "no"})
_FINGERPRINT_MIN: Final = 12
"""Characters of a fingerprint that name a key (72 bits)."""


class NoSuchKey(DomainError):
    """The account has no such SSH key, or no longer."""

    code = "no_such_key"

    def __init__(self, user_message: str = "There is no such SSH key on this account.") -> None:
        super().__init__(user_message, field="key")


def expiry(text: str, now: datetime) -> datetime | None:
    """Return when a key expires; ``None`` is never.

    Args:
        text: ``never`` or nothing, days such as ``90`` or ``90d``, or the last day, ``2027-01-31`` (UTC).
        now: The time.

    Raises:
        InvalidInput: It is none of these, in the past, or more than ten years away.
    """
    text = text.strip().lower()
    if text in _NEVER:
        return None
    end: datetime | None = None
    days = _DAYS.fullmatch(text)
    if days is not None:
        end = now + timedelta(days=int(days[1]))
    elif _DATE.fullmatch(text):
        try:
            end = datetime.combine(date.fromisoformat(text) + timedelta(days=1), datetime.min.time(), UTC)
        except (ValueError, OverflowError):
            end = None
    if end is None or not now < end <= now + timedelta(days=EXPIRY_DAYS_MAX + 1):
        raise InvalidInput("Type never, days from now like 90, or the last day like 2027-01-31.", field="expires")
    return end


def find(account: Account, reference: str) -> SshKey:
    """Return the key that an id, a title or a fingerprint means, or raise ``NoSuchKey``."""
    wanted = reference.strip()
    for key in account.ssh_keys:
        if wanted == key.id or comparable(wanted) == comparable(key.title):
            return key
    bare = wanted.removeprefix("SHA256:")
    if len(bare) >= _FINGERPRINT_MIN:
        matching = [key for key in account.ssh_keys if fingerprint(key).removeprefix("SHA256:").startswith(bare)]
        if len(matching) == 1:
            return matching[0]
    raise NoSuchKey


def title_for(account: Account, typed: str, proposed: str, public: PublicKey) -> str:
    """Return a new key's title.

    Args:
        account: Whose.
        typed: What the person wants, or nothing; then the comment serves, with a number when it is taken.
        proposed: The comment.
        public: The key, for the title of one without a comment.

    Raises:
        InvalidInput: The typed title is too long, cannot be shown, or is taken.
    """
    typed = names.free_text(typed, "title")
    if typed:
        require_free(account, typed)
        return typed
    base = proposed or f"{public.label} key"
    number, title = 1, base
    while _is_taken(account, title):
        number += 1
        title = f"{base[: TEXT_MAX - 5]} ({number})"
    return title


def require_title(title: str) -> None:
    """Raise ``InvalidInput`` for an empty title."""
    if not title:
        raise InvalidInput("Type a title, like the name of the machine the key is on.", field="title")


def require_free(account: Account, title: str, *, beside: str = "") -> None:
    """Raise ``InvalidInput`` when another key (than that of the id ``beside``) has a title."""
    if _is_taken(account, title, beside):
        raise InvalidInput("You have another key of that title. Choose another title.", field="title")


def require_acceptable(account: Account, public: PublicKey, policy: Policy) -> None:
    """Raise ``KeyRefused`` for a key that the operator's policy, a duplicate or the limit keeps out (S55)."""
    if _too_small(public, policy.ssh_rsa_bits):
        raise refused(Reason.SMALL, bits=str(public.bits), least=str(policy.ssh_rsa_bits))
    for key in account.ssh_keys:
        if key.blob == public.text:
            raise refused(
                Reason.DUPLICATE, title=key.title, added=f"{key.added_at:%Y-%m-%d}", fingerprint=public.fingerprint
            )
    if len(account.ssh_keys) >= LIMIT:
        raise refused(Reason.LIMIT, count=str(len(account.ssh_keys)), limit=str(LIMIT))


def require_not_last(account: Account, key: SshKey, policy: Policy, now: datetime) -> None:
    """Raise ``NotAllowed`` when logins here take a key and this is the last one that opens anything (S56).

    It is called in the transaction that deletes, so two deletions at the same time leave one key.
    """
    if not policy.keep_last_key or not view(key, policy.ssh_rsa_bits, now).usable:
        return
    if not any(other is not key and view(other, policy.ssh_rsa_bits, now).usable for other in account.ssh_keys):
        raise NotAllowed("This is your last key that works, and logins here take a key. Add another one first.")


def public_half(key: SshKey) -> PublicKey:
    """Return a stored key, judged again; raises ``KeyRefused`` when somebody has changed it in the store."""
    return blob.read_stored(key.blob)


def fingerprint(key: SshKey) -> str:
    """Return the fingerprint of a stored key, or nothing when it cannot be read."""
    try:
        return public_half(key).fingerprint
    except KeyRefused:
        return ""


def view(key: SshKey, rsa_bits: int, now: datetime) -> KeyView:
    """Return a key as lists show it, with what keeps it from opening anything.

    Args:
        key: The stored key.
        rsa_bits: What the operator asks of RSA keys at least.
        now: The time.
    """
    public: PublicKey | None = None
    problem = ""
    try:
        public = public_half(key)
    except KeyRefused as error:
        problem = f"It opens nothing: {error.why}"
    if public is not None and _too_small(public, rsa_bits):
        problem = f"It opens nothing: RSA keys need {rsa_bits} bits here. Make a better one: {MAKE}"
    return KeyView(
        id=key.id,
        title=key.title,
        type=public.type if public else "",
        kind=public.kind if public else "unreadable",
        bits=public.bits if public else 0,
        hardware=public.hardware if public else False,
        fingerprint=public.fingerprint if public else "",
        added_at=key.added_at,
        added_from=key.added_from,
        expires_at=key.expires_at,
        expired=key.expires_at is not None and now >= key.expires_at,
        last_used_at=key.last_used_at,
        problem=problem,
    )


def state(account: Account, now: datetime) -> KeysState:
    """Return the account's keys in a word."""
    uses = [key.last_used_at for key in account.ssh_keys if key.last_used_at is not None]
    expired = sum(key.expires_at is not None and now >= key.expires_at for key in account.ssh_keys)
    return KeysState(count=len(account.ssh_keys), last_used_at=max(uses, default=None), expired=expired)


def _too_small(public: PublicKey, rsa_bits: int) -> bool:
    return public.type == blob.RSA and public.bits < rsa_bits


def _is_taken(account: Account, title: str, beside: str = "") -> bool:
    wanted = comparable(title)
    return any(comparable(key.title) == wanted for key in account.ssh_keys if key.id != beside)
