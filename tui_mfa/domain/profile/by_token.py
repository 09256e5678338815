"""The part of the profile that a program with a token of scope ``admin`` may change."""

from tui_mfa.domain.account import Account
from tui_mfa.domain.api_tokens import access
from tui_mfa.domain.api_tokens.model import Bearer, Scope
from tui_mfa.domain.ports import Services
from tui_mfa.domain.profile import details


def edit(services: Services, bearer: Bearer, **given: str | None) -> Account:
    """Change what the owner tells about themselves, and return a snapshot.

    Args:
        services: What the rules need.
        bearer: The program.
        given: See ``details.change``.

    Raises:
        OutOfScope: The token may not change anything here.
        InvalidToken: The token is no longer live.
        InvalidInput: With the field.
    """
    access.require(bearer, Scope.ADMIN)
    with access.changing(services, bearer) as (account, _token, now):
        details.change(account, bearer.origin, now, **given)
        return account
