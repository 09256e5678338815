"""Log in on the command line as an account's owner, for one command; the session ends with it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tui_mfa import bootstrap
from tui_mfa.cli.asking import Asker
from tui_mfa.cli.context import Cli
from tui_mfa.domain.account import Factor
from tui_mfa.domain.errors import InvalidInput, NotAllowed, TooManyAttempts, WrongCode
from tui_mfa.domain.login import flows, mailed_code
from tui_mfa.domain.login.model import CodeOwed, LoggedIn, Session
from tui_mfa.domain.profile import flows as profile
from tui_mfa.domain.secret import Secret


@dataclass(slots=True)
class Owner:
    """Somebody who is logged in."""

    session: Session
    stays: bool = False
    """The session outlives the command: a secret waits for its first code."""


@contextmanager
def logged_in(cli: Cli, name: str, asker: Asker) -> Iterator[Owner]:
    """Log in, run the block, log out, and send the mails about what was done.

    Args:
        cli: Services and output.
        name: A username or an e-mail address.
        asker: Where password and codes come from.

    Raises:
        WrongCredentials: Unknown name or wrong password.
        WrongCode: The code was wrong and nobody can be asked again.
    """
    step = flows.log_in(cli.services, name, asker.password(), bootstrap.local_origin())
    while isinstance(step, CodeOwed):
        owed = step
        try:
            step = _enter_code(cli, owed, asker)
        except BaseException:
            cli.deliver(owed.handle.account_id)  # wrong codes are told to the owner
            raise
    owner = Owner(step.session)
    try:
        yield owner
    finally:
        if not owner.stays:
            flows.log_out(cli.services, owner.session)
        cli.deliver(owner.session.account_id)


def end_others(cli: Cli, session: Session, *, keep: bool) -> int:
    """End the account's other sessions after a change of method, unless they are to be kept; return how many ended."""
    if keep:
        return 0
    ended = profile.end_other_sessions(cli.services, session)
    if ended:
        cli.out.words(f"{ended} other {'session was' if ended == 1 else 'sessions were'} ended.")
    return ended


def _enter_code(cli: Cli, owed: CodeOwed, asker: Asker) -> CodeOwed | LoggedIn:
    if owed.factor is Factor.EMAIL:
        _mail(cli, owed)
    while True:
        code = _ask(cli, owed, asker)
        try:
            return flows.enter_code(cli.services, owed.handle, code)
        except (WrongCode, InvalidInput) as error:
            if not asker.interactive or getattr(error, "tries_left", None) == 0:
                raise
            cli.out.words(error.user_message)


def _ask(cli: Cli, owed: CodeOwed, asker: Asker) -> Secret[str]:
    """Ask for a code; without one, Enter asks for another mail."""
    if owed.factor is Factor.AUTHENTICATOR:
        return asker.code("Code from the app: ", "The app's code is owed: the next input line, or --code.", option=True)
    while True:
        code = asker.code(
            "Code from the mail (Enter alone: another mail): ",
            "The mailed code is owed: the next line of standard input, which has to wait for the mail.",
        )
        if code or not asker.interactive:
            return code
        try:
            _mail(cli, owed)
        except (TooManyAttempts, NotAllowed) as error:
            cli.out.words(error.user_message)


def _mail(cli: Cli, owed: CodeOwed) -> None:
    sent = mailed_code.send(cli.services, owed.handle)
    to = owed.masked_address or "the address of the account"
    cli.out.words(f"We sent a code to {to} (request {sent.request_id}).")
    if not cli.services.mailer.delivers:
        cli.out.words("Mail is not sent from here: read it in another terminal with tui-mfa outbox show")
