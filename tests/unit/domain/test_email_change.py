"""Change the address."""

import pytest

from tests.fakes import (
    clock_of,
    confirm,
    delivered,
    enter,
    last_code,
    log_in,
    mailed,
    mailer_of,
    mails,
    make_account,
    make_services,
    start_login,
    tags,
)
from tui_mfa.domain import limits
from tui_mfa.domain.account import Account, Factor, Method
from tui_mfa.domain.errors import (
    AttemptEnded,
    ConfirmationRequired,
    DomainError,
    InvalidInput,
    NameTaken,
    SessionEnded,
    TooManyAttempts,
    WrongCode,
)
from tui_mfa.domain.login import mailed_code, password_reset
from tui_mfa.domain.login.model import Session
from tui_mfa.domain.operator import flows as operator
from tui_mfa.domain.ports import Services, Template
from tui_mfa.domain.profile import flows as profile
from tui_mfa.domain.secret import Secret

NEW = "new@example.org"


def logged_in() -> tuple[Services, Account, Session]:
    services = make_services()
    account = make_account(services)
    session = log_in(services)
    clock_of(services).advance(seconds=61)
    return services, account, session


def test_change() -> None:
    """S60, S63: a code to the new address, the change, an event, and a mail to the old address and the new."""
    services, account, session = logged_in()
    before = len(tags(services, account.id))
    owed = profile.begin_email_change(services, session, NEW)
    assert owed.masked_address == "n•••@e•••.org"
    code = mailed(services, owed.handle)
    assert (mails(services)[-1].template, mails(services)[-1].to) == (Template.NEW_ADDRESS_CODE, NEW)
    assert services.store.get(account.id).email.address == "jane@example.com"
    profile.finish_email_change(services, session, owed.handle, Secret(code))
    assert services.store.get(account.id).email.address == NEW
    assert tags(services, account.id, before) == ["email.change_asked", "login.code_sent", "email.changed"]
    assert delivered(services, account.id) == [("email_changed", NEW), ("email_changed", "jane@example.com")]
    assert mails(services)[-1].params["address"] == "n•••@e•••.org"
    log_in(services, NEW)


def test_codes_for_the_old_address_die_with_it() -> None:
    """S30: a login and a reset that wait for a mail to the old address are over."""
    services, _, session = logged_in()
    login = start_login(services).handle
    reset = password_reset.ask(services, "jane", session.origin).handle
    codes = mailed(services, login), mailed(services, reset)
    change = profile.begin_email_change(services, session, NEW).handle
    profile.finish_email_change(services, session, change, Secret(mailed(services, change)))
    assert enter(services, login, codes[0]) is AttemptEnded
    with pytest.raises(AttemptEnded):
        password_reset.prove(services, reset, Secret(codes[1]))


def test_both_steps_want_a_confirmation() -> None:
    """S07, S51: five minutes after the login neither begins nor ends."""
    services, _, session = logged_in()
    change = profile.begin_email_change(services, session, NEW).handle
    code = mailed(services, change)
    clock_of(services).advance(minutes=4)
    with pytest.raises(ConfirmationRequired):
        profile.begin_email_change(services, session, NEW)
    with pytest.raises(ConfirmationRequired):
        profile.finish_email_change(services, session, change, Secret(code))


def test_a_change_belongs_to_its_session() -> None:
    """S30: the code of one session is nothing in another, nor is the handle of another account."""
    services, _, session = logged_in()
    make_account(services, "mallory")
    other, stranger = log_in(services), log_in(services, "mallory")
    change = profile.begin_email_change(services, session, NEW).handle
    code = mailed(services, change)
    for one in (other, stranger):
        with pytest.raises(AttemptEnded):
            profile.finish_email_change(services, one, change, Secret(code))
    profile.finish_email_change(services, session, change, Secret(code))


def test_ended_session_changes_nothing() -> None:
    """S50: a session that was ended is told so, whatever the handle."""
    services, _, session = logged_in()
    make_account(services, "mallory", "taken@example.org")
    handles = [profile.begin_email_change(services, session, one).handle for one in (NEW, "taken@example.org")]
    profile.end_session(services, log_in(services), session.id)
    for handle in handles:
        with pytest.raises(SessionEnded):
            profile.finish_email_change(services, session, handle, Secret("123456"))


