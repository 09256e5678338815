import re
from collections.abc import Callable
from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parseaddr
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_mfa.domain.errors import InvalidInput
from tui_mfa.domain.ports import Mail, Template
from tui_mfa.domain.secret import Secret
from tui_mfa.mail import message as mail_message
from tui_mfa.mail.memory import Kept, MemoryMailer
from tui_mfa.mail.message import compose, text_of

NOW = datetime(2026, 11, 24, 14, 2, 3, tzinfo=UTC)
STRICT = SMTP.clone(raise_on_defect=True)
WITH_CODE = tuple(template for template in Template if template.value.endswith("_code"))
NOTICES = tuple(template for template in Template if template not in WITH_CODE)
PARAMS = {
    "username": "jane",
    "origin": "192.0.2.7",
    "time": "2026-11-24 14:02 UTC",
    "request_id": "K7",
    "valid_until": "14:12 UTC",
    "address": "j•••@e•••.com",
    "set_id": "Q3",
    "factor": "authenticator",
    "kind": "ED25519",
    "token": "tmfa_...Ab3d",
    "scopes": "read, keys",
    "expires": "2026-12-24 14:02 UTC",
    "quota": "CPU cores",
    "limit": "16",
    "wanted": "32",
    "fingerprint": "y/T0lvcqqtOXwd9JOTHlH9Fcbv1Pk3RmpMk2nEZWIlE",
    "balance": "$37.42",
    "lasts": "about 3 days",
    "amount": "$200.00",
    "number": "INV-K7QM2X-0001",
    "state": "paid",
    "problem": "Your card was declined.",
    "next": "another try in 24 hours",
}

HEADERS = [
    "Auto-Submitted",
    "Content-Transfer-Encoding",
    "Content-Type",
    "Date",
    "From",
    "MIME-Version",
    "Message-ID",
    "Subject",
    "To",
    "X-Auto-Response-Suppress",
]
"""All of them: no Cc, no Bcc, no List-*, no name of the program."""


def a_mail(template: Template, to: str = "jane@example.com", **params: str) -> Mail:
    code = Secret("012345") if template in WITH_CODE else None
    return Mail(template=template, to=to, params=PARAMS | params, code=code)


def composed(
    mail: Mail, issuer: str = "Elestio", support: str = "", sender: str = "mfa@portal.example"
) -> EmailMessage:
    return compose(mail, sender, issuer, support, sender.rpartition("@")[2], NOW)


def over_the_wire(message: EmailMessage) -> EmailMessage:
    """Parse the bytes that would be sent, so that a defect is an error."""
    parsed: EmailMessage = message_from_bytes(message.as_bytes(), _class=EmailMessage, policy=STRICT)
    for _ in parsed.items():
        pass  # headers are parsed when they are read
    return parsed


def test_there_is_one_text_for_each_mail() -> None:
    folder = Path(mail_message.__file__).with_name("templates")
    assert {path.name for path in folder.iterdir()} == {f"{template.value}.txt" for template in Template}
    assert len(WITH_CODE) == 6


@pytest.mark.parametrize("template", Template)
@pytest.mark.parametrize("support", ["", "help@example.com"])
def test_a_mail_is_well_formed(template: Template, support: str) -> None:
    raw = composed(a_mail(template), support=support).as_bytes()
    message = over_the_wire(composed(a_mail(template), support=support))
    assert raw.isascii()
    assert all(len(line) <= 78 for line in raw.split(b"\r\n"))
    assert raw.count(b"\n") == raw.count(b"\r\n") == raw.count(b"\r")
    assert b"://" not in raw
    assert str(message["From"]) == "Elestio <mfa@portal.example>"
    assert str(message["To"]) == "jane@example.com"
    assert message["Date"].datetime == NOW
    assert re.fullmatch(r"<[0-9a-f]{32}@portal\.example>", str(message["Message-ID"]))
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Auto-Response-Suppress"] == "All"
    assert message.get_content_type() == "text/plain"
    assert message.get_content_charset() == "utf-8"
    assert sorted(message.keys()) == HEADERS
    assert "{" not in text_of(message)
    assert "\n\n\n" not in text_of(message)


@pytest.mark.parametrize("template", Template)
def test_a_mail_says_what_when_who_and_from_where(template: Template) -> None:
    message = over_the_wire(composed(a_mail(template), support="help@example.com"))
    body = text_of(message)
    assert "Elestio" in message["Subject"]
    assert "Elestio" in body.split("\n\n", maxsplit=1)[0]
    assert "  Account: jane\n  Time:    2026-11-24 14:02 UTC\n  From:    192.0.2.7\n" in body
    assert "If it was not you" in body
    assert body.endswith("\n\nIf that does not help, write to help@example.com.\n")
    assert "write to" not in text_of(composed(a_mail(template)))


