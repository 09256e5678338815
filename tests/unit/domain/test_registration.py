"""Create an account."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.fakes import (
    ATTACKER,
    ORIGIN,
    OTHER_PASSWORD,
    PASSWORD,
    FakeClock,
    clock_of,
    enter,
    last_code,
    log_in,
    mailed,
    mailer_of,
    mails,
    make_account,
    make_services,
    tags,
)
from tui_mfa.domain.account import Factor, Method
from tui_mfa.domain.errors import (
    AttemptEnded,
    InvalidInput,
    NameTaken,
    NotAllowed,
    TooManyAttempts,
    WrongCode,
    WrongCredentials,
)
from tui_mfa.domain.login import flows, mailed_code, password_reset, registration
from tui_mfa.domain.login.model import CodeOwed
from tui_mfa.domain.operator import flows as operator
from tui_mfa.domain.ports import Claim, Policy, Services, Template
from tui_mfa.domain.secret import Secret
from tui_mfa.mail.outbox import OutboxMailer


def register(
    services: Services, username: str = "jane", email: str = "jane@example.com", password: str = PASSWORD
) -> CodeOwed:
    return registration.register(services, username, email, Secret(password), ORIGIN)


def test_new_account_logs_in_by_mailed_codes() -> None:
    """S60: method ``email``, the address proved by a code of its own kind before the first session."""
    services = make_services()
    owed = register(services)
    assert (owed.factor, owed.verifying, owed.masked_address) == (Factor.EMAIL, True, "j•••@e•••.com")
    account = services.store.get(owed.handle.account_id)
    assert (account.method, account.email.verified_at, account.sessions) == (Method.EMAIL, None, [])
    assert enter(services, owed.handle, mailed(services, owed.handle)) is None
    assert mails(services)[0].template is Template.VERIFY_CODE
    assert tags(services, account.id) == ["account.created", "login.code_sent", "email.verified", "login.ok"]
    assert not services.store.get(account.id).pending
    clock_of(services).advance(seconds=61)
    log_in(services)


@pytest.mark.parametrize(
    ("username", "email", "password", "field"),
    [
        ("j", "jane@example.com", PASSWORD, "username"),
        ("jane", "jane", PASSWORD, "email"),
        ("jane", "jane@example.com", "short", "new_password"),
        ("jane", "jane@example.com", "password1234", "new_password"),
    ],
)
def test_each_refusal_names_its_field(username: str, email: str, password: str, field: str) -> None:
    """S01, S04: and nothing is stored."""
    services = make_services()
    with pytest.raises(InvalidInput) as caught:
        register(services, username, email, password)
    assert caught.value.field == field
    assert services.store.is_empty()


def test_username_in_use() -> None:
    services = make_services()
    make_account(services)
    with pytest.raises(NameTaken) as caught:
        register(services, "JANE", "other@example.org")
    assert caught.value.field == "username"


def test_address_in_use_gets_the_same_answer() -> None:
    """S06: same fields, same screen, same refusals; the owner alone learns of it, by mail."""
    services = make_services()
    owner = make_account(services)
    real, decoy = register(services, "new", "free@example.com"), register(services, "newer", "JANE@example.com")
    assert replace(real, handle=decoy.handle, masked_address=decoy.masked_address) == decoy
    assert decoy.masked_address == "J•••@e•••.com"
    sent = mailed_code.send(services, real.handle), mailed_code.send(services, decoy.handle)
    assert replace(sent[0], request_id=sent[1].request_id) == sent[1]
    assert [(mail.template, mail.to) for mail in mails(services)] == [
        (Template.VERIFY_CODE, "free@example.com"),
        (Template.ADDRESS_IN_USE, "jane@example.com"),
    ]
    assert mails(services)[1].code is None
    said = [_refusals(services, owed) for owed in (real, decoy)]
    assert said[0] == said[1]
    assert services.store.get(owner.id).tries == {}


def _refusals(services: Services, owed: CodeOwed) -> list[str]:
    said = []
    for _ in range(6):
        try:
            flows.enter_code(services, owed.handle, Secret("000000"))
        except (WrongCode, AttemptEnded) as error:
            said.append(error.user_message)
    clock_of(services).advance(minutes=5)
    return said


def test_nothing_but_the_mail_tells_an_address_in_use() -> None:
    """S06: afterwards the new name cannot log in, cannot be reset, and can be registered again, in both cases."""
    for email in ("free@example.com", "jane@example.com"):
        services = make_services()
        make_account(services)
        register(services, "new", email)
        with pytest.raises(WrongCredentials):
            flows.log_in(services, "new", Secret(PASSWORD), ATTACKER)
        handle = password_reset.ask(services, "new", ATTACKER).handle
        password_reset.send(services, handle)
        assert mails(services) == []
        assert register(services, "new", "another@example.com").verifying


def test_next_registration_replaces_one_that_was_never_proved() -> None:
    """S06, S12: who closed the window begins again with the same names, and a stranger's claim on them is void."""
    services = make_services()
    first = register(services, "mallory", "jane@example.com", OTHER_PASSWORD)
    code = mailed(services, first.handle)
    second = register(services)
    assert services.store.find(Claim.USERNAME, "mallory") is None
    assert enter(services, first.handle, code) is AttemptEnded
    assert enter(services, second.handle, mailed(services, second.handle)) is None
    with pytest.raises(NameTaken):
        register(services, "jane", "elsewhere@example.org")
    assert services.store.get(second.handle.account_id).username == "jane"


