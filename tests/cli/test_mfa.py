"""``tui-mfa mfa`` without a terminal: what scripts do."""

import pytest

from tests.cli.home import PASSWORD, Home
from tui_mfa import bootstrap
from tui_mfa.domain.login import flows as login
from tui_mfa.domain.login.model import CodeOwed, LoggedIn
from tui_mfa.domain.secret import Secret

STDIN = "--password-stdin"


@pytest.fixture
def jane(home: Home) -> Home:
    home.add()
    return home


def begin(home: Home, command: str = "enable-app", *options: str) -> dict[str, str]:
    """Begin an enrolment of Jane, whose method is ``email``."""
    done = home.run("mfa", command, "jane", STDIN, "--json", *options, stdin=(PASSWORD, home.mailed_code))
    assert done.status == 0, done
    value: dict[str, str] = done.value
    return value


def sessions(home: Home) -> int:
    store = home.services().store
    (account_id,) = store.ids()
    return len(store.get(account_id).sessions)


def other_session(home: Home, secret: str) -> None:
    """Log Jane in elsewhere, by app."""
    services, origin = home.services(), bootstrap.local_origin()
    owed = login.log_in(services, "jane", Secret(PASSWORD), origin)
    assert isinstance(owed, CodeOwed)
    assert isinstance(login.enter_code(services, owed.handle, Secret(home.app_code(secret))), LoggedIn)
    home.clock.turn(30)


def test_an_app_is_enabled_in_two_commands_and_disabled_again(jane: Home) -> None:
    begun = begin(jane)
    assert set(begun) == {"secret", "uri", "replaces", "resume", "valid_until"}
    assert begun["uri"] == f"otpauth://totp/tui-mfa:jane@example.com?secret={begun['secret']}&issuer=tui-mfa"
    assert begun["valid_until"] == "2026-11-24T12:35:05Z"
    assert jane.run("mfa", "status", "jane", "--json").value == {
        "username": "jane",
        "method": "email",
        "mfa_required": False,
        "email_verified": True,
        "authenticator": None,
        "recovery_codes": None,
        "enrolment_pending": True,
        "factors_switched_off": [],
    }
    wrong = jane.run("mfa", "confirm", "jane", "000 000", "--json", stdin=(begun["resume"],))
    assert (wrong.status, wrong.error["code"], wrong.error["field"]) == (1, "wrong_code", "code")
    code = jane.app_code(begun["secret"])
    done = jane.run("mfa", "confirm", "jane", code, "--json", stdin=(begun["resume"],))
    assert done.value["method"] == "authenticator"
    assert len(set(done.value["recovery_codes"]["codes"])) == 10
    assert sessions(jane) == 0

    status = jane.run("mfa", "status", "jane", "--json").value
    assert (status["method"], status["recovery_codes"]["left"]) == ("authenticator", 10)
    assert status["authenticator"] == {"enabled_at": "2026-11-24T12:30:05Z", "secret_saved": False}

    off = ("mfa", "disable", "jane", "--confirm", "disable", STDIN, "--json")
    used = jane.run(*off, "--code", code, stdin=(PASSWORD,))
    assert (used.error["code"], used.error["retry_after"]) == ("code_already_used", 25)
    jane.clock.turn(30)
    disabled = jane.run(*off, "--code", jane.app_code(begun["secret"]), stdin=(PASSWORD,))
    assert disabled.value == {"method": "disabled", "ended_sessions": 0}
    assert jane.run("mfa", "status", "jane").out.startswith("Method:         disabled\n")


def test_without_json_the_secrets_stand_alone_on_standard_output(jane: Home) -> None:
    begun = jane.run("mfa", "enable-app", "jane", STDIN, stdin=(PASSWORD, jane.mailed_code))
    secret, uri, token = begun.out.splitlines()
    assert secret in uri
    assert secret not in begun.err
    assert token not in begun.err
    assert "We sent a code to j•••@e•••.com (request " in begun.err
    assert "tui-mfa mfa confirm NAME CODE" in begun.err
    done = jane.run("mfa", "confirm", "jane", jane.app_code(secret), stdin=(token,))
    assert len(done.out.splitlines()) == 10
    assert all(len(code) == len("XXXX-XXXX-XXXX-XXXX") for code in done.out.splitlines())
    assert "Recovery codes, set " in done.err