def test_the_address_that_helps_is_not_told_to_write_to_itself() -> None:
    mail = a_mail(Template.QUOTA_ASKED, to="help@example.com")
    assert "write to" not in text_of(composed(mail, support="help@example.com"))


@pytest.mark.parametrize("template", WITH_CODE)
def test_a_code_stands_alone_below_the_first_line(template: Template) -> None:
    message = over_the_wire(composed(a_mail(template)))
    lines = text_of(message).split("\n")
    assert lines.count("012 345") == 1
    assert lines.index("012 345") > 1, "a lock screen shows the first lines"
    assert lines[lines.index("012 345") - 1] == lines[lines.index("012 345") + 1] == ""
    assert not re.search(r"\d{3}", lines[0])
    for name, value in message.items():
        if name not in {"Date", "Message-ID"}:
            assert "012" not in value
            assert "345" not in value
    assert message["Subject"].endswith("(request K7)")
    body = " ".join(lines)
    assert "It is valid until 14:12 UTC (10 minutes) and works once." in body
    assert "  Request: K7 " in body
    assert "We never ask for this code." in body


@pytest.mark.parametrize("template", NOTICES)
def test_a_notice_holds_no_code(template: Template) -> None:
    with pytest.raises(InvalidInput):
        composed(Mail(template=template, to="jane@example.com", params=PARAMS, code=Secret("012345")))


def test_a_masked_address_stays_ascii() -> None:
    """S36."""
    assert "  New:     j***@e***.com\n" in text_of(composed(a_mail(Template.EMAIL_CHANGED)))


def test_two_mails_never_share_an_id() -> None:
    mail = a_mail(Template.LOGIN_CODE)
    assert len({str(composed(mail)["Message-ID"]) for _ in range(100)}) == 100


@pytest.mark.parametrize("template", WITH_CODE)
@pytest.mark.parametrize("name", ["username", "origin", "time", "request_id", "valid_until"])
def test_a_missing_value_is_an_error(template: Template, name: str) -> None:
    params = {key: value for key, value in PARAMS.items() if key != name}
    with pytest.raises(InvalidInput, match=name):
        composed(Mail(template=template, to="jane@example.com", params=params, code=Secret("012345")))


@pytest.mark.parametrize("template", WITH_CODE)
@pytest.mark.parametrize("code", [None, "", "12345", "1234567", "12345a", "١٢٣٤٥٦", "123 456"])
def test_a_code_is_six_digits(template: Template, code: str | None) -> None:
    secret = None if code is None else Secret(code)
    with pytest.raises(InvalidInput):
        composed(Mail(template=template, to="jane@example.com", params=PARAMS | {"code": "111111"}, code=secret))


@pytest.mark.parametrize("issuer", ["Élestio GmbH", "公司 portal", "Ana, Bob & Co.", 'The "MFA" <portal>', "ß" * 32])
def test_other_scripts_and_signs_survive(issuer: str) -> None:
    message = over_the_wire(composed(a_mail(Template.LOGIN_CODE, username="jürgen", origin="Gerät"), issuer=issuer))
    line = next(value for name, value in message.raw_items() if name == "From")
    # RFC 2047 section 6.2: the space between encoded words is no part of the text; Python 3.11's parser keeps it.
    assert parseaddr(str(make_header(decode_header(str(line))))) == (issuer, "mfa@portal.example")
    assert message["Subject"] == f"Your {issuer} login code (request K7)"
    assert issuer in text_of(message).replace("\n", " ")
    assert "  Account: jürgen\n" in text_of(message)
    raw = composed(a_mail(Template.LOGIN_CODE, username="jürgen"), issuer=issuer).as_bytes()
    assert raw.isascii(), "no server needs 8BITMIME"
    assert all(len(line) <= 78 for line in raw.split(b"\r\n"))


@pytest.mark.parametrize("origin", ["x" * 320, "word " * 60 + "end"])
def test_a_long_value_is_folded(origin: str) -> None:
    body = text_of(composed(a_mail(Template.LOGIN_CODE, origin=origin), issuer="An issuer of thirty-two letters"))
    assert all(len(line) <= 78 for line in body.split("\n"))
    assert origin.replace(" ", "") in re.sub(r"\s", "", body)


