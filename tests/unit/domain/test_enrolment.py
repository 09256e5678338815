"""Enable and replace the authenticator."""

import pytest

from tests.fakes import (
    app_code,
    clock_of,
    confirm,
    delivered,
    enrol,
    enter,
    log_in,
    mailed,
    make_account,
    make_services,
    secret_of,
    start_login,
    tags,
    wrong_code,
)
from tui_mfa.domain.account import Method
from tui_mfa.domain.errors import (
    AttemptEnded,
    ClockSkew,
    CodeAlreadyUsed,
    ConfirmationRequired,
    InvalidInput,
    SessionEnded,
    StoreUnavailable,
    WrongCode,
)
from tui_mfa.domain.login import flows
from tui_mfa.domain.login.model import Session
from tui_mfa.domain.ports import Services
from tui_mfa.domain.profile import flows as profile
from tui_mfa.domain.secret import Secret
from tui_mfa.domain.two_factor import flows as two_factor
from tui_mfa.domain.two_factor import rules, totp


def code_of(services: Services, shown: Secret[str], offset: int = 0) -> Secret[str]:
    return totp.code_at(totp.from_base32(shown), totp.step_at(services.clock.now()) + offset)


def ready(method: Method = Method.EMAIL) -> tuple[Services, str, Session]:
    services = make_services()
    account = make_account(services, method=method)
    return services, account.id, log_in(services)


def test_what_is_shown() -> None:
    """S14, S15: 52 characters and the URIs of the page, without optional parameters."""
    services, _, session = ready()
    shown = two_factor.begin(services, session)
    text = shown.secret.reveal()
    assert len(text) == 52
    assert [uri.reveal() for uri in shown.uris] == [
        f"otpauth://totp/tui-mfa:{label}?secret={text}&issuer=tui-mfa" for label in ("jane@example.com", "jane")
    ]
    assert not shown.replaces
    assert shown.valid_until - services.clock.now() == rules.ENROLMENT_LIFE


def test_enabling() -> None:
    """S17, S60, S63: the method changes, the enrolment's step is used, the log and the mails tell of it."""
    services, account_id, session = ready()
    before = len(tags(services, account_id))
    shown, enabled = enrol(services, session)
    account = services.store.get(account_id)
    assert account.method is Method.AUTHENTICATOR
    assert account.authenticator is not None
    assert account.authenticator.last_step == totp.step_at(services.clock.now())
    assert account.enrolment is None
    assert secret_of(services, account_id).reveal() == totp.from_base32(shown).reveal()
    assert not enabled.replaced
    assert len({code.reveal() for code in enabled.codes.codes}) == 10
    assert tags(services, account_id, before) == ["mfa.totp.started", "mfa.totp.enabled", "recovery.codes_made"]
    assert delivered(services, account_id) == [
        ("authenticator_enabled", "jane@example.com"),
        ("recovery_codes_made", "jane@example.com"),
    ]


def test_old_factor_stands_until_validate() -> None:
    """S21: between scan and Validate the account is as it was: the mailed code logs in, the new app does not."""
    services, account_id, session = ready()
    clock_of(services).advance(seconds=61)
    shown = two_factor.begin(services, session).secret
    handle = start_login(services).handle
    assert handle.account_id == account_id
    code = mailed(services, handle)
    assert enter(services, handle, code_of(services, shown).reveal()) is WrongCode
    assert enter(services, handle, code) is None


def test_replace_keeps_the_old_app_until_validate_and_not_a_moment_longer() -> None:
    """S24: while the new secret waits the old code is right; after Validate it is refused."""
    services, account_id, session = ready(Method.AUTHENTICATOR)
    old = secret_of(services, account_id)
    shown = two_factor.begin(services, session)
    assert shown.replaces
    clock_of(services).advance(seconds=30)
    assert enter(services, start_login(services).handle, app_code(services, account_id)) is None
    clock_of(services).advance(seconds=30)
    enabled = two_factor.confirm(services, session, code_of(services, shown.secret))
    assert enabled.replaced
    assert enabled.other_sessions == 1
    clock_of(services).advance(seconds=30)
    handle = start_login(services).handle
    step = totp.step_at(services.clock.now())
    assert enter(services, handle, totp.code_at(old, step).reveal()) is WrongCode
    assert enter(services, handle, app_code(services, account_id)) is None
    assert tags(services, account_id).count("mfa.totp.replaced") == 1


