"""Sections that are not built yet: one honest line each, and nothing that looks like data."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

COMING: Final[Mapping[str, str]] = MappingProxyType(
    {
        "ssh-keys": "SSH keys will be listed, added and deleted here. Not available yet.",
    }
)
"""What will stand where, by the id of the section."""
