"""What people may type."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_mfa.domain import names
from tui_mfa.domain.errors import InvalidInput
from tui_mfa.domain.secret import Secret


@pytest.mark.parametrize("text", ["123456", "123 456", "123-456", " 123456 ", "000000", "1-2-3-4-5-6"])
def test_codes_as_people_type_them(text: str) -> None:
    """S18: spaces and hyphens are taken out; leading zeros stay."""
    assert names.code(Secret(text)) == text.replace(" ", "").replace("-", "")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "12345",
        "1234567",
        "5112",
        "123456\n",
        "\n123456",
        "123\t456",
        "１２３４５６",
        "٣٤٥٦٧٨",
        "123_456",
        "+123456",
        "-12345",
        "12345é",
        "123456\x00",
        "12\u200b3456",
        "1" * 10_000,
        " " * 10_000,
        "\ud800\ud8001234",
        "0x1234",
        "1e1234",
    ],
    ids=repr,
)
def test_everything_else_is_no_code(text: str) -> None:
    """S18: a trailing newline, full-width digits, signs, underscores, NUL and 10 kB are refused, not crashed on."""
    with pytest.raises(InvalidInput) as caught:
        names.code(Secret(text))
    assert caught.value.field == "code"


@given(st.text())
def test_a_code_is_six_ascii_digits_or_refused(text: str) -> None:
    """S18: nothing but [0-9]{6} comes out."""
    try:
        code = names.code(Secret(text))
    except InvalidInput:
        return
    assert len(code) == 6
    assert code.isascii()
    assert code.isdecimal()


@pytest.mark.parametrize("name", ["jane", "Jane.Doe", "j2", "0x", "a" * 32, " jane "])
def test_usernames(name: str) -> None:
    assert names.username(name) == name.strip()


@pytest.mark.parametrize(
    "name", ["", "j", "a" * 33, ".jane", "-jane", "_jane", "ja ne", "jane@example.com", "jäne", "jane\n\n x", "[red]"]
)
def test_usernames_that_are_refused(name: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        names.username(name)
    assert caught.value.field == "username"


@pytest.mark.parametrize(
    "address",
    ["jane@example.com", "jane+mfa@sub.example.co.uk", "o'brien@example.com", "x@localhost", f"{'l' * 64}@example.com"],
)
def test_addresses(address: str) -> None:
    assert names.email(address) == address


@pytest.mark.parametrize(
    "address",
    [
        "",
        "jane",
        "jane@",
        "@example.com",
        "jane@example",
        "jane@exa mple.com",
        "jane@example.com\r\nBcc: x@example.org",
        "jane@example.com,x@example.org",
        '"jane"@example.com',
        "jane..doe@example.com",
        "jane@-example.com",
        "jane@example.com\x00",
        "jäne@example.com",
        f"{'l' * 65}@example.com",
        f"jane@{'a.' * 130}com",
    ],
    ids=repr,
)
def test_addresses_that_are_refused(address: str) -> None:
    """S34: nothing that could start a header or name a second recipient is an address."""
    with pytest.raises(InvalidInput) as caught:
        names.email(address)
    assert caught.value.field == "email"


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("jane@example.com", "j•••@e•••.com"),
        ("j@mail.example.co.uk", "j•••@m•••.uk"),
        ("root@localhost", "r•••@l•••"),
    ],
)
def test_masked_address(address: str, shown: str) -> None:
    """S36: first letters and the top-level domain, whatever the length."""
    assert names.masked_email(address) == shown


@pytest.mark.parametrize("text", ["a\x1b[31mb", "a\nb", "a\u202eb", "a\u200bb", "a\x00", "\x9b1m", "x" * 101])
def test_free_text_refuses_what_cannot_be_shown(text: str) -> None:
    """S61: control, bidirectional and zero-width characters stop at the door."""
    with pytest.raises(InvalidInput) as caught:
        names.free_text(text, "company")
    assert caught.value.field == "company"


def test_free_text_is_kept_in_nfc() -> None:
    assert names.free_text(" Jose\u0301 [bold] ", "name") == "Jos\u00e9 [bold]"


@pytest.mark.parametrize("name", ["JANE", " jane ", "ｊａｎｅ", "Jane"])
def test_spellings_of_one_name_have_one_counter(name: str) -> None:
    """S06: else the counters of a spelling that the store finds would tell whether there is an account."""
    assert names.comparable(name) == "jane"


@given(st.text(max_size=100))
def test_comparable_is_stable(name: str) -> None:
    once = names.comparable(name)
    assert names.comparable(unicodedata.normalize("NFC", name)) == once
