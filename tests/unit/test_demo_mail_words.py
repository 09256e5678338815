"""How mails of the demo read on screen."""

from datetime import UTC, datetime
from email.message import EmailMessage

from tui_mfa.demo import mail_words
from tui_mfa.domain.ports import Mail, Template
from tui_mfa.domain.secret import Secret
from tui_mfa.mail.memory import Kept, MemoryMailer

PARAMS = {"username": "jane", "origin": "this machine", "time": "2026-11-24 14:02 UTC"}
CODE = {"request_id": "K7", "valid_until": "14:12 UTC"}


class Clock:
    def now(self) -> datetime:
        return datetime(2026, 11, 24, 14, 2, tzinfo=UTC)


def sent(template: Template, code: str | None = None) -> Kept:
    mailer = MemoryMailer("security@example.com", "Elestio", "", Clock())
    params = PARAMS | (CODE if code else {})
    mailer.send(Mail(template=template, to="jane@example.com", params=params, code=Secret(code) if code else None))
    return mailer.kept[0]


def test_a_code_stands_in_the_list_and_the_request_beside_it_whole() -> None:
    assert mail_words.summary(sent(Template.LOGIN_CODE, "048291"), 36, UTC).plain.split("\n") == [
        "Your Elestio login code (request K7)",
        "  14:02  048 291",
    ]


def test_a_mail_without_a_code_shows_how_it_begins_cut_to_the_line() -> None:
    head, line = mail_words.summary(sent(Template.PASSWORD_CHANGED), 36, UTC).plain.split("\n")
    assert head.startswith("Your Elestio password")
    assert line.startswith("  14:02  The password of your")
    assert max(len(head), len(line)) <= 36


def test_the_whole_mail_has_its_headers_and_every_line() -> None:
    text = mail_words.whole(sent(Template.LOGIN_CODE, "048291")).plain
    assert text.startswith(
        "From: Elestio <security@example.com>\nTo: jane@example.com\nDate: Tue, 24 Nov 2026 14:02:00"
    )
    assert "\n048 291\n" in text
    assert text.endswith("end the other sessions.")


def test_what_could_steer_a_terminal_or_read_as_markup_stays_text() -> None:
    message = EmailMessage()
    message["From"] = message["To"] = "jane@example.com"
    message["Date"] = Clock().now()
    message["Subject"] = "[@click=app.quit]x[/] \u202e"
    message.set_content("\x1b]52;c;eA==\x07 [red]hello[/]\n")
    kept = Kept(Mail(template=Template.LOGIN_CODE, to="jane@example.com", params={}), message)
    for content in (mail_words.summary(kept, 60, UTC), mail_words.whole(kept)):
        assert "\x1b" not in content.plain
        assert "\u202e" not in content.plain
        assert "[@click=app.quit]x[/]" in content.plain
        assert "[red]hello[/]" in content.plain
        assert not any(span.style == "red" for span in content.spans)
