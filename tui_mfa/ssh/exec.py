"""Exec requests, ``ssh host keys list``: a key is the first factor, the code comes along or is asked for."""

import asyncio
import contextlib
from typing import TYPE_CHECKING, Final, Protocol

from tui_mfa.domain import notices
from tui_mfa.domain.account import Factor
from tui_mfa.domain.errors import DomainError
from tui_mfa.domain.login import flows, mailed_code
from tui_mfa.domain.login.model import CodeOwed, LoggedIn
from tui_mfa.domain.ports import Services
from tui_mfa.domain.secret import Secret
from tui_mfa.presentation import safe_text
from tui_mfa.ssh import commands
from tui_mfa.ssh.portal import Client

if TYPE_CHECKING:
    from tui_mfa.ssh.server import House

NEEDS_KEY: Final = (
    "Commands need an SSH key of your account. Connect without a command, log in, and add one: "
    "Security, Manage SSH Keys."
)

LINE_MAX: Final = 64
"""Bytes of a typed code with whatever somebody puts between its digits."""

CODE_WITHIN: Final = 600
"""Seconds to type the code: as long as a mailed one is good."""


class Line(Protocol):
    """The channel of a command."""

    input: asyncio.StreamReader

    def send(self, data: bytes) -> None:
        """Write to standard output."""

    def complain(self, text: str, end: str = "\n") -> None:
        """Write to standard error."""


async def serve(house: "House", client: Client, proved: str | None, command: str, line: Line) -> int:
    """Do what a command says, as the owner of the account; return the exit status.

    Args:
        house: What all sessions share.
        client: Who is there.
        proved: The key whose signature was checked, or nothing.
        command: As it came.
        line: The channel.
    """
    request = commands.split(command)
    if request.refusal:
        line.complain(request.refusal)
        return 2
    if request.open_to_all:
        line.send(commands.HELP.encode())
        return 0
    entered = await house.enter(client, proved)
    if entered is None:
        line.complain(NEEDS_KEY)
        return 1
    account_id = (entered.handle if isinstance(entered, CodeOwed) else entered.session).account_id
    try:
        return await _do(house, entered, request, line)
    finally:
        await asyncio.to_thread(_tell_owner, house.services, account_id)


async def _do(house: "House", entered: CodeOwed | LoggedIn, request: commands.Request, line: Line) -> int:
    """Finish the login, do what was asked, and log out."""
    try:
        logged_in = await _code_asked(house, entered, request.code, line)
    except DomainError as error:
        line.complain(safe_text(error.user_message, 500))
        return error.exit_status
    except TimeoutError:
        logged_in = None
    if logged_in is None:
        line.complain("No code came. Give it with the command: --code 123456")
        return 1
    session = logged_in.session
    try:
        outcome = await asyncio.to_thread(commands.run, house.services, session, request)
    finally:
        await asyncio.to_thread(flows.log_out, house.services, session)
    line.send(outcome.out.encode())
    if outcome.err:
        line.complain(outcome.err.rstrip("\n"))
    return outcome.status


def _tell_owner(services: Services, account_id: str) -> None:
    """Send the mails about changes and wrong codes; those that cannot go wait, and the command stands as it is."""
    with contextlib.suppress(DomainError):
        notices.deliver(services, account_id)


async def _code_asked(
    house: "House", entered: CodeOwed | LoggedIn, given: Secret[str] | None, line: Line
) -> LoggedIn | None:
    """Ask for the code that is owed, once for each factor."""
    while isinstance(entered, CodeOwed):
        code, given = given, None
        if code is None:
            if entered.factor is Factor.EMAIL:
                await asyncio.to_thread(mailed_code.send, house.services, entered.handle)
                line.complain("A code was mailed to you.")
            line.complain("Code: ", end="")
            async with asyncio.timeout(CODE_WITHIN):
                typed = await _typed(line.input)
            if not typed.strip():
                return None
            code = Secret(typed.decode("ascii", "replace").strip())
        entered = await asyncio.to_thread(flows.enter_code, house.services, entered.handle, code)
    return entered


async def _typed(source: asyncio.StreamReader) -> bytes:
    """Read a line, or what is surely no code; whatever stands behind it is not read."""
    data = b""
    while b"\n" not in data and len(data) < LINE_MAX and (piece := await source.read(LINE_MAX - len(data))):
        data += piece
    return data.partition(b"\n")[0]
