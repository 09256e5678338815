"""Takes the numbers of SECURITY.md from the code. ``make docs`` writes them; a test compares them."""

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

from tui_mfa.api.requests import BODY_MAX, Limits
from tui_mfa.domain import limits, names
from tui_mfa.domain.api_tokens import rules as tokens
from tui_mfa.domain.api_tokens import token as api_token
from tui_mfa.domain.login import guard, model
from tui_mfa.domain.ports import Policy
from tui_mfa.domain.recovery import codes
from tui_mfa.domain.ssh_keys import blob
from tui_mfa.domain.ssh_keys import rules as ssh_keys
from tui_mfa.domain.tokens import TOKEN_BYTES
from tui_mfa.domain.two_factor import rules, totp, verify
from tui_mfa.mail.smtp import TIMEOUT

FILE = Path(__file__).parents[2] / "SECURITY.md"
BEGIN, END = "<!-- numbers: from the code, by `make docs` -->", "<!-- end of numbers -->"


def span(time: timedelta) -> str:
    """Return a length of time in words."""
    seconds = int(time.total_seconds())
    for size, word in ((86400, "day"), (3600, "hour"), (60, "minute"), (1, "second")):
        if seconds % size == 0 and seconds >= size:
            count = seconds // size
            return f"{count} {word}" + ("s" if count != 1 else "")
    raise ValueError(time)


def windows(several: Iterable[limits.Window]) -> str:
    """Return the windows of a limit in words."""
    return ", ".join(f"{window.count} per {span(window.span)}" for window in several)


def rows() -> list[tuple[str, str, str]]:
    """Return rule, number and source of each line of the table."""
    policy = Policy()
    window = ", ".join(f"{offset:+d}" if offset else "0" for offset in sorted(totp.WINDOW))
    return [
        ("Password, with a second factor", f"{names.PASSWORD_MIN} to {names.PASSWORD_MAX} bytes", "ASVS 6.2.1, 6.2.9"),
        ("Password, alone", f"{names.PASSWORD_MIN_ALONE} bytes at least", "NIST SP 800-63B-4 §3.1.1.2"),
        ("Wrong tries per account and factor", windows(limits.GUESSES), "RFC 4226 §7.3"),
        ("Wrong tries in a row that switch a factor off", str(limits.MAX_IN_A_ROW), "NIST SP 800-63B-4 §3.2.2"),
        ("Wrong tries per address", windows(limits.ADDRESS_GUESSES), "ASVS 6.3.1"),
        (
            "TOTP",
            f"SHA-1, 6 digits, {totp.STEP_SECONDS} s, secret of {8 * totp.SECRET_BYTES} bits",
            "RFC 6238, RFC 4226 R6",
        ),
        ("TOTP steps that are accepted", f"{window}; each step once, none at or below the highest", "RFC 6238 §5.2"),
        ("New secret can be validated for", f"{span(rules.ENROLMENT_LIFE)}, {rules.ENROLMENT_TRIES} tries", "S21"),
        ("Mailed code lives", f"{span(model.CODE_LIFE)} from issue", "NIST SP 800-63B-4 §3.1.3.2"),
        ("Tries per login attempt, resends included", str(model.CODE_TRIES), "S29"),
        ("Resends per attempt", f"{model.RESENDS}, {span(model.COOL_DOWN)} apart", "S31"),
        ("Mails with a code per account", windows(limits.ACCOUNT_MAILS), "S31"),
        ("Mails with a code per address", windows(limits.ADDRESS_MAILS), "S31"),
        ("Login attempt lives", span(model.ATTEMPT_LIFE), "S47"),
        ("Confirmation before a change of what guards the account", span(guard.CONFIRMATION_LIFE), "ASVS 7.5.1"),
        ("Confirmation before an SSH key or an API token is added", span(guard.KEY_CONFIRMATION_LIFE), "S51"),
        (
            "RSA keys",
            f"{blob.RSA_LEAST} to {blob.RSA_MOST} bits; {blob.RSA_ADVISED} advised",
            "NIST SP 800-57-1 §5.6.1.1",
        ),
        *token_rows(),
        ("Use of an SSH key is noted at most every", span(ssh_keys.USE_GRAIN), "S58"),
        ("After a login by recovery, Replace is allowed for", span(model.RECOVERED_LIFE), "S37"),
        ("Recovery codes", f"{codes.COUNT} of {5 * codes.CHARACTERS} bits, argon2id", "NIST SP 800-63B-4 §4.2.1.1"),
        ("Session: locked when idle for", span(policy.idle_lock), "ASVS 7.3.1"),
        ("Session: ends after", span(policy.session_lifetime), "ASVS 7.3.2"),
        ("Session token", f"{8 * TOKEN_BYTES} bits, stored as SHA-256", "ASVS 7.2.3"),
        ("Mail server answers within", span(timedelta(seconds=TIMEOUT)), "ASVS 16.5.2"),
    ]


def token_rows() -> list[tuple[str, str, str]]:
    """Return the lines about API tokens and the HTTP API."""
    return [
        (
            "API token",
            f"{api_token.RANDOM_CHARACTERS} random characters of 62, stored as SHA-256",
            "ASVS 11.5.1, 6.5.2",
        ),
        ("API token lives", f"{tokens.DEFAULT_DAYS} days, at most {tokens.MAX_DAYS}", "S58"),
        (
            "End of an API token is told by mail",
            f"{', '.join(str(days) for days in tokens.WARN_DAYS if days)} days before, and at the end",
            "S58",
        ),
        ("Use of an API token is noted at most every", span(tokens.USE_GRAIN), "S58"),
        ("Ended API tokens stay listed for", span(tokens.LISTED_FOR), "S58"),
        ("Answers other than yes per token that verifies codes", windows(verify.TOKEN_GUESSES), "S09"),
        ("Requests per API token", windows([Limits().per_token]), "ASVS 2.4.1"),
        ("Requests without a live token per address", windows([Limits().wrong_tokens]), "ASVS 2.4.1"),
        ("Body of a request to the API", f"{BODY_MAX} bytes at most", "ASVS 4.3"),
    ]


def table() -> str:
    """Return the table in Markdown."""
    lines = ["| Rule | Number | Source |", "|---|---|---|"]
    lines += [f"| {rule} | {number} | {source} |" for rule, number, source in rows()]
    return "\n".join(lines)


def filled(text: str) -> str:
    """Return a text whose block of numbers is that of the code."""
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    return f"{before}{BEGIN}\n{table()}\n{END}{after}"


if __name__ == "__main__":
    FILE.write_text(filled(FILE.read_text()))
