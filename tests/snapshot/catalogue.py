"""Every screen of the portal in every state that looks different: name, and how to get there."""

from tests.snapshot import (
    api_token_states,
    billing_states,
    key_states,
    login_states,
    profile_states,
    quota_states,
    two_factor_states,
)
from tests.snapshot.stage import Entry

ENTRIES: tuple[Entry, ...] = (
    *login_states.ENTRIES,
    *profile_states.ENTRIES,
    *key_states.ENTRIES,
    *api_token_states.ENTRIES,
    *billing_states.ENTRIES,
    *quota_states.ENTRIES,
    *two_factor_states.ENTRIES,
)
"""All of them, in the order in which a person meets them."""


def entry(name: str) -> Entry:
    """Return one by its name."""
    return next(entry for entry in ENTRIES if entry.name == name)
