"""A program that meets a full disk and says, as JSON, what it saw at each step.

Run as ``python -m tests.stories.full_disk_program FOLDER KIND``; ``FOLDER`` lies on a small disk when the kind is
``tmpfs``; with ``rlimit`` the program forbids itself to make files larger than a few bytes, which needs no rights.
"""

import json
import resource
import sys
from pathlib import Path
from typing import Any

from tests.contract.factory import full_account, new_account
from tui_mfa.domain.account import Account
from tui_mfa.domain.errors import StoreUnavailable
from tui_mfa.domain.events import Tag
from tui_mfa.domain.secret import Secret
from tui_mfa.store.files import HomeFiles
from tui_mfa.store.tinydb import TinyDBStore

BALLAST = "ballast"


def fill(folder: Path, kind: str) -> None:
    """Leave no room."""
    if kind == "rlimit":
        resource.setrlimit(resource.RLIMIT_FSIZE, (64, resource.RLIM_INFINITY))
        return
    size = 65536
    with (folder / BALLAST).open("wb", buffering=0) as file:
        while size:
            try:
                file.write(b"x" * size)
            except OSError:
                size //= 2


def make_room(folder: Path, kind: str) -> None:
    if kind == "rlimit":
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    else:
        (folder / BALLAST).unlink()


class Steps:
    """What is tried, on the full disk and again with room."""

    def __init__(self, folder: Path) -> None:
        self.store = TinyDBStore(folder / "data")
        self.files = HomeFiles(folder / "home")
        self.number = 0

    def create(self) -> None:
        self.number += 1
        self.store.create(new_account(f"user{self.number:05}"))

    def change(self) -> None:
        with self.store.account(full_account().id) as account:
            account.profile.name += "more " * 2000

    def record(self) -> None:
        with self.store.account(full_account().id) as account:
            for _ in range(100):
                account.record(account.created_at, Tag.LOGIN_OK, "here", text="x" * 40)

    def count(self) -> None:
        with self.store.bucket("counter") as tries:
            tries.times.append(full_account().created_at)

    def save(self) -> None:
        self.files.save("codes.txt", Secret("x" * 9000))

    def tried(self) -> dict[str, str]:
        """Try everything and return the sentence that each refusal gave, empty for what was done."""
        said = {}
        for step in (self.create, self.change, self.record, self.count, self.save):
            try:
                step()
            except StoreUnavailable as error:
                said[step.__name__] = error.user_message
            else:
                said[step.__name__] = ""
        return said

    def all(self) -> dict[str, Account]:
        """Read every account and its events."""
        for account_id in self.store.ids():
            self.store.events(account_id)
        return {account_id: self.store.get(account_id) for account_id in self.store.ids()}


def main(folder: Path, kind: str) -> dict[str, Any]:
    steps = Steps(folder)
    steps.store.create(full_account())
    for _ in range(10):
        steps.create()
    steps.count()
    steps.save()
    before = steps.all()
    fill(folder, kind)
    full = steps.tried()
    kept = steps.all() == before
    drafts = len(list((folder / "data" / "tmp").iterdir()))
    saved = sorted(path.name for path in (folder / "home").iterdir())
    make_room(folder, kind)
    room = steps.tried()
    after = steps.all()
    return {
        "full": full,
        "kept": kept,
        "drafts": drafts,
        "saved": saved,
        "room": room,
        "accounts": [len(before), len(after)],
        "reopened": len(Steps(folder).all()),
    }


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), sys.argv[2])))  # noqa: T201 - the report
