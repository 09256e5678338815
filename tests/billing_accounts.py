"""Accounts whose money is at an edge: each function fills Jane's account and returns what Add Credits then shows."""

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from tui_mfa.domain.billing import invoices, ledger, orders
from tui_mfa.domain.billing.model import Card, EntryKind, InvoiceKind, InvoiceStatus
from tui_mfa.domain.ports import Services

HOSTILE: Final = (
    "a\x1b[2Jb\x1b]0;title\x07",
    "a\x00b\x9b31m",
    "[/foo] [@click=app.quit]x[/]",
    "\u202egnp.exe \u200b\u200b",
    "x" * 10_000,
    "a\nb\r\nc",
)
"""Texts that a careless program lets steer the terminal."""


def account_id(services: Services) -> str:
    """Return the id of the only account."""
    return next(services.store.ids())


def empty(services: Services) -> str:
    """Nothing at all: no card, no invoice, no ledger."""
    return "Balance $0.00"


def long_list(services: Services, count: int = 200) -> str:
    """Two hundred paid invoices."""
    orders.ensure_series(services, account_id(services))
    with services.store.account(account_id(services)) as account:
        for number in range(count):
            at = services.clock.now() - timedelta(days=count - number)
            invoice = invoices.issue(account, InvoiceKind.TOP_UP, 1_000 + number, "Credits for jane", at)
            invoices.settle(invoice, InvoiceStatus.PAID, at, "")
            text = f"Top-up {invoice.number}"
            ledger.post(account.billing, EntryKind.TOP_UP, invoice.amount, invoice.number, text, at)
        assert ledger.adds_up(account.billing)
        return "Balance $2,199.00"


def negative(services: Services) -> str:
    """More was used than there was: suspended."""
    with services.store.account(account_id(services)) as account:
        ledger.spend(account.billing, 310, "Usage", services.clock.now())
    return "Balance -$3.10"


def long_name(services: Services) -> str:
    """A name of 60 characters stands on the invoices."""
    return _named(services, "Wolfeschlegelsteinhausenbergerdorff-Maximiliana von und zu X", "Ltd " * 15)


def cjk_and_emoji(services: Services) -> str:
    """Names that are twice as wide as they are long."""
    return _named(services, "木村 さくら", "株式会社ひかり \N{ROCKET}\N{SPARKLES} 빵집")


def _named(services: Services, name: str, company: str) -> str:
    orders.ensure_series(services, account_id(services))
    with services.store.account(account_id(services)) as account:
        account.profile.name, account.profile.company = name, company.strip()
        invoices.issue(account, InvoiceKind.TOP_UP, 100_000, f"Credits for {company.strip()}", services.clock.now())
        account.billing.cards = [
            Card(
                reference="card_1",
                brand=company,
                last4="4242",
                exp_month=11,
                exp_year=2026,
                added_at=services.clock.now(),
            )
        ]
    return "Balance $0.00"


EDGES: Final[tuple[Callable[[Services], str], ...]] = (empty, long_list, negative, long_name, cjk_and_emoji)
"""All of them."""
