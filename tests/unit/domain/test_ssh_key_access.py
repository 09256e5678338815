"""What sshd is told about an account's keys, and what it tells."""

from pathlib import Path

import pytest

from tests.fakes import clock_of, log_in, make_account, make_services
from tests.ssh_lines import COMMENT, ed25519, hardware_ed25519, rsa
from tui_mfa.domain.errors import Corrupt
from tui_mfa.domain.login.model import Session
from tui_mfa.domain.operator import flows as operator
from tui_mfa.domain.ports import Services
from tui_mfa.domain.secret import Secret
from tui_mfa.domain.ssh_keys import access, flows
from tui_mfa.domain.ssh_keys.rules import USE_GRAIN
from tui_mfa.store.tinydb import TinyDBStore

ALL = (ed25519(), hardware_ed25519(), rsa(2048))


@pytest.fixture
def services() -> Services:
    services = make_services()
    make_account(services)
    return services


@pytest.fixture
def session(services: Services) -> Session:
    return log_in(services)


def lines(services: Services, username: str = "jane", rsa_bits: int = 2048) -> list[str]:
    return access.authorized(access.HoldersOf(services.store), username, rsa_bits, services.clock.now())


def use(services: Services, information: str, username: str = "jane") -> str | None:
    """Note a use and return the title of the key that was noted."""
    now = services.clock.now()
    found = access.due(access.HoldersOf(services.store), username, information, now)
    if found is None:
        return None
    access.note_use(services.store, *found, now)
    return found[1].title


def bare(line: str) -> str:
    return " ".join(line.split()[:2])


def test_lines_are_type_and_base64_and_nothing_else(services: Services, session: Session) -> None:
    """S54: whatever options and comment came with a key, sshd gets two words."""
    for number, text in enumerate(ALL):
        flows.add(services, session, Secret(f'command="id",environment="A=B" {text}'), title=f"command {number}")
    assert lines(services) == [bare(text) for text in ALL]
    assert COMMENT not in str(lines(services))


def test_an_expired_key_is_not_among_them(services: Services, session: Session) -> None:
    """S53: to the second."""
    flows.add(services, session, Secret(ALL[0]), expires="1")
    flows.add(services, session, Secret(ALL[1]))
    clock_of(services).advance(days=1, seconds=-1)
    assert lines(services) == [bare(text) for text in ALL[:2]]
    clock_of(services).advance(seconds=1)
    assert lines(services) == [bare(ALL[1])]


def test_a_disabled_account_has_none(services: Services, session: Session) -> None:
    """S52: closing an account closes its keys; opening it opens them again."""
    flows.add(services, session, Secret(ALL[0]))
    operator.disable(services, "jane")
    assert lines(services) == []
    operator.enable(services, "jane")
    assert lines(services) == [bare(ALL[0])]


def test_an_account_of_a_stranger_has_none(services: Services, session: Session) -> None:
    flows.add(services, session, Secret(ALL[0]))
    with services.store.account(session.account_id) as account:
        account.pending = True
    assert lines(services) == []


@pytest.mark.parametrize(
    "name", ["", "john", "Jane", "JANE", " jane", "jane@example.com", "ｊane", "jane\n", "../jane"]
)
def test_only_the_exact_username_has_keys(services: Services, session: Session, name: str) -> None:
    """S54: the system has other users by these names, or none."""
    flows.add(services, session, Secret(ALL[0]))
    assert lines(services, name) == []
    assert use(services, f"publickey {bare(ALL[0])}", name) is None


def test_a_key_that_is_too_weak_now_is_not_among_them(services: Services, session: Session) -> None:
    """S53: the operator raised the minimum."""
    flows.add(services, session, Secret(rsa(2048)))
    assert lines(services, rsa_bits=3072) == []


@pytest.mark.parametrize(
    "stored", ["", "AAAA", 'AAAA\nssh-rsa AAAA command="id"', "x", ALL[0].split()[1] + "\nssh-ed25519 AAAA"]
)
def test_what_was_written_into_the_store_by_hand_never_comes_out(
    services: Services, session: Session, stored: str
) -> None:
    """S54: each key is judged again; a bad one is left out and the others stay."""
    for text in ALL[:2]:
        flows.add(services, session, Secret(text))
    with services.store.account(session.account_id) as account:
        account.ssh_keys[0].blob = stored
    assert lines(services) == [bare(ALL[1])]


def test_a_damaged_account_is_an_error_and_no_answer(tmp_path: Path) -> None:
    """S54: it fails closed."""
    services = make_services(store=TinyDBStore(tmp_path / "data"))
    account = make_account(services)
    file = tmp_path / "data" / "accounts" / account.id[:2] / f"{account.id}.json"
    file.write_bytes(file.read_bytes()[:-10])
    with pytest.raises(Corrupt):
        lines(services)


def test_a_login_is_noted_for_the_key_that_did_it(services: Services, session: Session) -> None:
    for text in ALL[:2]:
        flows.add(services, session, Secret(text))
    assert use(services, f"publickey {bare(ALL[1])}\n") == "jane@laptop (2)"
    first, second = flows.keys(services, session)
    assert (first.last_used_at, second.last_used_at) == (None, services.clock.now())


def test_two_methods_are_read_line_by_line(services: Services, session: Session) -> None:
    flows.add(services, session, Secret(ALL[0]))
    assert use(services, f"publickey {bare(ALL[0])}\npassword\n") == "jane@laptop"


def test_a_use_is_written_at_most_every_ten_minutes(services: Services, session: Session) -> None:
    """S58: the grain of ten minutes; a clock that went back does not stop the notes."""
    flows.add(services, session, Secret(ALL[0]))
    information, start = f"publickey {bare(ALL[0])}", services.clock.now()

    def last() -> float:
        use(services, information)
        noted = services.store.get(session.account_id).ssh_keys[0].last_used_at
        assert noted is not None
        return (noted - start).total_seconds()

    grain = USE_GRAIN.total_seconds()
    assert last() == 0
    clock_of(services).advance(seconds=grain - 1)
    assert last() == 0
    clock_of(services).advance(seconds=1)
    assert last() == grain
    clock_of(services).advance(days=-1)
    assert last() == grain - 86400


@pytest.mark.parametrize(
    "information",
    [
        "",
        "password",
        "keyboard-interactive",
        f"publickey {bare(ed25519('another'))}",
        f"hostbased {bare(ALL[0])}",
        f"publickey {ALL[0].split()[1]}",
        "publickey ssh-ed25519",
        "publickey ssh-ed25519-cert-v01@openssh.com AAAA",
        "\x00" * 100,
    ],
)
def test_other_information_notes_nothing(services: Services, session: Session, information: str) -> None:
    flows.add(services, session, Secret(ALL[0]))
    before = services.store.get(session.account_id)
    assert use(services, information) is None
    assert services.store.get(session.account_id) == before


def test_a_use_of_a_key_that_was_deleted_meanwhile_is_harmless(services: Services, session: Session) -> None:
    flows.add(services, session, Secret(ALL[0]))
    now = services.clock.now()
    found = access.due(access.HoldersOf(services.store), "jane", f"publickey {bare(ALL[0])}", now)
    assert found is not None
    flows.delete(services, session, found[1].id)
    access.note_use(services.store, *found, now)
    operator.delete(services, "jane")
    access.note_use(services.store, *found, now)
