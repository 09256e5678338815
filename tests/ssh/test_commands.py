"""What a command does for the owner of an account, and what nobody makes it do."""

import json
from collections.abc import Sequence

import asyncssh
import pytest

from tests.fakes import PASSWORD, log_in, make_account, make_services
from tests.ssh.house import give_key, public_line
from tui_mfa.documents import factors_value, key_value, token_value
from tui_mfa.domain.account import Method
from tui_mfa.domain.api_tokens import flows as tokens
from tui_mfa.domain.api_tokens.model import NewToken, Scope, State
from tui_mfa.domain.login import confirmation, flows, key_login
from tui_mfa.domain.login.model import LoggedIn, Session
from tui_mfa.domain.ports import Services
from tui_mfa.domain.secret import Secret
from tui_mfa.domain.ssh_keys import flows as keys
from tui_mfa.domain.two_factor import flows as two_factor
from tui_mfa.ssh.commands import HELP, Outcome, before, run, wants_password
from tui_mfa.ssh.request import COMMAND_MAX, split

LINE = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl"

STEERS = ("\x1b[2J", "\x9b31m", "\u202eevil", "\u2066x", "\r", "\n", "\x00", "\u200b")
"""What moves a terminal, or a reader's eye: ESC, C1, bidirectional marks, line ends, nothing at all."""


class House:
    """An account with one key, and a session that began with it."""

    def __init__(self) -> None:
        self.services: Services = make_services()
        self.key = asyncssh.generate_private_key("ssh-ed25519")
        self.id = make_account(self.services, method=Method.DISABLED).id
        give_key(self.services, self.id, self.key)
        self.session = self.by_key()

    def by_key(self) -> Session:
        entered = key_login.log_in(self.services, "jane", public_line(self.key), log_in(self.services).origin)
        assert isinstance(entered, LoggedIn)
        return entered.session

    def confirm(self) -> None:
        """Give the password, which is all that is wanted without a second factor."""
        confirmation.finish(self.services, self.session, None, Secret(PASSWORD), Secret(""))

    def token(self, name: str) -> NewToken:
        """Make a token as its owner does: after the password."""
        return tokens.create(self.services, log_in(self.services), name, [Scope.READ], 30)

    def run(self, command: str) -> Outcome:
        request = split(command)
        assert not request.refusal, request.refusal
        return run(self.services, self.session, request)


@pytest.fixture
def house() -> House:
    return House()


def test_documents_are_those_of_the_machine(house: House) -> None:
    made = house.token("ci").view
    services, session = house.services, house.session
    assert json.loads(house.run("keys list --json").out) == {
        "keys": [key_value(k) for k in keys.keys(services, session)]
    }
    assert json.loads(house.run("tokens list --json").out) == {"tokens": [token_value(made)]}
    status = factors_value(two_factor.status(services, session), required=False)
    assert json.loads(house.run("mfa status --json").out) == status
    revoked = json.loads(house.run(f"tokens revoke {made.id} --json").out)
    assert revoked["token"]["id"] == made.id
    assert revoked["token"]["state"] == "revoked"


def test_a_key_is_renamed_and_deleted(house: House) -> None:
    assert house.run("keys rename k1 'work desk'").status == 0
    assert house.run("keys delete 'work desk'").status == 0
    assert house.services.store.get(house.id).ssh_keys == []


@pytest.mark.parametrize("command", ["keys delete zz", "keys rename k1 ''", "tokens revoke zz"])
def test_what_a_rule_refuses_ends_with_1_and_a_line(house: House, command: str) -> None:
    done = house.run(command)
    assert (done.status, done.out) == (1, "")
    assert done.err.count("\n") == 1


@pytest.mark.parametrize("command", [f"keys add {LINE}", "tokens create ci --scope read --days 9"])
def test_a_key_alone_adds_no_key_and_no_token(house: House, command: str) -> None:
    """S51: a key and a code are not the password."""
    assert wants_password(split(command))
    before = house.services.store.get(house.id)
    done = house.run(command)
    assert (done.status, done.out) == (1, "")
    after = house.services.store.get(house.id)
    assert (after.ssh_keys, after.api_tokens) == (before.ssh_keys, before.api_tokens)


def test_after_the_password_a_key_is_added_as_it_is_written(house: House) -> None:
    """Ssh hands a quoted line over without its quotes; the rest of the words are the key."""
    house.confirm()
    done = house.run(f"keys add {LINE} jane at home --title desk --expires 90")
    assert done.status == 0, done.err
    (key,) = [key for key in keys.keys(house.services, house.session) if key.title == "desk"]
    assert key.expires_at is not None
    assert key.fingerprint in done.out
    again = house.run(f"keys add {LINE} --json")
    assert (again.status, json.loads(again.out)["error"]["code"]) == (1, "key_refused")


