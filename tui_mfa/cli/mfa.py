"""``tui-mfa mfa``: two-factor authentication of an account, mostly as its owner."""

import click

from tui_mfa.cli.context import Cli
from tui_mfa.cli.lazy import Later, LazyGroup
from tui_mfa.cli.options import json_option, keep_sessions, owner_options

_HERE = "tui_mfa.cli.mfa"
_APP = "tui_mfa.cli.mfa_app"


@click.group(
    cls=LazyGroup,
    later={
        "status": Later(_HERE, "status", "Show the method and what belongs to it; asks for no login."),
        "enable-email": Later(_HERE, "enable_email", "Make mailed codes the method."),
        "enable-app": Later(_APP, "enable_app", "Set up an authenticator app."),
        "confirm": Later(_APP, "confirm", "Put a secret of “enable-app” or “replace” in force with its first code."),
        "replace": Later(_APP, "replace", "Put a new secret in place of the one in force."),
        "disable": Later(_HERE, "disable", "Switch two-factor authentication off."),
        "recovery-codes": Later(_HERE, "recovery_codes", "Make ten new recovery codes; the old ones are void."),
    },
)
def mfa() -> None:
    """Two-factor authentication of an account. NAME is a username or an e-mail address.

    All but “status” are done as the account's owner: they ask for the password and the code of the present method, and
    end their session when they are done.
    """


@click.command()
@click.argument("name")
@json_option
@click.pass_obj
def status(cli: Cli, name: str) -> None:
    """Show the method of an account and what belongs to it."""
    from tui_mfa.documents import factors_value, switched_off
    from tui_mfa.domain.operator import lookup

    account = lookup.find(cli.services, name)
    required = cli.services.policy.mfa_required
    if cli.out.json:
        cli.out.document(factors_value(account, required=required))
        return
    lines = [f"Method:         {account.method.value}" + (" (a second factor is required here)" if required else "")]
    if account.authenticator is not None:
        saved = "saved" if account.authenticator.saved_at else "not proved to be saved"
        lines.append(f"Authenticator:  since {cli.when(account.authenticator.enabled_at)}, secret {saved}")
    if account.recovery is not None:
        left = sum(code.used_at is None for code in account.recovery.codes)
        made = cli.when(account.recovery.made_at)
        lines.append(f"Recovery codes: {left} left of set {account.recovery.set_id}, made {made}")
    if account.enrolment is not None:
        lines.append("Pending:        a secret was shown and waits for its first code")
    lines.append(f"Switched off:   {', '.join(switched_off(account)) or 'nothing'}")
    cli.out.data(*lines)


@click.command("enable-email")
@click.argument("name")
@owner_options
@keep_sessions
@click.pass_obj
def enable_email(cli: Cli, name: str, password_stdin: bool, code: str | None, keep_sessions: bool) -> None:
    """Make mailed codes the method. An authenticator and its recovery codes are void then."""
    from tui_mfa.cli.asking import Asker
    from tui_mfa.cli.owner import end_others, logged_in
    from tui_mfa.domain.two_factor import flows

    with logged_in(cli, name, Asker(cli.out, password_stdin=password_stdin, code=code)) as owner:
        flows.enable_email(cli.services, owner.session)
        ended = end_others(cli, owner.session, keep=keep_sessions)
    _changed(cli, "email", ended, "Email Based two-factor authentication is enabled.")


@click.command()
@click.argument("name")
@click.option("--confirm", metavar="WORD", help="The word “disable”, in place of typing it.")
@owner_options
@keep_sessions
@click.pass_obj
def disable(
    cli: Cli, name: str, confirm: str | None, password_stdin: bool, code: str | None, keep_sessions: bool
) -> None:
    """Switch two-factor authentication off: the password alone opens the account then."""
    from tui_mfa.cli.asking import Asker
    from tui_mfa.cli.owner import end_others, logged_in
    from tui_mfa.domain.errors import InvalidInput
    from tui_mfa.domain.two_factor import flows, rules

    asker = Asker(cli.out, password_stdin=password_stdin, code=code)
    if confirm is None:
        cli.out.words("Mailed codes are safer than nothing: tui-mfa mfa enable-email NAME")
        confirm = asker.word(f"To confirm the action, type {rules.WORD}: ", f"--confirm {rules.WORD}")
    if confirm.strip() != rules.WORD:  # before a login and a mail in vain
        raise InvalidInput(f"Type the word {rules.WORD} to confirm. Nothing was changed.", field="confirm")
    with logged_in(cli, name, asker) as owner:
        flows.disable(cli.services, owner.session, confirm)
        ended = end_others(cli, owner.session, keep=keep_sessions)
    _changed(cli, "disabled", ended, "Two-factor authentication is disabled.")


@click.command("recovery-codes")
@click.argument("name")
@owner_options
@click.pass_obj
def recovery_codes(cli: Cli, name: str, password_stdin: bool, code: str | None) -> None:
    """Make ten new recovery codes and print them; the old ones are void."""
    from tui_mfa.cli.asking import Asker
    from tui_mfa.cli.mfa_app import codes_value, print_codes
    from tui_mfa.cli.owner import logged_in
    from tui_mfa.domain.recovery import flows

    with logged_in(cli, name, Asker(cli.out, password_stdin=password_stdin, code=code)) as owner:
        fresh = flows.make_codes(cli.services, owner.session)
        if cli.out.json:
            cli.out.document({"recovery_codes": codes_value(fresh)})
        else:
            print_codes(cli, fresh)


def _changed(cli: Cli, method: str, ended: int, words: str) -> None:
    if cli.out.json:
        cli.out.document({"method": method, "ended_sessions": ended})
    else:
        cli.out.words(words)
