"""What every store keeps about money: the series that only one account has, and every field of the books."""

import pytest

from tests.contract.factory import Reopen, full_account, new_account
from tui_mfa.domain.errors import NameTaken
from tui_mfa.domain.ports import Claim, Store


def test_a_series_leads_to_its_account_from_the_moment_it_is_set(store: Store) -> None:
    account = new_account()
    store.create(account)
    assert store.find(Claim.SERIES, "") is None
    with store.account(account.id) as open_account:
        open_account.billing.series = "K7QM2X"
    assert store.find(Claim.SERIES, "K7QM2X") == account.id
    store.delete(account.id)
    assert store.find(Claim.SERIES, "K7QM2X") is None


def test_a_series_that_another_account_has_is_refused_and_nothing_is_kept(store: Store) -> None:
    first, second = new_account("one"), new_account("two")
    for account in (first, second):
        store.create(account)
    with store.account(first.id) as account:
        account.billing.series = "K7QM2X"

    def take() -> None:
        with store.account(second.id) as account:
            account.billing.series = "k7qm2x"
            account.billing.issued = 5

    with pytest.raises(NameTaken):
        take()
    assert store.get(second.id).billing.issued == 0
    assert store.find(Claim.SERIES, "K7QM2X") == first.id


def test_the_books_come_back_as_they_were(reopen: Reopen) -> None:
    account = full_account()
    reopen().create(account)
    assert reopen().get(account.id).billing == account.billing
    assert account.billing.ledger
    assert account.billing.invoices
