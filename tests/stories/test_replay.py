"""Somebody reads a code over the owner's shoulder, or records it, and uses it again."""

from itertools import permutations

import pytest

from tests.fakes import (
    ATTACKER,
    ORIGIN,
    PASSWORD,
    app_code,
    clock_of,
    enter,
    log_in,
    make_account,
    make_services,
    start_login,
    tags,
)
from tui_mfa.domain.account import Method
from tui_mfa.domain.errors import CodeAlreadyUsed, DomainError, WrongCode
from tui_mfa.domain.login import confirmation
from tui_mfa.domain.ports import Services
from tui_mfa.domain.secret import Secret
from tui_mfa.domain.two_factor import flows as two_factor
from tui_mfa.domain.two_factor import totp


def offer(services: Services, code: str) -> type[DomainError] | None:
    """Log in from elsewhere with the password and a code."""
    return enter(services, start_login(services, origin=ATTACKER).handle, code)


def test_code_read_over_the_shoulder() -> None:
    """S17: The owner logs in. Beside her somebody who knows the password types the same six digits.

    A portal that only asks whether the code is right at this time lets both in for up to ninety seconds.
    Here the step was used up in the transaction of her login; the second is refused, and told when it was used.
    """
    services = make_services()
    account = make_account(services, method=Method.AUTHENTICATOR)
    code = app_code(services, account.id)
    assert enter(services, start_login(services, origin=ORIGIN).handle, code) is None
    refused = []
    for seconds in (0, 10, 14, 5, 29):
        clock_of(services).advance(seconds=seconds)
        refused.append(offer(services, code))
    assert refused == [CodeAlreadyUsed] * 4 + [WrongCode]  # from the third step on it fits no step any more
    assert len(services.store.get(account.id).sessions) == 1
    assert tags(services, account.id).count("login.ok") == 1


def test_a_b_a() -> None:
    """S17: The attacker records code A and waits until the owner has used code B, then offers A.

    A portal that keeps only the last used code (not its step) has forgotten A, which still lies in the window.
    Here nothing at or below the highest accepted step passes, in whatever order the codes come.
    """
    for order in permutations((-1, 0, 1)):
        services = make_services()
        account = make_account(services, method=Method.AUTHENTICATOR)
        codes = {offset: app_code(services, account.id, offset) for offset in (-1, 0, 1)}
        highest = -2
        for offset in (*order, *order):
            expected = None if offset > highest else CodeAlreadyUsed
            assert offer(services, codes[offset]) is expected
            highest = max(highest, offset)


def test_code_of_the_enrolment() -> None:
    """S17: Somebody watches the owner enrol her phone and types the code she validated with at a login.

    Peers check replay at the login only, so the enrolment's own code logs in once more within its window.
    Here the step is in force as used from the first moment; the code of the next step logs in.
    """
    services = make_services()
    account = make_account(services)
    session = log_in(services)
    shown = two_factor.begin(services, session).secret
    code = totp.code_at(totp.from_base32(shown), totp.step_at(services.clock.now()))
    two_factor.confirm(services, session, code)
    assert offer(services, code.reveal()) is CodeAlreadyUsed
    clock_of(services).advance(seconds=29)
    assert offer(services, code.reveal()) is CodeAlreadyUsed
    assert offer(services, app_code(services, account.id, 1)) is None


def test_code_used_at_a_confirmation() -> None:
    """S17: The owner confirms a change with a code; somebody offers it at the login, and the other way round.

    Replay protection that is a property of one screen protects only that screen.
    Here every use of the factor goes through the same step counter of the account.
    """
    services = make_services()
    account = make_account(services, method=Method.AUTHENTICATOR)
    session = log_in(services)
    owed = confirmation.begin(services, session)
    assert owed is not None
    login_code = app_code(services, account.id)
    with pytest.raises(CodeAlreadyUsed):
        confirmation.finish(services, session, owed.handle, Secret(PASSWORD), Secret(login_code))
    clock_of(services).advance(seconds=30)
    code = app_code(services, account.id)
    confirmation.finish(services, session, owed.handle, Secret(PASSWORD), Secret(code))
    assert offer(services, code) is CodeAlreadyUsed


@pytest.mark.parametrize("back", [30, 90, 3600])
def test_clock_that_goes_back(back: int) -> None:
    """S17, S20: The attacker has a code of a minute ago and makes the server's clock step back (NTP, a restored VM).

    A portal that remembers used codes for ninety seconds by its clock accepts it again.
    Here the highest step is kept whatever the time; codes pass again when the clock has caught up, no later.
    """
    services = make_services()
    account = make_account(services, method=Method.AUTHENTICATOR)
    code = app_code(services, account.id)
    assert offer(services, code) is None
    clock_of(services).advance(seconds=-back)
    assert offer(services, code) in {CodeAlreadyUsed, WrongCode}
    assert offer(services, app_code(services, account.id)) is CodeAlreadyUsed
    clock_of(services).advance(seconds=back + 30)
    assert offer(services, app_code(services, account.id)) is None


def test_drop_between_scan_and_validate() -> None:
    """S21: The connection drops after the owner has scanned the QR code and before she types the first code.

    A portal that writes the secret as the account's factor when it shows it locks her out for good.
    Here another program over the same store knows nothing of it but a pending secret: the old login works as before.
    """
    services = make_services()
    account = make_account(services)
    session = log_in(services)
    shown = two_factor.begin(services, session).secret
    again = make_services(store=services.store, clock=services.clock, mailer=services.mailer)
    clock_of(services).advance(seconds=61)
    pending = totp.code_at(totp.from_base32(shown), totp.step_at(services.clock.now())).reveal()
    handle = start_login(again).handle
    assert enter(again, handle, pending) is WrongCode
    assert log_in(again).account_id == account.id
    assert services.store.get(account.id).method is Method.EMAIL
