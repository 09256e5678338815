"""The checks of ``tui-mfa doctor`` inside the installation: files and their modes, keys, accounts."""

import os
import shlex
import stat
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from tui_mfa.cli.context import Cli
from tui_mfa.cli.finding import Finding, ok, problem, warning
from tui_mfa.domain.errors import DomainError, KeyUnavailable, NoSuchAccount, Unavailable

if TYPE_CHECKING:
    from tui_mfa.domain.account import Account
    from tui_mfa.domain.ports import Services

SAMPLE_FILES = 5000
"""Files whose modes are looked at without ``--all``."""

SAMPLE_ACCOUNTS = 200
"""Accounts that are read without ``--all``."""

_NAMED = 3
"""Faulty files or accounts that are named; the others are counted."""

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def checks(cli: Cli, *, everything: bool) -> Iterator[Finding]:
    """Yield what was found; nothing is made that is not there yet.

    Args:
        cli: The settings and services.
        everything: No sample, all.
    """
    folder = cli.settings.data_dir
    if not folder.exists():
        yield warning("data folder", f"{folder} is not there yet; it is made at the first start.")
        return
    yield _modes(folder, everything=everything)
    try:
        services = cli.services
    except KeyUnavailable as error:
        yield problem("key file", error.user_message)
        yield warning("accounts", "They were not looked at, for want of the key file.")
        return
    except Unavailable as error:
        yield problem("store", error.user_message)
        yield warning("accounts", "They were not looked at, for want of the store.")
        return
    yield ok("key file", f"{cli.settings.key_file} can be read, by this user alone.")
    yield from _accounts(services, everything=everything)


def _modes(folder: Path, *, everything: bool) -> Finding:
    """Look for files and folders that other users of the machine can get at (S65)."""
    lax, seen = [], 0
    for path in _walk(folder):
        if seen >= SAMPLE_FILES and not everything:
            break
        seen += 1
        try:
            mode = path.lstat().st_mode
        except FileNotFoundError:  # a draft that is in place by now
            continue
        if not stat.S_ISLNK(mode) and mode & _OTHERS:
            lax.append(path)
    if not lax:
        return ok("file modes", f"{seen} files and folders in {folder} belong to this user alone.")
    named = ", ".join(map(str, lax[:_NAMED]))
    return problem(
        "file modes",
        f"Other users can get at {named}" + (f" and {len(lax) - _NAMED} more." if len(lax) > _NAMED else "."),
        f"chmod -R go-rwx {shlex.quote(str(folder))}",
    )


def _walk(folder: Path) -> Iterator[Path]:
    yield folder
    for parent, folders, files in os.walk(folder):
        for name in (*folders, *files):
            yield Path(parent, name)


def _accounts(services: "Services", *, everything: bool) -> Iterator[Finding]:
    """Read accounts: each with its names, its log, and its secret under the key file's keys."""
    seen, faults, waiting = 0, [], 0
    try:
        for account_id in islice(services.store.ids(), None if everything else SAMPLE_ACCOUNTS):
            try:
                account = services.store.get(account_id)
                fault = _fault(services, account)
                waiting += bool(account.notices)
            except NoSuchAccount:  # removed meanwhile
                continue
            except DomainError as error:
                fault = error.user_message
            seen += 1
            if fault:
                faults.append(fault)
    except Unavailable as error:
        faults.append(error.user_message)
    if faults:
        more = f" And {len(faults) - _NAMED} more." if len(faults) > _NAMED else ""
        yield problem("accounts", f"{len(faults)} of {seen} have a fault. " + " ".join(faults[:_NAMED]) + more)
    else:
        part = "" if everything or seen < SAMPLE_ACCOUNTS else " (a sample; --all reads every one)"
        yield ok("accounts", f"{seen} were read, with names, events and secrets{part}.")
    if waiting:
        yield warning("notices", f"{waiting} accounts have mails that wait to be sent.", "See the line about mail.")


def _fault(services: "Services", account: "Account") -> str:
    """Return what is wrong with an account that can be read, or nothing."""
    from tui_mfa.domain.billing import ledger
    from tui_mfa.domain.ports import Claim
    from tui_mfa.domain.two_factor import rules

    services.store.events(account.id)
    if account.authenticator is not None:
        services.box.open(account.authenticator.sealed, rules.context(account.id, account.authenticator.id))
    for claim, value in ((Claim.USERNAME, account.username), (Claim.EMAIL, account.email.address)):
        if services.store.find(claim, value) != account.id:
            return f"The account {account.id} is not found by its {claim.value}: restore it from a backup."
    if not ledger.adds_up(account.billing):
        return f"The ledger of the account {account.id} does not add up: restore it from a backup."
    return ""
