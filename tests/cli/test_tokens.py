"""``tui-mfa tokens``, and that no command takes a token for a password."""

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from tests.cli.home import PASSWORD, Home
from tui_mfa.cli.lazy import LazyGroup
from tui_mfa.cli.root import root
from tui_mfa.domain.api_tokens import access, flows
from tui_mfa.domain.api_tokens.model import Scope
from tui_mfa.domain.secret import Secret
from tui_mfa.domain.ssh_keys.model import SshKey

DAY = 86_400


def create(home: Home, name: str = "backup", *options: str, username: str = "jane") -> str:
    """Make a token by the command and return it."""
    made = home.run(
        "tokens", "create", username, name, "--password-stdin", *options, stdin=(PASSWORD, home.mailed_code)
    )
    assert made.status == 0, made
    return made.out.removesuffix("\n")


def opens(home: Home, token: str) -> bool:
    return flows.check(home.services(), Secret(token)).state.value == "live"


@pytest.fixture
def jane(home: Home) -> Home:
    home.add()
    return home


def test_a_token_stands_alone_on_standard_output(jane: Home) -> None:
    """S57: the token and nothing else, once."""
    token = create(jane)
    assert re.fullmatch(r"tmfa_[0-9A-Za-z]{36}", token)
    assert opens(jane, token)
    listed = jane.run("tokens", "list", "jane")
    assert token not in listed.out + listed.err
    assert f"tmfa_…{token[-4:]}" in listed.out
    assert [mail for mail in jane.mails() if "API token was made" in mail.read_text()]


def test_what_was_chosen_is_what_it_is(jane: Home) -> None:
    create(jane, "deploy", "--scope", "keys", "--scope", "read", "--days", "90")
    (token,) = jane.run("tokens", "list", "jane", "--json").value["tokens"]
    assert (token["name"], token["scopes"], token["state"]) == ("deploy", ["read", "keys"], "live")
    assert (token["created_at"][:10], token["expires_at"][:10]) == ("2026-11-24", "2027-02-22")
    assert token["last_used_at"] is None


def test_json_holds_the_token_once(jane: Home) -> None:
    made = jane.run(
        "tokens", "create", "jane", "ci", "--password-stdin", "--json", stdin=(PASSWORD, jane.mailed_code)
    ).value
    assert opens(jane, made["secret"])
    assert made["token"]["hint"] == f"tmfa_…{made['secret'][-4:]}"


@pytest.mark.parametrize(
    ("options", "status"), [(("--days", "0"), 1), (("--days", "366"), 1), (("--scope", "verify"), 2)]
)
def test_what_is_not_allowed_asks_for_no_password(jane: Home, options: tuple[str, ...], status: int) -> None:
    refused = jane.run("tokens", "create", "jane", "x", "--password-stdin", "--json", *options, stdin=("unread",))
    assert refused.status == status
    assert jane.run("tokens", "list", "jane", "--json").value == {"tokens": []}


def test_a_token_is_revoked_by_its_name(jane: Home) -> None:
    token = create(jane)
    done = jane.run("tokens", "revoke", "jane", "Backup", "--json").value["token"]
    assert done["state"] == "revoked"
    assert not opens(jane, token)
    again = jane.run("tokens", "revoke", "jane", "backup", "--json")
    assert (again.status, again.error["field"]) == (1, "token")
    assert [mail for mail in jane.mails() if "was revoked" in mail.read_text()]


def test_a_found_token_ends_itself(jane: Home) -> None:
    token = create(jane)
    done = jane.run("tokens", "revoke", "--found", stdin=(token,))
    assert done.status == 0, done
    assert token not in done.out + done.err
    assert not opens(jane, token)


def test_revoke_wants_to_know_which(jane: Home) -> None:
    assert jane.run("tokens", "revoke", "jane").status == 2


def test_the_operator_grants_verify(jane: Home) -> None:
    """S59: the one scope that concerns other accounts is the operator's to give."""
    token = create(jane)
    granted = jane.run("tokens", "grant", "jane", "backup", "--json").value["token"]
    assert granted["scopes"] == ["read", "verify"]
    assert Scope.VERIFY in access.authenticate(jane.services(), Secret(token), "here").scopes


def test_check_tells_what_a_token_is(jane: Home) -> None:
    token = create(jane)
    live = jane.run("tokens", "check", "--json", stdin=(token,))
    assert (live.status, live.value["username"], live.value["token"]["state"]) == (0, "jane", "live")
    assert token not in live.out
    jane.clock.turn(30 * DAY)
    ended = jane.run("tokens", "check", stdin=(token,))
    assert ended.status == 1
    assert "expired" in ended.out


