"""``tui-mfa keys``: the SSH keys of an account, mostly as its owner."""

from typing import TYPE_CHECKING

import click

from tui_mfa.cli.context import Cli
from tui_mfa.cli.lazy import Later, LazyGroup
from tui_mfa.cli.options import json_option
from tui_mfa.documents import key_value

if TYPE_CHECKING:
    from tui_mfa.domain.ssh_keys.model import KeyView

_HERE = "tui_mfa.cli.keys"
_CHANGES = "tui_mfa.cli.keys_changes"
_SSHD = "tui_mfa.cli.keys_sshd"


@click.group(
    cls=LazyGroup,
    later={
        "list": Later(_HERE, "list_", "List the keys; asks for no login."),
        "add": Later(_CHANGES, "add", "Add a key from a file, or pasted."),
        "rename": Later(_CHANGES, "rename", "Give a key another title."),
        "delete": Later(_CHANGES, "delete", "Delete a key; it opens nothing any more."),
        "authorized": Later(_SSHD, "authorized", "Print the keys that open a login, for sshd's AuthorizedKeysCommand."),
        "used": Later(_SSHD, "used", "Note which key has just logged in, for sshd's PAM session or ForceCommand."),
    },
)
def keys() -> None:
    """SSH keys of an account. NAME is a username or an e-mail address; KEY an id, a title or a fingerprint.

    “add”, “rename” and “delete” are done as the account's owner: they ask for the password and the code of the present
    method, and end their session when they are done.
    """


@click.command("list")
@click.argument("name")
@json_option
@click.pass_obj
def list_(cli: Cli, name: str) -> None:
    """List the SSH keys of an account, in the order in which they were added."""
    from tui_mfa.domain.errors import NoSuchAccount
    from tui_mfa.domain.layout import Claim
    from tui_mfa.domain.ssh_keys import rules
    from tui_mfa.store.open import open_holders

    settings, now = cli.settings, cli.clock.now()
    holder = open_holders(settings.store).holder(Claim.EMAIL if "@" in name else Claim.USERNAME, name.strip())
    if holder is None:
        raise NoSuchAccount("There is no account of that name.", field="name")
    found = [rules.view(key, settings.ssh_rsa_bits, now) for key in holder.ssh_keys]
    if cli.out.json:
        cli.out.document({"keys": [key_value(key) for key in found]})
    elif found:
        cli.out.table(
            ("ID", "TITLE", "TYPE", "FINGERPRINT", "ADDED", "LAST USED", "EXPIRES"),
            [
                (
                    key.id,
                    key.title,
                    key.kind,
                    key.fingerprint,
                    f"{key.added_at:%Y-%m-%d}",
                    f"{key.last_used_at:%Y-%m-%d}" if key.last_used_at else "never",
                    _expiry(key),
                )
                for key in found
            ],
        )
        cli.out.words(*(f"{key.title}: {key.problem}" for key in found if key.problem))
    else:
        cli.out.words(f"There are no SSH keys. Add one: tui-mfa keys add {holder.username} FILE")


def _expiry(key: "KeyView") -> str:
    if key.expires_at is None:
        return "never"
    return f"{key.expires_at:%Y-%m-%d %H:%M}" + (" (expired)" if key.expired else "")
