"""What every test may ask for."""

import gc
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest


def pytest_collection_finish() -> None:
    """Keep the collector away from what stays anyway: modules and some five thousand tests."""
    gc.collect()
    gc.freeze()


@pytest.fixture
def no_collector() -> Iterator[None]:
    """Let nothing be freed but by its last reference."""
    before = gc.get_threshold()
    gc.collect()
    gc.set_threshold(0)
    yield
    gc.set_threshold(*before)


@pytest.fixture(scope="session")
def tool() -> Callable[[str], Path]:
    """Return a function that finds a program by its name.

    Without the program the test is skipped on a developer's machine, and fails in the continuous integration (where
    ``CI`` is set), so that nothing goes untested unseen.
    """

    def find(name: str) -> Path:
        found = shutil.which(name)
        if found is not None:
            return Path(found)
        words = f"{name} is not installed; “make tools” installs it"
        if os.environ.get("CI"):
            pytest.fail(words)
        pytest.skip(words)

    return find
