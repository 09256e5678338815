"""The tabs of the profile: their ids and labels."""

LABELS = (
    ("user-info", "User Info"),
    ("invoices", "Invoices"),
    ("payment-options", "Payment Options"),
    ("add-credits", "Add Credits"),
    ("security", "Security"),
    ("service-quota", "Service Quota"),
)
"""Ids and labels of all tabs, in order."""

SHORT_LABELS = (
    ("user-info", "Info"),
    ("payment-options", "Payment"),
    ("add-credits", "Credits"),
    ("service-quota", "Quota"),
)
"""Labels for windows that are too narrow for the whole ones."""

FIRST_TAB = "security"
"""The tab that is shown after a login."""
