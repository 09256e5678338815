"""How an account becomes a document and back, and the few rules about documents that every store shares."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

import msgspec

from tui_mfa.domain.account import Account
from tui_mfa.domain.errors import NameTaken
from tui_mfa.domain.layout import folded
from tui_mfa.domain.limits import Tries
from tui_mfa.domain.ports import Claim
from tui_mfa.domain.quota.model import Installation

Document = dict[str, Any]
"""Plain JSON values."""

EVENTS_KEPT: Final = 64
"""So many of the newest security events stay in an account at most."""

_EVENTS_LEFT: Final = 32
"""What stays when it overflows: the log is then written once in 33 events and not with each."""

_FORGOTTEN: Final = timedelta(days=1)
"""After so long without a try a counter is dropped; the longest window is a day."""

_TAKEN: Final = {
    Claim.USERNAME: "That username belongs to another account.",
    Claim.EMAIL: "That e-mail address belongs to another account.",
    Claim.TOKEN: "That token belongs to another account.",
    Claim.SERIES: "That series of invoices belongs to another account.",
}


class Key(NamedTuple):
    """A username or address in the form in which it must be unique."""

    claim: Claim
    value: str


def key(claim: Claim, value: str) -> Key:
    """Return the comparable form."""
    return Key(claim, folded(value))


def keys_of(account: Account) -> set[Key]:
    """Return what an account holds that nobody else may."""
    keys = {key(Claim.USERNAME, account.username), key(Claim.EMAIL, account.email.address)}
    keys |= {key(Claim.TOKEN, item.hash) for item in account.api_tokens}
    return keys | {key(Claim.SERIES, account.billing.series)} if account.billing.series else keys


def taken(claim: Claim) -> NameTaken:
    """Return the error for a claim that another account holds."""
    return NameTaken(_TAKEN[claim], field=claim.value)


def id_taken() -> NameTaken:
    """Return the error for a new account under an id that is in use."""
    return NameTaken("There is already an account of that id.")


def to_document(account: Account) -> Document:
    """Return an account as plain values.

    Raises:
        msgspec.ValidationError: A value is of the wrong type, so the account could never be read again.
    """
    document: Document = msgspec.to_builtins(account)
    to_account(document)
    return document


def to_account(document: Document) -> Account:
    """Return the account that a document holds, sharing nothing with it.

    Raises:
        msgspec.ValidationError: It holds none.
    """
    return msgspec.convert(document, type=Account)


def to_installation(document: Document) -> Installation:
    """Return what belongs to no account, from a document.

    Raises:
        msgspec.ValidationError: It holds none.
    """
    return msgspec.convert(document, type=Installation)


def installation_document(installation: Installation) -> Document:
    """Return what belongs to no account as plain values.

    Raises:
        msgspec.ValidationError: A value is of the wrong type, so it could never be read again.
    """
    document: Document = msgspec.to_builtins(installation)
    to_installation(document)
    return document


def split_events(document: Document) -> tuple[Document, list[Document]]:
    """Return the document to keep, and the oldest events that must go to the log first."""
    events = document["events"]
    if len(events) <= EVENTS_KEPT:
        return document, []
    return {**document, "events": events[-_EVENTS_LEFT:]}, events[:-_EVENTS_LEFT]


def pruned(counters: Mapping[str, Tries], saved: Tries) -> dict[str, Tries]:
    """Return the counters worth keeping beside one that was just counted.

    "Now" is the newest try of that one, so the store needs no clock; one that counted nothing forgets nobody.
    """
    newest = max(saved.times, default=None)
    return {name: tries for name, tries in counters.items() if _worth_keeping(tries, newest)}


def _worth_keeping(tries: Tries, newest: datetime | None) -> bool:
    return bool(tries.times) and (newest is None or max(tries.times) > newest - _FORGOTTEN)
