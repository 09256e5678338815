"""The demo's limits: one at every level, and two requests, one of them answered."""

from datetime import datetime, timedelta
from typing import Final

from tui_mfa.domain.account import Account
from tui_mfa.domain.ports import Store
from tui_mfa.domain.quota.model import IncreaseRequest, QuotaKind, RequestState, Usage

_KINDS: Final = (
    # name, label, unit, limit, used
    ("services", "Services", "", 10, 6),
    ("cpu-cores", "CPU cores", "", 32, 24),
    ("memory", "Memory", "GB", 64, 59),
    ("storage", "Storage", "GB", 500, 500),
    ("snapshots", "Snapshots", "", 20, 0),
    ("traffic", "Traffic", "GB", None, 1840),
)
"""At 40 %, 75 %, 92 %, 100 %, 0 %, and unlimited."""


def fill(store: Store, account: Account, now: datetime) -> None:
    """Set the installation's limits, and report what the account uses of them.

    Args:
        store: The demo's.
        account: The account, before it is stored.
        now: The time.
    """
    with store.change_installation() as installation:
        for name, label, unit, limit, used in _KINDS:
            installation.quotas[name] = QuotaKind(label=label, unit=unit, limit=limit)
            account.quotas.used[name] = Usage(amount=used, reported_at=now - timedelta(minutes=50))
    account.quotas.limits["services"] = 15
    account.quotas.requests = [
        IncreaseRequest(
            id="5e41c0de",
            quota="services",
            wanted=20,
            reason="A shop for each town",
            asked_at=now - timedelta(days=40),
            state=RequestState.GRANTED,
            answered_at=now - timedelta(days=39),
            granted=15,
            answer="Fifteen for now",
        ),
        IncreaseRequest(
            id="a11c0de5",
            quota="storage",
            wanted=1000,
            reason="Photos of every loaf",
            asked_at=now - timedelta(days=1, hours=2),
        ),
    ]