def test_replace_voids_the_recovery_codes() -> None:
    """S38: the codes of the old authenticator go with it; the new set has another name."""
    services, account_id, session = ready()
    _, first = enrol(services, session)
    old = services.store.get(account_id).recovery
    _, second = enrol(services, session)
    new = services.store.get(account_id).recovery
    assert old is not None
    assert new is not None
    assert first.codes.set_id != second.codes.set_id == new.set_id
    assert {code.hash for code in old.codes}.isdisjoint(code.hash for code in new.codes)


def test_enrolment_lives_ten_minutes() -> None:
    """S21: at ten minutes the secret is void, whether or not the confirmation is fresh."""
    services, account_id, session = ready()
    shown = two_factor.begin(services, session).secret
    clock_of(services).advance(minutes=5)
    confirm(services, session)
    clock_of(services).advance(minutes=4, seconds=59)
    with pytest.raises(WrongCode):
        two_factor.confirm(services, session, Secret(wrong_code(code_of(services, shown).reveal())))
    clock_of(services).advance(seconds=1)
    with pytest.raises(AttemptEnded):
        two_factor.confirm(services, session, code_of(services, shown))
    assert services.store.get(account_id).method is Method.EMAIL


def test_five_wrong_codes_drop_the_secret() -> None:
    """S21: the fifth wrong code ends the enrolment; the factor in force stays."""
    services, account_id, session = ready()
    shown = two_factor.begin(services, session).secret
    wrong = Secret(wrong_code(code_of(services, shown).reveal()))
    left = []
    for _ in range(5):
        with pytest.raises(WrongCode) as caught:
            two_factor.confirm(services, session, wrong)
        left.append(caught.value.tries_left)
    assert left == [4, 3, 2, 1, 0]
    with pytest.raises(AttemptEnded):
        two_factor.confirm(services, session, code_of(services, shown))
    assert services.store.get(account_id).method is Method.EMAIL
    assert tags(services, account_id).count("mfa.totp.code_failed") == 5


def test_a_code_that_is_none_costs_nothing() -> None:
    """S18, S21: five digits are told, not counted."""
    services, account_id, session = ready()
    two_factor.begin(services, session)
    with pytest.raises(InvalidInput):
        two_factor.confirm(services, session, Secret("12345"))
    enrolment = services.store.get(account_id).enrolment
    assert enrolment is not None
    assert enrolment.wrong_codes == 0


@pytest.mark.parametrize(("steps", "words"), [(3, "fast"), (-4, "slow")])
def test_phone_with_a_wrong_clock_is_told(steps: int, words: str) -> None:
    """S25: +-2 steps and more are refused at enrolment with the seconds that the phone is off."""
    services, account_id, session = ready()
    shown = two_factor.begin(services, session).secret
    with pytest.raises(ClockSkew, match=words) as caught:
        two_factor.confirm(services, session, code_of(services, shown, steps))
    assert abs(caught.value.seconds - 30 * steps) <= 15
    assert tags(services, account_id)[-1] == "mfa.totp.skew_seen"


def test_login_tells_nothing_about_other_times() -> None:
    """S25: at the login a code of another time is just wrong, so nobody learns when a guess becomes good."""
    services = make_services()
    account = make_account(services, method=Method.AUTHENTICATOR)
    with pytest.raises(WrongCode) as caught:
        flows.enter_code(services, start_login(services).handle, Secret(app_code(services, account.id, 3)))
    assert not isinstance(caught.value, ClockSkew)


@pytest.mark.parametrize("offset", [-1, 0, 1])
def test_first_code_within_the_window(offset: int) -> None:
    """S16, S17: one step either way is accepted, and exactly that step is used up."""
    services, account_id, session = ready()
    shown = two_factor.begin(services, session).secret
    two_factor.confirm(services, session, code_of(services, shown, offset))
    authenticator = services.store.get(account_id).authenticator
    assert authenticator is not None
    assert authenticator.last_step == totp.step_at(services.clock.now()) + offset


def test_cancel_drops_the_secret() -> None:
    """S21: after Esc the shown secret is void; a second Esc is harmless."""
    services, account_id, session = ready()
    shown = two_factor.begin(services, session).secret
    two_factor.cancel(services, session)
    two_factor.cancel(services, session)
    with pytest.raises(AttemptEnded):
        two_factor.confirm(services, session, code_of(services, shown))
    assert tags(services, account_id).count("mfa.totp.cancelled") == 1


