"""Every store that exists, each behind the same fixture."""

from pathlib import Path

import pytest

from tests.contract.factory import Reopen
from tui_mfa.domain.ports import Store
from tui_mfa.store.memory import MemoryStore
from tui_mfa.store.tinydb import TinyDBStore


def memory(folder: Path) -> Reopen:
    store = MemoryStore()
    return lambda: store


def tinydb(folder: Path) -> Reopen:
    return lambda: TinyDBStore(folder / "data")


@pytest.fixture(params=[memory, tinydb], ids=lambda maker: str(maker.__name__))
def reopen(request: pytest.FixtureRequest, tmp_path: Path) -> Reopen:
    opener: Reopen = request.param(tmp_path)
    return opener


@pytest.fixture
def store(reopen: Reopen) -> Store:
    return reopen()
