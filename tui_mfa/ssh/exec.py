"""``ssh host COMMAND``: key and second factor first, then one command of ``commands``.

A key is needed: without one there would have to be a password, which is typed in the portal and nowhere else. What adds
a key or a token asks for the password beside the key, which makes the login a confirmation (S51).
"""

import asyncio
import contextlib
from typing import TYPE_CHECKING, Final

from tui_mfa.domain import notices
from tui_mfa.domain.account import Factor
from tui_mfa.domain.errors import DomainError
from tui_mfa.domain.login import confirmation, flows, key_login, mailed_code
from tui_mfa.domain.login.model import CodeOwed, LoggedIn
from tui_mfa.domain.ports import Services
from tui_mfa.domain.secret import Secret
from tui_mfa.ssh import commands
from tui_mfa.ssh.commands import Outcome
from tui_mfa.ssh.portal import Client
from tui_mfa.ssh.request import Request, split
from tui_mfa.ssh.talk import Line, Talk

if TYPE_CHECKING:
    from tui_mfa.ssh.server import House

NEEDS_KEY: Final = (
    "Commands need an SSH key of your account. Connect without a command, log in, and add one: "
    "Security, Manage SSH Keys."
)
NO_CODE: Final = "No code came. Give it with the command: --code 123456"
NO_PASSWORD: Final = "No password came. It is asked for on the terminal (ssh -t), or the first line of standard input."


class _Nothing(Exception):
    """The person gave no answer; the text says what is missing."""


async def serve(house: "House", client: Client, proved: str | None, command: str, line: Line) -> int:
    """Do what a command says, as the owner of the account; return the exit status.

    Args:
        house: What all sessions share.
        client: Who is there.
        proved: The key whose signature was checked, or nothing.
        command: As it came.
        line: The channel.
    """
    talk = Talk(line, terminal="TERM" in client.environ)
    request = split(command)
    if request.refusal:
        return talk.end(commands.refused(2, request.refusal, request))
    if request.open_to_all:
        return talk.end(Outcome(0, out=commands.HELP))
    entered = await house.enter(client, proved)
    if entered is None:
        return talk.end(commands.refused(1, NEEDS_KEY, request, "needs_key"))
    handle = entered.handle if isinstance(entered, CodeOwed) else entered.session
    try:
        return talk.end(await _outcome(house.services, entered, request, talk))
    finally:
        await asyncio.to_thread(_tell_owner, house.services, handle.account_id)


async def _outcome(services: Services, entered: CodeOwed | LoggedIn, request: Request, talk: Talk) -> Outcome:
    """Finish the login, do what was asked, and log out."""
    session = entered.session if isinstance(entered, LoggedIn) else None
    try:
        refused = await asyncio.to_thread(commands.before, services, request)
        if refused is not None:
            return refused
        if commands.wants_password(request):
            await _prove_password(services, entered, talk)
        session = (await _code_asked(services, entered, request.code, talk)).session
        return await asyncio.to_thread(commands.run, services, session, request)
    except _Nothing as error:
        return commands.refused(1, str(error), request, "no_answer")
    except DomainError as error:
        return commands.refused_by_rule(error, request)
    finally:
        if session is not None:
            await asyncio.to_thread(flows.log_out, services, session)


def _tell_owner(services: Services, account_id: str) -> None:
    """Send the mails about changes and wrong codes; those that cannot go wait, and the command stands as it is."""
    with contextlib.suppress(DomainError):
        notices.deliver(services, account_id)


async def _prove_password(services: Services, entered: CodeOwed | LoggedIn, talk: Talk) -> None:
    """Ask for the password that goes beside the key."""
    password = await talk.ask("Password: " if talk.terminal else "Password (ssh -t hides what you type): ")
    if password is None:
        raise _Nothing(NO_PASSWORD)
    if isinstance(entered, CodeOwed):
        await asyncio.to_thread(key_login.prove_password, services, entered.handle, password)
    else:  # no second factor: the password is all that a confirmation wants
        await asyncio.to_thread(confirmation.finish, services, entered.session, None, password, Secret(""))


async def _code_asked(
    services: Services, entered: CodeOwed | LoggedIn, given: Secret[str] | None, talk: Talk
) -> LoggedIn:
    """Ask for the code that is owed, once for each factor."""
    while isinstance(entered, CodeOwed):
        code, given = given, None
        if code is None:
            if entered.factor is Factor.EMAIL:
                await asyncio.to_thread(mailed_code.send, services, entered.handle)
                talk.say("A code was mailed to you.")
            code = await talk.ask("Code: ")
            if code is None:
                raise _Nothing(NO_CODE)
        entered = await asyncio.to_thread(flows.enter_code, services, entered.handle, code)
    return entered
