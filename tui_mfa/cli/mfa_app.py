"""``tui-mfa mfa enable-app``, ``replace`` and ``confirm``: an authenticator, in one run or in two.

At a terminal one run shows the secret and asks for its first code. Without one, the secret waits: the first command
prints a resume token, which stands for its session, and ``confirm`` takes that token and the code.
"""

import base64
import binascii
from shlex import quote
from typing import TYPE_CHECKING

import click

from tui_mfa.cli.context import Cli
from tui_mfa.cli.options import json_option, keep_sessions, owner_options
from tui_mfa.documents import stamp

if TYPE_CHECKING:
    from datetime import datetime

    from tui_mfa.cli.asking import Asker
    from tui_mfa.cli.owner import Owner
    from tui_mfa.domain.login.model import Session
    from tui_mfa.domain.secret import Secret
    from tui_mfa.domain.two_factor.model import AuthenticatorEnabled, NewRecoveryCodes, NewSecret


@click.command("enable-app")
@click.argument("name")
@owner_options
@keep_sessions
@click.pass_obj
def enable_app(cli: Cli, name: str, password_stdin: bool, code: str | None, keep_sessions: bool) -> None:
    """Set up an authenticator app: print a new secret and its URI, draw the QR code, ask for the first code.

    Nothing changes before that code. Without a terminal, or with --json, a resume token is printed too, and “tui-mfa
    mfa confirm” ends what was begun, within five minutes.
    """
    _enrol(cli, name, (password_stdin, code), keep=keep_sessions, replacing=False)


@click.command()
@click.argument("name")
@owner_options
@keep_sessions
@click.pass_obj
def replace(cli: Cli, name: str, password_stdin: bool, code: str | None, keep_sessions: bool) -> None:
    """Put a new secret in place of the one in force, which stays valid until the first code of the new one.

    It goes on like “tui-mfa mfa enable-app”.
    """
    _enrol(cli, name, (password_stdin, code), keep=keep_sessions, replacing=True)


@click.command()
@click.argument("name")
@click.argument("code")
@click.option("--resume", metavar="TOKEN", help="The token, in place of the first line of standard input.")
@keep_sessions
@json_option
@click.pass_obj
def confirm(cli: Cli, name: str, code: str, resume: str | None, keep_sessions: bool) -> None:
    """Put a secret of “enable-app” or “replace” in force with its first CODE, and print ten recovery codes.

    The resume token that was printed with the secret is read from standard input, where other users of the machine
    cannot see it; --resume is for machines that have none.
    """
    from tui_mfa.cli.asking import Asker
    from tui_mfa.cli.owner import end_others
    from tui_mfa.domain.errors import DomainError, SessionEnded, WrongCode
    from tui_mfa.domain.login import flows as login
    from tui_mfa.domain.operator.flows import find
    from tui_mfa.domain.secret import Secret
    from tui_mfa.domain.two_factor import flows

    given = Secret(resume) if resume is not None else Asker(cli.out).secret_line("Resume token: ", _NO_TOKEN)
    session = session_of(given)
    if find(cli.services, name).id != session.account_id:
        raise SessionEnded("This resume token belongs to another account.")
    try:
        done = flows.confirm(cli.services, session, Secret(code))
    except DomainError as error:
        if (isinstance(error, WrongCode) and error.tries_left != 0) or error.code == "invalid_input":
            raise  # the same secret and the same token stand for another try
        cli.next_step = f"tui-mfa mfa enable-app {quote(name)}"
        login.log_out(cli.services, session)
        raise
    _hand_over(cli, done, end_others(cli, session, keep=keep_sessions))
    login.log_out(cli.services, session)
    cli.deliver(session.account_id)


def token_of(session: "Session") -> "Secret[str]":
    """Return the resume token of a session: one word that holds the account's id, the session's id and its token."""
    from tui_mfa.domain.secret import Secret

    plain = f"{session.account_id}.{session.id}.{session.token.reveal()}"
    return Secret(base64.urlsafe_b64encode(plain.encode()).decode().rstrip("="))


def session_of(token: "Secret[str]") -> "Session":
    """Return the session that a resume token stands for, as if at this terminal.

    Raises:
        InvalidInput: It is no such token.
    """
    from tui_mfa import bootstrap
    from tui_mfa.domain.errors import InvalidInput
    from tui_mfa.domain.login.model import Session
    from tui_mfa.domain.secret import Secret

    raw = token.reveal().strip()
    try:
        plain = base64.b64decode(raw + "=" * (-len(raw) % 4), altchars=b"-_", validate=True).decode("ascii")
        account_id, session_id, secret = plain.split(".")
    except (binascii.Error, ValueError):
        raise InvalidInput("This is not the resume token that “mfa enable-app” prints.", field="resume") from None
    return Session(account_id, session_id, Secret(secret), bootstrap.local_origin())


def codes_value(codes: "NewRecoveryCodes") -> dict[str, object]:
    """Return recovery codes for JSON."""
    return {"set": codes.set_id, "made_at": stamp(codes.made_at), "codes": [code.reveal() for code in codes.codes]}


