"""Somebody who knows the password guesses the mailed code and asks for a new one whenever the tries run out."""

import pytest

from tests.fakes import ATTACKER, clock_of, mailed, make_account, make_services, start_login, wrong_code
from tui_mfa.domain.account import Factor
from tui_mfa.domain.errors import AttemptEnded, TooManyAttempts, WrongCode
from tui_mfa.domain.login import flows, mailed_code
from tui_mfa.domain.secret import Secret


def test_resend_gives_no_new_tries() -> None:
    """S10: Four wrong codes, a resend, one wrong code: the attempt is over, for the reason of its tries.

    A portal that keeps the counter beside the code starts it anew with each mail, and gives a million tries by mail.
    The refusals are asserted by reason and by their count, so a refusal for another cause does not pass for this one;
    the right code is offered at the end, so that "wrong" is not the reason either.
    """
    services = make_services()
    account = make_account(services)
    handle = start_login(services, origin=ATTACKER).handle
    code = mailed(services, handle)
    left = []
    for number in range(5):
        if number == 4:
            clock_of(services).advance(seconds=60)
            code = mailed(services, handle)
        with pytest.raises(WrongCode) as caught:
            flows.enter_code(services, handle, Secret(wrong_code(code)))
        left.append(caught.value.tries_left)
    assert left == [4, 3, 2, 1, 0]
    with pytest.raises(AttemptEnded) as ended:
        flows.enter_code(services, handle, Secret(code))
    assert ended.value.user_message == "Five wrong codes. Start again."
    attempt = services.store.get(account.id).attempts[0]
    assert (attempt.wrong_codes, attempt.mails_sent) == (5, 2)
    clock_of(services).advance(seconds=60)
    with pytest.raises(AttemptEnded):
        mailed_code.send(services, handle)


def test_resend_does_not_reset_the_limit_of_the_account() -> None:
    """S10: The same with the account's own counter, over attempts begun anew after each wrong code.

    The right password between them, the new attempt and its new mail are all no success of this factor.
    The sixth guess is refused as one too many, although its code is right and its attempt has tries left.
    """
    services = make_services()
    account = make_account(services)
    for _ in range(5):
        handle = start_login(services, origin=ATTACKER).handle
        with pytest.raises(WrongCode) as caught:
            flows.enter_code(services, handle, Secret(wrong_code(mailed(services, handle))))
        assert caught.value.tries_left == 4
    handle = start_login(services, origin=ATTACKER).handle
    code = mailed(services, handle)
    with pytest.raises(TooManyAttempts, match=r"Too many tries\. Wait 5 min"):
        flows.enter_code(services, handle, Secret(code))
    assert services.store.get(account.id).tries[Factor.EMAIL].in_a_row == 5
    assert services.store.get(account.id).attempts[-1].wrong_codes == 0
