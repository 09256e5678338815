"""What finds the keys of an account tells the same as the store, and refuses what the store refuses."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.contract.factory import NOW, full_account, new_account
from tests.ssh_lines import ed25519
from tui_mfa.domain.account import Account
from tui_mfa.domain.errors import Corrupt, DomainError, NewerSchema, StoreUnavailable
from tui_mfa.domain.layout import Claim
from tui_mfa.domain.ssh_keys.access import HoldersOf
from tui_mfa.domain.ssh_keys.model import SshKey
from tui_mfa.store.holders import TinyDBHolders
from tui_mfa.store.tinydb import TinyDBStore


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def store(folder: Path) -> TinyDBStore:
    return TinyDBStore(folder)


def with_keys() -> Account:
    account = new_account("Jane.Doe", "Jane@Example.com")
    for number in range(3):
        account.ssh_keys.append(
            SshKey(
                id=f"0000000{number}",
                title=f"key {number} é [x]",
                blob=ed25519(str(number)).split()[1],
                added_at=NOW,
                added_from="192.0.2.7",
                expires_at=NOW + timedelta(days=number) if number else None,
                last_used_at=NOW - timedelta(seconds=number) if number else None,
            )
        )
    return account


NAMES = [
    (Claim.USERNAME, "Jane.Doe"),
    (Claim.USERNAME, "JANE.DOE"),
    (Claim.USERNAME, "jane"),
    (Claim.USERNAME, ""),
    (Claim.EMAIL, "jane@example.com"),
    (Claim.EMAIL, "john@example.com"),
]


@pytest.mark.parametrize(("claim", "name"), NAMES)
def test_it_finds_whom_the_store_finds(store: TinyDBStore, folder: Path, claim: Claim, name: str) -> None:
    store.create(with_keys())
    found = TinyDBHolders(folder).holder(claim, name)
    assert found == HoldersOf(store).holder(claim, name)
    assert (found is None) == (store.find(claim, name) is None)


@pytest.mark.parametrize("make", [new_account, full_account, with_keys])
def test_it_reads_whatever_an_account_holds(store: TinyDBStore, folder: Path, make: Callable[[], Account]) -> None:
    account = make()
    store.create(account)
    found = TinyDBHolders(folder).holder(Claim.USERNAME, account.username)
    assert found is not None
    assert found.ssh_keys == account.ssh_keys
    assert found == HoldersOf(store).holder(Claim.USERNAME, account.username)


@pytest.mark.parametrize("change", ["disabled_at", "pending"])
def test_a_closed_account_is_closed(store: TinyDBStore, folder: Path, change: str) -> None:
    """S52: disabled by the operator, or registered by a stranger and never proved."""
    account = with_keys()
    store.create(account)
    with store.account(account.id) as changing:
        setattr(changing, change, NOW if change == "disabled_at" else True)
    found = TinyDBHolders(folder).holder(Claim.USERNAME, account.username)
    assert found is not None
    assert found.closed


def test_a_name_that_was_given_up_finds_nobody(store: TinyDBStore, folder: Path) -> None:
    """A link that a crash left behind does not count."""
    account = with_keys()
    store.create(account)
    (link,) = (folder / "claims" / "username").glob("*/*")
    with store.account(account.id) as changing:
        changing.username = "other"
    link.symlink_to(account.id)
    assert TinyDBHolders(folder).holder(Claim.USERNAME, "Jane.Doe") is None
    store.delete(account.id)
    assert TinyDBHolders(folder).holder(Claim.USERNAME, "other") is None


def _schema(document: dict[str, Any]) -> None:
    document["schema"] = 99
    document["ssh_keys"] = "in another form"


DAMAGES: list[tuple[Callable[[dict[str, Any]], object], type[DomainError]]] = [
    (_schema, NewerSchema),
    (lambda document: document.pop("schema"), Corrupt),
    (lambda document: document.update(schema="1"), Corrupt),
    (lambda document: document.pop("username"), Corrupt),
    (lambda document: document.update(id="0" * 32), Corrupt),
    (lambda document: document.update(ssh_keys=[{}]), Corrupt),
    (lambda document: document.update(ssh_keys=[1]), Corrupt),
    (lambda document: document["ssh_keys"][0].update(blob=1), Corrupt),
    (lambda document: document["ssh_keys"][0].update(expires_at="tomorrow"), Corrupt),
    (lambda document: document["ssh_keys"][0].update(added_at=None), Corrupt),
    (lambda document: document.update(disabled_at=False), Corrupt),
    (lambda document: document.update(pending="no"), Corrupt),
]


@pytest.mark.parametrize("number", range(len(DAMAGES)))
def test_what_the_store_calls_damaged_it_does_not_read_either(store: TinyDBStore, folder: Path, number: int) -> None:
    """S54: an entry that cannot be read is an error, and no answer with one key less."""
    damage, error = DAMAGES[number]
    account = with_keys()
    store.create(account)
    file = folder / "accounts" / account.id[:2] / f"{account.id}.json"
    tables = json.loads(file.read_text())
    damage(tables["account"]["1"])
    file.write_text(json.dumps(tables))
    with pytest.raises(error):
        store.get(account.id)
    with pytest.raises(error):
        TinyDBHolders(folder).holder(Claim.USERNAME, account.username)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", '{"account": {}}', '{"account": {"1": {}}, "x": {}}', "[" * 9999]
)
def test_a_file_that_is_no_account_is_damaged(store: TinyDBStore, folder: Path, text: str) -> None:
    account = with_keys()
    store.create(account)
    (folder / "accounts" / account.id[:2] / f"{account.id}.json").write_text(text)
    with pytest.raises(Corrupt):
        TinyDBHolders(folder).holder(Claim.USERNAME, account.username)


@pytest.mark.parametrize("place", ["", "accounts", "file"])
def test_what_others_can_get_at_is_refused(store: TinyDBStore, folder: Path, place: str) -> None:
    """S65: the same modes as everywhere, with the command that mends them."""
    account = with_keys()
    store.create(account)
    path = folder / "accounts" / account.id[:2] / f"{account.id}.json" if place == "file" else folder / place
    path.chmod(0o755 if path.is_dir() else 0o644)
    with pytest.raises(StoreUnavailable, match="chmod"):
        TinyDBHolders(folder).holder(Claim.USERNAME, account.username)


def test_no_folder_is_an_error_and_is_not_made(folder: Path) -> None:
    """S54: a wrong path is no empty store."""
    with pytest.raises(StoreUnavailable):
        TinyDBHolders(folder)
    assert not folder.exists()


def test_a_time_without_a_zone_is_damaged(store: TinyDBStore, folder: Path) -> None:
    """S54: it cannot be compared, so nobody knows whether the key has expired."""
    account = with_keys()
    store.create(account)
    file = folder / "accounts" / account.id[:2] / f"{account.id}.json"
    tables = json.loads(file.read_text())
    tables["account"]["1"]["ssh_keys"][0]["expires_at"] = "2026-11-24T00:00:00"
    file.write_text(json.dumps(tables))
    with pytest.raises(Corrupt):
        TinyDBHolders(folder).holder(Claim.USERNAME, account.username)
