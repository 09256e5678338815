"""Where the secret is kept, and how its owner proves to have saved it."""

import pytest

from tests.fakes import (
    app_code,
    clock_of,
    enrol,
    enter,
    log_in,
    make_account,
    make_keys,
    make_services,
    start_login,
    tags,
)
from tui_mfa.domain.account import Method
from tui_mfa.domain.errors import (
    KeyUnavailable,
    TooManyAttempts,
    WrongCode,
)
from tui_mfa.domain.login import flows
from tui_mfa.domain.login.model import Session
from tui_mfa.domain.ports import Services
from tui_mfa.domain.profile import flows as profile
from tui_mfa.domain.secret import Secret
from tui_mfa.domain.two_factor import flows as two_factor
from tui_mfa.domain.two_factor import totp
from tui_mfa.security.box import AesGcmBox


def ready() -> tuple[Services, str, Session]:
    services = make_services()
    account = make_account(services)
    return services, account.id, log_in(services)


def test_proof_that_the_secret_was_saved() -> None:
    """S18, S60: the four characters in any case; wrong ones are counted, odd ones are just wrong."""
    services, account_id, session = ready()
    shown, enabled = enrol(services, session)
    first, last = enabled.proof
    assert last - first == 3
    assert first % 4 == 1
    assert profile.overview(services, session).proof_owed == enabled.proof
    for wrong in ("AAAA", "", "\ud800", "é" * 100, shown.reveal()):
        with pytest.raises(WrongCode):
            two_factor.prove_saved(services, session, Secret(wrong))
    with pytest.raises(TooManyAttempts):
        two_factor.prove_saved(services, session, Secret(shown.reveal()[first - 1 : last]))
    clock_of(services).advance(minutes=5)
    two_factor.prove_saved(services, session, Secret(f" {shown.reveal()[first - 1 : last].lower()} "))
    assert profile.overview(services, session).proof_owed is None
    assert tags(services, account_id)[-1] == "mfa.totp.secret_saved"


def test_secret_at_rest() -> None:
    """S22: neither base32 nor raw bytes are stored; in another account's row it opens nothing."""
    services, account_id, session = ready()
    shown, _ = enrol(services, session)
    stored = services.store.get(account_id)
    assert stored.authenticator is not None
    assert shown.reveal() not in repr(stored)
    assert totp.from_base32(shown).reveal().hex() not in repr(stored)
    other = make_account(services, "mallory", method=Method.AUTHENTICATOR)
    with services.store.account(other.id) as swapped:
        swapped.authenticator = stored.authenticator
    with pytest.raises(KeyUnavailable):
        flows.enter_code(services, start_login(services, "mallory").handle, Secret("123456"))
    assert Method.AUTHENTICATOR is services.store.get(other.id).method


def test_rotation_seals_anew_on_use() -> None:
    """S22: with a new active key the old secret opens, and its next right code seals it with the new one."""
    services, account_id, session = ready()
    enrol(services, session)
    rotated = make_services(
        store=services.store, clock=services.clock, mailer=services.mailer, box=AesGcmBox(make_keys("k2"))
    )
    clock_of(services).advance(seconds=30)
    assert enter(rotated, start_login(rotated).handle, app_code(services, account_id)) is None
    authenticator = services.store.get(account_id).authenticator
    assert authenticator is not None
    assert not rotated.box.outdated(authenticator.sealed)
    clock_of(services).advance(seconds=30)
    assert enter(rotated, start_login(rotated).handle, app_code(rotated, account_id)) is None
