"""``tui-mfa doctor``."""

import json
from typing import Any

import pytest

from tests.cli.home import Home
from tests.mail_server import MailServer
from tui_mfa.cli.checks_inside import SAMPLE_ACCOUNTS


def states(home: Home, *options: str) -> dict[str, str]:
    return {check["name"]: check["state"] for check in report(home, *options)["checks"]}


def report(home: Home, *options: str) -> dict[str, Any]:
    done = home.run("doctor", "--json", *options)
    value: dict[str, Any] = done.value
    problems = [check for check in value["checks"] if check["state"] == "problem"]
    assert (done.status, value["problems"]) == (1 if problems else 0, len(problems))
    return value


def find(home: Home, name: str, *options: str) -> dict[str, str]:
    (found,) = [check for check in report(home, *options)["checks"] if check["name"] == name]
    return dict(found)


def test_it_makes_nothing_where_nothing_is(home: Home) -> None:
    assert set(states(home).values()) == {"warning"}
    assert not home.data.exists()
    assert not (home.folder / "config").exists()


def test_a_sound_installation(home: Home) -> None:
    home.add()
    home.enable_app()
    assert states(home) == {
        "file modes": "ok",
        "key file": "ok",
        "accounts": "ok",
        "mail": "warning",
        "clock": "warning",
        "terminal": "warning",
    }
    shown = home.run("doctor")
    assert (shown.status, shown.err) == (0, "No problem was found.\n")
    assert "✓ ok       accounts      1 were read, with names, events and secrets." in shown.out
    assert "Do: Set smtp to the URL of a mail server." in shown.out


def test_a_lax_file_is_named_with_its_command(home: Home) -> None:
    home.add()
    (file,) = (home.data / "accounts").rglob("*.json")
    file.chmod(0o640)
    modes = find(home, "file modes")
    assert (modes["state"], str(file) in modes["message"]) == ("problem", True)
    assert modes["fix"] == f"chmod -R go-rwx {home.data}"
    assert find(home, "accounts")["state"] == "problem"
    shown = home.run("doctor")
    assert (shown.status, shown.err) == (1, "Problems: 2.\n")


def test_a_lax_folder_stops_the_store_and_not_the_report(home: Home) -> None:
    home.add()
    home.data.chmod(0o755)
    found = states(home)
    assert (found["store"], found["accounts"], found["mail"]) == ("problem", "warning", "problem")
    assert "chmod 700" in find(home, "store")["message"]


def test_a_damaged_account_is_named_beside_sound_ones(home: Home) -> None:
    home.add()
    home.add("joe")
    file = next((home.data / "accounts").rglob("*.json"))
    file.write_text("{")
    accounts = find(home, "accounts")
    assert (accounts["state"], str(file) in accounts["message"]) == ("problem", True)
    assert accounts["message"].startswith("1 of 2 have a fault.")


def test_an_account_that_its_name_does_not_find(home: Home) -> None:
    home.add()
    for link in (home.data / "claims" / "username").rglob("*"):
        if not link.is_dir() or link.is_symlink():
            link.unlink()
    assert "is not found by its username" in find(home, "accounts")["message"]


def test_a_key_file_that_does_not_fit(home: Home) -> None:
    home.add()
    home.enable_app()
    (keys,) = (home.folder / "config").rglob("keys")
    content = json.loads(keys.read_text())
    other = content["mac"]
    content["keys"] = dict.fromkeys(content["keys"], other)
    keys.write_text(json.dumps(content))
    assert "does not open" in find(home, "accounts")["message"]
    keys.unlink()
    assert find(home, "key file")["state"] == "problem"
    assert states(home)["accounts"] == "warning"


def test_mails_that_wait_are_told(home: Home) -> None:
    home.add()
    outbox = home.data / "outbox"
    outbox.mkdir(mode=0o700)
    outbox.chmod(0o755)
    home.run("accounts", "disable", "jane")
    assert find(home, "notices")["message"].startswith("1 accounts have mails")


def test_a_sample_is_read_unless_all_is_asked(home: Home) -> None:
    from tests.contract.factory import new_account

    store = home.services().store
    for number in range(SAMPLE_ACCOUNTS + 1):
        store.create(new_account(f"user{number}"))
    assert find(home, "accounts")["message"].startswith(f"{SAMPLE_ACCOUNTS} were read")
    assert find(home, "accounts", "--all")["message"].startswith(f"{SAMPLE_ACCOUNTS + 1} were read")


@pytest.mark.parametrize(
    ("date", "state", "words"),
    [
        ("Tue, 24 Nov 2026 12:30:04 +0000", "ok", "1 s ahead of"),
        ("Tue, 24 Nov 2026 12:30:22 +0000", "warning", "17 s behind"),
        ("Tue, 24 Nov 2026 12:31:00 +0000", "problem", "55 s behind"),
        ("no date", "warning", "does not tell its time"),
    ],
)
def test_the_clock_is_compared_with_the_mail_server(home: Home, date: str, state: str, words: str) -> None:
    home.add()
    with MailServer("plain", ident=f"ESMTP {date}") as server:
        home.environ |= {"TUI_MFA_SMTP": server.url().reveal(), "TUI_MFA_MAIL_FROM": "mfa@example.com"}
        checks = {check["name"]: check for check in report(home)["checks"]}
    assert (checks["clock"]["state"], words in checks["clock"]["message"]) == (state, True)
    assert (checks["mail"]["state"], "not encrypted" in checks["mail"]["message"]) == ("ok", True)


def test_a_mail_server_that_is_not_there(home: Home) -> None:
    home.add()
    home.environ |= {"TUI_MFA_SMTP": "smtp+plain://127.0.0.1:1", "TUI_MFA_MAIL_FROM": "mfa@example.com"}
    mail = find(home, "mail")
    assert (mail["state"], "refused the connection" in mail["message"]) == ("problem", True)
    assert "smtp" in mail["fix"]
