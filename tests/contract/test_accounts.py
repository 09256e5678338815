"""What every store does with accounts."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from threading import Barrier
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.contract.factory import NOW, Reopen, full_account, new_account
from tui_mfa.domain.account import Account, Factor, Method
from tui_mfa.domain.errors import NameTaken, NoSuchAccount
from tui_mfa.domain.ports import Claim, Store


class Changed(Exception):
    """Leaves a block on purpose."""


def test_an_account_comes_back_as_it_was_created(store: Store) -> None:
    account = new_account()
    store.create(account)
    assert store.get(account.id) == account


def empty_fields(value: Any, path: str = "account") -> Iterator[str]:
    """Yield the path of each field that holds nothing."""
    if is_dataclass(value):
        for item in fields(value):
            yield from empty_fields(getattr(value, item.name), f"{path}.{item.name}")
    elif isinstance(value, list | dict):
        for number, item in enumerate(value.values() if isinstance(value, dict) else value):
            yield from empty_fields(item, f"{path}[{number}]")
    if value is None or value in ("", 0, [], {}):
        yield path


def test_the_full_account_leaves_no_field_empty() -> None:
    assert list(empty_fields(full_account())) == []


def test_every_field_of_a_full_account_survives(reopen: Reopen) -> None:
    account = full_account()
    reopen().create(account)
    loaded = reopen().get(account.id)
    assert loaded == account
    assert loaded.created_at.utcoffset() == account.created_at.utcoffset()
    assert {type(factor) for factor in loaded.tries} == {Factor}
    assert type(loaded.method) is Method


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(text=st.text(), at=st.datetimes(timezones=st.just(NOW.tzinfo)))
def test_any_text_and_any_time_survives(store: Store, text: str, at: Any) -> None:
    account = new_account("hypothesis")
    account.profile.name = account.password.hash = text
    account.created_at = at
    store.create(account)
    try:
        assert store.get(account.id) == account
    finally:
        store.delete(account.id)


def test_a_created_account_shares_nothing_with_the_callers(store: Store) -> None:
    account = full_account()
    store.create(account)
    account.events.clear()
    account.profile.name = "changed"
    assert store.get(account.id) == full_account()


def test_a_snapshot_is_the_callers_own(store: Store) -> None:
    store.create(full_account())
    first = store.get(full_account().id)
    first.events[0].detail["more"] = "x"
    first.tries[Factor.EMAIL].times.clear()
    assert store.get(first.id) == full_account()


def test_a_snapshot_taken_inside_a_change_shows_the_old_state(store: Store) -> None:
    account = new_account()
    store.create(account)
    with store.account(account.id) as changing:
        changing.profile.name = "new"
        assert store.get(account.id).profile.name == ""
    assert store.get(account.id).profile.name == "new"


def test_a_kept_reference_changes_nothing_after_the_block(store: Store) -> None:
    account = new_account()
    store.create(account)
    with store.account(account.id) as kept:
        kept.profile.name = "saved"
    kept.profile.name = "too late"
    assert store.get(account.id).profile.name == "saved"


def test_an_exception_discards_every_change(store: Store) -> None:
    account = new_account()
    store.create(account)

    def change_and_fail() -> None:
        with store.account(account.id) as changing:
            changing.username = "other"
            changing.tries_of(Factor.PASSWORD).times.append(NOW)
            raise Changed

    with pytest.raises(Changed):
        change_and_fail()
    assert store.get(account.id) == account
    assert store.find(Claim.USERNAME, "other") is None
    with store.account(account.id) as again:
        again.profile.name = "the lock is free"


def test_what_could_not_be_read_again_is_not_saved(store: Store) -> None:
    account = new_account()
    store.create(account)
    with pytest.raises(msgspec.ValidationError), store.account(account.id) as changing:
        changing.created_at = "yesterday"  # type: ignore[assignment]
    assert store.get(account.id) == account


def test_an_id_never_changes(store: Store) -> None:
    account = new_account()
    store.create(account)
    with pytest.raises(ValueError, match="never changes"), store.account(account.id) as changing:
        changing.id = "f" * 32
    assert store.get(account.id) == account


@pytest.mark.parametrize("account_id", ["0" * 32, "", "../../etc/passwd", "A" * 32, "0" * 31, "\0", "0" * 32 + "\n"])
def test_an_unknown_id_is_no_account(store: Store, account_id: str) -> None:
    with pytest.raises(NoSuchAccount):
        store.get(account_id)
    with pytest.raises(NoSuchAccount), store.account(account_id):
        pytest.fail("the block ran")
    with pytest.raises(NoSuchAccount):
        store.delete(account_id)
    with pytest.raises(NoSuchAccount):
        store.events(account_id)


def test_an_id_is_used_once(store: Store) -> None:
    first = new_account("first")
    store.create(first)
    with pytest.raises(NameTaken):
        store.create(new_account("second", account_id=first.id))
    assert store.get(first.id) == first
    assert store.find(Claim.USERNAME, "second") is None


def test_ids_and_emptiness(store: Store) -> None:
    assert store.is_empty()
    assert list(store.ids()) == []
    accounts = [new_account(f"user{number}") for number in range(20)]
    for account in accounts:
        store.create(account)
    assert not store.is_empty()
    assert sorted(store.ids()) == sorted(account.id for account in accounts)
    for account in accounts:
        store.delete(account.id)
    assert store.is_empty()


def test_a_deleted_account_is_gone(store: Store) -> None:
    account = full_account()
    store.create(account)
    store.delete(account.id)
    with pytest.raises(NoSuchAccount):
        store.get(account.id)
    with pytest.raises(NoSuchAccount):
        store.delete(account.id)
    assert store.find(Claim.USERNAME, account.username) is None
    assert store.find(Claim.EMAIL, account.email.address) is None


def test_two_stores_on_one_place_see_each_other(reopen: Reopen) -> None:
    one, other = reopen(), reopen()
    account = new_account()
    one.create(account)
    with other.account(account.id) as changing:
        changing.profile.name = "by the other"
    assert one.get(account.id).profile.name == "by the other"
    assert one.find(Claim.EMAIL, account.email.address) == account.id
    with pytest.raises(NameTaken):
        one.create(new_account("JANE", "else@example.com"))


def test_threads_lose_no_change(reopen: Reopen) -> None:
    """16 threads over two stores each add 20 to one account, all at once."""
    stores = [reopen(), reopen()]
    account = new_account()
    stores[0].create(account)
    start = Barrier(16)

    def add(number: int) -> None:
        start.wait()
        for _ in range(20):
            with stores[number % 2].account(account.id) as changing:
                changing.failed_since_login += 1

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(add, range(16)))
    assert stores[0].get(account.id).failed_since_login == 16 * 20


@pytest.mark.parametrize("contested", ["username", "address"])
def test_of_many_who_want_a_name_one_gets_it(store: Store, contested: str) -> None:
    start = Barrier(8)

    def want(number: int) -> bool:
        name, address = ("same", f"{number}@example.com") if contested == "username" else (f"n{number}", "same@x.org")
        start.wait()
        try:
            store.create(new_account(name, address))
        except NameTaken:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(want, range(8))) == [False] * 7 + [True]
    assert len(list(store.ids())) == 1


@contextmanager
def inside(store: Store, outer: str, account: Account) -> Iterator[None]:
    with store.account(account.id) if outer == "account" else store.bucket("a name"):
        yield


@pytest.mark.parametrize(("outer", "inner"), [("account", "account"), ("account", "bucket"), ("bucket", "bucket")])
def test_locks_in_an_order_that_could_deadlock_are_refused(store: Store, outer: str, inner: str) -> None:
    account, other = new_account(), new_account("other")
    store.create(account)
    store.create(other)
    with (
        inside(store, outer, account),
        pytest.raises(RuntimeError, match="is locked while"),
        inside(store, inner, other),
    ):
        pytest.fail("the block ran")
    with inside(store, inner, account):
        pass


def test_an_account_may_be_changed_while_a_counter_is_held(store: Store) -> None:
    account = new_account()
    store.create(account)
    with store.bucket("a name") as tries, store.account(account.id) as changing:
        tries.times.append(NOW)
        changing.profile.name = "both"
    assert store.get(account.id).profile.name == "both"
