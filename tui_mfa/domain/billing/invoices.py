"""Invoices and credit notes: numbers without gaps, what stands on one, and how a list is written.

Numbers run per account, not over all accounts: a number is then given in the account's own transaction, so no crash can
lose one and no two accounts wait for each other. Each account has a series of its own (six characters that no other
has; the store holds them unique), which keeps whole numbers unique too, and finds the account that one belongs to.
"""

import csv
import io
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from tui_mfa.domain.account import Account
from tui_mfa.domain.billing.model import Invoice, InvoiceKind, InvoiceStatus
from tui_mfa.domain.billing.money import dollars, plain
from tui_mfa.domain.errors import InvalidInput
from tui_mfa.domain.ports import Entropy
from tui_mfa.domain.tokens import CROCKFORD

SERIES_LENGTH: Final = 6
"""Characters of 5 bits: 30 bits; one that is taken already is drawn again."""

PREFIX: Final = "INV-"

STATUS_WORDS: Final = {InvoiceStatus.OPEN: "! Open", InvoiceStatus.PAID: "✔ Paid", InvoiceStatus.VOID: "– Void"}
"""A glyph and a word: never colour alone."""

_WIDTH: Final = 76
"""Cells of a line in a text file."""

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""How a text begins that a spreadsheet would compute (OWASP, CSV injection)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What stands on an invoice, for a page, a text file and a PDF alike; only people's text is in ``bill_to``."""

    title: str
    """``Invoice INV-K7QM2X-0001``."""
    facts: tuple[tuple[str, str], ...]
    """Names and values, in order."""
    bill_to: tuple[str, ...]
    lines: tuple[tuple[str, str], ...]
    """What is charged, and the amount."""
    total: str
    notes: tuple[str, ...]


def new_series(entropy: Entropy) -> str:
    """Return a fresh series; the store says whether it is free."""
    return "".join(CROCKFORD[entropy.below(len(CROCKFORD))] for _ in range(SERIES_LENGTH))


def series_of(number: str) -> str:
    """Return the series in an invoice number or the id of a short URL; a text that holds none gives none."""
    head = number.strip().upper().removeprefix(PREFIX).partition("-")[0]
    return head if len(head) == SERIES_LENGTH and set(head) <= set(CROCKFORD) else ""


def issue(account: Account, kind: InvoiceKind, amount: int, text: str, now: datetime, *, note: str = "") -> Invoice:
    """Make an open invoice with the next number, inside the account's transaction.

    Args:
        account: The open account; its series is set.
        kind: Why.
        amount: Cents.
        text: What for.
        now: When.
        note: A further line.
    """
    billing = account.billing
    billing.issued += 1
    invoice = Invoice(
        number=f"{PREFIX}{billing.series}-{billing.issued:04d}",
        kind=kind,
        status=InvoiceStatus.OPEN,
        issued_at=now,
        amount=amount,
        text=text,
        bill_to=bill_to(account),
        note=note,
    )
    billing.invoices.append(invoice)
    return invoice


def bill_to(account: Account) -> list[str]:
    """Return whom an invoice of today is made out to, line by line."""
    profile = account.profile
    vat = f"VAT id {profile.vat_id}" if profile.vat_id else ""
    who = (profile.company, profile.name or account.username)
    lines = (*who, profile.address, profile.country, vat, account.email.address)
    return [line for line in lines if line]


def find(account: Account, number: str) -> Invoice:
    """Return an invoice by its number, or raise ``InvalidInput``."""
    wanted = number.strip().upper()
    for invoice in account.billing.invoices:
        if invoice.number == wanted:
            return invoice
    raise InvalidInput("There is no invoice of that number.", field="number")


def settle(invoice: Invoice, status: InvoiceStatus, now: datetime, note: str) -> None:
    """Mark an open invoice as paid or void."""
    invoice.status = status
    invoice.settled_at = now
    invoice.note = note or invoice.note


def status_words(invoice: Invoice) -> str:
    """Return the status as glyph and word; a credit note says that it is one."""
    return "↩ Credit" if invoice.kind is InvoiceKind.CREDIT_NOTE else STATUS_WORDS[invoice.status]


def matches(invoice: Invoice, words: list[str]) -> bool:
    """Say whether an invoice holds every word, casefolded, in whatever place."""
    text = " ".join(
        (
            invoice.number,
            f"{invoice.issued_at:%Y-%m-%d}",
            invoice.text,
            dollars(invoice.amount),
            status_words(invoice),
            invoice.kind.replace("_", " "),
        )
    ).casefold()
    return all(word in text for word in words)


def document(invoice: Invoice, issuer: str, support: str, instructions: str) -> Document:
    """Return what stands on an invoice.

    Args:
        invoice: Which.
        issuer: Who wrote it.
        support: An address that helps, or nothing.
        instructions: How it is paid; shown while it is open.
    """
    credit = invoice.kind is InvoiceKind.CREDIT_NOTE
    facts = [("Issued by", issuer), ("Date", f"{invoice.issued_at:%Y-%m-%d}"), ("Status", status_words(invoice))]
    if invoice.settled_at is not None:
        name = {InvoiceStatus.PAID: "Paid on", InvoiceStatus.VOID: "Voided on"}.get(invoice.status, "Settled on")
        facts.append((name, f"{invoice.settled_at:%Y-%m-%d}"))
    notes = [invoice.note] if invoice.note else []
    if invoice.status is InvoiceStatus.OPEN and instructions:
        notes.append(instructions)
    if support:
        notes.append(f"Questions: {support}")
    return Document(
        title=f"{'Credit note' if credit else 'Invoice'} {invoice.number}",
        facts=tuple(facts),
        bill_to=tuple(invoice.bill_to),
        lines=((invoice.text, dollars(invoice.amount)),),
        total=dollars(invoice.amount),
        notes=tuple(notes),
    )


def as_text(paper: Document) -> str:
    """Return a document as a text file of lines up to 78 characters, as far as its texts allow."""
    width = max(len(name) for name, _value in paper.facts) + 2
    lines = [paper.title, "=" * len(paper.title), ""]
    lines += [f"{name + ':':<{width}}{value}" for name, value in paper.facts]
    lines += ["", "Bill to:", *(f"  {line}" for line in paper.bill_to), ""]
    lines += [_row(text, amount) for text, amount in paper.lines]
    lines += ["-" * _WIDTH, _row("Total (USD)", paper.total), ""]
    lines += [*paper.notes, ""] if paper.notes else []
    return "\n".join(lines)


def as_csv(found: list[Invoice]) -> str:
    """Return invoices as CSV (RFC 4180) with a header; no cell is one that a spreadsheet would compute."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(("number", "date", "kind", "description", "amount_usd", "status"))
    for invoice in found:
        row = (
            invoice.number,
            f"{invoice.issued_at:%Y-%m-%d}",
            invoice.kind.value,
            _cell(invoice.text),
            plain(invoice.amount),
            invoice.status.value,
        )
        writer.writerow(row)
    return out.getvalue()


def _row(text: str, amount: str) -> str:
    """Return a text with an amount at the right; a text that leaves no room gets a line of its own."""
    wide = sum(1 + (unicodedata.east_asian_width(char) in "WF") for char in text)
    room = _WIDTH - wide
    return f"{text}{amount:>{room}}" if room > len(amount) else f"{text}\n{amount:>{_WIDTH}}"


def _cell(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text
