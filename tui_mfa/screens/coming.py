"""Tabs and sections that are not built yet: one honest line each, and nothing that looks like data."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from textual.widgets import Static

COMING: Final[Mapping[str, str]] = MappingProxyType(
    {
        "invoices": "Your invoices will stand here. Not available yet.",
        "payment-options": "Your payment options will stand here. Not available yet.",
        "add-credits": "You will add credits here. Not available yet.",
        "ssh-keys": "SSH keys will be listed, added and deleted here. Not available yet.",
        "api-tokens": "API tokens will be listed, made and revoked here. Not available yet.",
    }
)
"""What will stand where, by the id of the tab or section."""


class ComingTab(Static):
    """A tab that is not built yet.

    Args:
        tab_id: Which one.
    """

    DEFAULT_CSS = """
    ComingTab { padding: 1 2; height: 1fr; color: $text-muted; }
    """

    def __init__(self, tab_id: str) -> None:
        super().__init__(COMING[tab_id], id=tab_id, markup=False)