def test_the_token_can_be_an_option(jane: Home) -> None:
    begun = begin(jane)
    code = jane.app_code(begun["secret"])
    assert jane.run("mfa", "confirm", "jane", code, "--resume", begun["resume"]).status == 0


def test_a_token_is_good_for_its_own_account_alone(jane: Home) -> None:
    begun = begin(jane)
    jane.add("joe")
    code = jane.app_code(begun["secret"])
    other = jane.run("mfa", "confirm", "joe", code, "--json", stdin=(begun["resume"],))
    assert (other.status, other.error["code"]) == (1, "session_ended")
    assert jane.run("mfa", "confirm", "jane", code, stdin=(begun["resume"],)).status == 0


@pytest.mark.parametrize("token", ["nonsense", "é", "YS5iLmMuZA", "YWJj"])
def test_what_is_no_token_is_refused(jane: Home, token: str) -> None:
    refused = jane.run("mfa", "confirm", "jane", "123456", "--json", stdin=(token,))
    assert (refused.status, refused.error["field"]) == (1, "resume")


def test_a_missing_token_is_a_usage_error(jane: Home) -> None:
    assert jane.run("mfa", "confirm", "jane", "123456").status == 2


def test_a_forged_token_opens_nothing(jane: Home) -> None:
    begun = begin(jane)
    forged = begun["resume"][:-4] + ("AAAA" if begun["resume"][-4:] != "AAAA" else "BBBB")
    refused = jane.run("mfa", "confirm", "jane", jane.app_code(begun["secret"]), "--json", stdin=(forged,))
    assert (refused.status, refused.error["code"]) in {(1, "session_ended"), (1, "invalid_input")}
    assert jane.run("mfa", "status", "jane", "--json").value["enrolment_pending"]


def test_after_five_minutes_the_enrolment_starts_again(jane: Home) -> None:
    begun = begin(jane)
    jane.clock.turn(301)
    late = jane.run("mfa", "confirm", "jane", jane.app_code(begun["secret"]), "--json", stdin=(begun["resume"],))
    assert (late.status, late.error["code"]) == (1, "confirmation_required")
    assert late.error["next"] == "tui-mfa mfa enable-app jane"
    assert sessions(jane) == 0
    assert not jane.run("mfa", "status", "jane", "--json").value["enrolment_pending"]


def test_five_wrong_codes_drop_the_secret(jane: Home) -> None:
    begun = begin(jane)
    wrong = [jane.run("mfa", "confirm", "jane", "000000", stdin=(begun["resume"],)) for _ in range(5)]
    assert {result.status for result in wrong} == {1}
    assert sessions(jane) == 0


def test_enable_and_replace_name_each_other(jane: Home) -> None:
    early = jane.run("mfa", "replace", "jane", STDIN, "--json", stdin=(PASSWORD, jane.mailed_code))
    assert (early.status, early.error["next"]) == (1, "tui-mfa mfa enable-app jane")
    secret = jane.enable_app()
    late = jane.run("mfa", "enable-app", "jane", STDIN, "--json", stdin=(PASSWORD, jane.app_code(secret)))
    assert (late.status, late.error["next"]) == (1, "tui-mfa mfa replace jane")
    assert sessions(jane) == 0


def test_replace_keeps_the_old_secret_until_the_new_one_is_confirmed(jane: Home) -> None:
    old = jane.enable_app()
    asked = ("mfa", "replace", "jane", STDIN, "--json", "--code")
    jane.run(*asked, jane.app_code(old), stdin=(PASSWORD,))
    jane.clock.turn(30)
    new = jane.run(*asked, jane.app_code(old), stdin=(PASSWORD,)).value
    assert new["replaces"]
    done = jane.run("mfa", "confirm", "jane", jane.app_code(new["secret"]), "--json", stdin=(new["resume"],))
    assert done.value["replaced"]
    jane.clock.turn(30)
    codes = ("mfa", "recovery-codes", "jane", STDIN, "--json", "--code")
    assert jane.run(*codes, jane.app_code(old), stdin=(PASSWORD,)).error["code"] == "wrong_code"
    assert jane.run(*codes, jane.app_code(new["secret"]), stdin=(PASSWORD,)).status == 0


