"""The routes about SSH keys."""

from tui_mfa.api.call import Call
from tui_mfa.api.model import NewSshKey, SshKey, SshKeys
from tui_mfa.domain.secret import Secret
from tui_mfa.domain.ssh_keys import by_token
from tui_mfa.domain.ssh_keys.model import KeyView


def show(call: Call[None]) -> SshKeys:
    """Return the keys."""
    return SshKeys(keys=[_key(key) for key in by_token.keys(call.services, call.bearer)])


def add(call: Call[NewSshKey]) -> SshKey:
    """Add a key."""
    body = call.body
    added = by_token.add(call.services, call.bearer, Secret(body.key), title=body.title, expires=body.expires)
    return _key(added.key)


def delete(call: Call[None]) -> None:
    """Delete a key by its id."""
    by_token.delete(call.services, call.bearer, call.parameters["id"])


def _key(key: KeyView) -> SshKey:
    return SshKey(
        id=key.id,
        title=key.title,
        type=key.type,
        bits=key.bits,
        hardware=key.hardware,
        fingerprint=key.fingerprint,
        added_at=key.added_at,
        added_from=key.added_from,
        last_used_at=key.last_used_at,
        expires_at=key.expires_at,
        usable=key.usable,
    )
