"""From where somebody acts; apart from the rest of the login, since every start needs it and nothing else of that."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Origin:
    """From where somebody acts.

    Args:
        address: The key for limits per address.
        label: The same for people: an address, or the terminal on this machine.
    """

    address: str
    label: str