@pytest.mark.parametrize(
    ("token", "words"),
    [
        ("tmfa_" + "0" * 36, "typing error"),
        ("tmfa_123", "typing error"),
        ("ghp_0123", "no token of ours"),
        ("", "no token of ours"),
    ],
)
@pytest.mark.parametrize("options", [(), ("--offline",)])
def test_check_tells_a_typing_error(home: Home, token: str, words: str, options: tuple[str, ...]) -> None:
    refused = home.run("tokens", "check", *options, stdin=(token,))
    assert refused.status == 1
    assert words in refused.err
    assert not home.data.exists()


def test_check_offline_opens_no_store(jane: Home, tmp_path: object) -> None:
    token = create(jane)
    checked = jane.run("--data-dir", "/nonexistent/for/sure", "tokens", "check", "--offline", "--json", stdin=(token,))
    assert (checked.status, checked.value) == (0, {"form": "good"})


def test_check_does_not_take_a_token_as_an_argument(home: Home) -> None:
    """S23: arguments are seen by everybody on the machine."""
    assert home.run("tokens", "check", "tmfa_" + "0" * 36).status == 2


def test_the_timer_warns_once(jane: Home) -> None:
    """S58: ``tui-mfa tokens warn`` is made for a timer."""
    create(jane)
    assert jane.run("tokens", "warn", "--json").value == {"mails": 0}
    jane.clock.turn(16 * DAY)
    assert jane.run("tokens", "warn", "--json").value == {"mails": 1}
    assert jane.run("tokens", "warn", "--json").value == {"mails": 0}
    assert [mail for mail in jane.mails() if "ends soon" in mail.read_text()]


def owners_commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Yield every command that logs somebody in, with the words that call it."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from owners_commands(command, (*path, name))
        elif command is not None and {"password_stdin", "code"} <= {parameter.name for parameter in command.params}:
            yield (*path, name), command


OWNERS = dict(owners_commands(root))
"""Found in the program itself, so that a command added later is tried too."""


KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI" + "B" * 43

GIVEN: dict[tuple[str, ...], list[str]] = {
    ("mfa", "disable"): ["--confirm", "disable"],
    ("keys", "add"): ["KEY"],
    ("keys", "delete"): ["word", "--yes"],
    ("billing", "add"): ["50"],
    ("billing", "settings"): ["--warning-days", "5"],
    ("quota", "ask"): ["ssh-keys", "99", "--reason", "more machines"],
}
"""What a command takes behind the name, where single words would be refused before anybody is asked for a password."""


def test_the_owners_commands_are_found() -> None:
    assert isinstance(root, LazyGroup)
    assert {("tokens", "create"), ("mfa", "disable"), ("mfa", "enable-email"), ("keys", "add")} <= OWNERS.keys()


@pytest.mark.parametrize("scope", Scope)
def test_no_command_takes_a_token_for_a_password(jane: Home, scope: Scope, tmp_path: Path) -> None:
    """S59: every command that acts as an owner × every scope: the token logs nobody in, and nothing changes."""
    key = tmp_path / "id.pub"
    key.write_text(KEY)
    owned = [] if scope is Scope.VERIFY else ["--scope", scope.value]
    token = create(jane, "t", *owned)
    if scope is Scope.VERIFY:
        jane.run("tokens", "grant", "jane", "t")
    services = jane.services()
    account_id = next(services.store.ids())
    with services.store.account(account_id) as account:
        kept = SshKey(id="0badcafe", title="word", blob=KEY.split()[1], added_at=jane.clock.now(), added_from="here")
        account.ssh_keys.append(kept)
    before = services.store.get(account_id)
    for number, (words, command) in enumerate(OWNERS.items(), start=1):
        given = GIVEN.get(words) or ["word"] * (len([p for p in command.params if isinstance(p, click.Argument)]) - 1)
        given = [str(key) if word == "KEY" else word for word in given]
        done = jane.run(*words, "jane", *given, "--password-stdin", "--json", stdin=(token, token))
        assert (done.status, done.error["code"]) == (1, "wrong_credentials"), (words, done)
        assert services.store.get(account_id).failed_since_login == number
        jane.clock.turn(3600)
    after = services.store.get(account_id)
    for name in ("method", "email", "password", "api_tokens", "ssh_keys", "sessions", "billing", "profile", "quotas"):
        assert getattr(after, name) == getattr(before, name), name
