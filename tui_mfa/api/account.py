"""The routes about the token's own account."""

from tui_mfa.api.call import Call
from tui_mfa.api.model import Account, AccountChange, RecoveryCodes, TwoFactor
from tui_mfa.domain.account import Account as Kept
from tui_mfa.domain.api_tokens import access
from tui_mfa.domain.profile import by_token


def show(call: Call[None]) -> Account:
    """Return the account."""
    return _account(access.reading(call.services, call.bearer))


def change(call: Call[AccountChange]) -> Account:
    """Change name or company, and return the account as it is then."""
    name = call.body.name if isinstance(call.body.name, str) else None
    company = call.body.company if isinstance(call.body.company, str) else None
    return _account(by_token.edit(call.services, call.bearer, name=name, company=company))


def two_factor(call: Call[None]) -> TwoFactor:
    """Return the method and what belongs to it."""
    account = access.reading(call.services, call.bearer)
    authenticator, recovery = account.authenticator, account.recovery
    return TwoFactor(
        method=account.method,
        mfa_required=call.services.policy.mfa_required,
        authenticator_since=authenticator.enabled_at if authenticator is not None else None,
        secret_saved=authenticator.saved_at is not None if authenticator is not None else None,
        recovery_codes=RecoveryCodes(
            set=recovery.set_id,
            made_at=recovery.made_at,
            left=sum(code.used_at is None for code in recovery.codes),
        )
        if recovery is not None
        else None,
    )


def _account(kept: Kept) -> Account:
    return Account(
        username=kept.username,
        email=kept.email.address,
        email_verified=kept.email.verified_at is not None,
        name=kept.profile.name,
        company=kept.profile.company,
        member_since=kept.created_at,
    )
