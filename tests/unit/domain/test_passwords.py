"""Which passwords may be set, and what a login does with them."""

import string
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes import ORIGIN, PASSWORD, WRONG, CheapPasswords, make_account, make_services, start_login, tags
from tui_mfa.domain import names
from tui_mfa.domain.account import Method
from tui_mfa.domain.errors import InvalidInput, NotAllowed, WrongCredentials
from tui_mfa.domain.login import flows
from tui_mfa.domain.login.model import LoggedIn
from tui_mfa.domain.login.registration import new_password
from tui_mfa.domain.operator import flows as operator
from tui_mfa.domain.secret import Secret
from tui_mfa.security.passwords import Argon2Passwords


@pytest.mark.parametrize(
    ("size", "alone", "good"),
    [
        (7, False, False),
        (8, False, True),
        (14, True, False),
        (15, True, True),
        (64, False, True),
        (64, True, True),
        (1024, False, True),
        (1025, False, False),
        (1025, True, False),
        (100_000, True, False),
    ],
)
def test_length(size: int, alone: bool, good: bool) -> None:
    """S01: 8 bytes with a second factor, 15 without, 1024 at most."""
    text = ("k7Wq" * size)[:size]
    if good:
        assert names.password(Secret(text), alone=alone).reveal() == text
        return
    with pytest.raises(InvalidInput):
        names.password(Secret(text), alone=alone)


def test_length_counts_bytes() -> None:
    """S01: four letters of two bytes are eight, and 1024 bytes are 1024 bytes."""
    assert len(names.password(Secret("\u00e9" * 4), alone=False)) == 4
    with pytest.raises(InvalidInput):
        names.password(Secret("\u00e9" * 513), alone=False)


def test_too_long_is_refused_before_any_hash() -> None:
    """S01: 1025 bytes cost nothing; neither a login nor a change hashes them."""

    class NoHash(CheapPasswords):
        def verify(self, hashed: str, value: Secret[str]) -> bool:
            raise AssertionError("hashed")

        def verify_nothing(self, value: Secret[str]) -> None:
            raise AssertionError("hashed")

    services = make_services(passwords=NoHash())
    make_account(services)
    for name in ("jane", "nobody"):
        with pytest.raises(InvalidInput):
            flows.log_in(services, name, Secret("k" * 1025), ORIGIN)


@given(st.text(string.ascii_letters + string.digits + " éßж漢💩-", min_size=15, max_size=60))
def test_no_rule_about_kinds_of_characters(text: str) -> None:
    """S02: any fifteen characters have a length that is accepted, whatever they are, spaces at the ends too."""
    assert names.password(Secret(text), alone=True).reveal() == unicodedata.normalize("NFC", text)


@pytest.mark.parametrize(
    ("set_as", "typed", "right"),
    [
        ("caf\u00e9 tugboat vexes", "cafe\u0301 tugboat vexes", True),
        ("cafe\u0301 tugboat vexes", "caf\u00e9 tugboat vexes", True),
        ("ochre tugboat vexes ", "ochre tugboat vexes", False),
        (" ochre tugboat vexes", "ochre tugboat vexes", False),
        ("ochre tugboat vexes", "Ochre tugboat vexes", False),
        ("wombat zither " * 5 + "abcX", "wombat zither " * 5 + "abcY", False),
    ],
)
def test_what_counts_as_the_same_password(set_as: str, typed: str, right: bool) -> None:
    """S03: NFC once; no trimming, no folding of case, and the 73rd byte and all after it count."""
    services = make_services()
    make_account(services, password=set_as)
    if right:
        start_login(services, password=typed)
        return
    with pytest.raises(WrongCredentials):
        flows.log_in(services, "jane", Secret(typed), ORIGIN)


def test_decomposed_text_may_be_longer_than_the_limit() -> None:
    """S03, S01: what counts is the composed form, so the same password fits on every keyboard."""
    composed = "\u00e9" * 512
    assert names.normal_password(Secret(unicodedata.normalize("NFD", composed))).reveal() == composed


