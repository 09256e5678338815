"""What a person tells about themselves: checked as a whole, since the form of a VAT id depends on the country."""

from dataclasses import fields, replace
from datetime import datetime
from typing import Final

from tui_mfa.domain import names
from tui_mfa.domain.account import Account, Profile
from tui_mfa.domain.events import Tag
from tui_mfa.domain.profile import countries, vat

ADDRESS_MAX: Final = 200
"""Characters of an address, in one line."""


def change(account: Account, origin: str, now: datetime, **given: str | None) -> bool:
    """Change what is given, inside a transaction; return whether anything differs, which is recorded then.

    Args:
        account: The open account.
        origin: From where.
        now: The time.
        given: ``name``, ``company``, ``address``, ``country`` and ``vat_id`` as typed; ``None`` leaves one as it is.

    Raises:
        InvalidInput: With the field.
    """
    before, fresh = account.profile, _checked(account.profile, **given)
    changed = [item.name for item in fields(Profile) if getattr(fresh, item.name) != getattr(before, item.name)]
    if changed:
        account.profile = fresh
        account.record(now, Tag.PROFILE_CHANGED, origin, fields=", ".join(changed))
    return bool(changed)


def _checked(
    before: Profile,
    *,
    name: str | None = None,
    company: str | None = None,
    address: str | None = None,
    country: str | None = None,
    vat_id: str | None = None,
) -> Profile:
    fresh = replace(
        before,
        name=before.name if name is None else names.free_text(name, "name"),
        company=before.company if company is None else names.free_text(company, "company"),
        address=before.address if address is None else names.free_text(address, "address", ADDRESS_MAX),
        country=before.country if country is None else countries.code_of(country),
    )
    wanted = before.vat_id if vat_id is None else vat_id
    # One that is kept under a country that is kept stands, whatever the rules say today.
    if (wanted, fresh.country) != (before.vat_id, before.country):
        fresh.vat_id = vat.checked(wanted, fresh.country)
    return fresh
