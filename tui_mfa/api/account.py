"""The routes about the token's own account."""

from msgspec import UNSET

from tui_mfa.api.call import Call
from tui_mfa.api.model import Account, AccountChange, RecoveryCodes, TwoFactor
from tui_mfa.domain.account import Account as Kept
from tui_mfa.domain.api_tokens import access
from tui_mfa.domain.profile import by_token


def show(call: Call[None]) -> Account:
    """Return the account."""
    return _account(access.reading(call.services, call.bearer))


def change(call: Call[AccountChange]) -> Account:
    """Change what the owner tells about themselves, and return the account as it is then."""
    given = {name: value for name in call.body.__struct_fields__ if (value := getattr(call.body, name)) is not UNSET}
    return _account(by_token.edit(call.services, call.bearer, **given))


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
        address=kept.profile.address,
        country=kept.profile.country,
        vat_id=kept.profile.vat_id,
        member_since=kept.created_at,
    )
