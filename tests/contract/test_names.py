"""Usernames and addresses are unique, however they are written."""

import pytest

from tests.contract.factory import new_account
from tui_mfa.domain.errors import NameTaken
from tui_mfa.domain.ports import Claim, Store

SAME_NAMES = [
    ("jane", "JANE"),
    ("straße", "STRASSE"),
    ("ｊａｎｅ", "jane"),
    ("\N{ANGSTROM SIGN}ngel", "ångel"),
    ("o\N{COMBINING DIAERESIS}dön", "ÖDÖN"),
    ("\N{GREEK SMALL LETTER ALPHA WITH PSILI AND OXIA AND YPOGEGRAMMENI}x", "\u1f04\u03b9x"),
]


@pytest.mark.parametrize(("first", "second"), [*SAME_NAMES, *((b, a) for a, b in SAME_NAMES)])
def test_the_same_name_in_other_letters_is_taken(store: Store, first: str, second: str) -> None:
    account = new_account(first, "first@example.com")
    store.create(account)
    assert store.find(Claim.USERNAME, second) == account.id
    with pytest.raises(NameTaken) as caught:
        store.create(new_account(second, "second@example.com"))
    assert caught.value.field == "username"


def test_an_address_is_compared_without_case(store: Store) -> None:
    account = new_account("jane", "Jane.Doe@Example.com")
    store.create(account)
    assert store.find(Claim.EMAIL, "jane.doe@example.COM") == account.id
    with pytest.raises(NameTaken) as caught:
        store.create(new_account("other", "JANE.DOE@EXAMPLE.COM"))
    assert caught.value.field == "email"


def test_usernames_and_addresses_do_not_meet(store: Store) -> None:
    account = new_account("one@example.com", "two@example.com")
    store.create(account)
    assert store.find(Claim.EMAIL, "one@example.com") is None
    assert store.find(Claim.USERNAME, "two@example.com") is None
    store.create(new_account("two@example.com", "one@example.com"))


@pytest.mark.parametrize("value", ["", "nobody", "../x", "a" * 5000, "\0", "\udcff", "jane\n"])
def test_a_name_that_nobody_has_finds_nobody(store: Store, value: str) -> None:
    store.create(new_account())
    assert store.find(Claim.USERNAME, value) is None


def test_a_taken_name_discards_the_whole_change(store: Store) -> None:
    store.create(new_account("jane"))
    bob = new_account("bob")
    store.create(bob)

    def change() -> None:
        with store.account(bob.id) as changing:
            changing.profile.name = "Bob"
            changing.email.address = "free@example.com"
            changing.username = "Jane"

    with pytest.raises(NameTaken):
        change()
    assert store.get(bob.id) == bob
    assert store.find(Claim.USERNAME, "bob") == bob.id
    store.create(new_account("third", "free@example.com"))


def test_a_taken_name_at_creation_claims_nothing(store: Store) -> None:
    store.create(new_account("jane"))
    with pytest.raises(NameTaken):
        store.create(new_account("free", "jane@example.com"))
    store.create(new_account("free", "free@example.com"))


def test_a_changed_name_frees_the_old_one(store: Store) -> None:
    account = new_account("jane")
    store.create(account)
    with store.account(account.id) as changing:
        changing.username, changing.email.address = "joan", "joan@example.com"
    assert store.find(Claim.USERNAME, "jane") is None
    assert store.find(Claim.USERNAME, "JOAN") == account.id
    assert store.find(Claim.EMAIL, "joan@example.com") == account.id
    store.create(new_account("jane"))


def test_a_deletion_frees_the_names(store: Store) -> None:
    account = new_account("jane")
    store.create(account)
    store.delete(account.id)
    again = new_account("Jane", "JANE@example.com")
    store.create(again)
    assert store.find(Claim.USERNAME, "jane") == again.id


def test_a_name_goes_away_and_comes_back(store: Store) -> None:
    account = new_account("jane")
    store.create(account)
    for name in ("joan", "jane", "JANE"):
        with store.account(account.id) as changing:
            changing.username = name
        assert store.find(Claim.USERNAME, name) == account.id


def test_two_accounts_swap_names_by_way_of_a_third(store: Store) -> None:
    one, two = new_account("one"), new_account("two")
    store.create(one)
    store.create(two)
    for account, name in ((one, "three"), (two, "one"), (one, "two")):
        with store.account(account.id) as changing:
            changing.username = name
    assert store.find(Claim.USERNAME, "one") == two.id
    assert store.find(Claim.USERNAME, "two") == one.id
    assert store.find(Claim.USERNAME, "three") is None
