"""The part of the profile that a program with a token of scope ``admin`` may change."""

from tui_mfa.domain import names
from tui_mfa.domain.account import Account
from tui_mfa.domain.api_tokens import access
from tui_mfa.domain.api_tokens.model import Bearer, Scope
from tui_mfa.domain.events import Tag
from tui_mfa.domain.ports import Services


def edit(services: Services, bearer: Bearer, *, name: str | None = None, company: str | None = None) -> Account:
    """Change name or company, and return a snapshot; ``None`` leaves one as it is.

    Raises:
        OutOfScope: The token may not change anything here.
        InvalidToken: The token is no longer live.
        InvalidInput: With the field.
    """
    access.require(bearer, Scope.ADMIN)
    name = names.free_text(name, "name") if name is not None else None
    company = names.free_text(company, "company") if company is not None else None
    with access.changing(services, bearer) as (account, _token, now):
        before = (account.profile.name, account.profile.company)
        account.profile.name = name if name is not None else before[0]
        account.profile.company = company if company is not None else before[1]
        if (account.profile.name, account.profile.company) != before:
            account.record(now, Tag.PROFILE_CHANGED, bearer.origin)
        return account
