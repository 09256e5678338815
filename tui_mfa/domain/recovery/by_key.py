"""Get in without the lost device by an SSH key of the account, the password, and a mailed code.

NIST SP 800-63B-4 section 4.2.2.2 wants, for what two factors guard, a code that was sent and another authenticator that
is bound to the account: here the registered key, whose signature the server has checked. The password comes on top
(``key_login.prove_password``), since the session that follows may replace the authenticator.
"""

from tui_mfa.domain import names
from tui_mfa.domain.account import Attempt, Factor, Purpose
from tui_mfa.domain.errors import DomainError, NoSuchAccount, WrongCode
from tui_mfa.domain.events import Tag
from tui_mfa.domain.login import answers, guard, key_login, mailed_code
from tui_mfa.domain.login.model import ATTEMPT_LIFE, AttemptHandle, CodeOwed, LoggedIn
from tui_mfa.domain.names import masked_email
from tui_mfa.domain.ports import Services
from tui_mfa.domain.recovery import flows
from tui_mfa.domain.secret import Secret
from tui_mfa.domain.tokens import hash_token, new_id, new_token


def begin(services: Services, handle: AttemptHandle) -> CodeOwed:
    """Start what a mailed code finishes; ``mailed_code.send`` sends it.

    Raises:
        NotAllowed: There was no key, no password, or there is no authenticator to recover.
        AttemptEnded: Start again.
    """
    now = services.clock.now()
    token = new_token(services.entropy)
    try:
        with services.store.account(handle.account_id) as account:
            login = key_login.attempt_by_key(services, account, handle)
            refused = flows.usable(account, login)
            if refused is not None:
                raise refused
            attempt = Attempt(
                id=new_id(services.entropy, 8),
                token_hash=hash_token(token),
                purpose=Purpose.RECOVER,
                started_at=now,
                expires_at=now + ATTEMPT_LIFE,
                origin=login.origin,
                address=account.email.address,
                by_key=True,
                password_proved=True,
            )
            guard.add_attempt(account, attempt, now)
            masked = masked_email(account.email.address)
    except NoSuchAccount:
        raise answers.too_old() from None
    fresh = AttemptHandle(handle.account_id, token, Purpose.RECOVER, handle.name, handle.origin, now)
    return CodeOwed(fresh, Factor.EMAIL, masked, by_key=True)


def use_mailed_code(services: Services, handle: AttemptHandle, typed: Secret[str]) -> LoggedIn:
    """Log in with the mailed code; the session may replace the authenticator within ten minutes.

    Args:
        services: What the rules need.
        handle: From ``begin``.
        typed: Six digits.

    Raises:
        WrongCode: Counted, by the limits of a factor of its own.
        TooManyAttempts: Not judged.
        AttemptEnded: Start again.
    """
    digits = names.code(typed)
    with guard.address_limit(services, handle.origin):
        now = services.clock.now()
        try:
            with services.store.account(handle.account_id) as account:
                attempt = guard.find_attempt(account, handle, now, Purpose.RECOVER)
                verdict: DomainError | None = flows.usable(account, attempt)
                if verdict is None:
                    verdict = mailed_code.check(account, attempt, digits, now, services.box)
                if verdict is None:
                    return flows.let_in(services, account, attempt, handle, now, "mailed code", Tag.RECOVERY_KEY_USED)
                counted = isinstance(verdict, WrongCode)
                flows.refuse(account, attempt, now, Factor.RECOVERY_MAIL, counted=counted)
        except NoSuchAccount:
            raise answers.too_old() from None
        raise verdict