def answers(address: str) -> tuple[list[str], list[int]]:
    """Return all that is said about an address, through every limit, and the resends that were left."""
    services = make_services()
    make_account(services, method=Method.AUTHENTICATOR)
    make_account(services, "mallory", "taken@example.org")
    session = log_in(services)
    said: list[str] = []
    left: list[int] = []
    for _ in range(3):
        confirm(services, session)
        owed = profile.begin_email_change(services, session, address)
        said.append(str(owed.masked_address))
        for _ in range(3):
            try:
                left.append(mailed_code.send(services, owed.handle).resends_left)
            except DomainError as error:
                said.append(error.user_message)
            try:
                profile.finish_email_change(services, session, owed.handle, Secret("000000"))
            except DomainError as error:
                said.append(error.user_message)
            clock_of(services).advance(seconds=61)
    return said, left


def test_an_address_in_use_gets_the_same_answers() -> None:
    """S06: texts, resends and limits do not tell whose address it is; its owner is told by mail, no code goes out."""
    assert answers("taken@example.org") == answers("token@example.org")
    services, _, session = logged_in()
    make_account(services, "mallory", "taken@example.org")
    owed = profile.begin_email_change(services, session, "Taken@example.org")
    mailed_code.send(services, owed.handle)
    assert (mails(services)[-1].template, mails(services)[-1].to) == (Template.ADDRESS_IN_USE, "taken@example.org")
    assert mails(services)[-1].code is None


def test_address_taken_while_the_code_is_under_way() -> None:
    """S66: the change is refused as a whole; the old address stays proved and works."""
    services, account, session = logged_in()
    change = profile.begin_email_change(services, session, NEW).handle
    code = mailed(services, change)
    make_account(services, "mallory", NEW)
    with pytest.raises(NameTaken):
        profile.finish_email_change(services, session, change, Secret(code))
    assert services.store.get(account.id).email == account.email
    log_in(services)


def test_own_address_in_another_case() -> None:
    """S30: the same letters are no change; another case of them is, and goes by the same code."""
    services, account, session = logged_in()
    with pytest.raises(InvalidInput):
        profile.begin_email_change(services, session, "jane@example.com")
    change = profile.begin_email_change(services, session, "Jane@example.com").handle
    profile.finish_email_change(services, session, change, Secret(mailed(services, change)))
    assert services.store.get(account.id).email.address == "Jane@example.com"


def test_guesses_do_not_touch_the_login() -> None:
    """S11, S60: a code at the new address has its own counter, both ways, and wrong ones are logged."""
    services, account, session = logged_in()
    with services.store.account(account.id) as changing:
        limits.count(changing.tries_of(Factor.EMAIL), services.clock.now())
    change = profile.begin_email_change(services, session, NEW).handle
    mailed(services, change)
    with pytest.raises(WrongCode):
        profile.finish_email_change(services, session, change, Secret("000000"))
    tries = services.store.get(account.id).tries
    assert (tries[Factor.EMAIL].in_a_row, tries[Factor.NEW_EMAIL].in_a_row) == (1, 1)
    assert tags(services, account.id)[-1] == "login.code_failed"


def test_mails_to_new_addresses_are_limited_with_the_others() -> None:
    """S31: six an hour for the account, so nobody uses the portal to fill other people's mailboxes."""
    services, _, session = logged_in()
    for number in range(5):
        owed = profile.begin_email_change(services, session, f"victim{number}@example.org")
        mailed_code.send(services, owed.handle)
    owed = profile.begin_email_change(services, session, "victim9@example.org")
    with pytest.raises(TooManyAttempts):
        mailed_code.send(services, owed.handle)


def test_operator_sets_an_address() -> None:
    """S60, S63: sessions end, the old address is told, the new one is proved at the next login."""
    services, account, session = logged_in()
    operator.set_email(services, "jane", NEW)
    with pytest.raises(SessionEnded):
        profile.overview(services, session)
    assert delivered(services, account.id) == [("email_changed", NEW), ("email_changed", "jane@example.com")]
    owed = start_login(services)
    assert owed.verifying
    mailed_code.send(services, owed.handle)
    assert enter(services, owed.handle, last_code(mailer_of(services))) is None