@pytest.mark.parametrize(
    "password", ["password1", "qwertyuiop", "iloveyou", "jane.doe2026", "example-jane.doe", "my tui-mfa login"]
)
def test_block_list_and_own_words(password: str) -> None:
    """S04: common ones, and those made from the person's own words or the product's, are refused with a reason."""
    services = make_services()
    with pytest.raises(InvalidInput) as caught:
        new_password(services, Secret(password), ("jane.doe", "jane.doe@example.com"), alone=False)
    assert caught.value.field == "new_password"
    assert caught.value.user_message.endswith(".")


def test_stored_form() -> None:
    """S05: argon2id at least as strong as 19 MiB, t=2, p=1, by the default that releases use."""
    _, kind, version, parameters, salt, _ = Argon2Passwords().hash(Secret(PASSWORD)).split("$")
    numbers = dict(pair.split("=") for pair in parameters.split(","))
    assert (kind, version) == ("argon2id", "v=19")
    assert int(numbers["m"]) >= 19456
    assert int(numbers["t"]) >= 2
    assert len(salt) == 22  # 16 bytes


def test_login_renews_an_old_hash() -> None:
    """S05: when the parameters rise, the next right password is hashed anew; a wrong one changes nothing."""
    services = make_services()
    account = make_account(services)
    strong = make_services(store=services.store, passwords=Argon2Passwords(), mailer=services.mailer)
    with pytest.raises(WrongCredentials):
        flows.log_in(strong, "jane", Secret(WRONG), ORIGIN)
    assert services.store.get(account.id).password.hash == account.password.hash
    start_login(strong)
    renewed = services.store.get(account.id).password
    assert renewed.hash != account.password.hash
    assert not strong.passwords.outdated(renewed.hash)
    assert renewed.changed_at == account.password.changed_at
    start_login(strong)


def test_login_by_name_or_address_in_any_case() -> None:
    services = make_services()
    account = make_account(services)
    for name in ("jane", "JANE", " jane ", "Jane@Example.com"):
        assert start_login(services, name).handle.account_id == account.id


@pytest.mark.parametrize("name", ["", " ", "\x00", "\ud800", "x" * 5000, "@", "jane@", "[red]"], ids=repr)
def test_a_strange_name_is_just_unknown(name: str) -> None:
    """S06, S18: whatever is typed as a name gets the one answer."""
    with pytest.raises(WrongCredentials):
        flows.log_in(make_services(), name, Secret(WRONG), ORIGIN)


def test_a_password_that_is_no_text_is_refused() -> None:
    """S18: lone surrogates come from terminals that send no UTF-8."""
    with pytest.raises(InvalidInput):
        names.normal_password(Secret("\ud800" * 20))


def test_closed_account_is_told_only_to_its_owner() -> None:
    """S06, S52: a wrong password gets the usual answer, the right one learns that the account is closed."""
    services = make_services()
    account = make_account(services)
    operator.disable(services, "jane")
    with pytest.raises(WrongCredentials):
        flows.log_in(services, "jane", Secret(WRONG), ORIGIN)
    with pytest.raises(NotAllowed):
        flows.log_in(services, "jane", Secret(PASSWORD), ORIGIN)
    assert services.store.get(account.id).attempts == []


def test_password_alone_logs_in_where_the_factor_is_off() -> None:
    """S60: a login without a second factor says so in the log."""
    services = make_services()
    account = make_account(services, method=Method.DISABLED)
    result = flows.log_in(services, "jane", Secret(PASSWORD), ORIGIN)
    assert isinstance(result, LoggedIn)
    event = services.store.events(account.id)[-1]
    assert (event.tag, event.detail) == ("login.ok", {"factor": "password only"})
    assert tags(services, account.id)[-1] == "login.ok"
