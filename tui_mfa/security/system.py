"""Time and chance as the operating system gives them."""

import secrets
from datetime import UTC, datetime


class SystemClock:
    """The machine's clock; implements ``ports.Clock``."""

    def now(self) -> datetime:
        """Return the time now, aware, UTC."""
        return datetime.now(UTC)


class SystemEntropy:
    """The kernel's generator (ASVS 11.5.1); implements ``ports.Entropy``."""

    def token(self, size: int) -> bytes:
        """Return ``size`` random bytes."""
        return secrets.token_bytes(size)

    def below(self, limit: int) -> int:
        """Return a uniform random integer in ``[0, limit)``."""
        return secrets.randbelow(limit)
