"""``tui-mfa keys authorized`` and ``used``: what sshd runs.

Both open the store and nothing else. ``authorized`` writes its lines when all of them are known, so an error in between
leaves standard output empty, and ends with a status that sshd takes for a no.
"""

import click

from tui_mfa.cli.context import Cli
from tui_mfa.cli.options import json_option

_INFORMATION_MAX = 64 * 1024
"""Bytes read of sshd's authentication information: it holds the keys of one login."""

_PEOPLE_FROM = 1000
"""Numbers of the system's users from here on are people's (UID_MIN of login.defs(5))."""


@click.command()
@click.argument("username")
@click.option("--system-users", is_flag=True, help="Answer for the system's own users too, root among them.")
@json_option
@click.pass_obj
def authorized(cli: Cli, username: str, system_users: bool) -> None:
    """Print the keys that may log in as USERNAME: type and base64, one a line.

    An unknown or disabled account has none. The system's own users (with a number below 1000) have none either: who
    registers under the name of one must not become it.
    """
    from tui_mfa.domain.errors import NotAllowed
    from tui_mfa.domain.ssh_keys import access
    from tui_mfa.store.open import open_holders

    if not system_users and _is_system_user(username):
        raise NotAllowed(f"{username} is one of the system's own users, for whom no key is printed.", field="username")
    settings = cli.settings
    lines = access.authorized(open_holders(settings.store), username, settings.ssh_rsa_bits, cli.clock.now())
    if cli.out.json:
        cli.out.document({"authorized": lines})
    elif lines:
        cli.out.plain(*lines)


@click.command()
@click.argument("username", required=False)
@json_option
@click.pass_obj
def used(cli: Cli, username: str | None) -> None:
    """Note that USERNAME has logged in with a key, for “last used”; at most every ten minutes.

    It reads what sshd tells after a login: the variable SSH_AUTH_INFO_0 (PAM), or the file that SSH_USER_AUTH names
    (ExposeAuthInfo). Without USERNAME, PAM's variable PAM_USER tells it. A key that was merely offered is not noted.
    """
    from tui_mfa.domain.ssh_keys import access
    from tui_mfa.store.open import open_existing, open_holders

    username = username or cli.environ.get("PAM_USER")
    if not username:
        raise click.UsageError("USERNAME is needed where PAM does not tell it.")
    information = _information(cli)
    url, now = cli.settings.store, cli.clock.now()
    found = access.due(open_holders(url), username, information, now)
    if found is not None:
        access.note_use(open_existing(url), *found, now)
    if cli.out.json:
        cli.out.document({"noted": found[1].id if found is not None else None})


def _is_system_user(username: str) -> bool:
    import pwd

    try:
        return pwd.getpwnam(username).pw_uid < _PEOPLE_FROM
    except (KeyError, ValueError):
        return False


def _information(cli: Cli) -> str:
    given = cli.environ.get("SSH_AUTH_INFO_0")
    if given is not None:
        return given
    file = cli.environ.get("SSH_USER_AUTH")
    if not file:
        raise click.UsageError("sshd tells nothing about this login: ExposeAuthInfo yes is missing in sshd_config.")
    try:
        with open(file, "rb") as stream:  # noqa: PTH123 - a plain read
            return stream.read(_INFORMATION_MAX).decode("ascii", "replace")
    except (OSError, ValueError):
        raise click.UsageError("The file that SSH_USER_AUTH names cannot be read by this user.") from None
