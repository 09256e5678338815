"""Two processes delete the last two keys of an account at the same instant."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fakes import log_in, make_account, make_services
from tests.ssh_lines import ed25519
from tui_mfa.domain.ports import Policy
from tui_mfa.domain.secret import Secret
from tui_mfa.domain.ssh_keys import flows
from tui_mfa.store.tinydb import TinyDBStore

ACCOUNTS = 15

PROGRAM = """
import json, sys
from pathlib import Path
from tests.fakes import ORIGIN, make_services
from tui_mfa.domain.errors import NotAllowed
from tui_mfa.domain.login.model import Session
from tui_mfa.domain.ports import Policy
from tui_mfa.domain.secret import Secret
from tui_mfa.domain.ssh_keys import flows
from tui_mfa.store.tinydb import TinyDBStore
folder, title, keep = sys.argv[1:]
services = make_services(store=TinyDBStore(Path(folder)), policy=Policy(keep_last_key=keep == "keep"))
print("ready", flush=True)
deleted = 0
for account_id, session_id, token in json.loads(sys.stdin.readline()):  # all start at once
    try:
        flows.delete(services, Session(account_id, session_id, Secret(token), ORIGIN), title)
        deleted += 1
    except NotAllowed:
        pass
print(deleted)
"""


@pytest.mark.parametrize(("keep", "left"), [("keep", 1), ("any", 0)])
def test_of_the_last_two_keys_one_stays(tmp_path: Path, keep: str, left: int) -> None:
    """S56: the guard stands in the transaction, so both deletions cannot see the other's key still there.

    Without the operator's word for it, both keys go: then the portal's password and factor are the way in.
    """
    store = TinyDBStore(tmp_path / "data")
    services = make_services(store=store, policy=Policy())
    sessions = []
    for number in range(ACCOUNTS):
        make_account(services, f"jane{number}")
        session = log_in(services, f"jane{number}")
        for title in ("one", "two"):
            flows.add(services, session, Secret(ed25519(title)), title=title)
        sessions.append((session.account_id, session.id, session.token.reveal()))
    deleted = _delete_at_once(tmp_path / "data", keep, json.dumps(sessions))
    assert [len(store.get(account_id).ssh_keys) for account_id, _, _ in sessions] == [left] * ACCOUNTS
    assert sum(deleted) == (2 - left) * ACCOUNTS


def _delete_at_once(folder: Path, keep: str, sessions: str) -> list[int]:
    """Have one process delete the key “one” of every account and another the key “two”; return their counts."""
    pipes, root = subprocess.PIPE, Path(__file__).parents[2]
    commands = [[sys.executable, "-c", PROGRAM, str(folder), title, keep] for title in ("one", "two")]
    running = [subprocess.Popen(command, stdin=pipes, stdout=pipes, text=True, cwd=root) for command in commands]
    for process in running:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
    for process in running:
        assert process.stdin
        process.stdin.write(f"{sessions}\n")
        process.stdin.flush()
    printed = [process.communicate()[0] for process in running]
    assert [process.returncode for process in running] == [0, 0]
    return [int(text) for text in printed]
