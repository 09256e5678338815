"""The routes about invoices and limits: to look at, nothing more."""

from tui_mfa.api.call import Call
from tui_mfa.api.model import Invoice, Invoices, Quota, Quotas
from tui_mfa.domain.api_tokens import access
from tui_mfa.domain.billing import ledger
from tui_mfa.domain.quota import flows as quota


def invoices(call: Call[None]) -> Invoices:
    """Return the invoices, newest first."""
    billing = access.reading(call.services, call.bearer).billing
    return Invoices(
        balance_cents=ledger.balance(billing),
        invoices=[
            Invoice(
                number=invoice.number,
                kind=invoice.kind,
                status=invoice.status,
                issued_at=invoice.issued_at,
                settled_at=invoice.settled_at,
                cents=invoice.amount,
                text=invoice.text,
            )
            for invoice in reversed(billing.invoices)
        ],
    )


def quotas(call: Call[None]) -> Quotas:
    """Return the limits and how much of them is used."""
    account = access.reading(call.services, call.bearer)
    return Quotas(
        quotas=[
            Quota(
                name=row.name,
                label=row.label,
                unit=row.unit,
                used=row.used,
                limit=row.limit,
                percent=row.percent,
                level=row.level,
            )
            for row in quota.rows(call.services, account)
        ]
    )