def test_what_the_operator_made_is_not_replaced() -> None:
    """S12: an account that waits for its first login, however long, belongs to the person it was made for."""
    services = make_services()
    made = make_account(services, verified=False)
    clock_of(services).advance(days=30)
    with pytest.raises(NameTaken):
        register(services, "jane", "mallory@example.org")
    register(services, "mallory", "jane@example.com")
    assert services.store.get(made.id).username == "jane"
    operator.find(services, "jane")


def test_what_the_operator_took_over_is_not_replaced() -> None:
    """S12: setting an address or a password makes a pending account a person's."""
    services = make_services()
    register(services)
    operator.set_password(services, "jane", Secret(OTHER_PASSWORD))
    with pytest.raises(NameTaken):
        register(services, "jane", "mallory@example.org")
    log_in(services, password=OTHER_PASSWORD)


def test_closed_registration_lets_the_first_one_in() -> None:
    """S60: an empty store is open; it stays so until somebody proved an address, and then it is closed."""
    services = make_services(policy=Policy(registration_open=False))
    register(services, "jane", "typo@example.com")
    assert registration.is_open(services)
    owed = register(services)
    mailed_code.send(services, owed.handle)
    assert enter(services, owed.handle, last_code(mailer_of(services))) is None
    assert not registration.is_open(services)
    with pytest.raises(NotAllowed):
        register(services, "mallory", "mallory@example.org")


def test_who_closed_the_window_to_read_the_outbox_goes_on_by_logging_in(tmp_path: Path) -> None:
    """S06: only where mail stays on this machine; elsewhere a login would tell a decoy from a registration."""
    clock = FakeClock()
    outbox = OutboxMailer(tmp_path / "outbox", "noreply@example.net", "tui-mfa", "", clock)
    services = make_services(mailer=outbox, clock=clock)
    register(services)
    owed = flows.log_in(services, "jane", Secret(PASSWORD), ORIGIN)
    assert isinstance(owed, CodeOwed)
    assert owed.verifying
    services = make_services()
    register(services)
    with pytest.raises(WrongCredentials):
        flows.log_in(services, "jane", Secret(PASSWORD), ORIGIN)


def test_many_pending_accounts_do_not_open_a_closed_service() -> None:
    """S60: only a handful is looked at."""
    services = make_services()
    for number in range(11):
        register(services, f"user{number}", f"user{number}@example.com")
    assert not registration.is_open(replace(services, policy=Policy(registration_open=False)))


def test_twenty_registrations_an_hour_per_address() -> None:
    """S31: the twenty-first is refused before any hash, other addresses are not."""
    services = make_services()
    for number in range(20):
        register(services, f"user{number}", f"user{number}@example.com")
    with pytest.raises(TooManyAttempts, match="registrations"):
        register(services)
    registration.register(services, "jane", "jane@example.com", Secret(PASSWORD), ATTACKER)
    clock_of(services).advance(hours=1)
    register(services, "late", "late@example.com")


def test_proving_and_replacing_at_the_same_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """S66: an account that was proved between the look and the removal stays."""
    services = make_services()
    owed = register(services)
    code = mailed(services, owed.handle)
    found = services.store.find

    def proved_meanwhile(claim: Claim, value: str) -> str | None:
        holder = found(claim, value)
        if services.store.get(owed.handle.account_id).pending:
            flows.enter_code(services, owed.handle, Secret(code))
        return holder

    monkeypatch.setattr(services.store, "find", proved_meanwhile)
    with pytest.raises(NameTaken):
        register(services, "jane", "mallory@example.org")
    assert services.store.get(owed.handle.account_id).sessions


def test_nobody_proves_an_account_that_is_being_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    """S66: between the decision and the removal the old code opens no session that would vanish with the account."""
    services = make_services()
    owed = register(services)
    code = mailed(services, owed.handle)
    removed, refusals = services.store.delete, []

    def late(account_id: str) -> None:
        refusals.append(enter(services, owed.handle, code))
        removed(account_id)

    monkeypatch.setattr(services.store, "delete", late)
    register(services, "jane", "other@example.com")
    assert refusals == [AttemptEnded]


def test_owner_is_told_of_his_address_six_times_an_hour_at_most() -> None:
    """S31, S12: the notices have a budget of their own, so the owner's login codes still go out."""
    services = make_services()
    owner = make_account(services)
    for number in range(8):
        owed = register(services, f"user{number}", "jane@example.com")
        mailed_code.send(services, owed.handle)
    assert [mail.template for mail in mails(services)] == [Template.ADDRESS_IN_USE] * 6
    log_in(services)
    assert services.store.get(owner.id).sessions
