"""From a ``Mail`` to a message that may go out: text only, one recipient, no links (SECURITY.md, S34)."""

import re
import secrets
import textwrap
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Final

from tui_mfa.domain import names
from tui_mfa.domain.errors import InvalidInput
from tui_mfa.domain.ports import Mail

LINE_MAX: Final = 78
"""Characters of a line (RFC 5322 section 2.1.1)."""

VALUE_MAX: Final = 320
"""Characters of one value; nothing that belongs into a mail is longer than an address may be."""

_TEMPLATES: Final = Path(__file__).with_name("templates")
_DIGITS: Final = re.compile(r"[0-9]{6}")
_REFUSED: Final = frozenset({"Cc", "Cs", "Zl", "Zp"})
"""Categories that break a line, steer a terminal or cannot be encoded."""
_BIDI: Final = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})
"""Classes of the characters that turn the order of what follows (UAX #9)."""


def compose(mail: Mail, sender: str, issuer: str, support: str, message_id_domain: str, now: datetime) -> EmailMessage:
    """Return the message for a mail.

    Args:
        mail: What to say and to whom; the times among its ``params`` may end in ``UTC`` or leave it out.
        sender: The address it comes from.
        issuer: The product's name, for the From line and the text.
        support: An address that helps, or nothing.
        message_id_domain: The domain after the ``@`` of the Message-ID; never a machine's own name.
        now: The Date, UTC.

    Raises:
        InvalidInput: For an address that is none, a value that could break out of its place (ASVS 1.3.11), a value
            that the template needs and the mail does not bring, or a code where none belongs.
    """
    subject, body = _filled(mail, issuer, support)
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(display_name=issuer, addr_spec=_address(sender))
    message["To"] = Address(addr_spec=_address(mail.to))
    message["Subject"] = subject
    message["Date"] = now
    message["Message-ID"] = f"<{secrets.token_hex(16)}@{_address(f'id@{message_id_domain}').partition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834 section 5
    message["X-Auto-Response-Suppress"] = "All"
    message.set_content(body, charset="utf-8", cte="7bit" if body.isascii() else "quoted-printable")
    return message


def text_of(message: EmailMessage) -> str:
    """Return the body of a composed mail for a screen: decoded, with plain line ends."""
    return str(message.get_content()).replace("\r\n", "\n")


def _filled(mail: Mail, issuer: str, support: str) -> tuple[str, str]:
    """Return subject and body of a mail."""
    values = dict(mail.params)
    for name, value in values.items():
        values[name] = value.replace("\N{BULLET}", "*")  # masked addresses, in ASCII
    for name in values.keys() & {"time", "valid_until"}:
        values[name] = f"{values[name].removesuffix(' UTC')} UTC"
    values["issuer"] = issuer
    helper = _address(support) if support and support != mail.to else ""  # nobody is told to write to themselves
    values["support"] = f"If that does not help, write to {helper}." if helper else ""
    for name, value in values.items():
        _check(name, value)
    head, _, text = (_TEMPLATES / f"{mail.template.value}.txt").read_text(encoding="ascii").partition("\n\n")
    if mail.code is None:
        values.pop("code", None)
    elif "{code}" not in text:
        raise InvalidInput(f"The mail {mail.template.value} carries no code.", field="code")
    else:
        values["code"] = _spaced(mail.code.reveal())
    subject = _fill(head.removeprefix("Subject: "), values)
    return subject, "\n\n".join(_paragraphs(text, values)) + "\n"


def _paragraphs(text: str, values: Mapping[str, str]) -> Iterator[str]:
    """Yield the paragraphs of a template, filled and folded; indented lines stay lines of their own."""
    for paragraph in text.strip("\n").split("\n\n"):
        if paragraph.startswith(" "):
            filled = "\n".join(_fold(_fill(line, values), "    ") for line in paragraph.split("\n"))
        else:
            filled = _fold(_fill(paragraph.replace("\n", " "), values), "")
        if filled:
            yield filled


def _fill(text: str, values: Mapping[str, str]) -> str:
    try:
        return text.format_map(values)
    except KeyError as error:
        raise InvalidInput(f"The mail lacks {error.args[0]}.", field=str(error.args[0])) from None


def _fold(line: str, indent: str) -> str:
    return textwrap.fill(line, LINE_MAX, subsequent_indent=indent, break_on_hyphens=False)


def _spaced(code: str) -> str:
    """Return ``123 456``, the form that people can keep in mind."""
    if not _DIGITS.fullmatch(code):
        raise InvalidInput("A code has six digits.", field="code")
    return f"{code[:3]} {code[3:]}"


def _address(text: str) -> str:
    """Return an address as it is, or refuse it; unlike at a form, nothing around it is forgiven."""
    if names.email(text) != text:
        raise InvalidInput("Type one e-mail address, like jane@example.com.", field="email")
    return text


def _check(name: str, value: str) -> None:
    """Refuse a value that could start a header or a line, turn the text around, or be a link."""
    broken = any(unicodedata.category(c) in _REFUSED or unicodedata.bidirectional(c) in _BIDI for c in value)
    if broken or "://" in value or len(value) > VALUE_MAX:
        raise InvalidInput(f"A mail cannot carry this {name}.", field=name)
