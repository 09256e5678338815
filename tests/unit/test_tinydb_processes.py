"""Several processes on one folder."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.contract.factory import new_account
from tests.unit.tinydb_tools import leftovers
from tui_mfa.domain.ports import Claim
from tui_mfa.store.tinydb import TinyDBStore


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def store(folder: Path) -> TinyDBStore:
    return TinyDBStore(folder)


PROGRAM = """
import sys
from pathlib import Path
from tests.contract.factory import new_account
from tui_mfa.domain.errors import NameTaken
from tui_mfa.store.tinydb import TinyDBStore
what, folder, argument = sys.argv[1:]
store = TinyDBStore(Path(folder))
sys.stdin.readline()  # all start at once
if what == "add":
    for _ in range(50):
        with store.account(argument) as account:
            account.failed_since_login += 1
        with store.bucket("shared") as tries:
            tries.times.append(account.created_at)
else:
    won = 0
    for number in range(30):
        try:
            store.create(new_account(f"name{number}", f"{argument}-{number}@example.com"))
            won += 1
        except NameTaken:
            pass
    print(won)
"""


def at_once(what: str, folder: Path, arguments: list[str]) -> list[str]:
    """Run the program once per argument, all at once, and return what each printed."""
    pipes = subprocess.PIPE
    commands = [[sys.executable, "-c", PROGRAM, what, str(folder), argument] for argument in arguments]
    root = Path(__file__).parents[2]
    running = [subprocess.Popen(command, stdin=pipes, stdout=pipes, text=True, cwd=root) for command in commands]
    for process in running:
        assert process.stdin
        process.stdin.write("\n")
        process.stdin.flush()
    printed = [process.communicate()[0] for process in running]
    assert [process.returncode for process in running] == [0] * len(arguments)
    return printed


def test_four_processes_lose_no_change(store: TinyDBStore, folder: Path) -> None:
    account = new_account()
    store.create(account)
    at_once("add", folder, [account.id] * 4)
    assert store.get(account.id).failed_since_login == 200
    with store.bucket("shared") as tries:
        assert len(tries.times) == 200
    assert leftovers(folder) == []


def test_of_two_processes_that_want_a_name_one_gets_it(store: TinyDBStore, folder: Path) -> None:
    won = at_once("create", folder, ["one", "two"])
    assert sum(map(int, won)) == 30
    accounts = [store.get(account_id) for account_id in store.ids()]
    assert sorted(account.username for account in accounts) == sorted(f"name{number}" for number in range(30))
    for account in accounts:
        assert store.find(Claim.USERNAME, account.username) == account.id
