"""Prepaid credit: a ledger, top-ups as invoices, saved cards, auto-refill, warnings."""