def print_codes(cli: Cli, codes: "NewRecoveryCodes") -> None:
    """Print recovery codes: the codes alone to standard output, what they are to standard error."""
    cli.out.words(f"Recovery codes, set {codes.set_id}, made {cli.when(codes.made_at)}. Each is good once; keep them:")
    cli.out.secret(*codes.codes)


def _enrol(cli: Cli, name: str, login: tuple[bool, str | None], *, keep: bool, replacing: bool) -> None:
    from tui_mfa.cli.asking import Asker
    from tui_mfa.cli.owner import end_others, logged_in
    from tui_mfa.domain.two_factor import flows

    asker = Asker(cli.out, password_stdin=login[0], code=login[1])
    with logged_in(cli, name, asker) as owner:
        _require_method(cli, owner.session, replacing=replacing)
        new = flows.begin(cli.services, owner.session)
        if cli.out.json or not asker.interactive:
            _leave_pending(cli, owner, new)
            return
        _show(cli, new)
        done = _first_code(cli, owner.session, asker)
        _hand_over(cli, done, end_others(cli, owner.session, keep=keep))
        _prove(cli, owner.session, asker, done.proof)


def _require_method(cli: Cli, session: "Session", *, replacing: bool) -> None:
    from tui_mfa.domain.account import Method
    from tui_mfa.domain.errors import NotAllowed
    from tui_mfa.domain.profile import flows as profile

    overview = profile.overview(cli.services, session)
    if (overview.method is Method.AUTHENTICATOR) is replacing:
        return
    if replacing:
        cli.next_step = f"tui-mfa mfa enable-app {overview.username}"
        raise NotAllowed("There is no authenticator to replace.")
    cli.next_step = f"tui-mfa mfa replace {overview.username}"
    raise NotAllowed("The authenticator app is the method already.")


def _leave_pending(cli: Cli, owner: "Owner", new: "NewSecret") -> None:
    """Print what the second command needs, and keep the session for it."""
    owner.stays = True
    until, token = _usable_until(cli, new), token_of(owner.session)
    if cli.out.json:
        cli.out.document(
            {
                "secret": new.secret.reveal(),
                "uri": new.uris[0].reveal(),
                "replaces": new.replaces,
                "resume": token.reveal(),
                "valid_until": stamp(until),
            }
        )
        return
    cli.out.words("Secret, URI and resume token. Nothing is changed yet:")
    cli.out.secret(new.secret, new.uris[0], token)
    cli.out.words(f"Put it in force by {until:%H:%M:%S} UTC: tui-mfa mfa confirm NAME CODE   (the token on its input)")


def _usable_until(cli: Cli, new: "NewSecret") -> "datetime":
    """Return until when the secret can be confirmed: the login that allows it is good for five minutes."""
    from tui_mfa.domain.login.guard import CONFIRMATION_LIFE

    return min(new.valid_until, cli.services.clock.now() + CONFIRMATION_LIFE)


def _show(cli: Cli, new: "NewSecret") -> None:
    """Print the secret and its URI, then draw the code: last, so that all of it is on screen with the question."""
    from tui_mfa.cli.qr import draw_first_that_fits

    cli.out.words("Enter this code in your Authenticator App to setup Two factor Authentication:")
    cli.out.secret(new.secret)
    cli.out.words("The same as a URI:")
    cli.out.secret(new.uris[0])
    cli.out.words(
        "Please save this secret for recovering: whoever loses the phone gets in with it.",
        "Or scan the code with your Authenticator App:",
    )
    draw_first_that_fits(cli, new.uris)


def _first_code(cli: Cli, session: "Session", asker: "Asker") -> "AuthenticatorEnabled":
    from tui_mfa.domain.errors import InvalidInput, WrongCode
    from tui_mfa.domain.two_factor import flows

    while True:
        try:
            return flows.confirm(cli.services, session, asker.code("ENTER THE CODE: ", "The first code is missing."))
        except (WrongCode, InvalidInput) as error:
            if getattr(error, "tries_left", None) == 0:
                raise
            cli.out.words(error.user_message)


def _hand_over(cli: Cli, done: "AuthenticatorEnabled", ended: int) -> None:
    if cli.out.json:
        cli.out.document(
            {
                "method": "authenticator",
                "replaced": done.replaced,
                "recovery_codes": codes_value(done.codes),
                "ended_sessions": ended,
            }
        )
        return
    cli.out.words("The authenticator was replaced." if done.replaced else "The authenticator app is enabled.")
    print_codes(cli, done.codes)


def _prove(cli: Cli, session: "Session", asker: "Asker", proof: tuple[int, int]) -> None:
    """Ask for four characters of the secret as proof that it was saved; it can be put off."""
    from tui_mfa.domain.errors import WrongCode
    from tui_mfa.domain.two_factor import flows

    first, last = proof
    while True:
        typed = asker.secret_line(f"Characters {first}–{last} of the secret that you saved (Enter: later): ", "")
        if not typed:
            cli.out.words("The profile will remind you.")
            return
        try:
            flows.prove_saved(cli.services, session, typed)
        except WrongCode as error:
            cli.out.words(error.user_message)
        else:
            cli.out.words("The secret is saved.")
            return


_NO_TOKEN = "The resume token is the first line of standard input, which is empty; or --resume TOKEN."
