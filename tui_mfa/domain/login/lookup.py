"""From what somebody calls an account to its id; loads nothing of the login itself."""

from tui_mfa.domain import names
from tui_mfa.domain.ports import Claim, Services


def find_account(services: Services, name: str) -> str | None:
    """Return the id of the account of a username or an e-mail address."""
    name = name.strip()
    if not name or len(name) > names.EMAIL_MAX:
        return None
    return services.store.find(Claim.EMAIL if "@" in name else Claim.USERNAME, name)