def test_logging_out_drops_the_secret() -> None:
    """S21: it dies with the session that saw it, however that ends; another session's is left alone."""
    services, account_id, session = ready()
    clock_of(services).advance(seconds=61)
    other = log_in(services)
    two_factor.begin(services, session)
    two_factor.cancel(services, other)
    flows.log_out(services, other)
    assert services.store.get(account_id).enrolment is not None
    flows.log_out(services, session)
    assert services.store.get(account_id).enrolment is None
    third = log_in(services)
    clock_of(services).advance(seconds=61)
    fourth = log_in(services)
    two_factor.begin(services, third)
    profile.end_session(services, fourth, third.id)
    assert services.store.get(account_id).enrolment is None


def test_nobody_ends_anothers_session_or_enrolment_without_its_token() -> None:
    """S45: an id is public; only the token ends what belongs to it."""
    services, account_id, session = ready()
    two_factor.begin(services, session)
    flows.log_out(services, Session(account_id, session.id, Secret("guess"), session.origin))
    account = services.store.get(account_id)
    assert account.enrolment is not None
    assert len(account.sessions) == 1


def test_one_enrolment_per_account() -> None:
    """S21: a second session's secret voids the first one's; neither session validates the other's."""
    services, _, session = ready()
    clock_of(services).advance(seconds=61)
    other = log_in(services)
    first = two_factor.begin(services, session).secret
    second = two_factor.begin(services, other).secret
    for secret in (first, second):
        with pytest.raises(AttemptEnded):
            two_factor.confirm(services, session, code_of(services, secret))
    with pytest.raises(WrongCode):
        two_factor.confirm(services, other, code_of(services, first))
    two_factor.confirm(services, other, code_of(services, second))


def test_both_steps_want_a_confirmation() -> None:
    """S51, S07: neither a secret nor its validation without password and factor of the last five minutes."""
    services, account_id, session = ready()
    shown = two_factor.begin(services, session).secret
    clock_of(services).advance(minutes=5, seconds=1)
    with pytest.raises(ConfirmationRequired):
        two_factor.begin(services, session)
    with pytest.raises(ConfirmationRequired):
        two_factor.confirm(services, session, code_of(services, shown))
    confirm(services, session)
    two_factor.confirm(services, session, code_of(services, shown))
    assert services.store.get(account_id).method is Method.AUTHENTICATOR


def test_validating_is_no_confirmation() -> None:
    """S51: the new code proves no password: what was confirmed at 0:00 is over at 5:00 all the same."""
    services, _, session = ready()
    clock_of(services).advance(minutes=4)
    enrol(services, session)
    clock_of(services).advance(minutes=1, seconds=1)
    with pytest.raises(ConfirmationRequired):
        two_factor.disable(services, session, "disable")


def test_app_and_codes_come_into_force_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """S66: when the recovery codes cannot be made or saved, nothing was enabled, and the next try enables it."""
    services, account_id, session = ready()
    shown = two_factor.begin(services, session).secret
    code = code_of(services, shown)
    with monkeypatch.context() as patch:
        patch.setattr(services.passwords, "hash", _no_memory)
        with pytest.raises(StoreUnavailable):
            two_factor.confirm(services, session, code)
    account = services.store.get(account_id)
    assert (account.method, account.authenticator, account.recovery) == (Method.EMAIL, None, None)
    assert two_factor.confirm(services, session, code).codes.codes


def _no_memory(value: Secret[str]) -> str:
    raise StoreUnavailable("There is no memory.")


def test_session_ended_while_the_hashes_are_made(monkeypatch: pytest.MonkeyPatch) -> None:
    """S66: what happened between judging and saving is looked at again."""
    services, account_id, session = ready()
    shown = two_factor.begin(services, session).secret
    made = services.passwords.hash

    def slow(value: Secret[str]) -> str:
        flows.log_out(services, session)
        return made(value)

    monkeypatch.setattr(services.passwords, "hash", slow)
    with pytest.raises(SessionEnded):
        two_factor.confirm(services, session, code_of(services, shown))
    assert services.store.get(account_id).method is Method.EMAIL


def test_used_code_says_when_and_how_long() -> None:
    """S17: already used at 14:02, wait for the next."""
    services = make_services()
    account = make_account(services, method=Method.AUTHENTICATOR)
    code = app_code(services, account.id)
    assert enter(services, start_login(services).handle, code) is None
    clock_of(services).advance(seconds=8)
    with pytest.raises(CodeAlreadyUsed, match=r"already used at 14:02 UTC\. Wait 17 s") as caught:
        flows.enter_code(services, start_login(services).handle, Secret(code))
    assert caught.value.wait == 17
    assert tags(services, account.id)[-1] == "mfa.totp.replay_refused"
