"""A token belongs to one account, is found by its hash, and is gone with its account."""

import pytest

from tests.contract.factory import NOW, Reopen, new_account
from tui_mfa.domain.account import Account
from tui_mfa.domain.api_tokens.model import ApiToken, Scope
from tui_mfa.domain.errors import NameTaken
from tui_mfa.domain.ports import Claim, Store

ONE, TWO = "a1" * 32, "b2" * 32


def token(fingerprint: str) -> ApiToken:
    return ApiToken(
        id=fingerprint[:8],
        name="backup",
        hash=fingerprint,
        last_four="Ab3d",
        scopes=[Scope.READ],
        created_at=NOW,
        created_from="here",
        expires_at=NOW,
    )


def with_tokens(username: str, *fingerprints: str) -> Account:
    account = new_account(username)
    account.api_tokens = [token(fingerprint) for fingerprint in fingerprints]
    return account


def test_a_token_finds_its_account(reopen: Reopen) -> None:
    jane, bob = with_tokens("jane", ONE), with_tokens("bob", TWO)
    for account in (jane, bob):
        reopen().create(account)
    assert reopen().find(Claim.TOKEN, ONE) == jane.id
    assert reopen().find(Claim.TOKEN, TWO) == bob.id
    assert reopen().get(jane.id).api_tokens == jane.api_tokens


@pytest.mark.parametrize("value", ["", "jane", ONE[:-1], "../x", "\0", "\udcff"])
def test_what_is_no_token_finds_nobody(store: Store, value: str) -> None:
    store.create(with_tokens("jane", ONE))
    assert store.find(Claim.TOKEN, value) is None


def test_a_token_is_no_name(store: Store) -> None:
    account = new_account(ONE[:32], "two@example.com")
    store.create(account)
    store.create(with_tokens("jane", ONE[:32]))
    assert store.find(Claim.USERNAME, ONE[:32]) == account.id
    assert store.find(Claim.TOKEN, "jane") is None


def test_an_added_token_is_found_and_a_dropped_one_is_not(reopen: Reopen) -> None:
    jane = with_tokens("jane", ONE)
    reopen().create(jane)
    with reopen().account(jane.id) as changing:
        changing.api_tokens = [token(TWO)]
    assert reopen().find(Claim.TOKEN, ONE) is None
    assert reopen().find(Claim.TOKEN, TWO) == jane.id


def test_a_token_of_two_accounts_discards_the_change(store: Store) -> None:
    jane, bob = with_tokens("jane", ONE), new_account("bob")
    store.create(jane)
    store.create(bob)

    def take() -> None:
        with store.account(bob.id) as changing:
            changing.profile.name = "Bob"
            changing.api_tokens.append(token(ONE))

    with pytest.raises(NameTaken):
        take()
    assert store.get(bob.id) == bob
    with pytest.raises(NameTaken):
        store.create(with_tokens("third", TWO, ONE))
    assert store.find(Claim.TOKEN, TWO) is None
    assert store.find(Claim.TOKEN, ONE) == jane.id


def test_a_deletion_takes_the_tokens_along(store: Store) -> None:
    jane = with_tokens("jane", ONE, TWO)
    store.create(jane)
    store.delete(jane.id)
    assert store.find(Claim.TOKEN, ONE) is None
    bob = with_tokens("bob", TWO)
    store.create(bob)
    assert store.find(Claim.TOKEN, TWO) == bob.id