def test_a_change_ends_the_other_sessions_unless_they_are_kept(jane: Home) -> None:
    secret = jane.enable_app()
    other_session(jane, secret)
    kept = jane.run(
        "mfa",
        "enable-email",
        "jane",
        STDIN,
        "--keep-sessions",
        "--json",
        "--code",
        jane.app_code(secret),
        stdin=(PASSWORD,),
    )
    assert kept.value == {"method": "email", "ended_sessions": 0}
    assert sessions(jane) == 1
    begun = begin(jane)
    done = jane.run("mfa", "confirm", "jane", jane.app_code(begun["secret"]), stdin=(begun["resume"],))
    assert "1 other session was ended." in done.err
    assert sessions(jane) == 0


def test_recovery_codes_are_made_anew(jane: Home) -> None:
    secret = jane.enable_app()
    fresh = jane.run("mfa", "recovery-codes", "jane", STDIN, "--code", jane.app_code(secret), stdin=(PASSWORD,))
    assert (fresh.status, len(fresh.out.splitlines())) == (0, 10)


def test_recovery_codes_need_an_authenticator(jane: Home) -> None:
    refused = jane.run("mfa", "recovery-codes", "jane", STDIN, "--json", stdin=(PASSWORD, jane.mailed_code))
    assert (refused.status, refused.error["code"]) == (1, "not_allowed")


def test_disable_wants_the_word_before_anything_else(jane: Home) -> None:
    assert jane.run("mfa", "disable", "jane", STDIN, stdin=(PASSWORD,)).status == 2
    wrong = jane.run("mfa", "disable", "jane", "--confirm", "Disable", STDIN, "--json", stdin=(PASSWORD,))
    assert (wrong.status, wrong.error["field"]) == (1, "confirm")
    assert jane.mails() == []


def test_disable_is_refused_where_a_second_factor_is_required(jane: Home) -> None:
    jane.environ["TUI_MFA_MFA_REQUIRED"] = "true"
    refused = jane.run(
        "mfa", "disable", "jane", "--confirm", "disable", STDIN, "--json", stdin=(PASSWORD, jane.mailed_code)
    )
    assert (refused.status, refused.error["code"]) == (1, "not_allowed")
    assert jane.run("mfa", "status", "jane").out.startswith("Method:         email (a second factor is required here)")


def test_a_wrong_password_says_nothing_about_the_name(jane: Home) -> None:
    known = jane.run("mfa", "enable-email", "jane", STDIN, "--json", stdin=("wrong",))
    unknown = jane.run("mfa", "enable-email", "nobody", STDIN, "--json", stdin=("wrong",))
    assert known.error == unknown.error
    assert (known.status, known.error["code"]) == (1, "wrong_credentials")


def test_a_wrong_mailed_code_is_refused_and_counted(jane: Home) -> None:
    wrong = jane.run("mfa", "enable-email", "jane", STDIN, "--json", stdin=(PASSWORD, "000000"))
    assert (wrong.status, wrong.error["code"]) == (1, "wrong_code")
    assert "4 tries left" in wrong.error["message"]
    assert sessions(jane) == 0


def test_guessing_is_limited_and_says_how_long(jane: Home) -> None:
    tries = [jane.run("mfa", "enable-email", "jane", STDIN, "--json", stdin=("wrong",)) for _ in range(6)]
    assert tries[-1].error["code"] == "too_many_attempts"
    assert tries[-1].error["retry_after"] == 300


def test_an_option_cannot_be_a_mailed_code(jane: Home) -> None:
    refused = jane.run("mfa", "enable-email", "jane", STDIN, "--code", "123456", stdin=(PASSWORD,))
    assert (refused.status, "next line of standard input" in refused.err) == (2, True)


def test_mail_that_cannot_go_out_is_status_three(jane: Home) -> None:
    (jane.data / "outbox").mkdir(mode=0o755)
    (jane.data / "outbox").chmod(0o755)
    refused = jane.run("mfa", "enable-email", "jane", STDIN, "--json", stdin=(PASSWORD,))
    assert (refused.status, refused.error["code"]) == (3, "mail_unavailable")
    assert "chmod 700" in refused.error["message"]
