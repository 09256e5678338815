"""SSH keys as a program of the account's owner sees and changes them, with a token of scope ``keys``."""

from tui_mfa.domain import names
from tui_mfa.domain.api_tokens import access
from tui_mfa.domain.api_tokens.model import Bearer, Scope
from tui_mfa.domain.ports import Services
from tui_mfa.domain.secret import Secret
from tui_mfa.domain.ssh_keys import flows, parse, rules
from tui_mfa.domain.ssh_keys.model import Added, KeyView


def keys(services: Services, bearer: Bearer) -> list[KeyView]:
    """Return the account's keys in the order in which they were added; raises ``InvalidToken``."""
    access.require(bearer, Scope.READ, Scope.KEYS, Scope.ADMIN)
    account, now = access.reading(services, bearer), services.clock.now()
    return [rules.view(key, services.policy.ssh_rsa_bits, now) for key in account.ssh_keys]


def add(services: Services, bearer: Bearer, text: Secret[str], *, title: str = "", expires: str = "") -> Added:
    """Add a key; what the owner confirmed when the token was made stands for the confirmation (S51).

    Raises:
        OutOfScope: The token may not.
        InvalidToken: The token is no longer live.
        KeyRefused: The text is not one acceptable key.
        InvalidInput: For title or expiry.
        QuotaExceeded: The account's limit of keys is reached.
    """
    access.require(bearer, Scope.KEYS, Scope.ADMIN)
    judged = parse.judge(text.reveal())
    names.free_text(title, "title")
    with access.changing(services, bearer) as (account, _token, now):
        return flows.put(services, account, judged, title=title, expires=expires, origin=bearer.origin, now=now)


def delete(services: Services, bearer: Bearer, key_id: str) -> KeyView:
    """Delete a key by its id; it opens nothing from this moment on.

    Raises:
        OutOfScope: The token may not.
        InvalidToken: The token is no longer live.
        NoSuchKey: By that id.
        NotAllowed: It is the last way in, where logins take a key.
    """
    access.require(bearer, Scope.KEYS, Scope.ADMIN)
    with access.changing(services, bearer) as (account, _token, now):
        if all(key.id != key_id for key in account.ssh_keys):
            raise rules.NoSuchKey
        return flows.take(services, account, key_id, origin=bearer.origin, now=now)