BREAKING = ["\r\nBcc: eve@example.com", "\n", "\r", "\0", "\x1b[2J", "\x85", "\u2028", "\u2029", "\u202e", "\ud800"]


@pytest.mark.parametrize("text", [*BREAKING, "https://evil.example", "x" * 321])
@pytest.mark.parametrize("name", ["username", "origin", "time", "request_id", "valid_until", "unused"])
def test_a_value_that_breaks_out_is_refused(name: str, text: str) -> None:
    """S34."""
    with pytest.raises(InvalidInput) as caught:
        composed(a_mail(Template.LOGIN_CODE, **{name: f"a{text}"}))
    assert caught.value.field == name


@pytest.mark.parametrize("text", BREAKING)
@pytest.mark.parametrize(
    "build",
    [
        lambda text: composed(a_mail(Template.LOGIN_CODE, to=f"jane@example.com{text}")),
        lambda text: composed(a_mail(Template.LOGIN_CODE, to=f"{text}jane@example.com")),
        lambda text: composed(a_mail(Template.LOGIN_CODE), issuer=f"Elestio{text}"),
        lambda text: composed(a_mail(Template.LOGIN_CODE), support=f"help@example.com{text}"),
        lambda text: composed(a_mail(Template.LOGIN_CODE), sender=f"mfa@portal.example{text}"),
        lambda text: compose(a_mail(Template.LOGIN_CODE), "mfa@a.example", "E", "", f"a.example{text}", NOW),
    ],
)
def test_an_address_or_issuer_that_breaks_out_is_refused(build: Callable[[str], EmailMessage], text: str) -> None:
    """S34."""
    with pytest.raises(InvalidInput):
        build(text)


@pytest.mark.parametrize(
    "to",
    ["", "jane", "jane@", "@example.com", " jane@example.com", "a@example.com,b@example.com", "Jane <jane@example.com>",
     "jane@example.com (x)", '"jane"@example.com', "jane@[192.0.2.1]", "jane@exämple.com", "jüne@example.com",
     f"{'a' * 65}@example.com", f"a@{'b' * 63}.{'c' * 63}.{'d' * 63}.{'e' * 63}.com"],
)  # fmt: skip
def test_only_one_plain_address_is_taken(to: str) -> None:
    """S34."""
    with pytest.raises(InvalidInput):
        composed(a_mail(Template.LOGIN_CODE, to=to))


ANY_TEXT = st.text(max_size=40) | st.builds(
    "{}{}{}".format,
    st.text(max_size=10),
    st.sampled_from(
        ["\r\nBcc: eve@example.com", "\nTo: eve@example.com\n", "\r\n\r\nbody", ">, <eve@example.com", "=?"]
    ),
    st.text(max_size=10),
)


@given(issuer=ANY_TEXT, username=ANY_TEXT, request=ANY_TEXT, to=ANY_TEXT | st.just("jane@example.com"))
def test_whatever_is_typed_there_is_one_recipient(issuer: str, username: str, request: str, to: str) -> None:
    """S34: what is not refused comes out in its own place and nowhere else."""
    try:
        message = composed(a_mail(Template.LOGIN_CODE, to=to, username=username, request_id=request), issuer=issuer)
    except InvalidInput:
        return
    raw = message.as_bytes()
    head = raw.split(b"\r\n\r\n")[0].decode("ascii")
    names = [line.partition(":")[0] for line in head.split("\r\n") if not line.startswith((" ", "\t"))]
    assert len(names) == len(set(names)) == 10
    assert "Bcc" not in names
    parsed = message_from_bytes(raw, _class=EmailMessage, policy=SMTP)
    assert [address.addr_spec for address in parsed["To"].addresses] == [to]
    assert [address.addr_spec for address in parsed["From"].addresses] == ["mfa@portal.example"]
    assert "://" not in raw.decode("ascii")
    assert text_of(parsed).split("\n").count("012 345") >= 1


def test_memory_keeps_the_mail_and_tells() -> None:
    class FixedClock:
        def now(self) -> datetime:
            return NOW

    told: list[Kept] = []
    mailer = MemoryMailer("mfa@portal.example", "Elestio", "", FixedClock(), on_mail=told.append)
    mailer.check()
    mail = a_mail(Template.LOGIN_CODE)
    mailer.send(mail)
    assert mailer.delivers
    assert told == mailer.kept
    assert mailer.kept[0].mail is mail
    assert "\n012 345\n" in text_of(mailer.kept[0].message)
    with pytest.raises(InvalidInput):
        mailer.send(a_mail(Template.LOGIN_CODE, to="nobody"))
    assert len(mailer.kept) == 1
