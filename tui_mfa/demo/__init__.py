"""The demo: a seeded account in memory, with a phone and a mailbox beside the portal."""
