"""The audit log of an account, and the counters that belong to none."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from tests.contract.factory import NOW, Reopen, full_account, new_account
from tui_mfa.domain.account import Account
from tui_mfa.domain.events import Tag
from tui_mfa.domain.limits import ADDRESS_GUESSES, count, wait_for
from tui_mfa.domain.ports import Store
from tui_mfa.store.records import EVENTS_KEPT


def record(account: Account, numbers: range) -> None:
    for number in numbers:
        account.record(NOW + timedelta(seconds=number), Tag.LOGIN_OK, "192.0.2.1", number=str(number))


def test_no_events_at_first(store: Store) -> None:
    account = new_account()
    store.create(account)
    assert store.events(account.id) == []


@pytest.mark.parametrize("total", [1, EVENTS_KEPT, EVENTS_KEPT + 1, 200])
def test_one_event_at_a_time_none_is_lost(reopen: Reopen, total: int) -> None:
    account = new_account()
    reopen().create(account)
    for number in range(total):
        with reopen().account(account.id) as changing:
            record(changing, range(number, number + 1))
    events = reopen().events(account.id)
    assert [event.seq for event in events] == list(range(1, total + 1))
    assert [event.detail["number"] for event in events] == [str(number) for number in range(total)]
    assert len(reopen().get(account.id).events) <= EVENTS_KEPT
    assert reopen().get(account.id).events == events[-len(reopen().get(account.id).events) :]


@pytest.mark.parametrize("at_creation", [True, False])
def test_many_events_at_once_none_is_lost(store: Store, at_creation: bool) -> None:
    account = new_account()
    if at_creation:
        record(account, range(150))
    store.create(account)
    if not at_creation:
        with store.account(account.id) as changing:
            record(changing, range(150))
    assert [event.seq for event in store.events(account.id)] == list(range(1, 151))
    assert len(store.get(account.id).events) <= EVENTS_KEPT


def test_events_of_a_full_account_are_whole(store: Store) -> None:
    store.create(full_account())
    assert store.events(full_account().id) == full_account().events


def test_events_are_the_callers_own(store: Store) -> None:
    account = new_account()
    record(account, range(150))
    store.create(account)
    for event in store.events(account.id):
        event.detail.clear()
    assert store.events(account.id)[0].detail == {"number": "0"}


def test_a_deletion_takes_the_events_along(store: Store) -> None:
    account = new_account()
    record(account, range(150))
    store.create(account)
    store.delete(account.id)
    store.create(new_account(account_id=account.id))
    assert store.events(account.id) == []


def test_a_counter_is_kept(reopen: Reopen) -> None:
    for _ in range(3):
        with reopen().bucket("address 192.0.2.1") as tries:
            count(tries, NOW)
    with reopen().bucket("address 192.0.2.1") as tries:
        assert tries.times == [NOW] * 3
        assert tries.in_a_row == 3
    with reopen().bucket("address 192.0.2.2") as other:
        assert other.times == []


def test_an_exception_discards_what_was_counted(store: Store) -> None:
    def fail_after_counting() -> None:
        with store.bucket("x") as tries:
            count(tries, NOW)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_after_counting()
    with store.bucket("x") as tries:
        assert tries.times == []


def test_a_kept_counter_changes_nothing_after_the_block(store: Store) -> None:
    with store.bucket("x") as tries:
        count(tries, NOW)
    count(tries, NOW)
    with store.bucket("x") as tries:
        assert tries.times == [NOW]


@pytest.mark.parametrize("name", ["", "\udcff", "a" * 10_000, "../../x", "\0\n"])
def test_any_name_has_a_counter(store: Store, name: str) -> None:
    with store.bucket(name) as tries:
        count(tries, NOW)
    with store.bucket(name) as tries:
        assert tries.times == [NOW]


def test_parallel_tries_never_exceed_a_limit(reopen: Reopen) -> None:
    stores = [reopen(), reopen()]

    def guess(number: int) -> bool:
        with stores[number % 2].bucket("one address") as tries:
            if wait_for(tries, ADDRESS_GUESSES, NOW):
                return False
            count(tries, NOW)
            return True

    with ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(guess, range(64))) == 10
