"""One account for commands that only look; loads nothing that changes accounts, so that they start fast."""

from tui_mfa.domain.account import Account
from tui_mfa.domain.errors import NoSuchAccount
from tui_mfa.domain.login.lookup import find_account
from tui_mfa.domain.ports import Services


def find(services: Services, name: str) -> Account:
    """Return a snapshot by username or address, or raise ``NoSuchAccount``."""
    account_id = find_account(services, name)
    if account_id is None:
        raise NoSuchAccount("There is no account of that name.", field="name")
    return services.store.get(account_id)
