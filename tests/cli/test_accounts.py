"""``tui-mfa accounts``."""

import io
import json
import sys
from pathlib import Path

import pytest

from tests.cli.home import PASSWORD, Home, Lines
from tui_mfa.cli.run import run

KEYS = {
    "id",
    "username",
    "email",
    "email_verified",
    "method",
    "state",
    "created_at",
    "disabled_at",
    "last_login",
    "failed_since_login",
    "factors_switched_off",
    "profile",
}


def test_add_speaks_on_standard_error_and_prints_nothing(home: Home) -> None:
    added = home.run("accounts", "add", "jane", "jane@example.com", "--password-stdin", stdin=(PASSWORD,))
    assert (added.status, added.out) == (0, "")
    assert "jane was created" in added.err


def test_add_gives_the_account_as_json(home: Home) -> None:
    added = home.run("accounts", "add", "jane", "jane@example.com", "--password-stdin", "--json", stdin=(PASSWORD,))
    assert set(added.value) == KEYS
    assert added.value | {"id": ""} == {
        "id": "",
        "username": "jane",
        "email": "jane@example.com",
        "email_verified": False,
        "method": "email",
        "state": "active",
        "created_at": "2026-11-24T12:30:05Z",
        "disabled_at": None,
        "last_login": None,
        "failed_since_login": 0,
        "factors_switched_off": [],
        "profile": {"name": "", "company": "", "address": "", "country": "", "vat_id": ""},
    }
    assert home.run("accounts", "show", "JANE", "--json").value == added.value
    assert home.run("accounts", "show", "jane@example.com", "--json").value == added.value
    assert home.run("accounts", "list", "--json").value == {"accounts": [added.value]}


def test_add_refuses_a_name_in_use(home: Home) -> None:
    home.add()
    again = home.run("accounts", "add", "Jane", "other@example.com", "--password-stdin", "--json", stdin=(PASSWORD,))
    assert again.status == 1
    assert (again.error["code"], again.error["field"]) == ("name_taken", "username")
    assert again.error["next"] == "tui-mfa accounts list"


@pytest.mark.parametrize(("username", "email"), [("j!", "jane@example.com"), ("jane", "jane")])
def test_add_refuses_a_bad_name_before_it_reads_a_password(home: Home, username: str, email: str) -> None:
    refused = home.run("accounts", "add", username, email, "--password-stdin", stdin=(PASSWORD,))
    assert refused.status == 1
    assert isinstance(sys.stdin, Lines)
    assert sys.stdin.left == [PASSWORD]


def test_add_refuses_a_password_that_is_easy_to_guess(home: Home) -> None:
    refused = home.run(
        "accounts", "add", "jane", "jane@example.com", "--password-stdin", "--json", stdin=("password1",)
    )
    assert (refused.status, refused.error["field"]) == (1, "new_password")
    assert "password1" not in refused.out + refused.err


@pytest.mark.parametrize(("options", "why"), [((), "--password-stdin"), (("--password-stdin",), "empty")])
def test_a_password_needs_a_terminal_or_a_line(home: Home, options: tuple[str, ...], why: str) -> None:
    refused = home.run("accounts", "add", "jane", "jane@example.com", *options)
    assert (refused.status, refused.out) == (2, "")
    assert why in refused.err


def test_standard_input_that_is_no_text_is_refused(
    home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"\xff\xfe\n"), encoding="utf-8"))
    assert run(["accounts", "add", "jane", "jane@example.com", "--password-stdin"], home.environ) == 2
    assert "not UTF-8" in capsys.readouterr().err


def test_list_shows_columns_and_says_when_there_is_nothing(home: Home) -> None:
    nothing = home.run("accounts", "list")
    assert (nothing.status, nothing.out) == (0, "")
    assert "tui-mfa accounts add USERNAME EMAIL" in nothing.err
    home.add("zoe")
    home.add("Anna")
    lines = home.run("accounts", "list").out.splitlines()
    assert lines[0].split("  ")[0] == "USERNAME"
    assert [line.split()[0] for line in lines[1:]] == ["Anna", "zoe"]
    assert lines[1].split()[1:] == ["Anna@example.com", "email", "active", "-"]


def test_show_tells_about_the_last_login(home: Home) -> None:
    home.add()
    home.enable_app()
    shown = home.run("accounts", "show", "jane").out
    assert "E-mail:       jane@example.com (proved)" in shown
    assert "Two-factor:   authenticator" in shown
    assert "Last login:   2026-11-24 12:30 UTC from this machine" in shown


