"""What belongs to no account: kept, changed under a lock, and readable while an account is open."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.contract.factory import Reopen, new_account
from tui_mfa.domain.ports import Store
from tui_mfa.domain.quota.model import Installation, QuotaKind


def test_there_is_nothing_at_first(store: Store) -> None:
    assert store.installation() == Installation()


def test_what_was_set_is_kept(reopen: Reopen) -> None:
    first, second = QuotaKind(label="CPU é \N{PILE OF POO}", unit="GB", limit=0), QuotaKind(label="Disk", limit=None)
    with reopen().change_installation() as changing:
        changing.quotas["cpu"] = first
    with reopen().change_installation() as changing:
        changing.quotas["disk"] = second
    assert reopen().installation() == Installation(quotas={"cpu": first, "disk": second})


def test_an_exception_discards_the_change(store: Store) -> None:
    def fail_after_changing() -> None:
        with store.change_installation() as changing:
            changing.quotas["cpu"] = QuotaKind(label="CPU")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_after_changing()
    assert store.installation() == Installation()
    with store.change_installation() as changing:  # and the lock is free again
        changing.quotas["cpu"] = QuotaKind(label="CPU")


def test_what_could_never_be_read_again_is_not_kept(store: Store) -> None:
    def spoil() -> None:
        with store.change_installation() as changing:
            changing.quotas["cpu"] = QuotaKind(label="CPU", limit="many")  # type: ignore[arg-type]

    with pytest.raises(ValueError, match="Expected `int"):
        spoil()
    assert store.installation() == Installation()


def test_a_snapshot_is_the_callers_own(store: Store) -> None:
    with store.change_installation() as changing:
        changing.quotas["cpu"] = QuotaKind(label="CPU", limit=8)
    changing.quotas["cpu"].limit = 9
    store.installation().quotas["cpu"].limit = 10
    assert store.installation().quotas["cpu"].limit == 8


def test_it_is_read_while_an_account_is_open_and_locked_before_it(store: Store) -> None:
    account = new_account()
    store.create(account)
    with store.account(account.id):
        assert store.installation() == Installation()
    with store.change_installation() as changing, store.account(account.id):
        assert changing == Installation()
    with (
        store.account(account.id),
        pytest.raises(RuntimeError, match="installation is locked while this thread holds"),
        store.change_installation(),
    ):
        pass


def test_parallel_changes_lose_none(reopen: Reopen) -> None:
    stores = [reopen(), reopen()]

    def add(number: int) -> None:
        with stores[number % 2].change_installation() as changing:
            changing.quotas[f"q{number}"] = QuotaKind(label=str(number), limit=number)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add, range(24)))
    assert {kind.limit for kind in reopen().installation().quotas.values()} == set(range(24))
