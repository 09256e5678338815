"""``tui-mfa keys add``, ``rename`` and ``delete``: changes by an account's owner."""

from typing import TYPE_CHECKING

import click

from tui_mfa.cli.context import Cli
from tui_mfa.cli.options import owner_options

if TYPE_CHECKING:
    from tui_mfa.cli.asking import Asker
    from tui_mfa.domain.secret import Secret
    from tui_mfa.domain.ssh_keys.model import KeyView

_READ_MAX = 64 * 1024
"""Bytes read of a file: above the limit of the rules, which then say that it is too long."""


@click.command()
@click.argument("name")
@click.argument("file", default="-")
@click.option("--title", default="", help="A title for the key; without it, its comment serves.")
@click.option("--expires", default="", metavar="WHEN", help="never (the default), days like 90, or the last day.")
@owner_options
@click.pass_obj
def add(cli: Cli, name: str, file: str, title: str, expires: str, password_stdin: bool, code: str | None) -> None:
    """Add the key in a .pub FILE. Without a file, or for “-”, it is pasted, or the first line of standard input."""
    from tui_mfa.cli.asking import Asker
    from tui_mfa.cli.owner import logged_in
    from tui_mfa.domain.ssh_keys import flows, parse
    from tui_mfa.domain.ssh_keys.refusals import KeyRefused

    asker = Asker(cli.out, password_stdin=password_stdin, code=code)
    text = _pasted(asker) if file == "-" else _from_file(file)
    try:
        parse.judge(text.reveal())  # before a login and a mail in vain
        with logged_in(cli, name, asker) as owner:
            added = flows.add(cli.services, owner.session, text, title=title, expires=expires)
    except KeyRefused as error:
        if cli.out.json:
            cli.next_step = error.mend  # the sentence names it too, which suits people
        raise
    _done(cli, added.key, f"The key “{added.key.title}” was added: {added.key.kind}, {added.key.fingerprint}")
    if added.dropped:
        cli.out.words(f"Options before the key were not kept: {', '.join(added.dropped)}.")
    if added.advice:
        cli.out.words(added.advice)


@click.command()
@click.argument("name")
@click.argument("key")
@click.argument("title")
@owner_options
@click.pass_obj
def rename(cli: Cli, name: str, key: str, title: str, password_stdin: bool, code: str | None) -> None:
    """Give a KEY another TITLE. KEY is an id, a title or a fingerprint."""
    from tui_mfa.cli.asking import Asker
    from tui_mfa.cli.owner import logged_in
    from tui_mfa.domain.ssh_keys import flows

    cli.next_step = f"tui-mfa keys list {name}"
    with logged_in(cli, name, Asker(cli.out, password_stdin=password_stdin, code=code)) as owner:
        renamed = flows.rename(cli.services, owner.session, key, title)
    _done(cli, renamed, f"The key is called “{renamed.title}” now.")


@click.command()
@click.argument("name")
@click.argument("key")
@click.option("--yes", is_flag=True, help="Delete it without a question.")
@owner_options
@click.pass_obj
def delete(cli: Cli, name: str, key: str, yes: bool, password_stdin: bool, code: str | None) -> None:
    """Delete a KEY. It opens nothing any more; who is logged in with it stays so."""
    from tui_mfa.cli.asking import Asker
    from tui_mfa.cli.owner import logged_in
    from tui_mfa.domain.errors import InvalidInput
    from tui_mfa.domain.operator.flows import find
    from tui_mfa.domain.ssh_keys import flows, rules

    asker = Asker(cli.out, password_stdin=password_stdin, code=code)
    if not yes:
        cli.next_step = f"tui-mfa keys list {name}"
        found = rules.find(find(cli.services, name), key)
        if asker.word(f"Type yes to delete the key “{found.title}”: ", "--yes").strip().lower() != "yes":
            raise InvalidInput("Nothing was deleted.", field="yes")
    with logged_in(cli, name, asker) as owner:
        deleted = flows.delete(cli.services, owner.session, key)
    _done(cli, deleted, f"The key “{deleted.title}” was deleted.")


def _pasted(asker: "Asker") -> "Secret[str]":
    return asker.secret_line(
        "Paste the public key and press Enter (it is not shown): ",
        "The key is the first line of standard input, which is empty.",
    )


def _from_file(file: str) -> "Secret[str]":
    """Return what stands in a file; what is no text comes with characters that the rules refuse."""
    from tui_mfa.domain.errors import InvalidInput
    from tui_mfa.domain.secret import Secret

    try:
        with open(file, "rb") as stream:  # noqa: PTH123 - a path may also be /dev/fd/63, which Path handles no better
            data = stream.read(_READ_MAX)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "it is not the name of a file"
        raise InvalidInput(f"The file {file} cannot be read: {why}.", field="file") from None
    wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))  # as PowerShell writes it
    return Secret(data.decode("utf-16" if wide else "utf-8", "replace" if wide else "surrogateescape"))


def _done(cli: Cli, key: "KeyView", words: str) -> None:
    from tui_mfa.documents import key_value

    if cli.out.json:
        cli.out.document(key_value(key))
    else:
        cli.out.words(words)