def test_set_email_asks_for_a_new_proof_and_tells_both_addresses(home: Home) -> None:
    home.add()
    home.enable_app()
    told = len(home.mails())
    changed = home.run("accounts", "set-email", "jane", "new@example.com", "--json")
    assert (changed.value["email"], changed.value["email_verified"]) == ("new@example.com", False)
    receivers = sorted(mail.read_text().partition("To: ")[2].split()[0] for mail in home.mails()[told:])
    assert receivers == ["jane@example.com", "new@example.com"]


def test_set_email_refuses_the_address_of_another(home: Home) -> None:
    home.add()
    home.add("joe")
    refused = home.run("accounts", "set-email", "jane", "JOE@example.com", "--json")
    assert (refused.status, refused.error["code"]) == (1, "name_taken")


def test_set_password_changes_what_logs_in(home: Home) -> None:
    home.add()
    changed = home.run("accounts", "set-password", "jane", "--password-stdin", stdin=("9 other lakes, far away",))
    assert (changed.status, changed.out) == (0, "")
    old = home.run("mfa", "enable-email", "jane", "--password-stdin", "--json", stdin=(PASSWORD,))
    assert old.error["code"] == "wrong_credentials"
    new = home.run(
        "mfa", "enable-email", "jane", "--password-stdin", "--json", stdin=("9 other lakes, far away", home.mailed_code)
    )
    assert new.status == 0


def test_disable_closes_and_enable_opens(home: Home) -> None:
    home.add()
    closed = home.run("accounts", "disable", "jane", "--json").value
    assert (closed["state"], closed["disabled_at"]) == ("disabled", "2026-11-24T12:30:05Z")
    refused = home.run("mfa", "enable-email", "jane", "--password-stdin", stdin=(PASSWORD,))
    assert (refused.status, "disabled" in refused.err) == (1, True)
    assert home.run("accounts", "enable", "jane", "--json").value["state"] == "active"
    assert home.run("accounts", "enable", "jane").err == "The account jane is open.\n"


def test_delete_wants_the_name_once_more(home: Home) -> None:
    home.add()
    assert home.run("accounts", "delete", "jane").status == 2
    wrong = home.run("accounts", "delete", "jane", "--confirm", "jan", "--json")
    assert (wrong.status, wrong.error["field"]) == (1, "confirm")
    address = home.run("accounts", "delete", "jane@example.com", "--confirm", "jane@example.com")
    assert address.status == 1
    assert home.run("accounts", "delete", "jane", "--confirm", "jane", "--json").value["username"] == "jane"
    assert home.run("accounts", "list", "--json").value == {"accounts": []}


@pytest.mark.parametrize(
    "command", ["show", "set-email NAME new@example.com", "disable", "enable", "delete NAME --confirm NAME"]
)
def test_an_unknown_name_is_refused(home: Home, command: str) -> None:
    words = command.replace("NAME", "nobody").split()
    words = words if "nobody" in words else [*words, "nobody"]
    refused = home.run("accounts", *words, "--json")
    assert (refused.status, refused.error["code"]) == (1, "no_such_account")


def test_a_change_stands_when_its_mail_cannot_be_sent(home: Home) -> None:
    home.add()
    outbox = home.data / "outbox"
    outbox.mkdir(mode=0o755)
    outbox.chmod(0o755)
    closed = home.run("accounts", "disable", "jane")
    assert (closed.status, "It waits, and is tried again." in closed.err) == (0, True)
    outbox.chmod(0o700)
    home.run("accounts", "enable", "jane")
    assert len(home.mails()) == 1


def test_hostile_names_reach_no_terminal(home: Home) -> None:
    """An account file that was written by hand may hold anything; the terminal must not be steered by it."""
    home.add()
    hostile = "ev\x1b]0;owned\x07\x9b31m\u202eil\n[red]x[/]"
    _write_name(home.data, hostile)
    for command in (("accounts", "list"), ("accounts", "show", "jane@example.com")):
        shown = home.run(*command)
        assert shown.status == 0
        assert "[red]x[/]" in shown.out
        assert not set(shown.out + shown.err) & {"\x1b", "\x07", "\x9b", "\u202e"}
    listed = home.run("accounts", "list", "--json")
    assert listed.out.isascii()
    assert "\x1b" not in listed.out
    assert listed.value["accounts"][0]["username"] == hostile


def _write_name(data: Path, name: str) -> None:
    (file,) = (data / "accounts").rglob("*.json")
    content = json.loads(file.read_text())
    content["account"]["1"]["username"] = name
    file.write_text(json.dumps(content))
