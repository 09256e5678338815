"""argon2id for what people remember or type.

``argon2`` is imported when the first hash is made: commands that hash nothing start without it.
"""

from __future__ import annotations

import base64
import os
import secrets
import threading
import unicodedata
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argon2 import PasswordHasher

    from tui_mfa.domain.secret import Secret


class Argon2Passwords:
    """Hashes with argon2-cffi's default, the low-memory profile of RFC 9106; implements ``ports.PasswordHasher``.

    Args:
        limit: Hashes at a time; one per usable core when not given. Each takes 64 MiB, so that more would trade
            memory for nothing.
        processes: How many processes share the cores; each gets its part of them, and one hash at the least.
    """

    def __init__(self, limit: int | None = None, *, processes: int = 1) -> None:
        self.limit = limit or max(1, _cores() // processes)
        """Hashes at a time."""
        self._slots = threading.BoundedSemaphore(self.limit)

    def hash(self, value: Secret[str]) -> str:
        """Return the hash in PHC form, with its own 16-byte salt."""
        with self._slots:
            return self._hasher.hash(_bytes(value))

    def verify(self, hashed: str, value: Secret[str]) -> bool:
        """Say whether the value fits; a broken hash fits nothing."""
        from argon2.exceptions import InvalidHashError, VerificationError  # noqa: PLC0415 - see the module's docstring

        with self._slots:
            try:
                return self._hasher.verify(hashed, _bytes(value))
            except (InvalidHashError, VerificationError, UnicodeEncodeError):
                return False

    def verify_nothing(self, value: Secret[str]) -> None:
        """Do the work of ``verify`` for an account that does not exist (S06, ASVS 6.3.8)."""
        self.verify(self._dummy, value)

    def outdated(self, hashed: str) -> bool:
        """Say whether a hash was made with other parameters than today's, or is none at all (S05)."""
        from argon2.exceptions import InvalidHashError  # noqa: PLC0415 - see the module's docstring

        try:
            return self._hasher.check_needs_rehash(hashed)
        except InvalidHashError:
            return True

    @cached_property
    def _hasher(self) -> PasswordHasher:
        from argon2 import PasswordHasher  # noqa: PLC0415 - see the module's docstring

        return PasswordHasher()

    @cached_property
    def _dummy(self) -> str:
        """A hash of today's parameters that nothing fits, put together from chance.

        It costs no hashing, so the first unknown name takes as long as every other.
        """
        it = self._hasher
        salt, tag = (_base64(secrets.token_bytes(size)) for size in (it.salt_len, it.hash_len))
        return f"$argon2id$v=19$m={it.memory_cost},t={it.time_cost},p={it.parallelism}${salt}${tag}"


def _cores() -> int:
    """Return how many cores this process may use, where the system tells."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _bytes(value: Secret[str]) -> bytes:
    """Return the NFC form, so that the same password typed on another keyboard fits (NIST SP 800-63B-4 3.1.1.2)."""
    return unicodedata.normalize("NFC", value.reveal()).encode("utf-8", "surrogatepass")


def _base64(data: bytes) -> str:
    """Return base64 without padding, as PHC strings want it."""
    return base64.b64encode(data).decode().rstrip("=")