def test_after_the_password_a_token_is_made_and_shown_once(house: House) -> None:
    house.confirm()
    done = house.run("tokens create build farm --scope read --scope keys --days=9")
    token = Secret(done.out.strip())
    checked = tokens.check(house.services, token)
    assert (checked.username, checked.view.name) == ("jane", "build farm")
    assert checked.view.scopes == (Scope.READ, Scope.KEYS)
    assert "shown only now" in done.err
    document = json.loads(house.run("tokens create other --json").out)
    assert document["secret"].startswith("tmfa_")
    assert document["token"]["scopes"] == ["read"]
    assert document["secret"] not in house.run("tokens list --json").out


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("tokens create x --scope verify", "--scope is one of"),
        ("tokens create x --scope ADMIN", "--scope is one of"),
        ("tokens create x --days 0", "1 to 365"),
        ("tokens create x --days 366", "1 to 365"),
        ("tokens create x --days ٣", "1 to 365"),
        ("tokens create x --days", "takes a value"),
        ("tokens create x --owner mallory", "no option"),
        ("tokens create", "1 argument"),
        ("keys add", "1 argument"),
        ("keys add nonsense", "public key"),
        ("keys add ssh-dss AAAAB3NzaC1kc3M=", "DSA"),
    ],
)
def test_what_is_wrong_is_said_before_the_password_is_asked_for(house: House, command: str, words: str) -> None:
    done = before(house.services, split(command))
    assert done is not None
    assert done.status in {1, 2}
    assert words in done.err


@pytest.mark.parametrize(
    "command",
    [
        "keys list mallory",
        "tokens list mallory",
        "mfa status mallory",
        "keys delete mallory k1",
        "tokens revoke mallory {token}",
        "accounts list",
        "billing paid INV-AAAAAA-0001",
        "quota set jane storage 9",
        "keys authorized mallory",
        "doctor",
        "--data-dir /tmp keys list",
        "keys --data-dir /tmp list",
        "keys",
        "KEYS list",
    ],
)
def test_no_other_account_and_no_operator_is_named(house: House, command: str) -> None:
    other = make_account(house.services, "mallory")
    give_key(house.services, other.id, asyncssh.generate_private_key("ssh-ed25519"))
    done = house.run(command.format(token=house.token("ci").view.id))
    assert (done.status, done.out) == (2, "")
    assert len(house.services.store.get(other.id).ssh_keys) == 1
    assert house.services.store.get(house.id).ssh_keys


def test_the_id_of_anothers_key_or_token_is_nothing_here(house: House) -> None:
    make_account(house.services, "mallory", method=Method.DISABLED)
    theirs = tokens.create(house.services, log_in(house.services, "mallory"), "ci", [Scope.READ], 30).view
    assert house.run(f"tokens revoke {theirs.id}").status == 1
    assert [token.state for token in tokens.operator_list(house.services, "mallory")] == [State.LIVE]


def test_after_the_end_of_the_session_nothing_is_done(house: House) -> None:
    flows.log_out(house.services, house.session)
    for command in ("keys list", "keys delete k1", "tokens list", "mfa status"):
        assert (house.run(command).status, house.run(command).out) == (1, "")
    assert house.services.store.get(house.id).ssh_keys


@pytest.mark.parametrize("steers", STEERS)
def test_what_steers_a_terminal_is_refused_before_anything_is_read(steers: str) -> None:
    for command in (f"keys rename k1 'a{steers}b'", f"x{steers} list", f"keys delete {steers}k"):
        request = split(command)
        assert request.refusal
        assert request.refusal.isprintable()
        assert request.words == ()


@pytest.mark.parametrize("steers", STEERS)
def test_what_steers_and_lay_in_the_store_is_shown_harmless(house: House, steers: str) -> None:
    """Somebody may have written to the store past every rule."""
    house.token("ci")
    with house.services.store.account(house.id) as account:
        account.ssh_keys[0].title = account.api_tokens[0].name = f"a{steers}b"
    for command in ("keys list", "tokens list", "keys list --json", "tokens list --json"):
        done = house.run(command)
        assert done.status == 0
        assert all(line.isprintable() for line in done.out.split("\n")[:-1])
        assert steers == "\n" or steers not in done.out
    rows = [house.run(command).out.count("\n") for command in ("keys list", "tokens list")]
    assert rows == [2, 2], "a title makes no row of its own"


@pytest.mark.parametrize(("extra", "taken"), [(0, True), (1, False)])
def test_a_command_is_so_long_and_no_longer(extra: int, taken: bool) -> None:
    assert (split("x" * (COMMAND_MAX + extra)).refusal == "") is taken


@pytest.mark.parametrize("command", ["keys list '", 'keys rename k1 "a', "keys list \\"])
def test_bad_quoting_is_named(command: str) -> None:
    assert "quotation mark" in split(command).refusal


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("keys list --code 123456", ("keys", "list")),
        ("keys list --code=123456", ("keys", "list")),
        ("--code 123456 keys list", ("keys", "list")),
        ("keys --code '123 456' list", ("keys", "list")),
        ("keys rename k1 a=b --code 123-456", ("keys", "rename", "k1", "a=b")),
    ],
)
def test_the_code_may_stand_anywhere_and_is_no_word(command: str, words: Sequence[str]) -> None:
    request = split(command)
    assert request.words == words
    assert request.code is not None
    assert "123" not in repr(request)


@pytest.mark.parametrize("code", ["", "12345", "123456789012", "12345a", "１２３４５６"])
def test_what_is_no_code_is_not_tried(code: str) -> None:
    assert "six digits" in split(f"keys list --code '{code}'").refusal
    assert "six digits" in split(f"keys list --code='{code}'").refusal


def test_help_names_every_command_that_there_is(house: House) -> None:
    for line in HELP.splitlines():
        if line.startswith("  ") and not line.startswith(("   ", "  help")):
            assert "There is no command" not in house.run(" ".join(line.split()[:2])).err
